"""Works out anew whom a case must be kept from, when its holder has named whom it is about.

A name may mean an organization of the directory. Whoever is kept away by it loses the case at once,
the holder too; nobody gets a key by this. The worker reads it on her page.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.directory.version import load_directory
from grievance.casework.notices.alerting import tell_where_nobody_sees
from grievance.casework.notices.notifying import notify_organization
from grievance.casework.referral.asking import ask_next
from grievance.casework.referral.chains import chains_of
from grievance.casework.referral.conflicting import conflicts_by
from grievance.casework.referral.referring import end_consent, take_from
from grievance.casework.report.answers import Answers
from grievance.casework.respondents.marking import keep_from_tied
from grievance.rules.conflicts import next_overseer
from grievance.rules.lifecycle import ASKED, HOLDING, OPEN_REFERRAL
from grievance.rules.network import Directory
from grievance.rules.respondents import Details
from grievance.rules.terms import CaseState, NoticeKind, ReferralState, Withdrawal
from grievance.rules.turns import Chains
from grievance.store.cases import Case, CaseExclusion
from grievance.store.events import Actor, record
from grievance.store.referrals import drop_questions, referrals_of
from grievance.store.staff_ties import exclusions_of


def check(
    db: Session, case: Case, answers: Answers | None, about: Sequence[Details], actor: Actor,
    now: datetime,
) -> bool:  # fmt: skip
    """Keep the case from everybody whom these respondents put in conflict, beside those it was
    kept from already; True where the actor's own organization is one: then it has left her desk.

    ``answers`` are hers, None for a desk that reads from a later word on. The row is locked.
    """
    directory = load_directory(db)
    conflicts = conflicts_by(case, answers, about, directory)
    kept = {UUID(one) for one in conflicts if _is_partner(one, directory)}
    new = kept - exclusions_of(db, case.id)
    db.add_all(CaseExclusion(case_id=case.id, organization_id=one) for one in sorted(new))
    db.flush()
    tied = keep_from_tied(db, case.id, conflicts.keys())
    record(
        db, "conflicts_checked", actor, now, case_id=case.id,
        details={"kept_from": sorted(str(one) for one in new)},
    )  # fmt: skip
    if case.overseer_id is not None and str(case.overseer_id) in conflicts:
        above = next_overseer(str(case.overseer_id), directory, conflicts)
        case.overseer_id = UUID(above) if above else None
    own = actor.organization_id
    others = sorted(new - {own})
    chains = _chains(db, case, others)
    was_asked = [_stop(db, case, one, now) for one in others]
    if own in new:
        _leave(db, case, own, actor, now)
    elif any(was_asked) and case.state != CaseState.CLOSED:
        ask_next(db, case, now, chains=chains)
    if tied:
        tell_where_nobody_sees(db, [case.id], now)
    return own in new


def _is_partner(one: str, directory: Directory) -> bool:
    """Of a listing the row would tell a thief, for nothing, whom the case is about."""
    return one in directory.bodies and directory.bodies[one].partner


def _stop(db: Session, case: Case, one: UUID, now: datetime) -> bool:
    """What she agreed to with one that is in conflict ends, with its keys; whether it was asked.
    It is told no reason: it finds nothing of the case any more."""
    before = [r for r in referrals_of(db, case.id) if r.organization_id == one]
    was = {r.id for r in before if r.state in OPEN_REFERRAL}
    asked = any(r.state in ASKED for r in before)
    if case.owner_id == one or any(r.state in HOLDING for r in before):
        take_from(db, case, one, now)
    else:
        end_consent(db, case, one, now)
        drop_questions(db, case.id, one, now)
    for referral in before:
        if referral.id in was and referral.state == ReferralState.WITHDRAWN:
            referral.reason = Withdrawal.CONFLICT
    db.flush()
    return asked


def _leave(db: Session, case: Case, own: UUID | None, actor: Actor, now: datetime) -> None:
    """As giving back: the overseeing desk owns the case, and the next one that she agreed to is
    asked, by the key that was made when she agreed."""
    if own is None:
        return
    chains, owned = _chains(db, case, [own]), case.owner_id == own
    _stop(db, case, own, now)
    if owned:
        case.owner_id = case.overseer_id
    record(db, "case_left", actor, now, case_id=case.id, organization_id=case.owner_id)
    if case.owner_id is not None:
        notify_organization(db, case.owner_id, NoticeKind.ITEM_WAITS, now=now, about=case)
    if case.state != CaseState.CLOSED:
        ask_next(db, case, now, chains=chains)


def _chains(db: Session, case: Case, some: Collection[UUID]) -> Chains:
    """The needs that these organizations are asked for or serve."""
    theirs = (r for r in referrals_of(db, case.id) if r.organization_id in some)
    live = (chains_of(r) for r in theirs if r.state in ASKED | HOLDING)
    return frozenset().union(*live)
