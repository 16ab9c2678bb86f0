"""The users page and the trail: who sees whom, who may invite, confirm, dismiss."""

import re
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grievance.rules.terms import MembershipState, Role
from grievance.store.accounts import Membership, User, membership_between
from grievance.store.directory import Organization
from grievance.store.engine import Database
from grievance.store.events import OPERATOR, record
from tests.factories import (
    NOW,
    MemberKit,
    csrf_of,
    make_member,
    make_organization,
    make_root,
    sign_in,
)


@pytest.fixture
def people(db: Session) -> dict[str, MemberKit]:
    """A root, one desk below it, one beside; every kind of member."""
    root = make_root(db, name="Secretariat")
    below = make_organization(db, parent_id=root.id, name="Desk below")
    beside = make_organization(db, parent_id=root.id, name="Desk beside")
    made = {
        "above": make_member(db, root, roles=(Role.COORDINATOR,), name="Above"),
        "administrator": make_member(db, root, roles=(Role.ADMINISTRATOR,), name="Admin"),
        "organizer": make_member(db, below, name="Organizer"),
        "coordinator": make_member(db, below, roles=(Role.COORDINATOR,), name="Coordinator"),
        "beside": make_member(db, beside, roles=(Role.COORDINATOR,), name="Beside"),
        "waiting": make_member(db, below, name="Waiting", confirmed=False),
    }
    db.commit()
    return made


def _page(client: FlaskClient, address: str = "/desk/users") -> str:
    return client.get(address).get_data(as_text=True)


def _seat(database: Database, kit: MemberKit) -> Membership:
    with database.reader() as db:
        found = membership_between(db, kit.user_id, kit.organization_id)
    assert found is not None
    return found


def _act(client: FlaskClient, seat: Membership, act: str, **fields: object) -> TestResponse:
    page = _page(client, "/desk/users")
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    to_compare = _page(client, f"/desk/users/{seat.id}/confirm")
    token = found[1] if found else csrf_of(to_compare)
    if read := re.search(r'name="compared" value="([^"]+)"', to_compare):
        fields = {"compared": read[1], **fields}
    return client.post(f"/desk/users/{seat.id}/{act}", data={"csrf_token": token, **fields})


def test_who_sees_whom(app: Flask, people: dict[str, MemberKit]) -> None:
    table = {
        "above": {"Above", "Admin", "Organizer", "Coordinator", "Beside", "Waiting"},
        "administrator": {"Above", "Admin", "Organizer", "Coordinator", "Beside", "Waiting"},
        "coordinator": {"Organizer", "Coordinator", "Waiting"},
        "organizer": {"Organizer", "Coordinator", "Waiting"},
        "beside": {"Beside"},
    }
    for who, sees in table.items():
        client = app.test_client()
        sign_in(client, people[who])

        assert set(re.findall(r"<h3>(\w+)", _page(client))) == sees, who


def test_an_organizer_who_holds_the_key_confirms_by_fingerprint(
    client: FlaskClient, people: dict[str, MemberKit], database: Database
) -> None:
    sign_in(client, people["organizer"])
    seat = _seat(database, people["waiting"])
    page = _page(client, f"/desk/users/{seat.id}/confirm")
    found = re.search(r'id="fingerprint">([\d ]{39})<', page)
    assert found
    other = str(9 - int(found[1][0])) + found[1][1:]
    unread = _act(client, seat, "confirm", compared=other)
    assert unread.location == "/desk/users?done=key_changed"
    assert _seat(database, people["waiting"]).state == MembershipState.ACTIVATED
    answer = _act(client, seat, "confirm")

    assert answer.location == "/desk/users?done=confirmed"
    assert _seat(database, people["waiting"]).state == MembershipState.CONFIRMED


