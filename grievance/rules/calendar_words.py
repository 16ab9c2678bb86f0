"""Reads a calendar from what people write, and writes it down again.

Hours stand by weekday (``sun`` -> ``09:00-12:30``; past midnight ``22:00-02:00``), closed days as
``2026-12-25`` or ``2026-12-24 to 2027-01-02``. What could mean two things is asked, not guessed.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from grievance.rules.calendars import Calendar, Closed, Span
from grievance.rules.days import read_day

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_DAYS_SHUT: Final = 31  # in a row; who is away for longer pauses instead
MOST_LINES: Final = 400  # hours and closed days of one calendar
_YEARS = range(2000, 2101)
_DAY = timedelta(days=1)
_MIDNIGHT = 24 * 60
_ANY = date(2026, 1, 1)
_TIME = r"(\d{1,2})(?:[:.](\d{2}))?"
_SPAN = re.compile(rf"{_TIME}\s*(?:[-\u2010-\u2015~\u301c]|to)\s*{_TIME}")
_CLOSED = re.compile(r"(\S+)(?:\s+to\s+(\S+))?")


class Wrong(StrEnum):
    """What can be wrong with hours as somebody wrote them."""

    ZONE = "zone"
    WEEKDAY = "weekday"
    HOURS = "hours"
    SAME_TIME = "same_time"  # 00:00-00:00: never, or the whole day? It is asked, not guessed
    CLOSED_DAY = "closed_day"
    TOO_MANY = "too_many"
    NEVER_OPENS = "never_opens"
    SHUT_TOO_LONG = "shut_too_long"


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong, and the words it stands in."""

    what: Wrong
    said: str = ""


def read_calendar(
    zone: str, hours: Mapping[str, Sequence[str]], closed: Sequence[str]
) -> Calendar | list[Mistake]:
    """A calendar, or everything that is wrong with it."""
    wrong: list[Mistake] = []
    spans = [one for day, texts in hours.items() for one in _spans(day, texts, wrong)]
    shut = [one for text in closed for one in _closed(text, wrong)]
    found = zone_named(zone)
    if found is None:
        wrong.append(Mistake(Wrong.ZONE, zone))
    if len(spans) + len(shut) > MOST_LINES:
        wrong.append(Mistake(Wrong.TOO_MANY, str(MOST_LINES)))
    elif not wrong and not spans:
        wrong.append(Mistake(Wrong.NEVER_OPENS))
    elif not wrong and days_shut(spans, shut) > MOST_DAYS_SHUT:
        wrong.append(Mistake(Wrong.SHUT_TOO_LONG, str(MOST_DAYS_SHUT)))
    if wrong or found is None:
        return wrong
    return Calendar(found, tuple(sorted(set(spans))), tuple(sorted(set(shut))))


def kept(raw: Mapping[str, Any] | None) -> Calendar | None:
    """The calendar of a row, as ``written`` made it. None where there is none, or its zone is one
    that this machine does not know any more: then elapsed time counts."""
    found = read_calendar(raw["zone"], raw["hours"], raw["closed"]) if raw else None
    return found if isinstance(found, Calendar) else None


def written(calendar: Calendar) -> dict[str, Any]:
    """A calendar as plain values, for a row or a form."""
    hours: dict[str, list[str]] = {}
    for span in calendar.spans:
        hours.setdefault(WEEKDAYS[span.weekday], []).append(_span_text(span))
    closed = [
        one.first.isoformat() + (f" to {one.last.isoformat()}" if one.last > one.first else "")
        for one in calendar.closed
    ]
    return {"zone": calendar.zone.key, "hours": hours, "closed": closed}


def zone_named(name: str) -> ZoneInfo | None:
    """A time zone that this machine knows, such as Asia/Hong_Kong."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # the last: a folder of zones
        return None


def days_shut(spans: Sequence[Span], closed: Sequence[Closed]) -> int:
    """The longest run of days on which nobody opens, from one week to the next at least."""
    days = {one.weekday for one in spans}
    if not days or any((one.last - one.first).days > MOST_DAYS_SHUT for one in closed):
        return MOST_DAYS_SHUT + 1
    shut = {one.first + _DAY * n for one in closed for n in range((one.last - one.first).days + 1)}
    week = timedelta(days=7)
    day, until = (min(shut) - week, max(shut) + 2 * week) if shut else (_ANY, _ANY + 2 * week)
    longest = run = 0
    while day < until:
        run = 0 if day.weekday() in days and day not in shut else run + 1
        longest, day = max(longest, run), day + _DAY
    return longest


def _spans(day: str, texts: Sequence[str], wrong: list[Mistake]) -> Iterator[Span]:
    if day not in WEEKDAYS:
        wrong.append(Mistake(Wrong.WEEKDAY, day))
        return
    for text in texts:
        found = _span(WEEKDAYS.index(day), text)
        if isinstance(found, Mistake):
            wrong.append(found)
        else:
            yield found


def _span(weekday: int, text: str) -> Span | Mistake:
    match = _SPAN.fullmatch(unicodedata.normalize("NFKC", text).strip().lower())
    if match is None:
        return Mistake(Wrong.HOURS, text)
    hour, minute, to_hour, to_minute = (int(part or 0) for part in match.groups())
    opens, closes = hour * 60 + minute, to_hour * 60 + to_minute
    if max(minute, to_minute) > 59 or opens >= _MIDNIGHT or closes > _MIDNIGHT:
        return Mistake(Wrong.HOURS, text)
    if opens == closes:
        return Mistake(Wrong.SAME_TIME, text)
    return Span(weekday, opens, closes if closes > opens else closes + _MIDNIGHT)


def _span_text(span: Span) -> str:
    closes = span.closes if span.closes <= _MIDNIGHT else span.closes - _MIDNIGHT
    return "-".join(f"{at // 60:02}:{at % 60:02}" for at in (span.opens, closes))


def _closed(text: str, wrong: list[Mistake]) -> Iterator[Closed]:
    match = _CLOSED.fullmatch(text.strip())
    try:
        first = read_day(match[1] if match else "")
        last = read_day(match[2]) if match and match[2] else first
    except ValueError:
        wrong.append(Mistake(Wrong.CLOSED_DAY, text))
        return
    if last < first or first.year not in _YEARS or last.year not in _YEARS:
        wrong.append(Mistake(Wrong.CLOSED_DAY, text))
    else:
        yield Closed(first, last)
