"""What an organization loses with a case that it does not hold any more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.rules.lifecycle import HOLDING
from grievance.store.cases import Case
from grievance.store.groups import leave_groups_not_held
from grievance.store.opinions import advice_asked, end_opinions
from grievance.store.paper import end_forms_not_held
from grievance.store.referrals import referrals_of


def let_go(db: Session, case: Case, at: datetime) -> None:
    """After somebody accepted a case, or it was taken from somebody: who does not hold it now
    prints no paper of it, has it in no group and asks no advice about it. A part of those verbs,
    which write the event."""
    holders = holders_of(db, case)
    end_forms_not_held(db, case.id, holders, at)
    leave_groups_not_held(db, case.id, holders)
    for asker in {asker for asker, _asked in advice_asked(db, case.id)} - holders:
        end_opinions(db, case.id, asker, at)


def holders_of(db: Session, case: Case) -> frozenset[UUID]:
    """The organizations that hold a case now: those that serve, and an owner that accepted."""
    serving = {r.organization_id for r in referrals_of(db, case.id) if r.state in HOLDING}
    owner = {case.owner_id} if case.owner_id and case.accepted_at else set()
    return frozenset(serving | owner)
