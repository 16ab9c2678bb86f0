"""An entry's life, contacts and ties at the desk: whose they are, and what a mistake leaves."""

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.rules.terms import OrganizationKind, Role
from grievance.store.accounts import Membership
from grievance.store.contacts import OrganizationContact, contacts_of
from grievance.store.directory import Organization
from grievance.store.engine import Database
from grievance.store.events import Event
from tests.factories import (
    MemberKit,
    csrf_of,
    make_member,
    make_organization,
    make_root,
    make_service,
    sign_in,
)

PAGES = ("life", "life/terms", "contacts", "ties")
POSTS = (
    "life/invite", "life/terms", "life/confirm", "life/pause", "life/resume", "life/room",
    "life/close", "life/reopen", "contacts/add", "ties/declare", "ties/end",
)  # fmt: skip


@dataclass
class Tree:
    """A root, a network below it, a partner below that, one beside it, a listing below nobody."""

    root: Organization
    middle: Organization
    low: Organization
    beside: Organization
    loose: Organization
    kits: dict[str, MemberKit]


@pytest.fixture
def tree(db: Session) -> Tree:
    root = make_root(db)
    middle = make_organization(db, name="Middle", parent_id=root.id)
    low = make_organization(db, name="Low", parent_id=middle.id, service=False)
    make_service(db, low, needs=["WCL"])
    beside = make_organization(db, name="Beside", parent_id=root.id)
    loose = make_organization(
        db, name="Loose", partner=False, confirmed_on=None, listed_from="somewhere"
    )
    who = {
        "root": (root, Role.COORDINATOR), "middle": (middle, Role.COORDINATOR),
        "low": (low, Role.COORDINATOR), "admin": (low, Role.ADMINISTRATOR),
        "organizer": (low, Role.ORGANIZER), "beside": (beside, Role.COORDINATOR),
        "above_admin": (middle, Role.ADMINISTRATOR),
    }  # fmt: skip
    kits = {name: make_member(db, body, roles=(role,)) for name, (body, role) in who.items()}
    db.commit()
    return Tree(root, middle, low, beside, loose, kits)


def enter(app: Flask, tree: Tree, who: str) -> FlaskClient:
    client = app.test_client()
    sign_in(client, tree.kits[who])
    return client


def at(body: Organization | UUID, page: str) -> str:
    return f"/desk/directory/{body if isinstance(body, UUID) else body.id}/{page}"


def post(
    client: FlaskClient, body: Organization | UUID, act: str, **fields: object
) -> tuple[int, str]:
    """With the token of the start page: the act's own page may not exist."""
    token = csrf_of(client.get("/desk/directory").text)
    answer = client.post(at(body, act), data={"csrf_token": token, **fields})
    return answer.status_code, answer.text


def kept(database: Database, body: Organization) -> Organization:
    """The entry as it is kept now, without the test's own session: it would hold the writer."""
    with database.reader() as own:
        return own.get_one(Organization, body.id)


def test_whoever_is_not_in_charge_finds_nothing_as_of_one_that_does_not_exist(
    app: Flask, db: Session, tree: Tree
) -> None:
    for who in ("beside", "above_admin"):
        client = enter(app, tree, who)
        nowhere = client.get(at(uuid4(), "life")).text
        for page in ("life", "life/terms", "ties"):
            answer = client.get(at(tree.low, page))
            assert answer.status_code == 404
            assert answer.text == nowhere
        for act in POSTS:
            assert post(client, tree.low, act, other="Low", read="y")[0] == 404, (who, act)
    assert db.scalars(select(Event).where(Event.verb.like("entry%"))).all() == []


def test_an_organizer_changes_nothing_and_reads_the_contacts_of_her_own(
    app: Flask, tree: Tree
) -> None:
    client = enter(app, tree, "organizer")

    assert client.get(at(tree.low, "life")).status_code == 403
    assert {post(client, tree.low, act)[0] for act in POSTS} == {403}
    page = client.get(at(tree.low, "contacts"))
    assert page.status_code == 200
    assert "Add this contact" not in page.text
    entry = client.get(f"/desk/directory/{tree.low.id}").text
    assert [one for one in PAGES if f'href="{at(tree.low, one)}"' in entry] == ["contacts"]


