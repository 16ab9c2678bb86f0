"""An organization's entry is kept true: hours, room, pause, and the word that it is still right.

By its own people or by a coordinator above; the event stands in the trail of the organization.
"""

import hashlib
import json
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.directory.history import noted
from grievance.casework.directory.version import make_version
from grievance.rules.calendar_words import written
from grievance.rules.calendars import Calendar
from grievance.store.directory import Organization, lock_organization
from grievance.store.entries import bodies_above
from grievance.store.events import Actor, record


class HoursChanged(Exception):
    """Somebody else changed the hours after this form was shown."""


def set_paused(
    db: Session,
    organization_id: UUID,
    paused: bool,
    actor: Actor,
    now: datetime,
    *,
    until: date | None = None,
) -> None:
    """Take no new cases for now (``until``: the last day; None: till it says so), or take them
    again; a new directory version follows."""
    body = locked_entry(db, organization_id)
    if (body.paused, body.paused_until) == (paused, until):
        return  # a colleague pressed the same button
    with noted(db, body, actor, now):
        body.paused, body.paused_until = paused, until if paused else None
    details = {"until": until.isoformat()} if paused and until else {}
    record(
        db, "entry_paused" if paused else "entry_open", actor, now, organization_id=body.id,
        details=details,
    )  # fmt: skip
    make_version(db, now)


def set_hours(
    db: Session,
    organization_id: UUID,
    calendar: Calendar | None,
    *,
    duty_rota: bool,
    actor: Actor,
    now: datetime,
    seen: str | None = None,
) -> None:
    """Say when the organization is there; None is no hours at all. Clocks that run already keep
    the time they were given. ``seen`` is what the form showed (``hours_version``). Raises
    HoursChanged where somebody was quicker."""
    body = locked_entry(db, organization_id)
    kept = written(calendar) if calendar else None
    if (body.calendar, body.duty_rota) == (kept, duty_rota):
        return  # a colleague wrote the same
    if seen is not None and seen != hours_version(body):
        raise HoursChanged
    with noted(db, body, actor, now):
        body.calendar, body.duty_rota = kept, duty_rota
    details = {"hours": calendar is not None, "duty_rota": duty_rota}
    record(db, "entry_hours_set", actor, now, organization_id=body.id, details=details)


def hours_version(body: Organization) -> str:
    """What a form that showed these hours says it saw."""
    said = json.dumps([body.calendar, body.duty_rota], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def set_room(
    db: Session,
    organization_id: UUID,
    capacity: int | None,
    *,
    duty_rota: bool,
    actor: Actor,
    now: datetime,
) -> None:
    """Say how many open cases the organization can hold (None: no limit), and whether somebody is
    awake at night; a new directory version follows."""
    body = locked_entry(db, organization_id)
    if (body.capacity, body.duty_rota) == (capacity, duty_rota):
        return  # a colleague wrote the same
    with noted(db, body, actor, now):
        body.capacity, body.duty_rota = capacity, duty_rota
    details = {"capacity": capacity, "duty_rota": duty_rota}
    record(db, "entry_room_set", actor, now, organization_id=body.id, details=details)
    make_version(db, now)


def confirm_entry(db: Session, organization_id: UUID, actor: Actor, now: datetime) -> None:
    """Say that the entry is still right today; a new directory version follows."""
    body = db.get_one(Organization, organization_id)
    with noted(db, body, actor, now):
        body.confirmed_on = now.date()
    record(db, "entry_confirmed", actor, now, organization_id=organization_id)
    make_version(db, now)


def locked_entry(db: Session, organization_id: UUID) -> Organization:
    """An entry kept for this transaction, and all that was read before as others left it. Raises
    NoResultFound."""
    body = lock_organization(db, organization_id)
    db.expire_all()
    return body


def keep_by_people(db: Session, body: Organization) -> None:
    """No file writes over an entry any more, nor over what it hangs on (decisions/0020)."""
    for one in (body, *bodies_above(db, body)):
        if one.listed_from is not None:
            one.listed_from = None
            if not str(one.website or "").startswith(("https://", "http://")):
                one.website = None  # the directory form takes no other
