"""Says where nobody is left: for a whole case to the secretariat, for one need to its owner."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.notices.notifying import notify_organization, notify_root_coordinators
from grievance.casework.referral.chains import chains_of, owners_needs, unmet
from grievance.rules.clocks import cut_to_hour
from grievance.rules.lifecycle import OPEN_REFERRAL
from grievance.rules.terms import NoticeKind
from grievance.rules.turns import BESIDE, OWNER
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import root
from grievance.store.events import SYSTEM, record
from grievance.store.referrals import Referral, consents_of


def say_who_is_left(
    db: Session,
    case: Case,
    referrals: Sequence[Referral],
    chains: Collection[str],
    now: datetime,
    *,
    caused_by_worker: bool,
) -> None:
    """Of these chains, in which somebody has just said no: that nobody has the case, else that one
    of its further needs has nobody."""
    at = cut_to_hour(now) if caused_by_worker else now
    to_own = (row for row in referrals if OWNER in chains_of(row))
    is_nobodys = case.accepted_at is None and not any(r.state in OPEN_REFERRAL for r in to_own)
    if OWNER in chains and is_nobodys:
        _nobody_took_it(db, case, at, now, caused_by_worker)
        return
    beside = unmet(case, referrals, chains) - {OWNER, BESIDE, *owners_needs(case, referrals)}
    if beside:
        _nobody_for(db, case, sorted(beside), at, now, caused_by_worker)


def _nobody_took_it(
    db: Session, case: Case, at: datetime, now: datetime, caused_by_worker: bool
) -> None:
    """Her page says so; the secretariat is alerted unless the case is kept away from it."""
    if case.asked_all:
        return
    case.asked_all = True
    record(db, "nobody_took_it", SYSTEM, at, case_id=case.id, organization_id=case.owner_id)
    top = root(db)
    if top is not None and may_hear(db, case, top.id):
        notify_root_coordinators(
            db, NoticeKind.NOBODY_TOOK_IT, now=now, about=case, caused_by_worker=caused_by_worker
        )


def _nobody_for(
    db: Session, case: Case, needs: list[str], at: datetime, now: datetime, caused_by_worker: bool
) -> None:
    """Her page says so; the owner is told that something waits."""
    record(
        db, "need_unmet", SYSTEM, at, case_id=case.id, organization_id=case.owner_id,
        details={"needs": needs},
    )  # fmt: skip
    if case.owner_id is not None:
        notify_organization(
            db, case.owner_id, NoticeKind.ITEM_WAITS, now=now, about=case,
            caused_by_worker=caused_by_worker,
        )  # fmt: skip


def may_hear(db: Session, case: Case, organization_id: UUID) -> bool:
    """The owner; or one that is not kept away from the case, and not sent away from it by her."""
    if case.owner_id == organization_id:
        return True
    if db.get(CaseExclusion, (case.id, organization_id)) is not None:
        return False
    theirs = [c for c in consents_of(db, case.id) if c.organization_id == organization_id]
    return not theirs or any(c.withdrawn_at is None for c in theirs)