@pytest.mark.parametrize("who", ["low", "admin", "middle", "root"])
def test_its_own_people_and_coordinators_above_have_every_page(
    app: Flask, tree: Tree, who: str
) -> None:
    client = enter(app, tree, who)

    assert {client.get(at(tree.low, page)).status_code for page in PAGES} == {200}
    entry, life = (
        client.get(f"/desk/directory/{tree.low.id}").text,
        client.get(at(tree.low, "life")),
    )
    for one in ("life", "contacts", "ties"):
        assert all(f'href="{at(tree.low, one)}"' in text for text in (entry, life.text))


def test_what_hangs_below_nobody_is_the_secretariats(app: Flask, tree: Tree) -> None:
    assert enter(app, tree, "root").get(at(tree.loose, "life")).status_code == 200
    assert enter(app, tree, "middle").get(at(tree.loose, "life")).status_code == 404


@pytest.mark.parametrize("odd", ["x", "%00", "../..", "1" * 300])
def test_an_address_that_is_no_id_is_no_page(app: Flask, tree: Tree, odd: str) -> None:
    client = enter(app, tree, "root")

    assert client.get(f"/desk/directory/{odd}/life").status_code == 404
    assert client.get(f"/desk/directory/{tree.low.id}/contacts/{odd}").status_code == 404


def test_from_listing_to_partner(app: Flask, database: Database, db: Session, tree: Tree) -> None:
    """Invited by the root; her account; her yes; the state says what is still to do."""
    client = enter(app, tree, "root")
    status, page = post(
        client, tree.loose, "life/invite", email="New@Example.org", name="Ana", role="coordinator"
    )
    assert status == 200
    assert re.search(r'id="one-time-code">[^<]+<', page)
    assert "somebody of the organization accepts the terms" in page
    assert "begins her account and is confirmed" in page
    assert "Loose" in client.get("/desk/users").text  # where she is confirmed
    assert client.get(at(tree.loose, "life")).text.count("one-time-code") == 0
    assert kept(database, tree.loose).parent_id == tree.root.id

    db.refresh(tree.loose)
    tree.kits["new"] = make_member(db, tree.loose, roles=(Role.ADMINISTRATOR,))
    db.commit()
    new = enter(app, tree, "new")
    assert "We accept" in new.get(at(tree.loose, "life/terms")).text
    assert "We accept" not in client.get(at(tree.loose, "life/terms")).text
    assert post(client, tree.loose, "life/terms")[0] == 200  # not hers to say
    assert not kept(database, tree.loose).partner

    assert post(new, tree.loose, "life/terms")[0] == 303
    assert kept(database, tree.loose).partner
    assert kept(database, tree.loose).terms_by == tree.kits["new"].user_id
    assert "Version 1, accepted on" in client.get(at(tree.loose, "life")).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "Ana", "role": "coordinator", "email": "no"}, "This is no e-mail address."),
        ({"name": "Ana", "email": "a@example.org"}, "Choose her role."),
        ({"name": " ", "role": "coordinator", "email": "a@example.org"}, "Write her name."),
        ({"name": "Ana", "role": "root", "email": "a@example.org"}, "Please choose again."),
    ],
)
def test_an_invitation_that_lacks_something_comes_back_as_it_was_typed(
    app: Flask, db: Session, tree: Tree, fields: dict[str, str], said: str
) -> None:
    client = enter(app, tree, "root")

    status, page = post(client, tree.loose, "life/invite", **fields)

    assert status == 400
    assert said in page
    assert f'value="{fields["email"]}"' in page
    db.expire_all()
    assert tree.loose.invited_on is None


def test_a_member_is_not_invited_again(app: Flask, db: Session, tree: Tree) -> None:
    client = enter(app, tree, "root")
    given = {"email": "a@example.org", "name": "Ana", "role": "administrator"}
    post(client, tree.loose, "life/invite", **given)
    seat = db.scalars(select(Membership).where(Membership.organization_id == tree.loose.id)).one()
    seat.state = "activated"
    db.commit()

    status, page = post(client, tree.loose, "life/invite", **given)

    assert status == 400
    assert "She is a member of this desk already." in page


