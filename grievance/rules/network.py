"""The directory as routing sees it: an immutable, numbered picture with its indexes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from grievance.rules.matching import NameIndex
from grievance.rules.regions import region_of
from grievance.rules.terms import OFFICIAL_KINDS, AreaLevel, OrganizationKind, ServiceNeed

ANY = "any"
ALL = "all"


@dataclass(frozen=True)
class Area:
    """Where a service reaches. A city stands with its country."""

    level: AreaLevel
    country: str | None = None
    city: str | None = None
    region: str | None = None

    def reaches(self, country: str | None, city: str | None) -> bool:
        """Whether a place lies inside; an unknown country lies only inside the world."""
        if self.level == AreaLevel.WORLD:
            return True
        if self.level == AreaLevel.REGION:
            return self.region is not None and self.region == region_of(country)
        if country is None or self.country != country:
            return False
        return self.level == AreaLevel.COUNTRY or city is None or self.city == city


@dataclass(frozen=True)
class Service:
    """One kind of help; empty groups, age bands and sexes mean: everyone."""

    id: str
    needs: frozenset[ServiceNeed]
    groups: frozenset[str]
    areas: tuple[Area, ...]
    communities: frozenset[str]
    languages: frozenset[str]
    sectors: frozenset[str]
    age_bands: frozenset[str] = frozenset()
    sexes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Body:
    """One organization of the directory."""

    id: str
    parent: str | None
    kind: OrganizationKind
    partner: bool
    has_keys: bool
    paused: bool
    capacity: int | None
    confirmed_on: date | None
    tied_to: frozenset[str]
    led_by_migrants: bool
    country: str
    origin_of: frozenset[str]
    names: tuple[str, ...]
    services: tuple[Service, ...]


@dataclass(frozen=True)
class Directory:
    """Every organization, with the indexes that routing needs."""

    version: int
    root: str | None
    bodies: Mapping[str, Body]
    children: Mapping[str, tuple[str, ...]]
    near: Mapping[str, tuple[str, ...]]  # country, region name or "" (the world) -> partners
    officials: tuple[str, ...]
    tied: Mapping[str, tuple[str, ...]]  # body -> those that say they are tied to it
    names: NameIndex = field(repr=False)

    @classmethod
    def build(cls, version: int, bodies: Iterable[Body], root: str | None) -> "Directory":
        """Make the indexes once for a version."""
        by_id = {body.id: body for body in bodies}
        children: dict[str, list[str]] = defaultdict(list)
        near: dict[str, set[str]] = defaultdict(set)
        for body in by_id.values():
            if body.parent:
                children[body.parent].append(body.id)
            if body.partner:
                for place in _places(body):
                    near[place].add(body.id)
        tied: dict[str, list[str]] = defaultdict(list)
        for body in by_id.values():
            for other in body.tied_to:
                tied[other].append(body.id)
        officials = tuple(sorted(b.id for b in by_id.values() if b.kind in OFFICIAL_KINDS))
        names = NameIndex.build(
            ((b.id, name) for b in by_id.values() for name in b.names),
            {one: _family(one, by_id, root) for one in by_id},
            {
                area.city
                for b in by_id.values()
                for s in b.services
                for area in s.areas
                if area.city
            },
        )
        return cls(
            version,
            root,
            by_id,
            {parent: tuple(sorted(ids)) for parent, ids in children.items()},
            {place: tuple(sorted(ids)) for place, ids in near.items()},
            officials,
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

    def partners_near(self, country: str | None) -> list[str]:
        """Partners with a service that could reach a country, and those seated there."""
        region = region_of(country)
        places = [place for place in (country, region, "") if place is not None]
        return sorted({one for place in places for one in self.near.get(place, ())})

    def cities(self, country: str | None) -> list[str]:
        """Cities that services name in a country: the list a worker chooses from."""
        found = {
            area.city
            for one in self.near.get(country or "?", ())
            for service in self.bodies[one].services
            for area in service.areas
            if area.country == country and area.city
        }
        return sorted(found)


def _family(one: str, bodies: Mapping[str, Body], root: str | None) -> str:
    """The topmost body above one and below the root."""
    seen = {one}
    while (above := bodies[one].parent) in bodies and above != root and above not in seen:
        one = str(above)
        seen.add(one)
    return one


def _places(body: Body) -> set[str]:
    places = {body.country}
    for service in body.services:
        for area in service.areas:
            if area.level == AreaLevel.WORLD:
                places.add("")
            elif area.level == AreaLevel.REGION:
                places.add(area.region or "?")
            else:
                places.add(area.country or "?")
    return places
