"""When somebody is there, in the reader's words: days with their times, and by whose clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from typing import Any

from babel.core import get_global
from babel.dates import get_timezone_location

from grievance.rules.calendar_words import WEEKDAYS, zone_named
from grievance.rules.hsds.weeks import Week, steady_offset
from grievance.web.locale import country_name, gettext, locale, weekdays

Times = Mapping[str, Sequence[str]]  # by weekday: ``sun`` -> ``09:00-12:30``


@dataclass(frozen=True)
class Hours:
    """Days with their times, and the clock they go by (blank where nobody told)."""

    days: list[tuple[str, str]]
    clock: str = ""
    of: str = ""  # the service that has these hours, where others have their own


def lines(raw: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """Weekdays of a calendar with their hours, one by one; days without are left out."""
    hours = raw["hours"] if raw else {}
    return [(name, ", ".join(hours[day])) for day, name in _named() if day in hours]


def of_calendar(raw: Mapping[str, Any] | None) -> Hours | None:
    """A calendar as a worker reads it."""
    return Hours(_together(raw["hours"]), zone_clock(raw["zone"])) if raw else None


def of_week(week: Week, country: str, of: str = "") -> Hours:
    """The week of a file; its clock by its zone, else by how far it is from UTC."""
    clock = zone_clock(week.zone) if week.zone else _offset_clock(week.offset, country)
    return Hours(_together(week.hours), clock, of)


def zone_clock(zone: str) -> str:
    """``Hong Kong time``: by the country where it has one clock alone, else by the city."""
    country = get_global("zone_territories").get(zone)
    if country and len(get_global("territory_zones").get(country, ())) == 1:
        return gettext("%(place)s time", place=country_name(country))
    if country:
        city = get_timezone_location(zone, locale=locale(), return_city=True)
        return gettext("%(place)s time", place=city)
    return zone


def _named() -> list[tuple[str, str]]:
    return list(zip(WEEKDAYS, weekdays(), strict=True))


def _together(hours: Times) -> list[tuple[str, str]]:
    """Days that follow each other with the same times are one line: ``Monday–Friday``."""
    days = [(name, ", ".join(hours.get(day, ()))) for day, name in _named()]
    found = []
    for times, same in groupby(days, key=lambda one: one[1]):
        names = [name for name, _ in same]
        some = names if len(names) < 3 else [names[0], names[-1]]
        if times:
            found.append(((", " if len(names) == 2 else "–").join(some), times))
    return found


def _offset_clock(offset: int | None, country: str) -> str:
    if offset is None:
        return ""
    if offset in _offsets_of(country) and len(_offsets_of(country)) == 1:
        return gettext("%(place)s time", place=country_name(country))
    sign, (hours, minutes) = "-" if offset < 0 else "+", divmod(abs(offset), 60)
    return f"UTC{sign}{hours}" + (f":{minutes:02}" if minutes else "")


@cache
def _offsets_of(country: str) -> frozenset[int | None]:
    """How far the clocks of a country are from UTC; None among them where one jumps."""
    zones = map(zone_named, get_global("territory_zones").get(country, ()))
    return frozenset(steady_offset(one) for one in zones if one is not None)
