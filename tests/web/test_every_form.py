"""Every form that stands on a page is sent nonsense, and every page is opened again afterwards.

The forms are found by crawling: a new one cannot be forgotten. One that no page shows here is in
``UNSEEN``, with its reason.
"""

import logging
from collections.abc import Iterator
from html import unescape
from urllib.parse import unquote_plus

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grievance.rules.terms import Language
from grievance.rules.text import clean, is_blank
from grievance.web import limits
from tests.casework.world import World
from tests.web.crawling import Fields, Form, crawl, read, without_ids
from tests.web.stage import DAY, Stage

BAD = (
    "\x00", "\u202e evil", "9" * 5000, "9999-12-31", "00000000-0000-4000-8000-000000000000",
)  # fmt: skip
EACH = ("\x00<b>" * 50, "9999-12-31", "NaN", "https://[", "0001-01-01", "²")  # in a field alone
ODD = ("\x00", "9" * 5000)  # in an address
GOOD = {
    "email": "rosal@example.org", "notify_email": "rosal@example.org", "mon": "09:00-18:00",
    "website": "https://example.org", "sources": "https://example.org", "closed": "2026-12-25",
    "period_from": DAY, "period_to": DAY, "spoken_on": DAY, "on": DAY, "last_day": DAY,
    "until": DAY, "capacity": "3", "amount": "4870.50", "currency": "HKD", "country": "HK",
    "area_country": "HK", "value": "+852 9123 4567", "other": "Organization",
}  # fmt: skip
LEFT_OUT = ("says_", "name_", "origin_also", "communities_also", "languages_also")
UNSEEN = {"accounts.new_key": "/desk/users/key"}  # signing in has made the new key already
ENDS = (
    "life.close", "contacts.remove", "ties.end", "entry.end_service", "respondents.unlink",
    "respondents.merge", "respondents.part", "staff_ties.end", "staff_ties.case",
    "triage.paper_end", "triage.decline", "triage.decline_opinion", "triage.accept",
    "triage.withdraw", "triage.recall", "triage.close", "accounts.roles", "accounts.dismiss",
    "mycase.withdraw", "intake.sent", "intake.resume", "accounts.sign_out",
)  # fmt: skip
SECRETS = {"code", "totp", "recovery_key"}
QUERIES = (
    "after", "apart", "case", "change", "city", "country", "done", "find", "from", "in", "issue",
    "issues", "organization", "owner", "page", "part", "q", "referral", "respondent", "rule_out",
    "sort", "state", "urgency",
)  # fmt: skip


@pytest.fixture
def stage(app: Flask, db: Session) -> Stage:
    """On its pages nearly every form stands at once."""
    return Stage(app, World.make(db))


