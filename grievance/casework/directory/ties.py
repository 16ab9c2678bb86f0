"""Ties between bodies: whoever is tied to the party complained about is never asked (design.md 5).

A tie holds both ways whoever declares it, and only its declarer ends it. It counts for reports and
acts from now on; cases that were asked before stay where they are.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.directory.entries import keep_by_people, locked_entry
from grievance.casework.directory.history import noted
from grievance.casework.directory.version import make_version
from grievance.rules.terms import TieReason
from grievance.store.directory import Organization
from grievance.store.events import Actor, record


class NotTiedSo(Exception):
    """Nobody is tied to itself, and what is closed or not there is tied to nobody."""


def declare_tie(
    db: Session, organization_id: UUID, other_id: UUID, reason: TieReason, *, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Declare a tie, or another reason for one; a new directory version follows. Raises NotTiedSo.

    Two that a file alone kept are kept by people from now on: else routing would not see the tie.
    """
    body = locked_entry(db, organization_id)
    other = db.get(Organization, other_id)
    if other is None or other.id == body.id or not other.active:
        raise NotTiedSo
    if other.slug in body.tied_to and body.tie_reasons.get(other.slug) == reason:
        return  # pressed twice
    with noted(db, body, actor, now), noted(db, other, actor, now):
        if other.slug not in body.tied_to:
            body.tied_to = [*body.tied_to, other.slug]
        body.tie_reasons = {**body.tie_reasons, other.slug: str(reason)}
        keep_by_people(db, body)
        keep_by_people(db, other)
    details = {"to": str(other.id), "reason": reason}
    record(db, "tie_declared", actor, now, organization_id=body.id, details=details)
    make_version(db, now)


def end_tie(db: Session, organization_id: UUID, slug: str, *, actor: Actor, now: datetime) -> None:
    """End a tie that this entry declares; one that has ended already stays so. A tie of which the
    other one says the same stands until that one ends it too."""
    body = locked_entry(db, organization_id)
    if slug not in body.tied_to:
        return
    with noted(db, body, actor, now):
        body.tied_to = [one for one in body.tied_to if one != slug]
        body.tie_reasons = {one: why for one, why in body.tie_reasons.items() if one != slug}
    record(db, "tie_ended", actor, now, organization_id=body.id, details={"to": slug})
    make_version(db, now)
