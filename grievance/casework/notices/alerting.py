"""Half-time reminders, and alerts where a promised time has passed. No notice holds a word of it.

Each act is done once, however many workers run: whoever comes second finds the case's row locked
or the act noted. What was due while no worker ran is told once, not once for each hour missed.
"""

from collections.abc import Collection, Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.notices.keeping import coordinators_at, line_above, untied, workers_at
from grievance.casework.notices.notifying import notify_organization, notify_user, tell_above
from grievance.rules.lifecycle import ASKED
from grievance.rules.terms import CaseState, ClockKind, NoticeKind
from grievance.store.accounts import User
from grievance.store.cases import Case, CaseExclusion, lock_case_if_free
from grievance.store.clocks import beside_missed, clock_of, half_way, missed_now
from grievance.store.events import SYSTEM, Actor, record
from grievance.store.referrals import Referral, referrals_of


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
        people = [m.user for m in coordinators_at(db, desk, case.id)]
        heard = [one for one in people if one.id in told or _alert(db, one, case, desk, now)]
        told |= {one.id for one in heard}
        if heard and desk != organization_id:
            break
    if told:
        return len(told)
    desks = (organization_id, *_above(db, case, organization_id))
    kind = NoticeKind.PROMISE_MISSED
    counts = (notify_organization(db, one, kind, now=now, about=case) for one in desks)
    return next((count for count in counts if count), 0)


def tell_of_danger(db: Session, case: Case, actor: Actor, now: datetime) -> int:
    """A life is at risk, as it now turns out: what was told before may wait in a digest. Whoever
    holds the case or must answer hears it at once, but for the desk that said so."""
    asked = {one.organization_id for one in referrals_of(db, case.id) if one.state in ASKED}
    others = sorted((asked | {case.owner_id}) - {actor.organization_id, None}, key=str)
    return sum(
        notify_organization(db, one, NoticeKind.ITEM_WAITS, now=now, about=case)
        for one in others
        if one is not None
    )


def tell_where_nobody_sees(db: Session, case_ids: Collection[UUID], now: datetime) -> int:
    """Of cases that were just kept from a member: where nobody of the owner's desk may see one any
    more, tell above, once a desk. How many desks."""
    told: set[UUID] = set()
    for one in sorted(case_ids):
        case = db.get_one(Case, one)
        owner = case.owner_id
        if owner is None or owner in told or case.state == CaseState.CLOSED:
            continue
        working = workers_at(db, owner)
        if working and not untied(db, working, one):
            told.add(owner)
            tell_above(db, owner, case, now)
    return len(told)


def _alert(db: Session, user: User, case: Case, desk: UUID, now: datetime) -> bool:
    kind = NoticeKind.PROMISE_MISSED
    return notify_user(db, user, kind, organization_id=desk, now=now, about=case)


def _remind(db: Session, case_id: UUID, referral_id: UUID, now: datetime) -> bool:
    case = lock_case_if_free(db, case_id)
    row = db.get_one(Referral, referral_id, populate_existing=True)
    if case is None or row.state not in ASKED or row.reminded_at is not None:
        return False
    if row.remind_at is None or row.due_at is None or not row.remind_at <= now < row.due_at:
        return False
    row.reminded_at = now
    told = notify_organization(db, row.organization_id, NoticeKind.ITEM_WAITS, now=now, about=case)
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
