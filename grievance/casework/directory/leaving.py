"""The open cases of an organization that closes: each goes where its worker agreed, or up.

What it is asked counts as declined. What it holds it gives back: its keys end, as with every case
that is given back, and the next one she agreed to is asked; with nobody left the overseeing desk
owns the case with what her consent gives it, and her page asks what she wants. Where the
organization is that desk itself, the nearest one above takes its place.
"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.notices.keeping import line_above
from grievance.casework.notices.notifying import notify_organization
from grievance.casework.referral.asking import ask_next, decline
from grievance.casework.referral.chains import chains_of
from grievance.casework.referral.eligible import cannot_be_asked
from grievance.casework.referral.holding import held_referral
from grievance.casework.referral.leaving import may_hear
from grievance.casework.referral.referring import asked_referral, take_from
from grievance.rules.terms import ActorKind, CaseState, DeclineReason, NoticeKind, Withdrawal
from grievance.store.cases import Case, lock_case_if_free
from grievance.store.directory import organization
from grievance.store.documents import delete_waiting_grants
from grievance.store.entry_life import left_behind
from grievance.store.events import Actor, record
from grievance.store.questions import end_questions
from grievance.store.referrals import standing_consent
from grievance.store.releases import standing_release, withhold_again


def leave_cases(db: Session, now: datetime, limit: int = 10) -> int:
    """Move some open cases of closed organizations on; how many. The service does it, not whoever
    closed an entry: she need not know of all its cases. A few at a time: each takes dozens of
    statements, and reports wait for none of them. One that somebody changes this moment, and one
    that comes later (a worker writes to a closed case), are for the next pass.
    """
    return sum(_leave(db, case_id, one, now) for case_id, one in left_behind(db, limit))


def _leave(db: Session, case_id: UUID, organization_id: UUID, now: datetime) -> bool:
    case = lock_case_if_free(db, case_id)
    body = organization(db, organization_id)
    if case is None or case.state == CaseState.CLOSED or body is None or body.active:
        return False
    here = Actor(ActorKind.SYSTEM, None, body.id)
    if case.overseer_id == body.id:
        case.overseer_id = next(_overseers(db, case, body.id, now), None)
        db.flush()
    if held_referral(db, case, body.id) or (case.owner_id == body.id and case.accepted_at):
        _give_back(db, case, here, now)
    elif case.owner_id == body.id:
        _move_up(db, case, here, now)
    if standing_release(db, case.id, body.id) is not None:
        withhold_again(db, case.id, body.id, now)
        if standing_consent(db, case.id, body.id) is None:
            delete_waiting_grants(db, case.id, body.id)
        record(db, "case_given_back", here, now, case_id=case.id)
    if asked_referral(db, case.id, body.id) is not None:
        decline(db, case, body.id, DeclineReason.NO_CAPACITY, here, now)
    db.flush()
    return True


def _move_up(db: Session, case: Case, here: Actor, now: datetime) -> None:
    """Nobody holds it: whoever oversees it now owns it. What it asked her is asked no more."""
    if here.organization_id is not None:
        end_questions(db, case.id, here.organization_id, now)
    case.owner_id, case.assignee_id = case.overseer_id, None
    record(db, "case_moved_up", here, now, case_id=case.id)
    if case.owner_id is not None:
        notify_organization(db, case.owner_id, NoticeKind.ITEM_WAITS, now=now, about=case)
    db.flush()


def _give_back(db: Session, case: Case, here: Actor, now: datetime) -> None:
    """As ``holding.give_back``, by nobody's key: there are no words of why."""
    if here.organization_id is None:
        return
    held = held_referral(db, case, here.organization_id)
    take_from(db, case, here.organization_id, now)
    if held is not None:
        held.reason = Withdrawal.GIVEN_BACK
    record(db, "case_given_back", here, now, case_id=case.id)
    if case.owner_id is not None:
        notify_organization(db, case.owner_id, NoticeKind.ITEM_WAITS, now=now, about=case)
    ask_next(db, case, now, chains=chains_of(held) if held is not None else None)


def _overseers(db: Session, case: Case, organization_id: UUID, now: datetime) -> Iterator[UUID]:
    """Desks above that may oversee this case, the nearest first."""
    for one in line_above(db, organization_id):
        away = cannot_be_asked(db, case, one, now.date(), oversees=True)
        if away is None and may_hear(db, case, one):
            yield one
