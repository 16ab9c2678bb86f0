"""No field and no address answers with a fault of ours, whatever is sent; on both databases."""

from collections.abc import Iterable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from tests.conftest import Clock
from tests.factories import csrf_of
from tests.journeys.test_first_journey import Network, case_of, desk
from tests.journeys.worker import Worker, token_of

BAD = (
    "\x00", "\u202e evil", "\u200b", "x" * 5000, "%00", "'; drop", "🙂" * 10, "9" * 400, "-1",
    "null", "<b>", "\ud800".encode("utf-8", "surrogatepass").decode("latin1"),
)  # fmt: skip
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
        for value in (*BAD, "U0_99999999999999999_x"):
            answer = user.client.get("/desk/cases", query_string={name: value})
            assert answer.status_code < 500, (name, value[:20])
    for path in ("statistics?audience=%00", "users/x", "audit?before=%00", "cases/%00"):
        assert user.client.get(f"/desk/{path}").status_code < 500
