"""Ways to reach an organization are added, changed and taken away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.directory.entries import locked_entry
from grievance.rules.contacts import (
    MOST,
    MOST_PUBLIC,
    ContactWrong,
    houses,
    is_shelter,
    read_contact,
    refused_for_shelter,
)
from grievance.rules.terms import ContactKind, Visibility
from grievance.store.contacts import OrganizationContact, contact_of, contacts_of
from grievance.store.directory import Organization
from grievance.store.events import Actor, record


class BadContact(Exception):
    """This contact cannot be kept; ``why`` says what is wrong with it."""

    def __init__(self, why: ContactWrong) -> None:
        super().__init__(why)
        self.why = why


class TooManyContacts(Exception):
    """An entry holds so many contacts already that a worker would not read them."""


class ContactGone(Exception):
    """A colleague took this contact away meanwhile."""


@dataclass(frozen=True)
class Said:
    """A contact as somebody wrote it."""

    kind: ContactKind
    value: str
    visibility: Visibility
    languages: Sequence[str] = ()
    hours: str = ""


def add_contact(
    db: Session, organization_id: UUID, said: Said, *, actor: Actor, now: datetime
) -> None:
    """Add one; the same again is no act. Raises BadContact or TooManyContacts."""
    body = locked_entry(db, organization_id)
    kept = contacts_of(db, body.id)
    value = _checked(body, said, kept)
    if any((one.kind, one.value) == (said.kind, value) for one in kept):
        return  # pressed twice
    if len(kept) >= MOST:
        raise TooManyContacts
    row = OrganizationContact(organization_id=body.id, made_at=now)
    _write(row, said, value)
    db.add(row)
    details = {"kind": said.kind, "visibility": said.visibility}
    record(db, "entry_contact_added", actor, now, organization_id=body.id, details=details)


def change_contact(
    db: Session, organization_id: UUID, contact_id: UUID, said: Said, *, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Write one anew. Raises BadContact or ContactGone."""
    body = locked_entry(db, organization_id)
    row = contact_of(db, body.id, contact_id)
    if row is None:
        raise ContactGone
    others = [one for one in contacts_of(db, body.id) if one.id != row.id]
    _write(row, said, _checked(body, said, others))
    details = {"kind": said.kind, "visibility": said.visibility}
    record(db, "entry_contact_changed", actor, now, organization_id=body.id, details=details)


def remove_contact(
    db: Session, organization_id: UUID, contact_id: UUID, *, actor: Actor, now: datetime
) -> None:
    """Take one away; one that is gone already stays so."""
    body = locked_entry(db, organization_id)
    row = contact_of(db, body.id, contact_id)
    if row is None:
        return
    details = {"kind": row.kind, "visibility": row.visibility}
    db.delete(row)
    record(db, "entry_contact_removed", actor, now, organization_id=body.id, details=details)


def public_contacts(body: Organization) -> list[OrganizationContact]:
    """What everybody may read of an entry. What a shelter must not show is left out, also where it
    became one since."""
    return [
        one
        for one in body.contacts
        if one.visibility == Visibility.PUBLIC and not hidden_of_shelter(body, one)
    ]


def hidden_of_shelter(body: Organization, one: OrganizationContact) -> bool:
    """Whether a contact may not be shown as it is, by what the organization is now."""
    return _refused(body, ContactKind(one.kind), Visibility(one.visibility)) is not None


def _checked(body: Organization, said: Said, others: Sequence[OrganizationContact]) -> str:
    value = read_contact(said.kind, said.value)
    wrong = _refused(body, said.kind, said.visibility)
    if wrong is None and isinstance(value, ContactWrong):
        wrong = value
    public = [one for one in others if one.visibility == Visibility.PUBLIC]
    same = any((one.kind, one.value) == (said.kind, value) for one in public)
    if said.visibility == Visibility.PUBLIC and len(public) >= MOST_PUBLIC and not same:
        wrong = wrong or ContactWrong.TOO_MANY_PUBLIC
    if wrong is not None:
        raise BadContact(wrong)
    return value


def _refused(body: Organization, kind: ContactKind, visibility: Visibility) -> ContactWrong | None:
    needs = [need for service in body.services if service.active for need in service.needs]
    return refused_for_shelter(
        kind, visibility, shelter=is_shelter(body.kind), houses=houses(body.kind, needs)
    )


def _write(row: OrganizationContact, said: Said, value: str) -> None:
    row.kind, row.value, row.visibility = said.kind, value, said.visibility
    row.languages, row.hours = list(said.languages), said.hours or None
