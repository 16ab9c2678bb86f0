"""What the worker says later: messages, and how she may be contacted from now on."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from grievance.casework.case.closing import open_again
from grievance.casework.case.keyring import open_all
from grievance.casework.case.timing import start_reply_clock
from grievance.casework.notices.notifying import notify_organization
from grievance.casework.referral.consenting import Hers, seal_hers
from grievance.casework.report.reporting import CONTACT_FIELDS
from grievance.rules.clocks import cut_to_hour, next_full_hour
from grievance.rules.terms import ActorKind, CaseState, DocumentKind, NoticeKind
from grievance.store.cases import Case, ClosingRequest
from grievance.store.documents import Document, documents, next_order
from grievance.store.events import WORKER, record
from grievance.store.releases import ReleaseRequest, forget_release_request

_ASKED_FOR = (ClosingRequest, ReleaseRequest)


def reply(
    db: Session, case: Case, text: str, her: Hers, *, language: str, now: datetime
) -> Document:
    """She adds words to her case. A closed case opens again; whoever holds it has the time of its
    urgency to answer."""
    hour = cut_to_hour(now)
    again = _same_press(db, case, text, her, hour)
    if again is not None:
        return again
    words = {"text": text, "language": language}  # readable, it would name her community
    document = seal_hers(case, DocumentKind.MESSAGE, words, her, hour)
    document.order = next_order(db, case.id)
    db.add(document)
    case.worker_waits, case.last_act_at = True, hour
    if case.state == CaseState.WAITING_WORKER:
        case.state = CaseState.IN_PROGRESS
    open_again(db, case, now, caused_by_worker=True)
    start_reply_clock(db, case, next_full_hour(now))
    record(db, "worker_replied", WORKER, hour, case_id=case.id, organization_id=case.owner_id)
    if case.owner_id is not None:
        notify_organization(
            db, case.owner_id, NoticeKind.ITEM_WAITS, now=now, about=case, caused_by_worker=True
        )
    return document


def change_contact(
    db: Session, case: Case, words: dict[str, Any], her: Hers, *, now: datetime
) -> None:
    """She says anew whether and how she may be contacted; the last word counts."""
    hour = cut_to_hour(now)
    kept = {name: words.get(name) for name in CONTACT_FIELDS}
    document = seal_hers(case, DocumentKind.CONTACT, kept, her, hour)
    document.order = next_order(db, case.id)
    db.add(document)
    case.last_act_at = hour
    forget_release_request(db, case.id)
    record(db, "contact_changed", WORKER, hour, case_id=case.id, organization_id=case.owner_id)


def _same_press(db: Session, case: Case, text: str, her: Hers, hour: datetime) -> Document | None:
    """The message that a second press of the same button would repeat. Only where nothing lies
    between: nobody has read or answered it, or asked to close the case or to release it, and
    whoever may read was not changed."""
    if not case.worker_waits or any(db.get(one, case.id) for one in _ASKED_FOR):
        return None
    newest = documents(db, case.id, DocumentKind.MESSAGE)[-1:]
    for row, words in open_all(newest, her.keys):
        hers = row.author == ActorKind.WORKER and row.seen_at is None
        as_then = (row.made_at, row.epoch) == (hour, case.epoch) and case.state != CaseState.CLOSED
        if hers and as_then and words["text"] == text:
            return row
    return None
