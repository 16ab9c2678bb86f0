"""Hours, due times and months. Everything takes its moment as an argument."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from grievance.rules.calendars import Calendar
from grievance.rules.terms import Urgency

ANSWER_DUE: Final = {
    Urgency.U0: timedelta(hours=2),
    Urgency.U1: timedelta(hours=24),
    Urgency.U2: timedelta(hours=72),
    Urgency.U3: timedelta(days=14),
    Urgency.U4: timedelta(days=14),
}
LONGEST_PAUSE: Final = timedelta(hours=72)  # of all questions before acceptance together


def cut_to_hour(moment: datetime) -> datetime:
    """The hour a moment lies in: all that is kept of a time a worker caused (design.md 2)."""
    return moment.replace(minute=0, second=0, microsecond=0)


def next_full_hour(moment: datetime) -> datetime:
    """When a clock starts that a worker's act set going."""
    hour = cut_to_hour(moment)
    return hour if hour == moment else hour + timedelta(hours=1)


def answer_due(
    urgency: Urgency | None, start: datetime, calendar: Calendar | None = None
) -> datetime:
    """By when an organization that was asked must answer (design.md 6); U2 when unknown.

    Elapsed time; where it ends while the organization is closed, its next opening. U0 runs round
    the clock, and so does everything where there is no calendar.
    """
    return when_there(urgency, start + answer_time(urgency), calendar)


def answer_time(urgency: Urgency | None) -> timedelta:
    """How long an answer may take at most, closed hours left aside."""
    return ANSWER_DUE[urgency or Urgency.U2]


def when_there(urgency: Urgency | None, moment: datetime, calendar: Calendar | None) -> datetime:
    """The moment, or the next opening where it falls into closed hours; of danger the moment."""
    if calendar is None or urgency == Urgency.U0 or calendar.was_open(moment):
        return moment
    return calendar.next_opening(moment)


def half_time(
    urgency: Urgency | None, start: datetime, due: datetime, calendar: Calendar | None = None
) -> datetime:
    """When to remind: half-way, while somebody is there. Where nobody is there again before the
    answer is due, half-way as it falls: mail waits better than a case."""
    middle = start + (due - start) / 2
    there = when_there(urgency, middle, calendar)
    return there if there < due else middle


def pause_left(urgency: Urgency | None, used: timedelta = timedelta()) -> timedelta:
    """For how long a question to the worker may still stop the clock: U0 never."""
    return timedelta() if urgency == Urgency.U0 else max(timedelta(), LONGEST_PAUSE - used)


def keeps_promise(urgency: Urgency | None, *, has_calendar: bool, duty_rota: bool) -> bool:
    """Whether the worker is told a time: only where the organization keeps it by its own calendar,
    of danger only where somebody is awake (design.md 6). The clock runs in any case."""
    return duty_rota if urgency == Urgency.U0 else has_calendar


def day_over(day: date, zone: ZoneInfo) -> datetime:
    """The first moment after a day in a zone."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def month_of(moment: datetime, zone: ZoneInfo) -> str:
    """``2026-11``: the month a moment falls into, in the network's named zone."""
    return moment.astimezone(zone).strftime("%Y-%m")


def day_of(moment: datetime, zone: ZoneInfo) -> date:
    """The day a moment falls into, in the network's named zone."""
    return moment.astimezone(zone).date()


def months_before(first: date, months: int) -> date:
    """The first day of the month ``months`` earlier, or the first or last month there is."""
    count = first.year * 12 + first.month - 1 - months
    within = max(date.min.year * 12, min(count, date.max.year * 12 + 11))
    return date(within // 12, within % 12 + 1, 1)
