"""Partners as the bits of numbers: which of 10,000 share a trait is one operation on two numbers.

Bit ``n`` stands for the n-th partner by id. A partner's services lie in planes: plane 0 holds each
one's first service by id, plane 1 the second, and so on, so that a mask of a plane speaks of one
service of each partner.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, auto
from typing import Final, TypeVar

from grievance.rules.bodies import Area, Body, Service
from grievance.rules.regions import region_of
from grievance.rules.terms import NEVER_ASKED, AreaLevel

EVERYONE: Final = ""
_WINDOW_BITS: Final = 256
_WINDOW: Final = (1 << _WINDOW_BITS) - 1


class Trait(StrEnum):
    """What a mask of partners, or of one plane of services, says."""

    NEVER_ASKED = auto()
    NO_KEYS = auto()
    PAUSED = auto()
    LED_BY_MIGRANTS = auto()
    SEAT = auto()
    SEAT_REGION = auto()
    ORIGIN = auto()
    NEED = auto()
    GROUP = auto()
    COMMUNITY = auto()
    LANGUAGE = auto()
    SECTOR = auto()
    AGE_BAND = auto()
    SEX = auto()
    CITY = auto()
    SOME_CITY = auto()
    COUNTRY = auto()
    REGION = auto()
    WORLD = auto()


Key = tuple[Trait, str]
Masks = Mapping[Key, int]
K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True)
class PartnerIndex:
    """Made once for a version of the directory."""

    bodies: tuple[Body, ...]
    positions: Mapping[str, int]
    services: tuple[tuple[str, ...], ...]  # ids, by plane
    near: Mapping[str, int]  # country, region name or "" (the world) -> partners
    traits: Masks
    planes: tuple[Masks, ...]
    confirmed: Mapping[date | None, int]  # first day of the month of the last confirmation
    capacities: Mapping[int | None, int]  # open cases that it can carry

    @classmethod
    def build(cls, bodies: Iterable[Body]) -> "PartnerIndex":
        """The index of those who are partners."""
        partners = tuple(sorted((b for b in bodies if b.partner), key=lambda body: body.id))
        services = [sorted(body.services, key=lambda service: service.id) for body in partners]
        depth = max(map(len, services), default=0)
        return cls(
            partners,
            {body.id: position for position, body in enumerate(partners)},
            tuple(tuple(service.id for service in some) for some in services),
            _masks((_places(body), n) for n, body in enumerate(partners)),
            _masks((_body_traits(body), n) for n, body in enumerate(partners)),
            tuple(_plane(services, k) for k in range(depth)),
            _masks(([_month(body.confirmed_on)], n) for n, body in enumerate(partners)),
            _masks(([body.capacity], n) for n, body in enumerate(partners)),
        )

    def mask_of(self, organizations: Iterable[str]) -> int:
        """The mask of those that are partners."""
        return mask_from([self.positions[one] for one in organizations if one in self.positions])

    @property
    def everyone(self) -> int:
        """All partners."""
        return (1 << len(self.bodies)) - 1

    def around(self, country: str | None) -> int:
        """Partners with a service that could reach a country, and those seated there."""
        found = self.near.get(EVERYONE, 0)
        for place in (country, region_of(country)):
            found |= self.near.get(place, 0) if place else 0
        return found

    def has(self, trait: Trait, value: str = EVERYONE) -> int:
        """Partners with a trait."""
        return self.traits.get((trait, value), 0)

    def serves(self, *keys: Key) -> list[int]:
        """For each plane, the services with one of these traits."""
        if len(keys) == 1:
            return [plane.get(keys[0], 0) for plane in self.planes]
        return [any_of(plane.get(key, 0) for key in keys) for plane in self.planes]


def mask_from(set_bits: Sequence[int]) -> int:
    """The number that has these bits."""
    found = bytearray(max(set_bits, default=0) // 8 + 1)
    for position in set_bits:
        found[position >> 3] |= 1 << (position & 7)
    return int.from_bytes(found, "little")


def positions(mask: int) -> Iterator[int]:
    """The bits that are set, lowest first: for many of them."""
    return (n for n, bit in enumerate(bin(mask)[:1:-1]) if bit == "1")


def lowest(mask: int, most: int) -> list[int]:
    """The first few bits that are set, without looking at the rest: a window at a time, since each
    step on a long number costs its whole length."""
    if mask.bit_count() <= most:
        return all_of_few(mask)
    found: list[int] = []
    start = 0
    while len(found) < most:
        window = mask & _WINDOW
        while window and len(found) < most:
            bit = window & -window
            found.append(start + bit.bit_length() - 1)
            window ^= bit
        mask >>= _WINDOW_BITS
        start += _WINDOW_BITS
    return found


def all_of_few(mask: int) -> list[int]:
    """The bits that are set, lowest first: for a few. They are taken from the highest down, since
    the number then gets shorter with each."""
    found: list[int] = []
    while mask:
        found.append(mask.bit_length() - 1)
        mask ^= 1 << found[-1]
    return found[::-1]


def key(trait: Trait, value: str | None = None) -> Key:
    """A trait with its value; without one: everyone."""
    return (trait, value or EVERYONE)


def any_of(masks: Iterable[int]) -> int:
    """All that one mask or another holds."""
    found = 0
    for mask in masks:
        found |= mask
    return found


def _masks(entries: Iterable[tuple[Iterable[K], int]]) -> dict[K, int]:
    """From pairs of (keys, position): the mask of each key."""
    found: dict[K, list[int]] = defaultdict(list)
    for keys, position in entries:
        for one in keys:
            found[one].append(position)
    return {one: mask_from(some) for one, some in found.items()}


def _plane(services: list[list[Service]], k: int) -> Masks:
    held = ((some[k], n) for n, some in enumerate(services) if k < len(some))
    return _masks((_service_traits(service), n) for service, n in held)


def _month(day: date | None) -> date | None:
    return day and day.replace(day=1)


def _body_traits(body: Body) -> Iterator[Key]:
    plain = (
        (body.kind in NEVER_ASKED, Trait.NEVER_ASKED),
        (not body.has_keys, Trait.NO_KEYS),
        (body.paused, Trait.PAUSED),
        (body.led_by_migrants, Trait.LED_BY_MIGRANTS),
    )
    yield from (key(trait) for holds, trait in plain if holds)
    yield key(Trait.SEAT, body.country)
    yield key(Trait.SEAT_REGION, region_of(body.country))
    yield from (key(Trait.ORIGIN, one) for one in body.origin_of)


def _service_traits(service: Service) -> Iterator[Key]:
    """Empty groups, age bands and sexes stand under the key of everyone."""
    for trait, values in (
        (Trait.NEED, service.needs),
        (Trait.GROUP, service.groups or {EVERYONE}),
        (Trait.COMMUNITY, service.communities),
        (Trait.LANGUAGE, service.languages),
        (Trait.SECTOR, service.sectors),
        (Trait.AGE_BAND, service.age_bands or {EVERYONE}),
        (Trait.SEX, service.sexes or {EVERYONE}),
    ):
        yield from (key(trait, value) for value in values)
    for area in service.areas:
        yield from _reach(area)


def _reach(area: Area) -> Iterator[Key]:
    if area.level == AreaLevel.WORLD:
        yield key(Trait.WORLD)
    elif area.level == AreaLevel.REGION and area.region:
        yield key(Trait.REGION, area.region)
    elif area.level == AreaLevel.COUNTRY and area.country:
        yield key(Trait.COUNTRY, area.country)
    elif area.level == AreaLevel.CITY and area.country:
        yield key(Trait.SOME_CITY, area.country)
        yield key(Trait.CITY, city_key(area.country, area.city))


def city_key(country: str | None, city: str | None) -> str:
    """A city stands with its country: there are several Georgetowns."""
    return f"{country}/{city}"


def _places(body: Body) -> set[str]:
    areas = [area for service in body.services for area in service.areas]
    found = {area.country for area in areas} | {area.region for area in areas} | {body.country}
    world = {EVERYONE} if any(area.level == AreaLevel.WORLD for area in areas) else set()
    return {place for place in found if place} | world
