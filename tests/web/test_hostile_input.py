"""No field and no address answers with a fault of ours, whatever is sent; on both databases."""

from collections.abc import Iterable
from dataclasses import replace
from io import BytesIO
from urllib.parse import unquote_to_bytes
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from grievance.app import create_app
from grievance.casework.directory.listing import load_reference
from grievance.config import Settings
from grievance.store.engine import Database
from tests.conftest import Clock
from tests.factories import csrf_of
from tests.journeys.test_first_journey import Network, case_of, desk
from tests.journeys.worker import Worker, token_of

BAD = (
    "\x00", "\u202e evil", "\u200b", "x" * 5000, "%00", "'; drop", "🙂" * 10, "9" * 400, "-1",
    "null", "<b>", "NaN", "1e999999", "9999-12-31", "0001-01-01",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin1"),
)  # fmt: skip
PLACES = [
    f"U0_{seconds}_{UUID(int=0)}"
    for seconds in ("9" * 17, "9" * 5000, "-62135596801", "-62135596800", "253402300800")
]
STEPS = {
    "problem": ("issues", "danger_now", "revision", "part"),
    "story": ("story", "when", "asks", "revision", "language", "action"),
    "place": ("country", "city", "other_place", "nationality", "sector", "languages", "age_band",
              "sex", "respondent_kind", "respondent_name_employer"),
    "sharing": ("sharing", "recipients", "if_nobody", "rule_out"),
    "contact": ("channel", "contact", "call_me", "whose_phone", "safe_times", "safe_word"),
    "check": ("revision", "language"),
}  # fmt: skip
ACTS = {
    "decline": ("reason",), "message": ("text",), "note": ("text",), "service": ("state",),
    "refer": ("organization", "consent", "reason", "kind"), "assign": ("member",),
    "state": ("state", "seen"), "urgency": ("urgency", "reason", "seen"),
    "close": ("outcome", "kind", "amount", "currency", "words"), "reopen": ("reason",),
}  # fmt: skip
RETURNS = {
    "reply": ("message",), "consent": ("recipients", "scope"), "withdraw": ("organization",),
    "contact": ("channel", "contact"), "answer": ("question", "message"),
}  # fmt: skip

NO_FORMS = ("/en/report/problem", "/en/case", "/desk/sign-in", "/desk/activate", "/desk/recover")
TYPED = ("issues", "danger_now", "code", "email", "password", "recovery_key")


@pytest.fixture
def network(db: Session, clock: Clock) -> Network:
    """Three desks with keys."""
    return Network(db, clock)


def faults(
    client: FlaskClient, path: str, fields: Iterable[str], token: str, **others: str
) -> list[tuple[str, str, str, int]]:
    """What each bad value in each field got, where the status tells of a fault of ours."""
    found = []
    for field in fields:
        for value in BAD:
            data = others | {field: value, "csrf_token": token}
            status = client.post(path, data=data).status_code
            if status >= 500:
                found.append((path, field, value[:20], status))
    return found


def test_no_step_of_a_report_faults(app: Flask, network: Network) -> None:
    worker = Worker(app.test_client())
    worker.press("report/story", story="Kanaryo")
    token = token_of(worker.get("report/story"))

    for step, fields in STEPS.items():
        assert faults(worker.client, f"/en/report/{step}", fields, token) == []
    for raw in (b"story=%ff%fe&csrf_token=%ff", b"\xff\xfe=1", b"&&&===", b"a" * 1000):
        kind = "application/x-www-form-urlencoded"
        answer = worker.client.post("/en/report/story", data=raw, content_type=kind)
        assert answer.status_code < 500


@pytest.mark.parametrize(
    "body",
    ["[1,2]", "5", '"x"', "null", "{", '{"csrf_token": 5}', '{"csrf_token": {"a": 1}}'],
)
def test_a_body_that_is_no_form_is_an_empty_one(app: Flask, network: Network, body: str) -> None:
    for path in NO_FORMS:
        answer = app.test_client().post(path, data=body, content_type="application/json")
        assert answer.status_code == 400, path
        assert "Your words are still here" in answer.text


