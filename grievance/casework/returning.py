"""The worker comes back with her code: that she came, what was opened, what she has read."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.rules.clocks import cut_to_hour
from grievance.rules.terms import ActorKind, DocumentKind
from grievance.store.cases import Receipt
from grievance.store.documents import documents
from grievance.store.events import WORKER, record


def note_code(receipt: Receipt, now: datetime) -> None:
    """Her code was used: kept as a month, since reports shared with nobody end by it."""
    receipt.last_used = now.date().replace(day=1)


def note_opening(db: Session, case_id: UUID, now: datetime) -> None:
    """One event for each opening of her own sealed words."""
    record(db, "case_opened_by_worker", WORKER, cut_to_hour(now), case_id=case_id)


def note_read(db: Session, case_id: UUID, now: datetime) -> None:
    """Her unread messages count as read from now on."""
    for row in documents(db, case_id, DocumentKind.MESSAGE):
        if row.author == ActorKind.STAFF and row.seen_at is None:
            row.seen_at = cut_to_hour(now)
