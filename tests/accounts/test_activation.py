"""From the one-time code to the desk: what is shown once, and what a mail scanner cannot spend."""

import re

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grievance.casework.members.inviting import Invited, invite
from grievance.rules.terms import Role
from grievance.store.accounts import User
from grievance.store.directory import Organization
from grievance.store.events import OPERATOR
from tests.factories import NOW, PASSWORD, csrf_of, make_root

ADDRESS = "ana@example.org"


@pytest.fixture
def root(db: Session) -> Organization:
    """The secretariat."""
    return make_root(db)


@pytest.fixture
def invited(db: Session, root: Organization) -> Invited:
    """The root's first coordinator, with her code."""
    made = invite(
        db, email=ADDRESS, name="Ana", roles=[Role.COORDINATOR], organization_id=root.id,
        actor=OPERATOR, now=NOW,
    )  # fmt: skip
    db.commit()
    return made


def _activate(
    client: FlaskClient, code: str | None, email: str = ADDRESS, password: str = PASSWORD
) -> TestResponse:
    token = csrf_of(client.get("/desk/activate").get_data(as_text=True))
    fields = {"csrf_token": token, "email": email, "code": code or "", "password": password}
    return client.post("/desk/activate", data=fields)


def _shown(page: str, name: str) -> str:
    found = re.search(rf'id="{name}">([^<]+)<', page)
    assert found, name
    return found[1]


def test_from_the_code_to_the_desk(client: FlaskClient, invited: Invited) -> None:
    page = _activate(client, invited.code).get_data(as_text=True)
    secret = _shown(page, "totp-secret")
    assert "<svg" in page
    assert len(_shown(page, "recovery-key")) == 39
    assert len(re.findall('<code class="ltr">', page)) == 10
    token = csrf_of(client.get("/desk/sign-in").get_data(as_text=True))
    fields = {"csrf_token": token, "email": ADDRESS, "password": PASSWORD}
    client.post("/desk/sign-in", data=fields)
    token = csrf_of(client.get("/desk/sign-in/code").get_data(as_text=True))
    code = pyotp.TOTP(secret).at(NOW)
    answer = client.post("/desk/sign-in/code", data={"csrf_token": token, "totp": code})

    assert answer.location == "/desk/"
    assert client.get("/desk/users").status_code == 200


def test_opening_the_page_spends_nothing(client: FlaskClient, invited: Invited) -> None:
    for headers in (
        {},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Moz": "prefetch"},
    ):
        client.get(f"/desk/activate?code={invited.code}&email={ADDRESS}", headers=headers)
        client.head("/desk/activate", headers=headers)

    assert "recovery-key" in _activate(client, invited.code).get_data(as_text=True)


def test_a_spent_code_and_a_foreign_one_get_the_same_answer(
    app: Flask, client: FlaskClient, invited: Invited
) -> None:
    _activate(client, invited.code)
    spent = _activate(app.test_client(), invited.code)
    foreign = _activate(app.test_client(), "0000-0000-0000-0000")
    pages = [re.sub(r'value="[^"]*"', "", a.get_data(as_text=True)) for a in (spent, foreign)]

    assert (spent.status_code, foreign.status_code) == (400, 400)
    assert pages[0] == pages[1]


@pytest.mark.parametrize("password", ["too short", " " * 16, "\u200b" * 16, "\x00" * 16])
def test_a_short_or_unseen_password_keeps_the_code(
    client: FlaskClient, invited: Invited, password: str
) -> None:
    answer = _activate(client, invited.code, password=password)

    assert "12 letters or more" in answer.get_data(as_text=True)
    assert str(invited.code) in answer.get_data(as_text=True)
    assert "recovery-key" in _activate(client, invited.code).get_data(as_text=True)


def test_a_password_without_end_is_refused_before_the_slow_part(
    client: FlaskClient, invited: Invited
) -> None:
    answer = _activate(client, invited.code, password="x" * 100_000)

    assert "too long" in answer.get_data(as_text=True)


def test_a_stale_token_keeps_what_was_typed_and_spends_nothing(
    client: FlaskClient, invited: Invited
) -> None:
    fields = {"csrf_token": "old", "email": ADDRESS, "code": invited.code, "password": PASSWORD}
    answer = client.post("/desk/activate", data=fields)

    assert answer.status_code == 400
    assert ADDRESS in answer.get_data(as_text=True)
    assert "recovery-key" in _activate(client, invited.code).get_data(as_text=True)


def test_what_is_shown_once_is_stored_nowhere_readable(
    client: FlaskClient, invited: Invited, db: Session
) -> None:
    page = _activate(client, invited.code).get_data(as_text=True)
    codes = re.findall(r'<code class="ltr">([^<]+)<', page)
    user = db.scalars(select(User).execution_options(populate_existing=True)).one()
    stored = repr({column.name: getattr(user, column.name) for column in User.__table__.columns})

    assert _shown(page, "totp-secret") not in stored
    assert _shown(page, "recovery-key") not in stored
    assert not any(code in stored for code in codes)
    assert len(user.recovery_codes) == len(codes) == 10


def test_the_qr_picture_is_drawn_in_the_page_and_fetches_nothing(
    client: FlaskClient, invited: Invited
) -> None:
    page = _activate(client, invited.code).get_data(as_text=True)

    assert "no-store" in _activate(client, "none").headers["Cache-Control"]
    assert not re.search(r'src="http|href="http|url\(http', page)
