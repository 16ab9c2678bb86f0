"""The worker comes back with her code: that she came, what was opened, read and answered."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.notices.notifying import notify_organization
from grievance.casework.referral.asking import ask_next
from grievance.casework.referral.chains import chains_of
from grievance.casework.referral.referring import asked_referral, end_consent
from grievance.rules.clocks import cut_to_hour
from grievance.rules.terms import ActorKind, CaseState, DocumentKind, NoticeKind
from grievance.store.cases import Case, Receipt
from grievance.store.documents import documents
from grievance.store.events import WORKER, record
from grievance.store.referrals import ConsentQuestion


def note_code(receipt: Receipt, now: datetime) -> None:
    """Her code was used: kept as a month, since reports shared with nobody end by it."""
    receipt.last_used = now.date().replace(day=1)


def note_opening(db: Session, case_id: UUID, now: datetime) -> None:
    """One event for each opening of her own sealed words."""
    record(db, "case_opened_by_worker", WORKER, cut_to_hour(now), case_id=case_id)


def note_read(db: Session, case_id: UUID, now: datetime) -> None:
    """Her unread messages count as read from now on."""
    for row in documents(db, case_id, DocumentKind.MESSAGE, DocumentKind.QUESTION):
        if row.author == ActorKind.STAFF and row.seen_at is None:
            row.seen_at = cut_to_hour(now)


def answer_question(
    db: Session, case: Case, question: ConsentQuestion, agreed: bool, now: datetime
) -> None:
    """She answers an organizer's question, her last word on it; a yes is followed by
    ``consenting.consent``. A no also ends what she agreed to before. From a page that is older than
    the case it may reach an organization that is asked by then: the next one is asked instead.
    (From one that holds the case she takes it by ``consenting.withdraw``.)"""
    hour = cut_to_hour(now)
    if not agreed:
        was_asked = asked_referral(db, case.id, question.organization_id)
        end_consent(db, case, question.organization_id, hour)
        if was_asked is not None and case.state != CaseState.CLOSED:
            ask_next(db, case, now, caused_by_worker=True, chains=chains_of(was_asked))
    question.answered_at, question.agreed = hour, agreed
    record(
        db, "consent_question_answered", WORKER, hour, case_id=case.id,
        organization_id=question.from_organization_id, details={"agreed": agreed},
    )  # fmt: skip
    notify_organization(
        db, question.from_organization_id, NoticeKind.ITEM_WAITS, now=now, about=case,
        caused_by_worker=True,
    )  # fmt: skip