def test_a_field_that_is_a_file_or_no_text_is_not_there(app: Flask, network: Network) -> None:
    for path in NO_FORMS:
        client = app.test_client()
        token = token_of(client.get(path).text)
        for names in (("csrf_token",), TYPED):
            files = {name: (BytesIO(b"x"), "a.txt") for name in names}
            answer = client.post(path, data={"csrf_token": token} | files)
            assert answer.status_code < 500, path
        typed = {"csrf_token": token} | {name: {"a": ["\ud800"]} for name in TYPED}
        assert client.post(path, json=typed).status_code < 500, path


def test_no_act_of_the_return_page_faults(app: Flask, network: Network) -> None:
    worker = Worker(app.test_client())
    worker.press("report/story", story="Kanaryo")
    worker.press("report/sharing", sharing="nobody")
    worker.send()
    token = token_of(worker.come_back())

    for act, fields in RETURNS.items():
        assert faults(worker.client, f"/en/case/{act}", fields, token) == []
    assert faults(worker.client, "/en/case", ("message",), token, code="1") == []


def test_no_form_and_no_address_of_the_desk_faults(
    app: Flask, db: Session, network: Network
) -> None:
    worker = Worker(app.test_client())
    worker.report(
        story="Kanaryo", country="HK", sharing="chosen", recipients=[str(network.first.id)]
    )
    case, user = case_of(db), desk(app, network.one)
    user.act(case, "accept")
    token = csrf_of(user.page(f"cases/{case.id}"))
    days = {"period_from": "2026-11-01", "period_to": "2026-11-30", "purpose": "x"}

    for act, fields in ACTS.items():
        assert faults(user.client, f"/desk/cases/{case.id}/{act}", fields, token) == []
    for field in (*days, "level", "audience", "format"):
        assert faults(user.client, "/desk/exports", (field,), token, **days) == []
    for name in ("state", "urgency", "country", "issue", "owner", "referral", "sort", "after"):
        for value in (*BAD, *PLACES):
            answer = user.client.get("/desk/cases", query_string={name: value})
            assert answer.status_code < 500, (name, value[:20])
    for path in ("statistics?audience=%00", "users/x", "audit?before=%00", "cases/%00"):
        assert user.client.get(f"/desk/{path}").status_code < 500


