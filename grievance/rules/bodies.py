"""An entry of the directory as routing sees it: a body, its services and where they reach."""

from dataclasses import dataclass
from datetime import date

from grievance.rules.terms import AreaLevel, OrganizationKind, ServiceNeed

ANY = "any"
ALL = "all"


@dataclass(frozen=True)
class Area:
    """Where a service reaches. A city stands with its country.

    While her city is unknown, a service of some city may still be hers: it counts as one of the
    country, never as one of her city.
    """

    level: AreaLevel
    country: str | None = None
    city: str | None = None
    region: str | None = None


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