def test_the_start_page_confirms_and_pauses_the_own_entry(
    app: Flask, database: Database, tree: Tree
) -> None:
    client = enter(app, tree, "low")
    for act, button in (("confirm", "still right"), ("pause", "Pause"), ("resume", "again")):
        form = client.get("/desk/directory").text.partition(
            f'action="{at(tree.low, f"life/{act}")}"'
        )[2]
        assert button in form.partition("</form>")[0]
        assert post(client, tree.low, f"life/{act}")[0] == 303
        assert kept(database, tree.low).paused == (act == "pause")


def test_room_and_pause_are_kept_and_shown_again(
    app: Flask, database: Database, db: Session, tree: Tree
) -> None:
    client = enter(app, tree, "middle")

    assert post(client, tree.low, "life/room", capacity="40", duty_rota="y")[0] == 303
    assert post(client, tree.low, "life/pause", last_day="2026-12-31")[0] == 303

    page = client.get(at(tree.low, "life")).text
    assert 'value="40"' in page
    assert 'value="2026-12-31"' in page
    assert "Take new cases again" in page
    low = kept(database, tree.low)
    assert (low.capacity, low.duty_rota, low.paused) == (40, True, True)
    assert low.paused_until == date(2026, 12, 31)
    assert post(client, tree.low, "life/resume")[0] == 303
    assert post(client, tree.low, "life/room")[0] == 303
    low = kept(database, tree.low)
    assert (low.paused, low.paused_until, low.capacity) == (False, None, None)
    events = db.scalars(select(Event).where(Event.organization_id == low.id)).all()
    assert {"entry_room_set", "entry_paused", "entry_open"} <= {one.verb for one in events}


