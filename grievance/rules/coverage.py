"""Which country, community and need has a partner, and which has none. Pure, over the index.

A partner covers where one of its services reaches the country, serves the community and offers
the need, whatever sector, age or sex it is for. One that is paused, full, lapsed or without keys,
or of a kind that is never asked, covers nothing.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from operator import and_
from typing import Final

from grievance.rules.bodies import ANY
from grievance.rules.loads import Loads
from grievance.rules.partner_index import PartnerIndex, Trait, any_of, key, lowest, positions
from grievance.rules.ranking import Planes
from grievance.rules.regions import region_of
from grievance.rules.route import Exclusion, Terms
from grievance.rules.routing import closed
from grievance.rules.terms import ServiceNeed

NAMED: Final = 3  # partners that would help but do not now, named for each gap

Place = tuple[str, ServiceNeed]  # a country, and what is needed there
Touched = tuple[str, str | None, ServiceNeed]  # country, community (None: not given), need


class Reach(IntEnum):
    """How close the nearest partner is."""

    NOBODY = 0
    FROM_AFAR = 1  # a service for its region or for the world
    IN_COUNTRY = 2


@dataclass(frozen=True)
class Cover:
    """One need in one country: who is reached without being named, and who is by name."""

    everyone: Reach
    unsaid: Reach = Reach.NOBODY  # for a worker who did not say where she is from
    named: Mapping[str, Reach] = field(default_factory=dict)  # communities that are better off
    closed: tuple[str, ...] = ()  # they would help somebody here, but cannot now
    more_closed: int = 0

    def of(self, community: str | None) -> Reach:
        """For one community; None is a worker who did not say hers."""
        if community is None:
            return self.unsaid
        return self.named.get(community, self.everyone)

    def without(self, communities: Iterable[str]) -> list[str]:
        """Those of these communities that nobody helps."""
        return [one for one in communities if self.of(one) == Reach.NOBODY]


@dataclass(frozen=True)
class Coverage:
    """Every need in every country asked for, and the partners that cover nothing, by reason."""

    cells: Mapping[Place, Cover]
    closed: Mapping[Exclusion, tuple[str, ...]]

    def of(self, touched: Touched) -> Reach:
        """How close the nearest partner is for one country, community and need."""
        country, community, need = touched
        return self.cells[country, need].of(community)


def coverage(countries: Iterable[str], index: PartnerIndex, loads: Loads, terms: Terms) -> Coverage:
    """The report for these countries, on the terms and loads of today."""
    left = index.everyone
    shut: dict[Exclusion, int] = {}
    for reason, mask in closed({}, index, loads, terms):
        shut[reason] = shut.get(reason, 0) | left & mask
        left &= ~mask
    needs = {need: index.serves(key(Trait.NEED, need)) for need in ServiceNeed}
    served = {one: _serving(index, one) for one in _communities(index)}
    cells = {
        (country, need): _cover(_reaching(country, index), offered, served, left, index)
        for country in countries
        for need, offered in needs.items()
    }
    ids = {why: tuple(index.bodies[n].id for n in positions(mask)) for why, mask in shut.items()}
    return Coverage(cells, {why: some for why, some in ids.items() if some})


def weighed(
    found: Coverage, counts: Mapping[Touched, int], worst: Collection[Reach]
) -> list[tuple[Touched, int]]:
    """Cases' needs that meet such a reach, most cases first; countries outside stay out."""
    met = [
        (touched, count)
        for touched, count in counts.items()
        if (touched[0], touched[2]) in found.cells and found.of(touched) in worst
    ]
    return sorted(met, key=lambda pair: (-pair[1], pair[0][0], pair[0][2], pair[0][1] or ""))


def _cover(
    reaching: tuple[Planes, Planes],
    offered: Planes,
    served: Mapping[str, Planes],
    left: int,
    index: PartnerIndex,
) -> Cover:
    near, far = (list(map(and_, some, offered)) for some in reaching)
    everyone = _reach(near, far, served[ANY], left)
    unsaid = _reach(near, far, [left] * len(near), left)
    named = {
        one: reach
        for one, planes in served.items()
        if one != ANY and (reach := _reach(near, far, planes, left)) > everyone
    }
    never = index.has(Trait.NEVER_ASKED)
    idle = any_of((*near, *far)) & ~(left | never) if everyone == Reach.NOBODY else 0
    some = tuple(index.bodies[n].id for n in lowest(idle, NAMED))
    return Cover(everyone, unsaid, named, some, idle.bit_count() - len(some))


def _reach(near: Planes, far: Planes, served: Planes, left: int) -> Reach:
    able = [plane & left for plane in served]
    if any(map(and_, near, able)):
        return Reach.IN_COUNTRY
    return Reach.FROM_AFAR if any(map(and_, far, able)) else Reach.NOBODY


def _reaching(country: str, index: PartnerIndex) -> tuple[Planes, Planes]:
    """Services of the country (or of some city there), and those for its region or the world."""
    region = region_of(country)
    far = [key(Trait.WORLD)] + ([key(Trait.REGION, region)] if region else [])
    near = index.serves(key(Trait.COUNTRY, country), key(Trait.SOME_CITY, country))
    return near, index.serves(*far)


def _communities(index: PartnerIndex) -> list[str]:
    named = {value for plane in index.planes for trait, value in plane if trait == Trait.COMMUNITY}
    return sorted({ANY, *named})


def _serving(index: PartnerIndex, community: str) -> Planes:
    """Services that take one community, by name or as everybody."""
    return index.serves(key(Trait.COMMUNITY, community), key(Trait.COMMUNITY, ANY))