def test_no_form_faults_or_loses_words_whatever_is_sent(
    app: Flask, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "grievance")
    reached, pages, wrong = set[tuple[str, ...]](), dict[str, list[str]](), list[object]()
    for name, visitor in stage.visitors().items():
        seen, forms = crawl(app, visitor.client, visitor.starts)
        pages[name] = list(seen)
        forms += [bare(one, address, forms[0]) for one, address in UNSEEN.items()]
        for form in sorted(forms, key=when):
            if form.kind not in reached:
                wrong += hits(visitor.client, form)
            reached.add(form.kind)

    assert wrong == []
    posts = {rule.endpoint for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    assert posts - {kind[0] for kind in reached} == set()
    assert "Kanaryo" not in caplog.text
    assert reopened(app, stage, pages) == []


def test_no_page_faults_whatever_its_address_asks(app: Flask, stage: Stage) -> None:
    for visitor in stage.visitors().values():
        seen, _forms = crawl(app, visitor.client, visitor.starts)
        for page in {without_ids(one): one.partition("?")[0] for one in seen}.values():
            for value in ODD:
                query = {name: [value, value] for name in QUERIES}
                answer = visitor.client.get(page, query_string=query, buffered=True)
                assert answer.status_code < 500, (page, value[:20])


def when(form: Form) -> int:
    """Whatever ends something comes after what needs it."""
    return ENDS.index(form.endpoint) + 1 if form.endpoint in ENDS else 0


def bare(endpoint: str, address: str, beside: Form) -> Form:
    """A form that stands nowhere, with the token of one that does."""
    return Form(address, "", {"csrf_token": beside.fields["csrf_token"]}, endpoint=endpoint)


def hits(client: FlaskClient, form: Form) -> Iterator[object]:
    """Nonsense that got something other than a plain answer."""
    for name, sent in nonsense(form):
        limits.forget_all()
        answer = client.post(form.address, data=sent, buffered=True)
        trouble = trouble_with(answer, sent, form)
        if trouble:
            yield form.endpoint, name, str(sent.get(name))[:40], trouble
        if answer.status_code == 303 and form.fields.keys() & {"seen", "revision"}:
            renew(client, form)


def nonsense(form: Form) -> Iterator[tuple[str, Fields]]:
    """All fields at once, twice or missing, and each alone in a form that is good otherwise."""
    token = {"csrf_token": form.fields.get("csrf_token", [])}
    names = [one for one in form.fields if one != "csrf_token"]
    yield "none", {}
    yield "token", token
    for value in BAD if names else ():
        yield "all", {name: [value] for name in names} | token
    if names:
        yield "twice", {name: [*values, "\x00", "x"] for name, values in good(form).items()}
    for number, name in enumerate(names):
        if name.rpartition("_")[2] in set(Language) - {Language.EN}:
            continue  # as in English
        yield name, {**good(form), name: [EACH[number % len(EACH)]]}
        yield name, {one: values for one, values in good(form).items() if one != name}


def good(form: Form) -> Fields:
    """The form as somebody fills it who means it."""
    return {
        name: [GOOD.get(name, "" if name.startswith(LEFT_OUT) else "Kanaryo")]
        if name in form.written and not any(values) else values
        for name, values in form.fields.items()
    }  # fmt: skip


def renew(client: FlaskClient, form: Form) -> None:
    """What was kept changed the page: its form knows that."""
    text = client.get(form.page, buffered=True).text
    for one in read(form.page, text).forms:
        if one.address == form.address and one.fields.keys() == form.fields.keys():
            form.fields = one.fields


def trouble_with(answer: TestResponse, sent: Fields, form: Form) -> str:
    """What is wrong with an answer, if anything."""
    where, text = answer.headers.get("Location", ""), unescape(answer.text)
    if answer.status_code >= 500 or answer.status_code not in {200, 302, 303, 400, 404, 409}:
        return str(answer.status_code)
    if any(len(one) > 4 and one in unquote_plus(where) for one in typed(sent, form)):
        return f"in the address: {where[:60]}"
    if answer.status_code in {400, 409}:
        if "csrf_token" in sent and not any(sign in text for sign in ("alert", 'class="error')):
            return "no message"
        shown = " ".join(text.split())
        lost = [one for one in typed(sent, form) if one not in shown]
        return f"lost: {lost[0][:40]}" if lost else ""
    return ""


def typed(sent: Fields, form: Form) -> Iterator[str]:
    """What must come back: words that were typed and can be seen."""
    for name in form.written & sent.keys() - SECRETS:
        words = " ".join(clean("".join(sent[name][:1])).split())
        if not is_blank(words):
            yield words


def reopened(app: Flask, stage: Stage, pages: dict[str, list[str]]) -> list[object]:
    """Pages that break on what is kept by now: those there were, and those there are."""
    found = list[object]()
    for name, visitor in stage.visitors().items():
        seen, _forms = crawl(app, visitor.client, (*visitor.starts, *pages[name]))
        found += [(name, page, status) for page, status in seen.items() if status >= 500]
    return found
