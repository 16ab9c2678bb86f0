"""When a member's mail may leave: at once or as a digest at an hour of hers, never in quiet hours.

All hours are what a clock on her wall shows, as in ``calendars``: a digest leaves when that clock
enters its hour, quiet hours end when it shows their end or jumps past it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from grievance.rules.calendars import Calendar, Span
from grievance.rules.terms import Rhythm

_HOUR = 60
_MIDNIGHT = 24 * _HOUR
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class NoticeTimes:
    """What one member chose. ``weekday`` (0 is Monday) counts for a weekly digest only; ``quiet``
    is the first hour in which nothing leaves and the hour from which it does again."""

    zone: ZoneInfo
    rhythm: Rhythm = Rhythm.AT_ONCE
    weekday: int = 0
    hour: int = 8
    quiet: tuple[int, int] | None = None

    @property
    def is_digest(self) -> bool:
        """Whether notices wait for each other."""
        return self.rhythm != Rhythm.AT_ONCE

    @property
    def contradicts_itself(self) -> bool:
        """Whether the digest's hour is a quiet one; it would then leave when these end."""
        return self.is_digest and is_quiet(self.hour, self.quiet)

    def next_time(self, now: datetime) -> datetime:
        """When a notice made ``now`` may leave: ``now`` itself, or a moment to come (UTC)."""
        return self.after_quiet(self._next_digest(now) if self.is_digest else now)

    def after_quiet(self, moment: datetime) -> datetime:
        """The moment, or the end of the quiet hours it lies in."""
        if self._loud is None or self._loud.is_open(moment):
            return moment
        return self._loud.next_opening(moment)

    def _next_digest(self, now: datetime) -> datetime:
        inside, outside = self._digest_hours
        if inside.is_open(now) and inside.is_open(now - _TICK):
            now = outside.next_opening(now)  # this hour's digest has left
        return inside.next_opening(now)

    @cached_property
    def _loud(self) -> Calendar | None:
        """The hours that are not quiet."""
        if self.quiet is None:
            return None
        begins, ends = self.quiet
        length = (begins - ends) % 24
        spans = (Span(day, ends * _HOUR, (ends + length) * _HOUR) for day in range(7))
        return Calendar(self.zone, tuple(spans))

    @cached_property
    def _digest_hours(self) -> tuple[Calendar, Calendar]:
        """The hour of the digest on its days, and all other hours."""
        days = range(7) if self.rhythm == Rhythm.DAILY else (self.weekday,)
        start, end = self.hour * _HOUR, (self.hour + 1) * _HOUR
        inside = Calendar(self.zone, tuple(Span(day, start, end) for day in days))
        return inside, Calendar(self.zone, tuple(_others(set(days), start, end)))


def is_quiet(hour: int, quiet: tuple[int, int] | None) -> bool:
    """Whether an hour of the clock lies in the quiet ones."""
    if quiet is None:
        return False
    begins, ends = quiet
    return (hour - begins) % 24 < (ends - begins) % 24


def _others(days: set[int], start: int, end: int) -> Iterator[Span]:
    for day in range(7):
        if day not in days:
            yield Span(day, 0, _MIDNIGHT)
            continue
        if start:
            yield Span(day, 0, start)
        if end < _MIDNIGHT:
            yield Span(day, end, _MIDNIGHT)
