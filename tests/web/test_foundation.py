"""Sessions, tokens, headers, languages, limits and errors, as a browser meets them."""

import gzip
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from grievance.casework.case.retaining import forget, unshared_ends
from grievance.casework.directory.listing import load_reference
from grievance.store.accounts import SessionRow
from grievance.store.cases import Case, Receipt
from grievance.store.engine import Database
from grievance.web import limits
from grievance.web.access import ACCESS
from tests.conftest import Clock
from tests.journeys.worker import Worker, token_of

PROBLEM = "/en/report/problem"


@pytest.fixture(autouse=True)
def lists(db: Session, clock: Clock) -> None:
    """The taxonomy, and no tries counted."""
    load_reference(db, clock())
    db.commit()
    limits.forget_all()


def test_a_first_visit_gets_a_neutral_cookie_and_no_row(client: FlaskClient, db: Session) -> None:
    answer = client.get(PROBLEM)

    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("s=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie
    assert db.scalars(select(SessionRow)).all() == []


def test_the_page_known_by_heart_equals_the_page_from_its_view(app: Flask) -> None:
    first = app.test_client().get(PROBLEM)
    second = app.test_client().get(PROBLEM, headers={"Accept-Encoding": "gzip"})
    text = gzip.decompress(second.data).decode()

    assert text.replace(token_of(text), "") == first.text.replace(token_of(first.text), "")
    assert token_of(text) != token_of(first.text)
    for name in ("Content-Security-Policy", "Cache-Control", "Referrer-Policy"):
        assert second.headers[name] == first.headers[name]


def test_a_session_row_opens_nothing_by_itself(app: Flask, db: Session) -> None:
    Worker(app.test_client()).press("report/story", story="Kanaryo")

    [row] = db.scalars(select(SessionRow)).all()
    assert b"Kanaryo" not in row.sealed
    assert row.last_used_at.second == 0


def test_a_planted_cookie_opens_no_case_that_a_code_opened(app: Flask) -> None:
    worker, planted = Worker(app.test_client()), app.test_client()
    worker.press("report/story", story="Kanaryo")
    worker.press("report/sharing", sharing="nobody")
    code = worker.send()
    hers = Worker(app.test_client())
    hers.get("case")
    known = hers.client.get_cookie("s")
    assert known
    planted.set_cookie("s", known.value)

    assert "Kanaryo" in hers.come_back(code)
    assert "Kanaryo" not in planted.get("/en/case").text
    opened = hers.client.get_cookie("s")
    assert opened
    hers.client.get("/leave?in=en")
    planted.set_cookie("s", opened.value)
    assert "Kanaryo" not in planted.get("/en/case").text  # leaving ended the row as well


def test_sixty_idle_minutes_end_a_session(app: Flask, db: Session, clock: Clock) -> None:
    worker = Worker(app.test_client())
    worker.press("report/story", story="Kanaryo")
    clock.forward(minutes=61)

    assert "Kanaryo" not in worker.client.get("/en/report/story").text


@pytest.mark.parametrize(
    "name",
    ["Content-Security-Policy", "Referrer-Policy", "X-Content-Type-Options", "X-Frame-Options",
     "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy",
     "X-Robots-Tag"],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/", "/en/", "/en/report/story", "/desk/sign-in", "/en/nothing"])
def test_every_page_carries_every_header(client: FlaskClient, path: str, name: str) -> None:
    answer = client.get(path)

    assert answer.headers[name]
    assert answer.headers["Cache-Control"] == "no-store"
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/tl/report/problem", "/fil/report/problem"),
        ("/in/case", "/id/case"),
        ("/zh-HK/", "/zh-Hant/"),
        ("/zh_Hant/report/story", "/zh-Hant/report/story"),
        ("/ZH-HANT/", "/zh-Hant/"),
        ("/tl/organizations?country=HK", "/fil/organizations?country=HK"),
    ],
)
def test_other_spellings_of_a_language_lead_on_with_the_path(
    client: FlaskClient, path: str, place: str
) -> None:
    assert client.get(path).headers["Location"] == place


@pytest.mark.parametrize(
    "path",
    ["/xx/", "/test/report/problem", "/es'A=0/", "/%ff/", "/en/%00", "/en/%E0%80", "/fil/../desk/",
     "/en//report/problem", "/my/", "/%A0"],
)  # fmt: skip
@pytest.mark.parametrize("header", ["", "id;q=abc", "*", ";;;", "x" * 900])
def test_a_mangled_address_gives_the_picker(client: FlaskClient, path: str, header: str) -> None:
    answer = client.get(path, headers={"Accept-Language": header})

    assert answer.status_code in {302, 308, 404}
    assert "A=0" not in answer.text


def test_the_language_page_suggests_and_never_jumps(client: FlaskClient) -> None:
    answer = client.get("/", headers={"Accept-Language": "tl-PH,zh-HK;q=0.9"})

    assert answer.status_code == 200
    order = re.findall(r'hreflang="([^"]+)"', answer.text)
    assert order[:2] == ["fil", "zh-Hant"]
    assert set(order) == {"en", "fil", "id", "zh-Hant"}


