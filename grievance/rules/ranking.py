"""The order of partners that fit, and whom to propose where nobody does (design.md 5)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import and_, xor

from grievance.rules.network import Directory
from grievance.rules.partner_index import (
    PartnerIndex,
    Trait,
    any_of,
    city_key,
    key,
    lowest,
    positions,
)
from grievance.rules.regions import region_of
from grievance.rules.rooms import Rooms
from grievance.rules.route import KEPT, Candidate, Exclusion, Facets, Reason

Planes = list[int]  # for each plane of services, those that have something
Step = list[tuple[Reason | None, Planes | None]]  # from the best place to the last
Rank = tuple[tuple[Reason, ...], Planes]


def areas_of(facets: Facets, index: PartnerIndex) -> list[tuple[Reason, Planes]]:
    """Services by how close they are; while her city is unknown, one of any city of the country
    counts as one of the country."""
    country, city = facets.country, facets.city
    in_country = [key(Trait.COUNTRY, country)] if country else []
    in_city = [key(Trait.CITY, city_key(country, city))] if country and city else []
    if country and not city:
        in_country.append(key(Trait.SOME_CITY, country))
    region = region_of(country)
    return [
        (Reason.IN_CITY, index.serves(*in_city)),
        (Reason.IN_COUNTRY, index.serves(*in_country)),
        (Reason.IN_REGION, index.serves(*([key(Trait.REGION, region)] if region else []))),
        (Reason.WORLDWIDE, index.serves(key(Trait.WORLD))),
    ]


class Ranks:
    """The services that fit by all that every order has in common: how close, whose community,
    which language, who leads. From the best rank to the last, worked out as far as somebody looks;
    a service stands in one rank alone."""

    def __init__(self, services: Planes, facets: Facets, index: PartnerIndex) -> None:
        self._known: list[Rank] = []
        self._further = _ranks(services, _steps(facets, index))

    def __iter__(self) -> Iterator[Rank]:
        """Each rank with the reasons that it stands for."""
        yield from self._known
        for one in self._further:
            self._known.append(one)
            yield one


def _steps(facets: Facets, index: PartnerIndex) -> list[Step]:
    """The order, lexicographic so that a person can follow it; who has no better place stands in
    the second of a pair."""
    speaks = index.serves(*(key(Trait.LANGUAGE, tag) for tag in facets.languages))
    nationality = facets.nationality
    own = index.serves(*([key(Trait.COMMUNITY, nationality)] if nationality else []))
    led = [index.has(Trait.LED_BY_MIGRANTS)] * len(index.planes)
    return [
        list(areas_of(facets, index)),
        [(Reason.OWN_COMMUNITY, own), (None, None)],
        [(Reason.SPEAKS_LANGUAGE, speaks), (None, None)],
        [(Reason.LED_BY_MIGRANTS, led), (None, None)],
    ]


def _ranks(services: Planes, steps: list[Step], said: tuple[Reason, ...] = ()) -> Iterator[Rank]:
    if not steps:
        yield said, services
        return
    for reason, allowed in steps[0]:
        here = services if allowed is None else list(map(and_, services, allowed))
        if any(here):
            yield from _ranks(here, steps[1:], (*said, reason) if reason else said)
            services = list(map(xor, services, here))


def by_problem(facets: Facets, index: PartnerIndex) -> Step:
    """Who takes this kind of problem stands before who does not."""
    return [(Reason.TAKES_PROBLEM, taking(facets, index)), (None, None)]


def candidates_of(
    fit: int,
    first: Step,
    ranks: Ranks,
    index: PartnerIndex,
    rooms: Rooms,
    wanted: int,
    most: int = KEPT,
) -> tuple[Candidate, ...]:
    """Those that fit, best first: by what comes ``first``, then by their ranks. The first ``most``,
    and those wanted."""
    order = _Order(index, rooms, wanted, most, fit)
    for reason, allowed in first:
        order.place(ranks, reason, allowed)
    return tuple(order.chosen)


@dataclass
class _Order:
    """Partners put in order, rank by rank; who has a place stands in no later rank."""

    index: PartnerIndex
    rooms: Rooms
    wanted: int
    most: int
    left: int
    chosen: list[Candidate] = field(default_factory=list)

    def place(self, ranks: Ranks, reason: Reason | None, allowed: Planes | None) -> None:
        """Give those that are left their places, of the services that are allowed."""
        begin = (reason,) if reason else ()
        for said, services in ranks:
            if not self.left or (len(self.chosen) >= self.most and not self.left & self.wanted):
                return
            ranked = services if allowed is None else list(map(and_, services, allowed))
            here = any_of(ranked) & self.left
            if here:
                self._take(here, ranked, (*begin, *said))

    def _take(self, here: int, ranked: Planes, said: tuple[Reason, ...]) -> None:
        self.left ^= here
        with_room = (*said, Reason.HAS_ROOM)
        for position in self.rooms.first(here, self.most - len(self.chosen), self.wanted):
            bit = 1 << position
            plane = next(number for number, mask in enumerate(ranked) if mask & bit)
            body, service = self.index.bodies[position], self.index.services[position][plane]
            reasons = said if body.capacity is None else with_room
            self.chosen.append(Candidate(body.id, service, reasons))


def taking(facets: Facets, index: PartnerIndex) -> Planes:
    """The services that take this kind of problem: its groups, and one of its needs."""
    groups = index.serves(key(Trait.GROUP), *(key(Trait.GROUP, one) for one in facets.groups))
    needs = index.serves(*(key(Trait.NEED, need) for need in facets.needs))
    return list(map(and_, groups, needs))


def fallback(
    facets: Facets, conflicts: Mapping[str, Exclusion], directory: Directory, wanted: int
) -> tuple[tuple[Candidate, ...], int]:
    """Nobody fits: group of origin, chapter, region, secretariat, whatever their area. The first
    fifty, those wanted and the secretariat, and how many more there are."""
    index = directory.partners
    root = index.mask_of([directory.root] if directory.root else [])
    may = index.everyone & ~index.mask_of(conflicts)
    may &= ~(index.has(Trait.NEVER_ASKED) | index.has(Trait.NO_KEYS))
    left, all_of_them = may, 0
    chosen: list[Candidate] = []
    for reason, mask in _fallback_ranks(facets, index, root):
        here = left & mask
        left &= ~here
        all_of_them += here.bit_count()
        kept = {*lowest(here, KEPT - len(chosen)), *positions(here & (wanted | root))}
        chosen += [Candidate(index.bodies[one].id, None, (reason,)) for one in sorted(kept)]
    return tuple(chosen), all_of_them - len(chosen)


def _fallback_ranks(facets: Facets, index: PartnerIndex, root: int) -> list[tuple[Reason, int]]:
    country, nationality, region = facets.country, facets.nationality, region_of(facets.country)
    kept_back = index.has(Trait.PAUSED) | root
    ranks = [
        (Reason.ORIGIN_GROUP, Trait.ORIGIN, nationality),
        (Reason.CHAPTER, Trait.SEAT, country),
        (Reason.REGIONAL_BODY, Trait.SEAT_REGION, region),
    ]
    found = [(why, index.has(trait, place) & ~kept_back) for why, trait, place in ranks if place]
    return [*found, (Reason.SECRETARIAT, root)]