def test_a_confirmed_member_signs_in_and_one_who_waits_reads_her_fingerprint(
    app: Flask, client: FlaskClient, people: dict[str, MemberKit], database: Database
) -> None:
    kit, other = people["waiting"], app.test_client()
    token = csrf_of(_page(other, "/desk/sign-in"))
    fields = {"csrf_token": token, "email": kit.email, "password": kit.password}
    other.post("/desk/sign-in", data=fields)
    token = csrf_of(_page(other, "/desk/sign-in/code"))
    fields = {"csrf_token": token, "totp": kit.totp(NOW)}
    page = other.post("/desk/sign-in/code", data=fields).get_data(as_text=True)
    found = re.search(r'id="fingerprint">([\d ]+)<', page)
    assert found
    assert other.get("/desk/users").location == "/desk/sign-in"
    sign_in(client, people["organizer"])
    seat = _seat(database, kit)
    assert found[1] in _page(client, f"/desk/users/{seat.id}/confirm")
    _act(client, seat, "confirm")
    sign_in(other, kit)

    assert other.get("/desk/users").status_code == 200


@pytest.mark.parametrize("who", ["above", "administrator"])
def test_a_second_member_is_not_confirmed_from_above(
    client: FlaskClient, people: dict[str, MemberKit], database: Database, who: str
) -> None:
    sign_in(client, people[who])
    answer = _act(client, _seat(database, people["waiting"]), "confirm")

    assert answer.location == "/desk/users?done=may_not_confirm"
    assert _seat(database, people["waiting"]).state == MembershipState.ACTIVATED


def test_somebody_of_another_branch_finds_nobody_there(
    client: FlaskClient, people: dict[str, MemberKit], database: Database
) -> None:
    sign_in(client, people["beside"])
    seat = _seat(database, people["organizer"])

    for act in ("confirm", "dismiss", "roles"):
        assert _act(client, seat, act).status_code == 404
    assert client.get(f"/desk/users/{uuid4()}/confirm").status_code == 404


def test_an_organizer_neither_invites_nor_dismisses(
    client: FlaskClient, people: dict[str, MemberKit], database: Database
) -> None:
    sign_in(client, people["organizer"])
    seat = _seat(database, people["waiting"])

    assert client.get("/desk/users/invite").status_code == 403
    assert _act(client, seat, "dismiss").status_code == 403
    assert _act(client, seat, "roles").status_code == 403
    assert "/dismiss" not in _page(client)


def test_an_invitation_shows_its_code_once(
    app: Flask, client: FlaskClient, people: dict[str, MemberKit]
) -> None:
    kit = people["coordinator"]
    sign_in(client, kit)
    fields = {
        "csrf_token": csrf_of(_page(client, "/desk/users/invite")),
        "email": "New.Person@example.org",
        "name": "New",
        "roles": ["organizer"],
        "organization": str(kit.organization_id),
        "notify": "y",
    }
    page = client.post("/desk/users/invite", data=fields).get_data(as_text=True)
    found = re.search(r'id="one-time-code">([^<]+)<', page)
    assert found
    assert found[1] not in _page(client)
    new = app.test_client()
    fields = {
        "csrf_token": csrf_of(_page(new, "/desk/activate")),
        "email": "new.person@example.org",
        "code": found[1],
        "password": "a plain long password",
    }

    assert "recovery-key" in new.post("/desk/activate", data=fields).get_data(as_text=True)


@pytest.mark.parametrize(
    "change",
    [
        {"email": "no address"},
        {"name": " "},
        {"roles": []},
        {"roles": ["king"]},
        {"organization": "x"},
    ],
)
def test_a_wrong_invitation_says_what_to_change(
    client: FlaskClient, people: dict[str, MemberKit], change: dict[str, object]
) -> None:
    kit = people["coordinator"]
    sign_in(client, kit)
    fields = {
        "csrf_token": csrf_of(_page(client, "/desk/users/invite")),
        "email": "new@example.org",
        "name": "New",
        "roles": ["organizer"],
        "organization": str(kit.organization_id),
    }
    answer = client.post("/desk/users/invite", data={**fields, **change})

    assert answer.status_code == 400
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert "one-time-code" not in answer.get_data(as_text=True)


def test_nobody_is_invited_to_a_desk_outside_ones_scope(
    client: FlaskClient, people: dict[str, MemberKit]
) -> None:
    sign_in(client, people["coordinator"])
    fields = {
        "csrf_token": csrf_of(_page(client, "/desk/users/invite")),
        "email": "new@example.org",
        "name": "New",
        "roles": ["organizer"],
        "organization": str(people["beside"].organization_id),
    }

    assert client.post("/desk/users/invite", data=fields).status_code == 400


