"""A member's own account: language, digest, quiet hours; nothing typed is lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grievance.rules.terms import Language, Rhythm, Role
from grievance.store.accounts import User
from grievance.store.notice_times import NoticeTimesRow
from tests.factories import MemberKit, csrf_of, make_member, make_organization, sign_in

ADDRESS = "/desk/account"
GOOD = {
    "language": "id", "rhythm": "weekly", "hour": "9", "weekday": "6", "quiet_from": "22",
    "quiet_until": "7", "zone": "Asia/Hong_Kong",
}  # fmt: skip


@pytest.fixture
def kit(db: Session, client: FlaskClient) -> MemberKit:
    """An organizer who is signed in."""
    made = make_member(db, make_organization(db), roles=(Role.ORGANIZER,))
    db.commit()
    sign_in(client, made)
    return made


def keep(client: FlaskClient, **change: str) -> TestResponse:
    page = client.get(ADDRESS).text
    return client.post(ADDRESS, data={"csrf_token": csrf_of(page), **GOOD, **change})


def kept(db: Session, kit: MemberKit) -> NoticeTimesRow | None:
    db.rollback()
    return db.get(NoticeTimesRow, kit.user_id, populate_existing=True)


def test_what_she_chooses_is_kept_and_shown_in_her_language(
    client: FlaskClient, db: Session, kit: MemberKit
) -> None:
    answer = keep(client)
    row = kept(db, kit)
    shown = client.get(answer.location).text

    assert answer.status_code == 303
    assert row is not None
    assert (row.rhythm, row.hour, row.weekday) == (Rhythm.WEEKLY, 9, 6)
    assert (row.quiet_from, row.quiet_until, row.zone) == (22, 7, "Asia/Hong_Kong")
    assert db.get_one(User, kit.user_id).language == Language.ID
    assert "Akun saya" in shown
    assert 'value="weekly" id="rhythm-3" checked' in shown
    assert '<option selected value="22">22:00</option>' in shown


@pytest.mark.parametrize(
    "change",
    [
        {"language": "xx"}, {"language": ""}, {"rhythm": "hourly"}, {"rhythm": ""},
        {"hour": "24"}, {"hour": "x"}, {"weekday": "7"}, {"weekday": ""}, {"quiet_from": ""},
        {"quiet_until": ""}, {"quiet_from": "7"}, {"hour": "23"}, {"zone": ""},
        {"zone": "Mars/Base"}, {"zone": "../../etc/passwd"}, {"zone": "Asia"},
        {"quiet_from": "x", "quiet_until": "y"}, {"zone": "a" * 9000},
    ],
)  # fmt: skip
def test_what_cannot_be_is_asked_again_with_the_rest_filled_in(
    client: FlaskClient, db: Session, kit: MemberKit, change: dict[str, str]
) -> None:
    answer = keep(client, **change)

    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert kept(db, kit) is None
    if "rhythm" not in change:
        assert 'value="weekly" id="rhythm-3" checked' in answer.text


def test_a_stale_token_loses_nothing(client: FlaskClient, db: Session, kit: MemberKit) -> None:
    answer = client.post(ADDRESS, data={"csrf_token": "old", **GOOD})

    assert answer.status_code == 400
    assert 'value="weekly" id="rhythm-3" checked' in answer.text
    assert kept(db, kit) is None


def test_two_tabs_at_once_keep_the_one_or_the_other(
    app: Flask, client: FlaskClient, db: Session, kit: MemberKit
) -> None:
    other = app.test_client()
    sign_in(other, kit)
    with ThreadPoolExecutor() as pool:
        done = [
            pool.submit(keep, one, hour=hour)
            for one, hour in ((client, "9"), (other, "10"))
        ]  # fmt: skip
        answers = [one.result().status_code for one in done]

    row = kept(db, kit)
    assert answers == [303, 303]
    assert row is not None
    assert row.hour in {9, 10}


def test_who_chose_nothing_gets_mail_at_once(client: FlaskClient, kit: MemberKit) -> None:
    page = client.get(ADDRESS, query_string={"done": "<b>"}).text

    assert 'value="at_once" id="rhythm" checked' in page
    assert "status" not in page.split("<main")[1].split("<h1>")[1].split("<dl>")[0]


@pytest.mark.parametrize("role", Role)
def test_everybody_at_a_desk_has_an_account_and_nobody_else(
    app: Flask, db: Session, role: Role
) -> None:
    made = make_member(db, make_organization(db), roles=(role,))
    db.commit()
    client = app.test_client()
    assert client.get(ADDRESS).location == "/desk/sign-in"
    sign_in(client, made)

    assert client.get(ADDRESS).status_code == 200
