"""What the work loop does with entries: a pause ends by itself, and who must confirm is reminded.

Each act is done once, however many workers run, and once only for all that was due while none ran.
"""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from grievance.casework.directory.version import make_version
from grievance.casework.notices.keeping import line_above
from grievance.casework.notices.notifying import notify_user
from grievance.rules.clocks import day_of
from grievance.rules.entry_life import SOON, must_remind
from grievance.rules.route import Terms
from grievance.rules.terms import NoticeKind, Role
from grievance.store.accounts import User, members_of
from grievance.store.directory import Organization
from grievance.store.entry_life import lock_entry_if_free, near_lapsing, pauses_over
from grievance.store.events import SYSTEM, record

_DAY = timedelta(days=1)


def end_pauses(db: Session, now: datetime, zone: ZoneInfo) -> int:
    """Open entries whose pause had a last day and that day is over; how many. ``zone`` is the
    network's, for who named none."""
    found = pauses_over(db, (now + _DAY).date())  # nowhere is it later than that
    ended = sum(_end_pause(db, one, now, zone) for one in found)
    if ended:
        make_version(db, now)
    return ended


def remind_to_confirm(db: Session, now: datetime, confirm_months: int, limit: int = 200) -> int:
    """Remind organizations whose confirmation lapses soon or has lapsed; how many.

    Their coordinators, else their administrators, else the nearest coordinators above are told.
    """
    terms = Terms(now.date(), confirm_months)
    reminded = 0
    for one in near_lapsing(db, terms, SOON):
        reminded += _remind(db, one, terms, now)
        if reminded >= limit:
            break
    return reminded


def _end_pause(db: Session, organization_id: UUID, now: datetime, zone: ZoneInfo) -> bool:
    body = lock_entry_if_free(db, organization_id)
    if body is None or not body.paused or body.paused_until is None:
        return False
    own = ZoneInfo(body.calendar["zone"]) if body.calendar else zone
    if day_of(now, own) <= body.paused_until:
        return False
    body.paused, body.paused_until = False, None
    record(db, "entry_open", SYSTEM, now, organization_id=body.id)
    return True


def _remind(db: Session, organization_id: UUID, terms: Terms, now: datetime) -> bool:
    body = lock_entry_if_free(db, organization_id)
    if body is None or not (body.partner and body.active):
        return False
    if not must_remind(body.confirmed_on, body.reminded_on, terms):
        return False
    body.reminded_on = terms.today
    people = _who_confirms(db, body)
    for user, desk in people:
        notify_user(db, user, NoticeKind.CONFIRM_ENTRY, organization_id=desk, now=now)
    details = {"told": len(people)}
    record(db, "entry_reminded", SYSTEM, now, organization_id=body.id, details=details)
    return True


def _who_confirms(db: Session, body: Organization) -> list[tuple[User, UUID]]:
    steps = [(body.id, Role.COORDINATOR), (body.id, Role.ADMINISTRATOR)]
    steps += [(one, Role.COORDINATOR) for one in line_above(db, body.id)]
    for desk, role in steps:
        people = [(seat.user, desk) for seat in members_of(db, desk) if role in seat.roles]
        if people:
            return people
    return []
