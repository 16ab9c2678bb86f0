"""Contacts of an entry: kept as written, and never where a shelter is."""

from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.directory.contacts import (
    BadContact,
    ContactGone,
    Said,
    TooManyContacts,
    add_contact,
    change_contact,
    public_contacts,
    remove_contact,
)
from grievance.casework.hsds.own import listing_rows
from grievance.rules.contacts import MOST, MOST_PUBLIC, ContactWrong
from grievance.rules.terms import ContactKind, OrganizationKind, Visibility
from grievance.store.contacts import contacts_of
from grievance.store.directory import Organization
from grievance.store.events import Actor, Event
from tests.factories import NOW, make_organization, make_service

K, V = ContactKind, Visibility
BY = Actor("staff", UUID(int=7))  # type: ignore[arg-type]


@pytest.fixture
def body(db: Session) -> Organization:
    one = make_organization(db, service=False)
    make_service(db, one, needs=["WCL"])
    return one


def add(db: Session, body: Organization, said: Said) -> None:
    add_contact(db, body.id, said, actor=BY, now=NOW)
    db.flush()
    db.expire(body, ["contacts"])


def test_one_is_added_changed_and_taken_away_with_an_event_each(
    db: Session, body: Organization
) -> None:
    add(db, body, Said(K.PHONE, "00852 9123 4567", V.PUBLIC, ["fil", "en"], "Sundays"))
    add(db, body, Said(K.PHONE, "+852 9123 4567", V.NETWORK))  # pressed twice
    [one] = contacts_of(db, body.id)
    assert (one.value, one.languages, one.hours, one.visibility) == (
        "+852 9123 4567", ["fil", "en"], "Sundays", "public",
    )  # fmt: skip

    said = Said(K.EMAIL, "desk@example.org", V.COORDINATOR)
    change_contact(db, body.id, one.id, said, actor=BY, now=NOW)
    db.flush()
    assert [(c.kind, c.value) for c in contacts_of(db, body.id)] == [("email", "desk@example.org")]

    for _ in range(2):
        remove_contact(db, body.id, one.id, actor=BY, now=NOW)
        db.flush()
    assert contacts_of(db, body.id) == []
    events = db.scalars(select(Event).where(Event.organization_id == body.id)).all()
    assert sorted(one.verb for one in events) == [
        "entry_contact_added", "entry_contact_changed", "entry_contact_removed",
    ]  # fmt: skip
    assert "9123 4567" not in str([one.details for one in events])


def test_another_entrys_contact_is_as_if_it_did_not_exist(db: Session, body: Organization) -> None:
    other = make_organization(db)
    add(db, other, Said(K.PHONE, "+852 9123 4567", V.NETWORK))
    [one] = contacts_of(db, other.id)

    with pytest.raises(ContactGone):
        change_contact(db, body.id, one.id, Said(K.LINE, "me", V.PUBLIC), actor=BY, now=NOW)
    remove_contact(db, body.id, one.id, actor=BY, now=NOW)
    assert contacts_of(db, other.id) == [one]


def test_there_are_only_so_many(db: Session, body: Organization) -> None:
    for n in range(MOST):
        add(db, body, Said(K.LINE, f"desk{n}", V.NETWORK))

    with pytest.raises(TooManyContacts):
        add(db, body, Said(K.LINE, "another", V.NETWORK))


def test_four_are_for_everybody(db: Session, body: Organization) -> None:
    for n in range(MOST_PUBLIC):
        add(db, body, Said(K.LINE, f"desk{n}", V.PUBLIC))
    add(db, body, Said(K.LINE, "desk0", V.PUBLIC))  # pressed twice
    add(db, body, Said(K.LINE, "quiet", V.NETWORK))
    last = next(one for one in contacts_of(db, body.id) if one.value == "quiet")

    for said in (Said(K.LINE, "another", V.PUBLIC), Said(K.LINE, "quiet", V.PUBLIC)):
        with pytest.raises(BadContact) as refused:
            change_contact(db, body.id, last.id, said, actor=BY, now=NOW)
        assert refused.value.why == ContactWrong.TOO_MANY_PUBLIC
    assert len(public_contacts(body)) == MOST_PUBLIC


@pytest.mark.parametrize("visibility", sorted(V))
def test_a_shelter_gets_no_address_whoever_would_read_it(
    db: Session, visibility: Visibility
) -> None:
    home = make_organization(db, kind=OrganizationKind.SHELTER, service=False)

    with pytest.raises(BadContact) as refused:
        add(db, home, Said(K.IN_PERSON, "Ask at the church", visibility))
    assert refused.value.why == ContactWrong.SHELTER_PLACE
    assert contacts_of(db, home.id) == []


def test_what_becomes_a_shelter_is_not_found_by_what_it_said_before(
    db: Session, body: Organization
) -> None:
    add(db, body, Said(K.WEB, "https://example.org", V.PUBLIC))
    add(db, body, Said(K.IN_PERSON, "in Central", V.PUBLIC))
    add(db, body, Said(K.PHONE, "+852 9123 4567", V.PUBLIC))
    assert len(public_contacts(body)) == 3

    body.kind = OrganizationKind.SHELTER
    db.flush()

    assert [one.kind for one in public_contacts(body)] == ["phone"]


def test_an_export_holds_public_ones_alone(db: Session, body: Organization) -> None:
    add(db, body, Said(K.WHATSAPP, "+852 9123 4567", V.PUBLIC, ["fil"], "Sundays"))
    add(db, body, Said(K.EMAIL, "desk@example.org", V.PUBLIC))
    add(db, body, Said(K.LINE, "desk", V.PUBLIC))
    add(db, body, Said(K.MESSENGER, "https://m.me/desk", V.PUBLIC))
    add(db, body, Said(K.IN_PERSON, "in Central", V.NETWORK))
    add(db, body, Said(K.PHONE, "+852 1111 1111", V.NETWORK))
    add(db, body, Said(K.PHONE, "+852 2222 2222", V.COORDINATOR))

    rows = listing_rows(body, parent=None, full=True)

    told = [
        (table, values) for (table, _), values in rows.items()
        if table in {"phone", "url", "contact", "location", "address"}
    ]  # fmt: skip
    here = {"organization_id": str(body.id)}
    assert told == [
        ("phone", {**here, "number": "+852 9123 4567", "type": "text",
                   "description": "WhatsApp; Sundays"}),
        ("contact", {**here, "email": "desk@example.org"}),
        ("contact", {**here, "name": "LINE: desk"}),
        ("url", {**here, "url": "https://m.me/desk", "label": "Messenger"}),
    ]  # fmt: skip
    spoken = [v for (t, _), v in rows.items() if t == "language" and "phone_id" in v]
    assert [(one["code"], one["name"]) for one in spoken] == [("fil", "Filipino")]
