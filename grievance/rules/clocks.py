"""Hours, due times and months. Everything takes its moment as an argument."""

from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from grievance.rules.terms import Urgency

ANSWER_DUE: Final = {
    Urgency.U0: timedelta(hours=2),
    Urgency.U1: timedelta(hours=24),
    Urgency.U2: timedelta(hours=72),
    Urgency.U3: timedelta(days=14),
    Urgency.U4: timedelta(days=14),
}


def cut_to_hour(moment: datetime) -> datetime:
    """The hour a moment lies in: all that is kept of a time a worker caused (design.md 2)."""
    return moment.replace(minute=0, second=0, microsecond=0)


def next_full_hour(moment: datetime) -> datetime:
    """When a clock starts that a worker's act set going."""
    hour = cut_to_hour(moment)
    return hour if hour == moment else hour + timedelta(hours=1)


def answer_due(urgency: Urgency | None, start: datetime) -> datetime:
    """By when an organization that was asked must answer (design.md 6); U2 when unknown."""
    return start + ANSWER_DUE[urgency or Urgency.U2]


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
