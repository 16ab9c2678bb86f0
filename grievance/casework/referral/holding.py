"""What the organization that holds a case does with its referral: service, or giving it back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.letting_go import let_go
from grievance.casework.case.reading import DeskKeys, OpenedCase
from grievance.casework.case.timing import keep_first_answer_beside
from grievance.casework.notices.notifying import notify_organization
from grievance.casework.referral.asking import ask_next
from grievance.casework.referral.chains import chains_of
from grievance.casework.referral.conflicting import conflicts_now
from grievance.casework.referral.onward import keep_reason
from grievance.casework.referral.passing_over import oversee_by_another, pass_over
from grievance.casework.referral.referring import CannotMove, move, take_from
from grievance.rules.lifecycle import HOLDING
from grievance.rules.terms import CaseState, NoticeKind, ReferralKind, ReferralState, Withdrawal
from grievance.store.cases import Case
from grievance.store.events import Actor, record
from grievance.store.referrals import Referral, referrals_of


def set_service(
    db: Session, case: Case, organization_id: UUID, to: ReferralState, actor: Actor, now: datetime
) -> None:
    """How far the service is: in service, completed or not completed. Raises CannotMove."""
    referral = held_referral(db, case, organization_id)
    if referral is None:
        raise CannotMove
    move(referral, to, now)
    if referral.kind == ReferralKind.SHARE:
        keep_first_answer_beside(db, case, organization_id, now)
    let_go(db, case, now)  # who shared it and is done holds it no more
    case.last_act_at = now
    record(db, "service_set", actor, now, case_id=case.id, details={"state": to})


def give_back(
    db: Session, case: Case, reason: str, opened: OpenedCase, desk: DeskKeys, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Step back: keys and consent end, and the next one she agreed to is asked, but for those in
    conflict by the directory of today and this desk's records, which nobody reads after it.

    Until one accepts, the overseeing desk owns the case and sees its facets, also where it is the
    one that gave it back; one that shared the case leaves it to its owner. The reason is sealed
    with the words, for whoever takes the case next: the own notes' key goes. Raises CannotMove.
    """
    organization_id = actor.organization_id
    referral = held_referral(db, case, organization_id) if organization_id else None
    if organization_id is None or referral is None:
        raise CannotMove
    keep_reason(db, case, reason, opened, actor, now)
    conflicts = conflicts_now(db, case, opened, desk)
    owned = case.owner_id == organization_id
    oversee_by_another(db, case, conflicts)
    take_from(db, case, organization_id, now)
    referral.reason = Withdrawal.GIVEN_BACK
    if owned:
        case.owner_id = case.overseer_id
    record(db, "case_given_back", actor, now, case_id=case.id)
    if case.owner_id not in {None, organization_id}:
        notify_organization(db, case.owner_id, NoticeKind.ITEM_WAITS, now=now, about=case)
    if case.state != CaseState.CLOSED:
        pass_over(db, case, conflicts, organization_id, now, leaves=True)
        ask_next(db, case, now, chains=chains_of(referral))


def held_referral(db: Session, case: Case, organization_id: UUID) -> Referral | None:
    """The referral by which an organization holds a case now."""
    return next(
        (
            r
            for r in referrals_of(db, case.id)
            if r.organization_id == organization_id and r.state in HOLDING
        ),
        None,
    )
