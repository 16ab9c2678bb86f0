"""Who waits in line, is asked or oversees, and must not: found by a desk that reads the case.

Who holds or owns it is not shut out in the middle of the work.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.directory.version import load_directory
from grievance.casework.referral.asking import ask_next
from grievance.casework.referral.chains import chains_of
from grievance.casework.referral.referring import move
from grievance.rules.conflicts import next_overseer
from grievance.rules.lifecycle import ASKED
from grievance.rules.route import Exclusion
from grievance.rules.terms import PassedOver, ReferralState, Withdrawal
from grievance.store.cases import Case, CaseExclusion
from grievance.store.documents import delete_waiting_grants
from grievance.store.events import SYSTEM, record
from grievance.store.questions import end_questions
from grievance.store.referrals import Referral, referrals_of


def oversee_by_another(db: Session, case: Case, conflicts: Mapping[str, Exclusion]) -> None:
    """Where the overseeing desk is in conflict, the nearest above it that is not oversees."""
    before = case.overseer_id
    if before is None or str(before) not in conflicts:
        return
    above = next_overseer(str(before), load_directory(db), conflicts)
    case.overseer_id = UUID(above) if above else None
    if before != case.owner_id:
        db.merge(CaseExclusion(case_id=case.id, organization_id=before))


def pass_over(
    db: Session, case: Case, conflicts: Collection[str], desk: UUID, now: datetime, *,
    leaves: bool = False,
) -> None:  # fmt: skip
    """Who waits in line and is in conflict is asked no more and finds nothing of the case. Where
    the ``desk`` that found it ``leaves``, the reason stays with it: who owns the case then may have
    no key to her words, from which it follows."""
    rows = _rows(db, case, conflicts, {ReferralState.WAITING})
    for row in rows:
        move(row, ReferralState.PASSED_OVER, now)
        row.reason = None if leaves else PassedOver.CONFLICT
    _recorded(db, case, rows, desk, now)


def ask_others(
    db: Session, case: Case, conflicts: Collection[str], desk: UUID, now: datetime
) -> None:
    """Who is asked and in conflict is asked no more and finds nothing of the case; the next one in
    line is asked."""
    rows = _rows(db, case, conflicts, ASKED)
    for row in rows:
        move(row, ReferralState.WITHDRAWN, now)
        row.reason = Withdrawal.CONFLICT
        end_questions(db, case.id, row.organization_id, now)
    _recorded(db, case, rows, desk, now)
    if rows:
        ask_next(db, case, now, chains=frozenset().union(*map(chains_of, rows)))


def _rows(
    db: Session, case: Case, conflicts: Collection[str], states: Collection[ReferralState]
) -> list[Referral]:
    every = referrals_of(db, case.id)
    return [r for r in every if str(r.organization_id) in conflicts and r.state in states]


def _recorded(db: Session, case: Case, rows: Sequence[Referral], desk: UUID, now: datetime) -> None:
    """Each finds nothing of the case any more, and the trail says so."""
    for row in rows:
        if row.organization_id != case.owner_id:
            db.merge(CaseExclusion(case_id=case.id, organization_id=row.organization_id))
        delete_waiting_grants(db, case.id, row.organization_id)
        record(
            db, "referral_passed_over", SYSTEM, now, case_id=case.id, organization_id=desk,
            details={"reason": PassedOver.CONFLICT, "to": str(row.organization_id)},
        )  # fmt: skip
