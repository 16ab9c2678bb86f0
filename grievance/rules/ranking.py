"""The order of partners that fit, and whom to propose where nobody does (design.md 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import and_

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


def steps_of(facets: Facets, index: PartnerIndex) -> list[Step]:
    """The order, lexicographic so that a person can follow it; who has no better place stands in
    the second of a pair."""
    speaks = index.serves(*(key(Trait.LANGUAGE, tag) for tag in facets.languages))
    nationality = facets.nationality
    own = index.serves(*([key(Trait.COMMUNITY, nationality)] if nationality else []))
    led = [index.has(Trait.LED_BY_MIGRANTS)] * len(index.planes)
    return [
        [(Reason.TAKES_PROBLEM, taking(facets, index)), (None, None)],
        list(areas_of(facets, index)),
        [(Reason.OWN_COMMUNITY, own), (None, None)],
        [(Reason.SPEAKS_LANGUAGE, speaks), (None, None)],
        [(Reason.LED_BY_MIGRANTS, led), (None, None)],
    ]


def candidates_of(
    fit: int,
    services: Planes,
    steps: list[Step],
    index: PartnerIndex,
    rooms: Rooms,
    wanted: int,
    most: int = KEPT,
) -> tuple[Candidate, ...]:
    """Those that fit, best first by these ``steps``: the first ``most``, and those wanted."""
    order = _Order(index, rooms, wanted, most, fit)
    order.place(services, steps)
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

    def place(self, services: Planes, steps: list[Step], said: tuple[Reason, ...] = ()) -> None:
        """Give those that are left of these services their places, by the steps that are left."""
        if not steps:
            self._take(services, said)
            return
        for reason, allowed in steps[0]:
            if len(self.chosen) >= self.most and not self.left & self.wanted:
                return
            narrowed = services if allowed is None else map(and_, services, allowed)
            left = [mask & self.left for mask in narrowed]
            if any(left):
                self.place(left, steps[1:], (*said, reason) if reason else said)

    def _take(self, ranked: Planes, said: tuple[Reason, ...]) -> None:
        here = any_of(ranked)
        self.left &= ~here
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