HEADERS = {
    "Origin": ("http://[", "http://[::1", "//", "http://a:b:c", "null, null", "http://\udc80"),
    "Referer": ("http://[", "\x00", "x" * 5000),
    "Host": ("[", "a:b:c", "evil.example:99999999", "a b", "[::1", "x" * 5000, "a/../b", "", "é"),
    "Accept-Language": ("en;q=inf", "en;q=nan", "zh-\udc80", "," * 5000, "en;q=1e999", "*;q=-1"),
    "Accept-Encoding": ("gzip;q=x", ",,,", "x" * 5000),
    "Cookie": ("s=é", "s=" + "A" * 43, "s=====", "s=%00;d=%ff", "d=" + "A" * 43, ";" * 999, "="),
    "Content-Type": ("multipart/form-data", "multipart/form-data; boundary=", "text/plain; x",
                     "application/x-www-form-urlencoded; charset=utf-7", "application/json", "x/"),
    "X-Forwarded-For": ("[", "1.2.3.4, é", "x" * 5000, "unknown"),
    "X-Forwarded-Proto": ("é", "https, [", ""),
    "X-Forwarded-Host": ("[", "evil.example"),
    "Range": ("bytes=9-1", "bytes=" + "9" * 5000 + "-"),
    "If-Modified-Since": ("x", "Mon, 99 Foo 99999 99:99:99 GMT"),
    "If-None-Match": ("W/\"", "x" * 5000),
    "Content-Length": ("é", "-1", "9" * 5000),
}  # fmt: skip
ADDRESSES = (
    "/", "/tl/", "/en/report/problem", "/en/case", "/en/danger", "/leave", "/desk/sign-in",
    "/desk/", "/static/desk.css", "/nothing",
)  # fmt: skip
LISTS = (
    "cases", "users", "audit", "statistics", "directory", "coverage", "simulate", "ties",
    "respondents", "groups", "opinions",
)  # fmt: skip
PATHS = (
    "/tl/%0d%0aX-Bad: y", "/tl/%0aX", "/in/%0d", "/zh-HK/%ff%fe", "/tl//evil.example", "//", "/%",
    "/tl/%2e%2e/", "/static/%00", "/static/../../grievance/config.py", "/static/%ff", "/\\evil",
    "/en/case/%0d%0a", "/en/report/%00", "/desk/cases/%ff", "/desk/users/%0d%0a/confirm",
    "/%f0%9f%99%82/",
)  # fmt: skip
QUERIES = (
    "%ff=%fe", "=&=&", "country=%00", "country=%ff", "part=%ff", "in=%ff", "in=%0d%0aX", "done=%00",
    "language=[", "a=" + "x" * 9000, "&" * 3000, "%0d%0aX:y",
    "page=" + "9" * 5000, "from=-1&page=-1", "country=" + "9" * 5000, "\x00",
)  # fmt: skip


def _plain(value: str) -> str:
    """As a server hands a header over: bytes read as Latin-1."""
    return value.encode("utf-8", "surrogateescape").decode("latin-1")


@pytest.mark.parametrize("proxies", [0, 1])
def test_no_header_faults(
    settings: Settings, database: Database, db: Session, clock: Clock, proxies: int
) -> None:
    load_reference(db, clock())
    db.commit()
    app = create_app(replace(settings, trusted_proxies=proxies))
    found = []
    for name, value in ((name, value) for name, values in HEADERS.items() for value in values):
        key = name.upper().replace("-", "_")
        environ = {key if key.startswith("CONTENT_") else f"HTTP_{key}": _plain(value)}
        for address in ADDRESSES:
            for method in ("GET", "POST"):
                answer = app.test_client().open(
                    address, method=method, environ_overrides=environ, buffered=True
                )
                if answer.status_code >= 500:
                    found.append((name, value[:40], method, address))
    app.extensions["grievance"].database.close()

    assert found == []


def test_an_empty_form_without_a_token_faults_nowhere(app: Flask, network: Network) -> None:
    for step in STEPS:
        assert app.test_client().post(f"/en/report/{step}").status_code == 400
    assert app.test_client().post("/desk/sign-in").status_code == 400


def test_no_address_and_no_query_faults(app: Flask, network: Network) -> None:
    user = desk(app, network.one)
    for client in (app.test_client(), user.client):
        for path in PATHS:
            for method in ("GET", "POST"):
                answer = client.open(environ_overrides=_environ(path), method=method, buffered=True)
                assert answer.status_code < 500, (path, method)
                assert "\n" not in answer.headers.get("Location", ""), path
        for address in (*ADDRESSES, "/en/organizations", *(f"/desk/{one}" for one in LISTS)):
            for query in QUERIES:
                answer = client.get(
                    address, environ_overrides={"QUERY_STRING": query}, buffered=True
                )
                assert answer.status_code < 500, (address, query)


def _environ(path: str) -> dict[str, str]:
    return {"PATH_INFO": unquote_to_bytes(path).decode("latin-1")}


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_place_in_the_trail_at_the_ends_of_time_faults_not(
    app: Flask, network: Network, day: str
) -> None:
    answer = desk(app, network.one).client.get(
        "/desk/audit", query_string={"after": f"{day}~{network.first.id}"}
    )

    assert answer.status_code == 200
