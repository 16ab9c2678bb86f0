"""Forgets what its time has come for: sessions, drafts, reports that nobody was to read.

Periods: design.md 3 and 11. Each verb is idempotent and takes ``now``.
"""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from grievance.rules.clocks import months_before
from grievance.rules.terms import Sharing
from grievance.store.accounts import Invitation, SessionRow
from grievance.store.cases import (
    Case,
    CaseExclusion,
    CaseIssue,
    ClosingRequest,
    Draft,
    Receipt,
    RespondentMark,
    StoppedDraft,
)
from grievance.store.clocks import CaseClock
from grievance.store.documents import Document, Grant
from grievance.store.events import SYSTEM, record
from grievance.store.groups import GroupMember
from grievance.store.opinions import Opinion
from grievance.store.paper import PaperForm
from grievance.store.questions import Question
from grievance.store.referrals import Consent, ConsentQuestion, Referral, StoredRoute
from grievance.store.releases import Release, ReleaseRequest
from grievance.store.respondents import DeskMark
from grievance.store.staff_ties import CaseTie

IDLE_SESSION = timedelta(minutes=60)
ENDED_DRAFT = IDLE_SESSION + timedelta(hours=1)  # its hour is cut, so that its session ended before
STOPPED_DRAFT = timedelta(days=30)
_OF_A_CASE = (
    Document, Grant, ConsentQuestion, Referral, Consent, StoredRoute, CaseIssue, CaseExclusion,
    RespondentMark, DeskMark, CaseTie, ClosingRequest, CaseClock, Receipt, ReleaseRequest, Release,
    Question, Opinion, PaperForm, GroupMember,
)  # fmt: skip


def forget(db: Session, *, now: datetime, keep_nobody_months: int) -> dict[str, int]:
    """Delete everything that is due; how many of each kind went."""
    gone = {
        "sessions": _delete(db, SessionRow, SessionRow.last_used_at < now - IDLE_SESSION),
        "drafts": _delete(db, Draft, Draft.updated_at < now - ENDED_DRAFT),
        "stopped_drafts": _delete(db, StoppedDraft, StoppedDraft.updated_at < now - STOPPED_DRAFT),
        "invitations": _delete(
            db, Invitation, or_(Invitation.expires_at < now, Invitation.used_at.is_not(None))
        ),
        "unshared_reports": _unshared(db, now, keep_nobody_months),
    }
    if any(gone.values()):
        record(db, "forgot", SYSTEM, now, details=dict(gone))
    return gone


def unshared_ends(last_used: date, keep_nobody_months: int) -> date:
    """The first day on which a report shared with nobody may be deleted.

    ``last_used`` is kept as the first day of a month, so the month of her last visit counts whole.
    """
    month = last_used.year * 12 + last_used.month - 1 + keep_nobody_months + 1
    return date(month // 12, month % 12 + 1, 1)


def _unshared(db: Session, now: datetime, months: int) -> int:
    """One whose code is used this moment, the first time for so long, is left to her."""
    last_month = months_before(now.date().replace(day=1), months)
    due = db.scalars(
        select(Case.id)
        .join(Receipt, Receipt.case_id == Case.id)
        .where(Case.sharing.in_([Sharing.NOBODY, Sharing.HELD]), Receipt.last_used < last_month)
        .with_for_update(of=Receipt, skip_locked=True)
    ).all()
    for case_id in due:
        delete_case(db, case_id)
    return len(due)


def delete_case(db: Session, case_id: UUID) -> None:
    """Delete a case with its keys and words; its events keep ids and codes only."""
    for table in _OF_A_CASE:
        db.execute(delete(table).where(table.case_id == case_id))
    db.execute(delete(Case).where(Case.id == case_id))


def _delete(db: Session, table: type, condition: object) -> int:
    result = db.execute(delete(table).where(condition))  # type: ignore[arg-type]
    return int(getattr(result, "rowcount", 0) or 0)
