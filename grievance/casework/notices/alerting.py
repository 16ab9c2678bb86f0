"""Half-time reminders, and alerts where a promised time has passed. No notice holds a word of it.

Each act is done once, however many workers run: whoever comes second finds the case's row locked
or the act noted. What was due while no worker ran is told once, not once for each hour missed.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.notices.notifying import notify_organization, notify_user
from grievance.rules.lifecycle import OVERDUE
from grievance.rules.terms import ClockKind, NoticeKind, Role
from grievance.store.accounts import members_of
from grievance.store.cases import Case, CaseExclusion, lock_case_if_free
from grievance.store.clocks import beside_missed, clock_of, half_way, missed_now
from grievance.store.directory import ancestors, organization
from grievance.store.events import SYSTEM, record
from grievance.store.referrals import Referral


def remind(db: Session, now: datetime, limit: int = 200) -> int:
    """Remind organizations that half the time to answer has gone, once; how many questions."""
    return sum(_remind(db, case_id, one, now) for one, case_id in half_way(db, now, limit))


def alert_missed(db: Session, now: datetime, limit: int = 200) -> int:
    """Alert where a holder's promised time has passed, once; how many promises."""
    owners = sum(_miss(db, one, ClockKind(kind), now) for one, kind in missed_now(db, now, limit))
    beside = beside_missed(db, now, limit)
    return owners + sum(_miss_beside(db, case_id, one, now) for one, case_id in beside)


def alert(db: Session, case: Case, organization_id: UUID, now: datetime) -> int:
    """Tell a coordinator of the organization that did not keep its time, and one desk above it: the
    overseeing desk, else the nearest that has a coordinator. How many people were told.

    Where nobody coordinates, whoever works on cases there is told, then above.
    """
    told: set[UUID] = set()
    for desk in (organization_id, *_above(db, case, organization_id)):
        people = [m.user for m in members_of(db, desk) if Role.COORDINATOR in m.roles]
        for user in people:
            if user.id not in told:
                notify_user(db, user, NoticeKind.PROMISE_MISSED, organization_id=desk, now=now)
        told |= {user.id for user in people}
        if people and desk != organization_id:
            break
    if told:
        return len(told)
    desks = (organization_id, *_above(db, case, organization_id))
    counts = (notify_organization(db, one, NoticeKind.PROMISE_MISSED, now=now) for one in desks)
    return next((count for count in counts if count), 0)


def _remind(db: Session, case_id: UUID, referral_id: UUID, now: datetime) -> bool:
    case = lock_case_if_free(db, case_id)
    row = db.get_one(Referral, referral_id, populate_existing=True)
    if case is None or row.state not in OVERDUE or row.reminded_at is not None:
        return False
    if row.remind_at is None or row.due_at is None or not row.remind_at <= now < row.due_at:
        return False
    row.reminded_at = now
    told = notify_organization(db, row.organization_id, NoticeKind.ITEM_WAITS, now=now)
    record(
        db, "referral_reminded", SYSTEM, now, case_id=case.id,
        organization_id=row.organization_id, details={"told": told},
    )  # fmt: skip
    return True


def _miss(db: Session, case_id: UUID, kind: ClockKind, now: datetime) -> bool:
    case = lock_case_if_free(db, case_id)
    clock = clock_of(db, case_id, kind)
    if case is None or clock is None or clock.missed_at is not None or clock.due_at > now:
        return False
    clock.missed_at = now
    told = alert(db, case, case.owner_id, now) if case.owner_id else 0
    record(
        db, "promise_missed", SYSTEM, now, case_id=case.id, organization_id=case.owner_id,
        details={"clock": str(kind), "told": told},
    )  # fmt: skip
    return True


def _miss_beside(db: Session, case_id: UUID, referral_id: UUID, now: datetime) -> bool:
    """One that shares the case did nothing in time."""
    case = lock_case_if_free(db, case_id)
    row = db.get_one(Referral, referral_id, populate_existing=True)
    if case is None or row.first_missed_at is not None:
        return False
    if row.first_due_at is None or row.first_due_at > now:
        return False
    row.first_missed_at = now
    told = alert(db, case, row.organization_id, now)
    record(
        db, "promise_missed", SYSTEM, now, case_id=case.id, organization_id=row.organization_id,
        details={"clock": str(ClockKind.FIRST_ANSWER), "told": told},
    )  # fmt: skip
    return True


def _above(db: Session, case: Case, organization_id: UUID) -> Iterator[UUID]:
    """Desks that look after an organization and may hear of this case: the overseeing desk, then
    the nearest above. One above that must find nothing of the case is left out."""
    line = list(line_above(db, organization_id))
    seeing = {case.owner_id, *line}
    first = [case.overseer_id] if case.overseer_id in seeing else []
    for one in dict.fromkeys([*first, *line]):
        if one is None or one == organization_id:
            continue
        if db.get(CaseExclusion, (case.id, one)) is None:
            yield one


def line_above(db: Session, organization_id: UUID) -> Iterator[UUID]:
    """Whoever has a say over an organization, the nearest first."""
    say = ancestors(db, organization_id)
    body = organization(db, organization_id)
    while body is not None and body.parent_id is not None:
        if body.parent_id in say:
            yield body.parent_id
        body = organization(db, body.parent_id)
