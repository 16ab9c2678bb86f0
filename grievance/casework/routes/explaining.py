"""Why a case went where it went, and why not elsewhere: from what is stored with its route."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import open_words
from grievance.casework.case.reading import DeskKeys, holds, opened_keys
from grievance.casework.routes.replaying import WITHOUT_WISHES, decide_again
from grievance.rules import explaining
from grievance.rules.explaining import WhyNot
from grievance.store.cases import Case
from grievance.store.documents import Document
from grievance.store.events import Actor, record
from grievance.store.referrals import StoredRoute


def why_not(
    db: Session, stored: StoredRoute, organization: str, secret: Mapping[str, Any] | None
) -> WhyNot:
    """Why a case with a readable route did not go to one organization, by the version of the
    directory that the route stood on. Without the sealed part nothing tells of her wishes."""
    part = stored.readable or {}
    again = decide_again(db, stored.directory_version, part, secret or WITHOUT_WISHES)
    inputs = (again.against, again.directory, again.loads, again.terms)
    if secret is None:
        fallback = bool(part["fallback"])
        return explaining.why_not_openly(organization, again.facets, *inputs, fallback=fallback)
    return explaining.why_not(organization, again.facets, again.ruled_out, *inputs)


def may_read_wishes(db: Session, stored: StoredRoute, keys: Mapping[int, bytes]) -> bool:
    """Whether these content keys open what she named and ruled out: a desk that holds the case
    "from now on" has none of the route's epoch."""
    document = db.get(Document, stored.sealed_document_id)
    return document is not None and document.epoch in keys


def open_sealed_part(
    db: Session, case: Case, stored: StoredRoute, desk: DeskKeys, actor: Actor, now: datetime
) -> Mapping[str, Any] | None:
    """What she named and ruled out, for a desk that holds the case: one event each time. None
    where the desk does not hold it or has no key of this route; then nothing was opened."""
    document = db.get(Document, stored.sealed_document_id)
    if document is None or not holds(db, case, desk.organization_id):
        return None
    words = open_words(document, opened_keys(db, case, desk).keys)
    if words is None:
        return None
    record(db, "route_opened", actor, now, case_id=case.id)
    return dict(words["sealed"])
