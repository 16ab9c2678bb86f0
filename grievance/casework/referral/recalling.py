"""A desk takes back what it asked for: a referral that nobody has accepted, or a question to her.

A slip in a list must not end with her words at the wrong desk. A word of hers that this desk wrote
down for it goes with it. Whom she chose herself, on her page, is hers to take back.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.referral.asking import ask_next
from grievance.casework.referral.chains import chains_of
from grievance.casework.referral.referring import CannotMove, move
from grievance.rules.lifecycle import ASKED
from grievance.rules.terms import CaseState, ConsentVia, ReferralState, Withdrawal
from grievance.store.cases import Case
from grievance.store.documents import delete_waiting_grants
from grievance.store.events import Actor, record
from grievance.store.questions import end_questions
from grievance.store.referrals import (
    Referral,
    consents_of,
    open_questions,
    referrals_of,
    standing_consent,
)


def recallable(db: Session, case: Case, desk: UUID) -> frozenset[UUID]:
    """The organizations that this desk, which owns the case, had asked or wants to ask, and that
    have not said yes."""
    if case.owner_id != desk or case.accepted_at is None or case.state == CaseState.CLOSED:
        return frozenset()
    hers = {one.organization_id for one in consents_of(db, case.id) if one.via == ConsentVia.WEB}
    rows = {r.organization_id for r in referrals_of(db, case.id) if _may_end(r, desk)}
    questions = open_questions(db, case.id)
    mine = {q.organization_id for q in questions if q.from_organization_id == desk}
    return frozenset((rows - hers) | mine)


def recall(db: Session, case: Case, organization_id: UUID, actor: Actor, now: datetime) -> None:
    """It is asked no more, finds nothing of the case and has no key of it. Raises CannotMove where
    it said yes meanwhile, or was not asked by this desk."""
    desk = actor.organization_id
    if desk is None or organization_id not in recallable(db, case, desk):
        raise CannotMove
    for question in open_questions(db, case.id):
        if question.organization_id == organization_id and question.from_organization_id == desk:
            question.answered_at = now
    every = referrals_of(db, case.id)
    rows = [r for r in every if r.organization_id == organization_id and _may_end(r, desk)]
    was_asked = [row for row in rows if row.state in ASKED]
    for row in rows:
        move(row, ReferralState.WITHDRAWN, now)
        row.reason = Withdrawal.RECALLED
    if rows:
        _end_words(db, case, organization_id, now)
    case.last_act_at = now
    details = {"to": str(organization_id)}
    record(db, "referral_recalled", actor, now, case_id=case.id, details=details)
    _ask_on(db, case, was_asked, now)


def _may_end(row: Referral, desk: UUID) -> bool:
    waits = row.state in {ReferralState.WAITING, *ASKED}
    return waits and row.from_organization_id == desk


def _end_words(db: Session, case: Case, organization_id: UUID, now: datetime) -> None:
    delete_waiting_grants(db, case.id, organization_id)
    end_questions(db, case.id, organization_id, now)
    given = standing_consent(db, case.id, organization_id)
    if given is not None:
        given.withdrawn_at = now


def _ask_on(db: Session, case: Case, rows: Sequence[Referral], now: datetime) -> None:
    """In its place the next one in line is asked, for what nobody serves."""
    if rows:
        db.flush()
        ask_next(db, case, now, chains=frozenset().union(*map(chains_of, rows)))
