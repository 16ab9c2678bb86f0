"""Who waits in line, or is asked, and must not be: found by a desk that reads the case."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from grievance.casework.referral.asking import ask_next
from grievance.casework.referral.chains import chains_of
from grievance.casework.referral.referring import move
from grievance.rules.lifecycle import ASKED
from grievance.rules.terms import PassedOver, ReferralState, Withdrawal
from grievance.store.cases import Case, CaseExclusion
from grievance.store.documents import delete_waiting_grants
from grievance.store.events import SYSTEM, record
from grievance.store.questions import end_questions
from grievance.store.referrals import referrals_of


def pass_over(db: Session, case: Case, conflicts: Collection[str], now: datetime) -> None:
    """Who waits in line or is asked, and is in conflict, is asked no more and finds nothing of the
    case; in the place of who was asked the next one in line is."""
    rows = [r for r in referrals_of(db, case.id) if str(r.organization_id) in conflicts]
    waiting = [r for r in rows if r.state == ReferralState.WAITING]
    asked = [r for r in rows if r.state in ASKED]
    for row in waiting:
        move(row, ReferralState.PASSED_OVER, now)
        row.reason = PassedOver.CONFLICT
    for row in asked:
        move(row, ReferralState.WITHDRAWN, now)
        row.reason = Withdrawal.CONFLICT
        end_questions(db, case.id, row.organization_id, now)
    for row in (*waiting, *asked):
        db.merge(CaseExclusion(case_id=case.id, organization_id=row.organization_id))
        delete_waiting_grants(db, case.id, row.organization_id)
        record(
            db, "referral_passed_over", SYSTEM, now, case_id=case.id, organization_id=case.owner_id,
            details={"reason": PassedOver.CONFLICT, "to": str(row.organization_id)},
        )  # fmt: skip
    if asked:
        ask_next(db, case, now, chains=frozenset().union(*map(chains_of, asked)))
