"""A session that ends while somebody types takes none of her words with it."""

import re
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from grievance.rules.terms import Role
from tests.conftest import Clock
from tests.factories import csrf_of, make_member, make_root, sign_in

WORDS = 'First line.\n</textarea><b>"Kanaryo"</b>'
FORM = {"text": WORDS, "password": "hidden-1", "totp": "hidden-2", "code": "hidden-3"}


@pytest.fixture
def left_open(client: FlaskClient, db: Session, clock: Clock) -> str:
    """The token of a page that stood open for an hour and a minute."""
    kit = make_member(db, make_root(db), roles=(Role.COORDINATOR,))
    db.commit()
    sign_in(client, kit)
    token = csrf_of(client.get("/desk/users").text)
    clock.forward(minutes=61)
    return token


def test_a_form_of_an_ended_session_comes_back_with_its_words_and_no_secret(
    client: FlaskClient, left_open: str
) -> None:
    answer = client.post(f"/desk/cases/{uuid4()}/message", data=FORM | {"csrf_token": left_open})

    assert answer.status_code == 400
    assert "Kanaryo" in re.findall(r"<textarea[^>]* readonly>\n([^<]*)</textarea>", answer.text)[0]
    assert "<b>" not in answer.text
    assert 'href="/desk/sign-in"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "hidden" not in answer.text
    assert left_open not in answer.text


def test_a_page_of_an_ended_session_leads_to_the_sign_in(
    client: FlaskClient, left_open: str
) -> None:
    assert client.get("/desk/users").location == "/desk/sign-in"


def test_another_sites_words_are_not_shown_as_hers(client: FlaskClient) -> None:
    answer = client.post(
        f"/desk/cases/{uuid4()}/message", data=FORM, headers={"Origin": "https://evil.example"}
    )

    assert answer.location == "/desk/sign-in"
    assert "Kanaryo" not in answer.text
