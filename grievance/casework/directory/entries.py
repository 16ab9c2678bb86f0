"""An organization keeps its own entry: hours, pause, and confirm that it is still right."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.directory.history import noted
from grievance.casework.directory.version import make_version
from grievance.rules.calendar_words import written
from grievance.rules.calendars import Calendar
from grievance.store.directory import Organization
from grievance.store.events import Actor, record


def set_paused(
    db: Session, organization_id: UUID, paused: bool, actor: Actor, now: datetime
) -> None:
    """Take no new cases for now, or take them again; a new directory version follows."""
    body = db.get_one(Organization, organization_id)
    if body.paused == paused:
        return  # a colleague pressed the same button
    with noted(db, body, actor, now):
        body.paused = paused
    record(db, "entry_paused" if body.paused else "entry_open", actor, now)
    make_version(db, now)


def set_hours(
    db: Session,
    organization_id: UUID,
    calendar: Calendar | None,
    *,
    duty_rota: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Say when the organization is there; None is no hours at all. Clocks that run already keep
    the time they were given."""
    body = db.get_one(Organization, organization_id)
    kept = written(calendar) if calendar else None
    if (body.calendar, body.duty_rota) == (kept, duty_rota):
        return  # a colleague wrote the same
    with noted(db, body, actor, now):
        body.calendar, body.duty_rota = kept, duty_rota
    details = {"hours": calendar is not None, "duty_rota": duty_rota}
    record(db, "entry_hours_set", actor, now, details=details)


def confirm_entry(db: Session, organization_id: UUID, actor: Actor, now: datetime) -> None:
    """Say that the own entry is still right today; a new directory version follows."""
    body = db.get_one(Organization, organization_id)
    with noted(db, body, actor, now):
        body.confirmed_on = now.date()
    record(db, "entry_confirmed", actor, now)
    make_version(db, now)