@pytest.mark.parametrize(
    ("act", "fields", "said"),
    [
        ("life/pause", {"last_day": "31.12.2026"}, "Write a day as 2026-11-25."),
        ("life/pause", {"last_day": "2026-11-24"}, "Choose a day from today to a year ahead."),
        ("life/pause", {"last_day": "2028-01-01"}, "Choose a day from today to a year ahead."),
        ("life/room", {"capacity": "0"}, "Write a whole number from 1 to 9999"),
        ("life/room", {"capacity": "-3"}, "Write a whole number from 1 to 9999"),
        ("life/room", {"capacity": "٤٠"}, "Write a whole number from 1 to 9999"),
        ("life/room", {"capacity": "9" * 400}, "This is too long."),
        ("life/close", {}, "Read what becomes of its cases"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(
    app: Flask, db: Session, tree: Tree, act: str, fields: dict[str, str], said: str
) -> None:
    client = enter(app, tree, "low")

    status, page = post(client, tree.low, act, **fields)

    assert status == 400
    assert said in page
    assert all(f'value="{value}"' in page for value in fields.values())
    db.expire_all()
    assert (tree.low.paused, tree.low.capacity, tree.low.active) == (False, None, True)


def test_closing_says_first_what_is_there_and_only_above_it_is_opened_again(
    app: Flask, db: Session, tree: Tree
) -> None:
    low, middle = enter(app, tree, "low"), enter(app, tree, "middle")
    assert "0 open cases are here." in low.get(at(tree.low, "life")).text

    assert post(low, tree.low, "life/close", read="y")[0] == 303

    page = low.get(at(tree.low, "life")).text
    assert "It is in no list and no route." in page
    assert "Open this entry again" not in page
    assert "Low" not in low.get("/en/organizations?country=HK").text
    status, page = post(low, tree.low, "life/close", read="y")  # pressed twice
    assert status == 409
    assert "The entry stands otherwise by now" in page
    assert post(low, tree.low, "life/reopen")[0] == 409
    assert post(middle, tree.low, "life/reopen")[0] == 303
    assert "Low" in low.get("/en/organizations?country=HK").text
    db.expire_all()
    assert tree.low.active


def test_a_stale_form_changes_nothing_and_keeps_what_was_typed(
    app: Flask, db: Session, tree: Tree
) -> None:
    client = enter(app, tree, "low")
    for act, fields in (
        ("life/room", {"capacity": "7"}), ("life/pause", {"last_day": "2026-12-24"}),
        ("life/terms", {}), ("life/confirm", {}), ("life/close", {"read": "y"}),
        ("contacts/add", {"value": "+852 9123 4567", "kind": "phone"}),
        ("ties/declare", {"other": "Besi"}),
    ):  # fmt: skip
        answer = client.post(at(tree.low, act), data={"csrf_token": "old", **fields})
        assert answer.status_code == 400, act
        for name, value in fields.items():
            assert value in answer.text or name == "read", act

    verbs = db.scalars(select(Event.verb).where(Event.organization_id == tree.low.id)).all()
    assert [one for one in verbs if one.startswith(("entry", "tie", "terms"))] == []


def test_the_first_page_names_what_lapses_in_scope(app: Flask, db: Session, tree: Tree) -> None:
    tree.low.confirmed_on = date(2025, 11, 20)  # lapses on the first of December
    tree.beside.confirmed_on = None
    db.commit()

    low, middle, root = (enter(app, tree, who).get("/desk/").text
                         for who in ("admin", "middle", "root"))  # fmt: skip

    for page in (low, middle, root):
        assert re.search(r"<bdi>Low</bdi></a>\s+lapses on 1 December 2026", page)
    assert "Beside" not in middle
    assert re.search(r"<bdi>Beside</bdi></a>\s+was never confirmed", root)
    assert "Entries to confirm" not in enter(app, tree, "beside").get("/desk/cases").text


# Contacts.


def add(client: FlaskClient, body: Organization, **fields: object) -> tuple[int, str]:
    given = {"kind": "phone", "value": "+852 9123 4567", "visibility": "public"}
    return post(client, body, "contacts/add", **{**given, **fields})


def test_a_contact_stands_where_its_readers_are_and_nowhere_else(
    app: Flask, db: Session, tree: Tree
) -> None:
    client = enter(app, tree, "low")
    for n, who in enumerate(("public", "network", "coordinator")):
        value = f"+852 9000 000{n}"
        status, _ = add(client, tree.low, value=value, visibility=who, languages=["fil", "en"],
                        hours="Sundays")  # fmt: skip
        assert status == 303
    tree.beside.partner = False  # as one that is only invited
    db.commit()

    def seen(page: str) -> list[bool]:
        return [f"9000 000{n}" in page for n in range(3)]

    public = app.test_client().get("/en/organizations?country=HK").text
    assert seen(public) == [True, False, False]
    assert 'href="tel:+85290000000"' in public
    assert "Filipino" in public
    assert "Sundays" in public
    assert seen(app.test_client().get(f"/hsds/organizations/{tree.low.id}").text) == [
        True, False, False,
    ]  # fmt: skip
    path = at(tree.low, "contacts")
    assert seen(enter(app, tree, "beside").get(path).text) == [True, False, False]
    assert seen(enter(app, tree, "organizer").get(path).text) == [True, True, True]
    assert seen(enter(app, tree, "middle").get(path).text) == [True, True, True]
    tree.beside.partner = True
    db.commit()
    assert seen(enter(app, tree, "beside").get(path).text) == [True, True, False]


def test_one_is_changed_and_taken_away(app: Flask, database: Database, tree: Tree) -> None:
    client = enter(app, tree, "admin")
    add(client, tree.low)
    with database.reader() as own:
        [row] = contacts_of(own, tree.low.id)
    page = client.get(at(tree.low, f"contacts/{row.id}")).text
    assert 'value="+852 9123 4567"' in page

    status, _ = post(client, tree.low, f"contacts/{row.id}", kind="email", value="a@example.org",
                     visibility="network")  # fmt: skip
    assert status == 303
    assert "a@example.org" in client.get(at(tree.low, "contacts")).text

    assert post(client, tree.low, f"contacts/{row.id}/remove")[0] == 303
    assert post(client, tree.low, f"contacts/{row.id}/remove")[0] == 303
    assert client.get(at(tree.low, f"contacts/{row.id}")).status_code == 404
    status, page = post(client, tree.low, f"contacts/{row.id}", kind="line", value="typed.here",
                        visibility="network")  # fmt: skip
    assert status == 409
    assert "A colleague took this contact away." in page
    assert 'value="typed.here"' in page


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"value": "9123 4567"}, "Write the number with + and the country first"),
        ({"value": ""}, "Write the number with + and the country first"),
        ({"kind": "email", "value": "no"}, "This is no e-mail address."),
        ({"kind": "web", "value": "http://example.org"}, "begins with https://"),
        ({"kind": "", "value": "x"}, "Choose a kind."),
        ({"kind": "pigeon", "value": "x"}, "Please choose again."),
        ({"visibility": ""}, "Choose who reads it."),
        ({"languages": ["xx"]}, "Please choose again."),
        ({"hours": "x" * 81}, "This is too long."),
        ({"kind": "line", "value": "<b>x</b>\x00 y"}, "&lt;b&gt;x&lt;/b&gt;"),
    ],
)
def test_a_contact_that_cannot_be_kept_comes_back_with_why(
    app: Flask, db: Session, tree: Tree, fields: dict[str, object], said: str
) -> None:
    status, page = add(enter(app, tree, "low"), tree.low, **fields)

    assert status == 400
    assert said in page
    db.expire_all()
    assert db.scalars(select(OrganizationContact)).all() == []


