"""Weekly hours and closed days as rows of ``schedule``, and rows of that table as weekly hours."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from grievance.rules.calendar_words import WEEKDAYS, zone_named
from grievance.rules.calendars import Calendar, Closed, Span
from grievance.rules.hsds.rows import Values

_CODES: Final = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MIDNIGHT: Final = 24 * 60
_WHOLE_DAY_ENDS: Final = "23:59"  # as the standard writes the end of a day that is open throughout
_SHUT: Final = "Closed"
_YEARS: Final = range(2026, 2036)
_TIME: Final = re.compile(r"(\d\d):(\d\d)(?::\d\d)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_ZONE: Final = re.compile(r"[A-Za-z]+(/[A-Za-z_+-]+)+", re.ASCII)
_NOT_EVERY_WEEK: Final = ("byweekno", "bymonthday", "byyearday", "count", "until")
_MOST_OFF: Final = 14 * 60  # minutes that a clock may be from UTC


@dataclass(frozen=True)
class Week:
    """Hours by weekday (``sun`` -> ``09:00-12:30``), how far their clock is from UTC in minutes,
    and its zone; None and blank where nobody told."""

    hours: Mapping[str, tuple[str, ...]]
    offset: int | None = None
    zone: str = ""


def week_rows(calendar: Calendar) -> list[Values]:
    """A row for each opening, with all its days. A zone whose clock never jumps is written as its
    distance from UTC too; the row's notes always name it."""
    days: dict[tuple[str, str], set[int]] = {}
    for span in calendar.spans:
        days.setdefault((_clock(span.opens), _clock(span.closes)), set()).add(span.weekday)
    offset = steady_offset(calendar.zone)
    far = _offset_text(offset) if offset is not None else ""
    zone: Values = {} if offset is None else {"timezone": _number(offset / 60)}
    rows: list[Values] = [
        {"freq": "WEEKLY", "wkst": "MO", "byday": ",".join(_CODES[one] for one in sorted(on)),
         "opens_at": opens + far, "closes_at": closes + far,
         "notes": calendar.zone.key}
        for (opens, closes), on in sorted(days.items())
    ]  # fmt: skip
    return [one | zone for one in rows]


def closed_row(one: Closed) -> Values:
    """Days on which nobody is there."""
    return {"valid_from": one.first.isoformat(), "valid_to": one.last.isoformat(),
            "description": _SHUT}  # fmt: skip


def read_week(rows: Iterable[Values], today: date) -> Week | None:
    """What these rows say of every week now. None where one of them says more than weekdays and
    hours: half of the hours would send somebody there in vain."""
    spans, clocks = set[Span](), set[tuple[int | None, str]]()
    for row in rows:
        if _is_past_or_to_come(row, today) or is_of_some_days(row):
            continue
        found = _read(row)
        if found is None:
            return None
        spans |= found[0]
        clocks.add((found[1], _zone(row)))
    if not spans or len(clocks) != 1:
        return None
    hours: dict[str, tuple[str, ...]] = {}
    for span in sorted(spans):
        day = WEEKDAYS[span.weekday]
        hours[day] = (*hours.get(day, ()), f"{_plain(span.opens)}-{_plain(span.closes)}")
    return Week(hours, *clocks.pop())


def is_of_some_days(row: Values) -> bool:
    """Whether a row is a holiday, or other days of a calendar: no part of a week."""
    return "freq" not in row and "byday" not in row and ("valid_from" in row or "valid_to" in row)


def _is_past_or_to_come(row: Values, today: date) -> bool:
    day = today.isoformat()
    begins = (str(row.get(one, "")) for one in ("valid_from", "dtstart"))
    return any(one > day for one in begins) or "" < str(row.get("valid_to", "")) < day


def _read(row: Values) -> tuple[set[Span], int | None] | None:
    days = [one.strip().upper() for one in str(row.get("byday", "")).split(",")]
    opens, closes = (_TIME.fullmatch(str(row.get(one, ""))) for one in ("opens_at", "closes_at"))
    weekly = row.get("freq", "WEEKLY") == "WEEKLY" and row.get("interval", 1) == 1
    if not weekly or not opens or not closes or any(one in row for one in _NOT_EVERY_WEEK):
        return None
    if not set(days) <= set(_CODES) or opens[3] != closes[3]:
        return None
    start, end = (int(one[1]) * 60 + int(one[2]) for one in (opens, closes))
    if start == end or start >= _MIDNIGHT:  # never, or all day: it is not guessed
        return None
    end = _MIDNIGHT if end == _MIDNIGHT - 1 else end
    end = end if end > start else end + _MIDNIGHT
    spans = {Span(_CODES.index(one), start, end) for one in days}
    return spans, _offset(opens[3], row.get("timezone"))


def _offset(written: str | None, told: object) -> int | None:
    """From the time itself, else from the row's own field."""
    if written == "Z":
        return 0
    if written:
        minutes = int(written[1:3]) * 60 + int(written[-2:])
        return -minutes if written[0] == "-" else minutes
    if isinstance(told, (int, float)) and abs(told) * 60 <= _MOST_OFF:
        return round(told * 60)
    return None


def _zone(row: Values) -> str:
    """Where the notes are the name of a zone alone, as ours are."""
    name = str(row.get("notes", ""))
    return name if _ZONE.fullmatch(name) and zone_named(name) else ""


@cache
def steady_offset(zone: ZoneInfo) -> int | None:
    """How far a zone is from UTC, in minutes, where that is the same all year and the next ones."""
    days = [datetime(y, m, d, tzinfo=UTC) for y in _YEARS for m in range(1, 13) for d in (1, 15)]
    found = {one.astimezone(zone).utcoffset() or timedelta() for one in days}
    return round(found.pop().total_seconds() / 60) if len(found) == 1 else None


def _offset_text(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{_plain(abs(minutes))}"


def _clock(minutes: int) -> str:
    return _WHOLE_DAY_ENDS if minutes == _MIDNIGHT else _plain(minutes)


def _plain(minutes: int) -> str:
    minutes = minutes if minutes <= _MIDNIGHT else minutes - _MIDNIGHT
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _number(hours: float) -> int | float:
    return int(hours) if hours == int(hours) else hours