def test_a_dismissal_ends_her_session_at_once(
    app: Flask, client: FlaskClient, people: dict[str, MemberKit], database: Database
) -> None:
    hers = app.test_client()
    sign_in(hers, people["organizer"])
    sign_in(client, people["coordinator"])
    answer = _act(client, _seat(database, people["organizer"]), "dismiss")

    assert answer.location == "/desk/users?done=dismissed"
    assert hers.get("/desk/users").location == "/desk/sign-in"
    assert "needs a new key" in _page(client)


def test_a_coordinator_cannot_dismiss_herself(
    client: FlaskClient, people: dict[str, MemberKit], database: Database
) -> None:
    sign_in(client, people["coordinator"])
    answer = _act(client, _seat(database, people["coordinator"]), "dismiss")

    assert answer.location == "/desk/users?done=own_seat"


def test_the_last_key_holder_goes_by_an_explicit_word_only(
    client: FlaskClient, people: dict[str, MemberKit], database: Database
) -> None:
    sign_in(client, people["above"])
    assert "last who holds a key" in _page(client, "/desk/users?find=above")
    assert "last who holds a key" not in _page(client, "/desk/users?find=coordinator")
    _act(client, _seat(database, people["organizer"]), "dismiss")
    seat = _seat(database, people["coordinator"])
    warned = _page(client, "/desk/users?find=coordinator")
    refused = _act(client, seat, "dismiss").location
    plain = _act(client, seat, "roles", roles=["administrator"]).location

    assert warned.count("last who holds a key") == 2
    assert refused == plain == "/desk/users?done=last_key"
    assert "tick the box" in _page(client, "/desk/users?done=last_key")
    assert _seat(database, people["coordinator"]).state == MembershipState.CONFIRMED
    assert _act(client, seat, "dismiss", lose_key="yes").location == "/desk/users?done=dismissed"


def test_an_administrator_does_not_lock_herself_out(
    client: FlaskClient, people: dict[str, MemberKit], database: Database
) -> None:
    sign_in(client, people["administrator"])
    seat = _seat(database, people["administrator"])
    answer = _act(client, seat, "roles", roles=["translator"])

    assert answer.location == "/desk/users?done=own_roles"
    assert client.get("/desk/users/invite").status_code == 200


def test_the_open_page_of_a_dismissed_member_answers_like_signed_out(
    app: Flask, client: FlaskClient, people: dict[str, MemberKit], database: Database
) -> None:
    hers = app.test_client()
    sign_in(hers, people["organizer"])
    token = csrf_of(_page(hers))
    sign_in(client, people["coordinator"])
    _act(client, _seat(database, people["organizer"]), "dismiss")
    data = {"csrf_token": token, "text": "What she had typed when it came, Kanaryo."}
    answer = hers.post(f"/desk/cases/{uuid4()}/message", data=data)

    assert answer.status_code == 400
    assert "You were signed out" in answer.text
    assert "Kanaryo" in answer.text
    for path in ("", "cases", "users", "audit", "exports", "statistics", "directory"):
        assert hers.get(f"/desk/{path}").location == "/desk/sign-in", path


def test_five_hundred_members_come_in_pages_and_are_found_by_name(
    client: FlaskClient, people: dict[str, MemberKit], db: Session
) -> None:
    kit = people["above"]
    for number in range(500):
        user = User(email=f"m{number}@example.org", name=f"Ñandú{number:03}", made_at=NOW)
        db.add(user)
        db.flush()
        seat = Membership(user_id=user.id, organization_id=kit.organization_id, roles=["organizer"])
        seat.state = MembershipState.CONFIRMED
        db.add(seat)
    db.commit()
    sign_in(client, kit)
    seen: list[str] = []
    address, pages = "/desk/users", 0
    while address:
        page = _page(client, address)
        assert len(page.encode()) < 150_000
        seen += re.findall(r"<h3>([^ <]+)", page)
        more = re.search(r'href="([^"]+)"[^>]*>Next page', page)
        address, pages = more[1].replace("&amp;", "&") if more else "", pages + 1

    assert len(seen) == len(set(seen)) == 506
    assert pages == 17
    assert re.findall(r"<h3>([^ <]+)", _page(client, "/desk/users?find=ñANDÚ42")) == [
        f"Ñandú42{n}" for n in range(10)
    ]
    assert "Nobody has this" in _page(client, "/desk/users?find=nobody-at-all")
    for odd in ("0", "-1", "99999", "x", "٣", "9" * 5000):
        assert client.get("/desk/users", query_string={"page": odd}).status_code == 200


