"""A coordinator or administrator writes her own organization's hours at the desk."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.rules.terms import Role
from grievance.store.directory import Organization
from grievance.store.events import Event
from tests.factories import csrf_of, make_member, make_organization, make_root, sign_in

PAGE = "/desk/directory/hours"


@pytest.fixture
def body(db: Session) -> Organization:
    return make_organization(db, parent_id=make_root(db).id)


def member(app: Flask, db: Session, body: Organization, role: Role) -> FlaskClient:
    kit = make_member(db, body, roles=(role,))
    db.commit()
    client = app.test_client()
    sign_in(client, kit)
    return client


def send(client: FlaskClient, page: str = PAGE, **fields: str) -> tuple[int, str]:
    return press(client, client.get(page).text, page, **fields)


def press(client: FlaskClient, shown: str, page: str = PAGE, **fields: str) -> tuple[int, str]:
    seen = re.search(r'name="revision" value="(\w+)"', shown)
    assert seen
    known = {"csrf_token": csrf_of(shown), "revision": seen[1]}
    answer = client.post(page, data=known | fields)
    return answer.status_code, answer.text


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_hours_are_kept_shown_again_and_stand_in_the_trail(
    app: Flask, db: Session, body: Organization, role: Role
) -> None:
    client = member(app, db, body, role)

    status, _ = send(
        client, zone="Asia/Hong_Kong", sun="9-12.30; 14:00 – 18:00", fri="22:00-02:00",
        closed="2026-12-25\r\n2027-02-05 to 2027-02-09\r\n", duty_rota="y",
    )  # fmt: skip

    assert status == 303
    db.expire_all()
    assert body.duty_rota
    assert body.calendar == {
        "zone": "Asia/Hong_Kong",
        "hours": {"fri": ["22:00-02:00"], "sun": ["09:00-12:30", "14:00-18:00"]},
        "closed": ["2026-12-25", "2027-02-05 to 2027-02-09"],
    }
    again = client.get(PAGE).text
    assert 'value="09:00-12:30, 14:00-18:00"' in again
    assert "2027-02-05 to 2027-02-09" in again
    assert "09:00-12:30, 14:00-18:00" in client.get("/desk/directory").text
    [event] = db.scalars(select(Event).where(Event.verb == "entry_hours_set")).all()
    assert event.organization_id == body.id


def test_the_same_hours_again_are_no_act(app: Flask, db: Session, body: Organization) -> None:
    client = member(app, db, body, Role.COORDINATOR)
    for _ in range(2):
        assert send(client, zone="UTC", sun="9-18")[0] == 303

    db.expire_all()
    assert len(db.scalars(select(Event).where(Event.verb == "entry_hours_set")).all()) == 1


def test_an_organizer_writes_no_hours(app: Flask, db: Session, body: Organization) -> None:
    client = member(app, db, body, Role.ORGANIZER)

    assert client.get(PAGE).status_code == 403


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"zone": "Asia/Hong_Kong"}, "Write hours for one day at least."),
        ({"zone": "Hong Kong", "sun": "9-18"}, "Write a time zone, for example Asia/Hong_Kong."),
        ({"zone": "UTC", "sun": "nine to six"}, "Write hours as 09:00-18:00, not “nine to six”."),
        ({"zone": "UTC", "sun": "00:00-00:00"}, "could mean never or all day"),
        ({"zone": "UTC", "sun": "9-18", "closed": "Christmas"}, "Write days as 2026-12-25"),
        ({"zone": "UTC", "sun": "9-18", "closed": "2026-01-01 to 2026-12-31"}, "Pause instead."),
        ({"zone": "UTC", "sun": "<b>%s</b>"}, "&lt;b&gt;%s&lt;/b&gt;"),
        ({"zone": "\x00", "sun": "9-18"}, "Write a time zone"),
    ],
)
def test_what_is_wrong_comes_back_with_what_was_typed(
    app: Flask, db: Session, body: Organization, fields: dict[str, str], said: str
) -> None:
    client = member(app, db, body, Role.COORDINATOR)

    status, page = send(client, **fields)

    assert status == 400
    assert said in page
    db.expire_all()
    assert body.calendar is None


def test_hours_can_be_taken_away(app: Flask, db: Session, body: Organization) -> None:
    body.calendar = {"zone": "UTC", "hours": {"sun": ["09:00-18:00"]}, "closed": []}
    client = member(app, db, body, Role.COORDINATOR)

    assert send(client, action="none")[0] == 303

    db.expire_all()
    assert body.calendar is None


def test_a_stale_form_changes_nothing_and_keeps_what_was_typed(
    app: Flask, db: Session, body: Organization
) -> None:
    client = member(app, db, body, Role.COORDINATOR)

    for fields in ({"zone": "UTC", "sun": "9-18"}, {"action": "none"}):
        answer = client.post(PAGE, data={"csrf_token": "old", **fields})
        assert answer.status_code == 400

    assert 'value="9-18"' in client.post(PAGE, data={"zone": "UTC", "sun": "9-18"}).text
    db.expire_all()
    assert body.calendar is None


def test_a_coordinator_above_writes_the_hours_of_one_below(
    app: Flask, db: Session, body: Organization
) -> None:
    below = make_organization(db, parent_id=body.id)
    client = member(app, db, body, Role.COORDINATOR)
    page = f"/desk/directory/{below.id}/hours"
    assert page in client.get(f"/desk/directory/{below.id}").text

    status, _ = send(client, page, zone="Asia/Hong_Kong", sun="10-18")

    assert status == 303
    db.expire_all()
    assert below.calendar
    assert below.calendar["hours"] == {"sun": ["10:00-18:00"]}
    assert body.calendar is None
    [event] = db.scalars(select(Event).where(Event.verb == "entry_hours_set")).all()
    assert event.organization_id == below.id
    assert f"Hours of {below.name}" in client.get(page).text


def test_hours_of_one_that_is_not_below_are_nobodys_page(
    app: Flask, db: Session, body: Organization
) -> None:
    beside = make_organization(db, parent_id=body.parent_id)
    client = member(app, db, body, Role.COORDINATOR)

    assert client.get(f"/desk/directory/{beside.id}/hours").status_code == 404


def test_who_comes_second_reads_what_the_first_wrote_and_may_write_hers_over_it(
    app: Flask, db: Session, body: Organization
) -> None:
    one, other = (member(app, db, body, Role.COORDINATOR) for _ in range(2))
    shown = one.get(PAGE).text
    assert send(other, zone="UTC", sun="9-18", closed="2026-12-25", duty_rota="y")[0] == 303

    status, again = press(one, shown, zone="UTC", mon="10-12")

    assert status == 400
    assert "Somebody changed this after you opened it." in again
    assert "09:00-18:00" in again
    assert "2026-12-25" in again
    db.expire_all()
    assert body.duty_rota
    db.rollback()
    assert press(one, again, zone="UTC", mon="10-12")[0] == 303
    db.expire_all()
    assert body.calendar
    assert body.calendar["hours"] == {"mon": ["10:00-12:00"]}
    assert not body.duty_rota