def test_a_stale_token_brings_the_form_back_with_her_words(client: FlaskClient) -> None:
    client.get("/en/report/story")
    data = {"story": "Kanaryo", "csrf_token": "0" * 43}

    answer = client.post("/en/report/story", data=data)

    assert answer.status_code == 400
    assert "Kanaryo" in answer.text
    again = client.post(
        "/en/report/story", data={"story": "Kanaryo", "csrf_token": token_of(answer.text)}
    )
    assert again.status_code == 303


def test_no_form_works_without_a_token(app: Flask, db: Session) -> None:
    client = app.test_client()
    for rule in app.url_map.iter_rules():
        if "POST" not in (rule.methods or ()) or rule.endpoint.startswith("triage."):
            continue
        values: dict[str, Any] = dict.fromkeys(rule.arguments, "x")
        values |= {"lang": "en", "step": "story", "seat_id": "x"}
        with app.test_request_context():
            path = app.url_for(rule.endpoint, **{k: values[k] for k in rule.arguments})
        answer = client.post(path, data={"a": "b"})

        assert answer.status_code in {302, 303, 400, 404}, (path, answer.status_code)
        assert rule.endpoint in ACCESS
    assert db.scalars(select(SessionRow)).all() == []


def test_a_foreign_origin_is_refused_and_none_is_fine(client: FlaskClient) -> None:
    page = client.get("/en/report/story").text
    data = {"story": "x", "csrf_token": token_of(page)}

    def post(**headers: str) -> int:
        return client.post("/en/report/story", data=data, headers=headers).status_code

    assert post(Origin="https://evil.example") == 400
    assert post(Origin="null") == 303
    assert post() == 303


def test_too_much_is_refused_in_words(client: FlaskClient) -> None:
    page = client.get("/en/report/story").text
    data = {"story": "x" * 300_000, "csrf_token": token_of(page)}

    answer = client.post("/en/report/story", data=data)

    assert answer.status_code == 413
    assert "This is too long" in answer.text


def test_wrong_codes_slow_a_source_and_lock_nothing(app: Flask, clock: Clock) -> None:
    worker = Worker(app.test_client())
    worker.press("report/story", story="Kanaryo")
    worker.press("report/sharing", sharing="nobody")
    code = worker.send()
    thief = Worker(app.test_client())
    answers = [thief.press("case", code="1234").status_code for _ in range(11)]

    assert answers[:10] == [400] * 10
    assert answers[10] == 429
    clock.forward(seconds=31)
    assert "Kanaryo" in Worker(app.test_client()).come_back(code)


def test_with_the_database_away_nothing_is_lost_and_she_can_leave(
    app: Flask, client: FlaskClient
) -> None:
    page = client.get("/en/report/story").text
    kept = app.extensions["grievance"].database
    app.extensions["grievance"].database = Database("sqlite:////nowhere/at/all.sqlite")
    words = "Kanaryo, and more than forty letters of it, all kept."

    answer = client.post("/en/report/story", data={"story": words, "csrf_token": token_of(page)})
    left = client.get("/leave?in=en")
    app.extensions["grievance"].database = kept

    assert answer.status_code == 503
    assert words in answer.text
    assert left.status_code == 303


def test_what_nobody_was_to_read_is_forgotten_in_time(
    app: Flask, db: Session, clock: Clock
) -> None:
    worker = Worker(app.test_client())
    worker.press("report/story", story="Kanaryo")
    worker.press("report/sharing", sharing="nobody")
    worker.send()
    [receipt] = db.scalars(select(Receipt)).all()
    ends = unshared_ends(receipt.last_used, 12)

    assert forget(db, now=clock(), keep_nobody_months=12)["unshared_reports"] == 0
    early = clock() + (ends - clock().date()) - timedelta(days=1)
    assert forget(db, now=early, keep_nobody_months=12)["unshared_reports"] == 0
    db.execute(update(Case).values(sharing="chosen"))
    assert forget(db, now=early + timedelta(days=400), keep_nobody_months=12) is not None
    assert len(db.scalars(select(Case)).all()) == 1
    db.execute(update(Case).values(sharing="nobody"))
    late = clock() + (ends - clock().date())
    assert forget(db, now=late, keep_nobody_months=12)["unshared_reports"] == 1
    assert db.scalars(select(Case)).all() == []


def test_a_redirect_never_takes_its_host_from_the_request(client: FlaskClient) -> None:
    for address in ("/en", "/fil?x=1"):
        answer = client.get(address, headers={"Host": "evil.example"})
        assert answer.status_code in {302, 303, 308}
        assert answer.headers["Location"].startswith("/")


def test_a_stylesheet_is_nobodys_visit(client: FlaskClient) -> None:
    with client.get("/static/desk.css") as answer:
        assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" in client.get("/en/").headers