def test_roles_add_up_by_an_explicit_act_of_a_key_holder(
    app: Flask, client: FlaskClient, people: dict[str, MemberKit], database: Database
) -> None:
    admin, both = people["administrator"], ["administrator", "organizer"]
    mine, more = app.test_client(), ["coordinator", "administrator"]
    sign_in(mine, admin)
    own = _act(mine, _seat(database, admin), "roles", roles=both)
    below = _act(mine, _seat(database, people["organizer"]), "roles", roles=more)
    plain = _act(mine, _seat(database, people["organizer"]), "roles", roles=["translator"])
    back = _act(mine, _seat(database, people["organizer"]), "roles", roles=["organizer"])
    sign_in(client, people["above"])
    given = _act(client, _seat(database, admin), "roles", roles=both)

    assert own.location == "/desk/users?done=own_roles"
    assert below.location == plain.location == "/desk/users?done=roles"
    assert back.location == "/desk/users?done=needs_key_holder"
    assert given.location == "/desk/users?done=roles"
    assert _seat(database, admin).roles == both
    assert _act(client, _seat(database, admin), "roles").location == "/desk/users?done=no_role"


def test_the_trail_is_the_own_desks_and_comes_in_pages(
    client: FlaskClient, people: dict[str, MemberKit]
) -> None:
    sign_in(client, people["above"])
    page = _page(client, "/desk/audit")

    assert "Signed in" in page
    assert "Above" in page
    assert "Organizer" not in page
    for after in ("x", "2026-01-01~x", "2026-01-01T00:00:00+00:00~" + str(uuid4())):
        assert client.get("/desk/audit", query_string={"after": after}).status_code == 200


def test_a_long_trail_goes_on_where_it_ended(
    client: FlaskClient, people: dict[str, MemberKit], db: Session
) -> None:
    kit = people["above"]
    for number in range(120):
        record(
            db, f"act_{number:03}", OPERATOR, NOW, organization_id=kit.organization_id
        )  # fmt: skip
    db.commit()
    sign_in(client, kit)
    seen: list[str] = []
    address = "/desk/audit"
    while address:
        page = _page(client, address)
        seen += re.findall(r"Act (\d\d\d)", page)
        more = re.search(r'href="(/desk/audit\?after=[^"]+)"', page)
        address = more[1] if more else ""

    assert sorted(seen) == [f"{number:03}" for number in range(120)]


def test_one_who_belongs_here_is_not_invited_again(
    client: FlaskClient, people: dict[str, MemberKit], db: Session
) -> None:
    kit = people["coordinator"]
    sign_in(client, kit)
    fields = {
        "csrf_token": csrf_of(_page(client, "/desk/users/invite")),
        "email": people["organizer"].email,
        "name": "Again",
        "roles": ["organizer"],
        "organization": str(kit.organization_id),
    }
    again = client.post("/desk/users/invite", data=fields)
    db.get_one(Organization, kit.organization_id).active = False
    db.commit()
    closed = client.post("/desk/users/invite", data=fields | {"email": "new@example.org"})

    assert "belongs to this desk already" in again.get_data(as_text=True)
    assert "Only partners" in closed.get_data(as_text=True)


def test_what_was_done_meanwhile_is_said(
    client: FlaskClient, people: dict[str, MemberKit], database: Database
) -> None:
    sign_in(client, people["coordinator"])
    seat = _seat(database, people["waiting"])
    ways = [
        _act(client, seat, act).location for act in ("confirm", "confirm", "dismiss", "dismiss")
    ]

    assert [way.partition("=")[2] for way in ways if way] == [
        "confirmed",
        "not_waiting",
        "dismissed",
        "dismissed",
    ]