def test_a_shelters_form_says_why_it_takes_no_address(app: Flask, db: Session, tree: Tree) -> None:
    tree.low.kind = OrganizationKind.SHELTER
    db.commit()
    client = enter(app, tree, "low")

    _, page = add(client, tree.low, kind="in_person", value="at the chapel", visibility="network")
    assert "gives no place here" in page
    _, page = add(client, tree.low, kind="web", value="https://example.org")
    assert "reached in public by phone or chat alone" in page
    assert add(client, tree.low, kind="web", value="https://example.org",
               visibility="network")[0] == 303  # fmt: skip


def test_of_a_closed_entry_others_read_no_contact(app: Flask, db: Session, tree: Tree) -> None:
    tree.low.active = False
    db.commit()

    assert enter(app, tree, "beside").get(at(tree.low, "contacts")).status_code == 404
    assert enter(app, tree, "middle").get(at(tree.low, "contacts")).status_code == 200


# Ties.


def test_a_tie_is_declared_by_name_seen_from_both_sides_and_ended(
    app: Flask, database: Database, tree: Tree
) -> None:
    client = enter(app, tree, "low")

    status, _ = post(client, tree.low, "ties/declare", other="beside", reason="family")

    assert status == 303
    page = client.get(at(tree.low, "ties")).text
    assert "Beside" in page
    assert "family" in page
    theirs = enter(app, tree, "beside").get(at(tree.beside, "ties")).text
    assert "Low" in theirs
    assert "They hold both ways." in theirs
    assert "End this tie" not in theirs
    assert kept(database, tree.low).tied_to == [tree.beside.slug]
    for _ in range(2):
        assert post(client, tree.low, "ties/end", other=tree.beside.slug)[0] == 303
    assert kept(database, tree.low).tied_to == []


def test_among_several_she_chooses(app: Flask, db: Session, tree: Tree) -> None:
    other = make_organization(db, name="Beside the sea", parent_id=tree.root.id)
    db.commit()
    client = enter(app, tree, "low")

    status, page = post(client, tree.low, "ties/declare", other="besi", reason="other")
    assert status == 400
    assert "Several have this name. Choose one." in page
    assert 'value="besi"' in page
    status, _ = post(
        client, tree.low, "ties/declare", other="besi", reason="other", chosen=str(other.id)
    )
    assert status == 303
    db.expire_all()
    assert tree.low.tied_to == [other.slug]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"other": "Nobody at all", "reason": "family"}, "Nobody in the directory has this name."),
        ({"other": "", "reason": "family"}, "Write the name of the other body."),
        ({"other": "Beside"}, "Choose why they are tied."),
        ({"other": "Beside", "reason": "love"}, "Please choose again."),
        ({"other": "Beside", "reason": "family", "chosen": "x"}, "Please choose again."),
        ({"other": "Low", "reason": "family"}, "Nobody in the directory has this name."),
        ({"other": "%_\x00'", "reason": "family"}, "Nobody in the directory has this name."),
    ],
)
def test_a_tie_to_nobody_comes_back_with_why(
    app: Flask, db: Session, tree: Tree, fields: dict[str, str], said: str
) -> None:
    status, page = post(enter(app, tree, "low"), tree.low, "ties/declare", **fields)

    assert status == 400
    assert said in page
    db.expire_all()
    assert tree.low.tied_to == []
