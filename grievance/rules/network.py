"""The directory as routing sees it: an immutable, numbered picture with its indexes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from grievance.rules.bodies import Body
from grievance.rules.matching import NameIndex
from grievance.rules.partner_index import PartnerIndex, positions
from grievance.rules.terms import OFFICIAL_KINDS


@dataclass(frozen=True)
class Directory:
    """Every organization, with the indexes that routing needs."""

    version: int
    root: str | None
    bodies: Mapping[str, Body]
    children: Mapping[str, tuple[str, ...]]
    partners: PartnerIndex = field(repr=False)
    tied: Mapping[str, tuple[str, ...]]  # body -> those that say they are tied to it
    names: NameIndex = field(repr=False)

    @classmethod
    def build(cls, version: int, bodies: Iterable[Body], root: str | None) -> "Directory":
        """Make the indexes once for a version."""
        by_id = {body.id: body for body in bodies}
        children: dict[str, list[str]] = defaultdict(list)
        for body in by_id.values():
            if body.parent:
                children[body.parent].append(body.id)
        tied: dict[str, list[str]] = defaultdict(list)
        for body in by_id.values():
            for other in body.tied_to:
                tied[other].append(body.id)
        names = NameIndex.build(
            ((b.id, name) for b in by_id.values() for name in b.names),
            {one: _family(one, by_id, root) for one in by_id},
            _cities(by_id.values()),
        )
        return cls(
            version,
            root,
            by_id,
            {parent: tuple(sorted(ids)) for parent, ids in children.items()},
            PartnerIndex.build(by_id.values()),
            {other: tuple(sorted(ids)) for other, ids in tied.items()},
            names,
        )

    def ancestors(self, organization: str) -> list[str]:
        """The bodies above one, nearest first."""
        above: list[str] = []
        body = self.bodies.get(organization)
        while body and body.parent and body.parent not in above:
            above.append(body.parent)
            body = self.bodies.get(body.parent)
        return above

    def below(self, organization: str) -> set[str]:
        """Everything under one body."""
        found: set[str] = set()
        waiting = [organization]
        while waiting:
            for child in self.children.get(waiting.pop(), ()):
                if child not in found:
                    found.add(child)
                    waiting.append(child)
        return found

    def tied_with(self, organization: str) -> frozenset[str]:
        """The bodies that name one as tied to them, and those that it names."""
        names_it = self.tied.get(organization, ())
        return self.bodies[organization].tied_to.union(names_it) & self.bodies.keys()

    @cached_property
    def offices(self) -> tuple[str, ...]:
        """Official bodies, everything under one and everything tied to one."""
        found = {one for one, body in self.bodies.items() if body.kind in OFFICIAL_KINDS}
        near = [self.below(one) | self.tied_with(one) for one in found]
        return tuple(sorted(found.union(*near)))

    def partners_near(self, country: str | None) -> list[str]:
        """Partners with a service that could reach a country, and those seated there, by id."""
        around = self.partners.around(country)
        return [self.partners.bodies[position].id for position in positions(around)]

    def cities(self, country: str | None) -> list[str]:
        """Cities that services name in a country: the list a worker chooses from."""
        found = {
            area.city
            for position in positions(self.partners.near.get(country or "?", 0))
            for service in self.partners.bodies[position].services
            for area in service.areas
            if area.country == country and area.city
        }
        return sorted(found)


def _cities(bodies: Iterable[Body]) -> set[str]:
    areas = (area for body in bodies for service in body.services for area in service.areas)
    return {area.city for area in areas if area.city}


def _family(one: str, bodies: Mapping[str, Body], root: str | None) -> str:
    """The topmost body above one and below the root."""
    seen = {one}
    while (above := bodies[one].parent) in bodies and above != root and above not in seen:
        one = str(above)
        seen.add(one)
    return one
