"""Hours of our own listings, as rows of HSDS. The standard knows none of a whole organization: each
service has them."""

from collections.abc import Iterator
from uuid import UUID

from grievance.casework.hsds.gathering import Key
from grievance.rules.calendars import Calendar
from grievance.rules.hsds.rows import Values, made_id
from grievance.rules.hsds.weeks import closed_row, week_rows


def opening_rows(calendar: Calendar | None, service: UUID) -> Iterator[tuple[Key, Values]]:
    """The hours of a week."""
    for one in week_rows(calendar) if calendar else ():
        yield _row(service, one, "opens_at", "closes_at")


def closed_rows(calendar: Calendar | None, service: UUID) -> Iterator[tuple[Key, Values]]:
    """Days on which nobody is there."""
    for one in calendar.closed if calendar else ():
        yield _row(service, closed_row(one), "valid_from", "valid_to")


def _row(service: UUID, values: Values, *by: str) -> tuple[Key, Values]:
    """The id stays while these fields do."""
    parts = (str(values[one]) for one in by)
    key = "schedule", made_id("grievance", "schedule", str(service), *parts)
    return key, {"service_id": str(service), **values}
