"""When an organization is there: weekly hours on its own clock, and the days it stays closed.

Hours are what a clock on its wall shows. Where that clock jumps (daylight saving) or shows an hour
twice, a moment is open when what the clock shows then lies in the hours: an opening that falls into
the jump begins after it, an hour shown twice is open twice. Decision 0016 says why.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, order=True)
class Span:
    """Open on a weekday (0 is Monday), in minutes from its midnight; above 1440 is the next day."""

    weekday: int
    opens: int
    closes: int


@dataclass(frozen=True, order=True)
class Closed:
    """A day, or several in a row, on which nobody is there."""

    first: date
    last: date


@dataclass(frozen=True)
class Calendar:
    """Weekly hours in a time zone, without the days closed. It opens again and again."""

    zone: ZoneInfo
    spans: tuple[Span, ...]
    closed: tuple[Closed, ...] = ()

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody is there. The minute of closing is not open any more."""
        wall = moment.astimezone(self.zone).replace(tzinfo=None)
        return any(start <= wall < end for start, end in self._around(wall, wall))

    def was_open(self, moment: datetime) -> bool:
        """Whether somebody is there, or was until this very moment."""
        return self.is_open(moment) or self.is_open(moment - _TICK)

    def next_opening(self, moment: datetime) -> datetime:
        """The moment itself where it is open, else when the organization opens next (UTC)."""
        at = moment.astimezone(UTC)
        while True:
            for start, end in self._even(at, at + _DAY):
                offset = start.astimezone(self.zone).utcoffset() or timedelta()
                wall = (start + offset).replace(tzinfo=None)
                until = (end + offset).replace(tzinfo=None)
                opens = [max(a, wall) for a, b in self._around(wall, until) if b > wall]
                if opens and min(opens) < until:
                    return (min(opens) - offset).replace(tzinfo=UTC)
            at += _DAY

    def is_closed_on(self, day: date) -> bool:
        """Whether nobody is there that day, whatever the weekly hours say."""
        return any(one.first <= day <= one.last for one in self.closed)

    def lacks_closed_days_of(self, today: date) -> list[int]:
        """Of this year, and in December the next: the years of which no day is written as closed,
        though days of others are. A time that ends on a holiday is kept by nobody."""
        years = [today.year] + ([today.year + 1] if today.month == 12 else [])
        told = [range(one.first.year, one.last.year + 1) for one in self.closed]
        return [year for year in years if told and not any(year in some for some in told)]

    def _around(self, wall: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Open stretches, by the wall clock, that may touch these two times."""
        day = wall.date() - _DAY
        while day <= until.date():
            yield from self._stretches(day)
            day += _DAY

    def _stretches(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Where the hours of one day lie; those past midnight end there before a closed day."""
        midnight = datetime.combine(day, time())
        if self.is_closed_on(day):
            return
        for span in self.spans:
            if span.weekday == day.weekday():
                end = midnight + timedelta(minutes=span.closes)
                if self.is_closed_on(day + _DAY):
                    end = min(end, midnight + _DAY)
                yield midnight + timedelta(minutes=span.opens), end

    def _even(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The same stretch of time in parts within which the clock does not jump."""
        before, after = (one.astimezone(self.zone).utcoffset() for one in (start, end))
        if before == after:
            yield start, end
            return
        low, high = start.replace(microsecond=0), end
        while high - low > _SECOND:
            middle = (low + (high - low) / 2).replace(microsecond=0)
            if middle.astimezone(self.zone).utcoffset() == before:
                low = middle
            else:
                high = middle
        jump = low + _SECOND
        yield start, jump
        yield jump, end
