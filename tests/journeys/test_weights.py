"""Every page a worker can meet, in every language: 14,000 bytes, one request, no other host,
and no copy of it kept by the browser.

No page can be forgotten: whatever the address table or the templates hold must have been weighed.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.directory.listing import import_directory, load_reference
from grievance.casework.directory.version import make_version
from grievance.cli.demo_data import BODIES
from grievance.intake.steps import Step
from grievance.rules.calendar_words import WEEKDAYS
from grievance.rules.contacts import MOST_PUBLIC
from grievance.rules.terms import Role, ServiceNeed
from grievance.store.cases import Case
from grievance.store.contacts import OrganizationContact
from grievance.store.directory import Organization
from grievance.store.events import OPERATOR
from grievance.store.listings import listed_countries
from grievance.store.paper import PaperForm
from grievance.store.referrals import ConsentQuestion, Referral
from grievance.web.access import ACCESS, Who
from grievance.web.errors import page as error_page
from grievance.web.locale import offered
from grievance.web.pages import forget_made
from tests.conftest import Clock
from tests.factories import NOW, MemberKit, make_member, make_organization, make_root
from tests.journeys.scale import LOADS, Scale, weighing
from tests.journeys.test_first_journey import case_of, desk, look
from tests.journeys.worker import Worker, token_of
from tests.web.test_database_away import FULL, Swap, swap

__all__ = ["swap"]

# What a page weighs is the same on either database.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
ROOT = Path(__file__).parents[2]
MOST = 14_000
LANGUAGES = ("en", "fil", "id", "zh-Hant")
NOT_WORKERS = ("accounts.", "health.", "hsds.", "static")
NOT_WEIGHED = {"intake/step.html", "errors/forbidden.html"}  # a frame; the desk's own
TOO_LONG = "a" * 301
PAPER = {
    "purpose": "Please help.", "answer_to": "2345 6789", "consent": "", "until": "2026-12-24",
    "fields": ["case_number", "contact", "place", "problems", "respondent_kinds"],
    "sensitive": ["story", "violence"], "careful": "yes",
}  # fmt: skip
GROUPS = ["WAG", "AGY", "SAF", "DOC", "LIV", "WRK"]


@pytest.fixture
def partners(db: Session, clock: Clock) -> list[MemberKit]:
    """The demo's partners under a root, every listing and every number: full pages."""
    load_reference(db, clock())
    listings = ROOT / "grievance" / "store" / "seed" / "listings.yaml"
    root = make_root(db, name="Secretariat")
    import_directory(db, listings.read_text("utf-8"), actor=OPERATOR, now=clock())
    bodies = [
        make_organization(db, name=one.name, parent_id=root.id, description={"en": one.does})
        for one in BODIES
    ]
    for number, one in enumerate(bodies):  # of a report with two needs, three organizations each
        beds = {ServiceNeed.SHE, ServiceNeed.GBV}
        one.services[0].needs = sorted(beds if number % 2 else {*ServiceNeed} - beds)
        one.calendar = {"zone": "Asia/Hong_Kong", "hours": uneven_hours(number), "closed": []}
    kits = [make_member(db, one, roles=[Role.ORGANIZER]) for one in (*bodies, root)]
    give_contacts(db)
    make_version(db, clock())
    db.commit()
    forget_made()
    return kits


def uneven_hours(number: int) -> dict[str, list[str]]:
    """Other ones each day, so that none goes with its neighbour."""
    return {
        day: [f"{number % 3 + 7:02}:{at}5-12:30", f"14:00-{18 + number % 5}:{at}0"]
        for at, day in enumerate(WEEKDAYS[:6])
    }


def give_contacts(db: Session) -> None:
    """As many to everybody as may be, with hours as people write them."""
    for n, one in enumerate(db.scalars(select(Organization).where(Organization.active))):
        for m in range(MOST_PUBLIC):
            number = hashlib.sha256(b"%d %d" % (n, m)).digest()
            row = OrganizationContact(
                kind="phone", value=f"+852 {int.from_bytes(number[:4]) % 10**8:08}",
                languages=["fil", "id"], hours="Sundays 10:00-18:00, Mondays 20:00-22:00",
                visibility="public", made_at=NOW,
            )  # fmt: skip
            one.contacts.append(row)


@pytest.fixture
def scale(app: Flask, partners: list[MemberKit]) -> Iterator[Scale]:
    """The scale under the application."""
    with weighing(app) as scale:
        yield scale


def worker_templates() -> set[str]:
    """Every page of the rooms that a worker enters."""
    found = {
        f"{room}/{path.name}"
        for room in ("intake", "mycase", "directory", "errors")
        for path in (ROOT / "templates" / room).glob("*.html")
        if not path.name.startswith("_") and not is_of_the_desk(path)
    }
    return found - NOT_WEIGHED


def is_of_the_desk(page: Path) -> bool:
    """Whether it stands in the desk's frame: staff pages have a weight of their own."""
    return '{% extends "desk.html" %}' in page.read_text("utf-8")


def worker_addresses(app: Flask) -> set[tuple[str, str]]:
    """Every endpoint of the access table that anybody may ask, with its methods."""
    return {
        (rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) & {"GET", "POST"}
        if ACCESS[rule.endpoint].who == Who.ANYBODY and not rule.endpoint.startswith(NOT_WORKERS)
    }


def test_the_list_of_languages_is_the_one_offered(app: Flask) -> None:
    with app.test_request_context("/"):
        assert {str(one) for one in offered()} == set(LANGUAGES)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_page_is_weighed_and_small(
    app: Flask, db: Session, scale: Scale, partners: list[MemberKit], swap: Swap, lang: str
) -> None:
    tour = Tour(app, db, lang, partners)
    tour.public_pages()
    tour.steps_with_errors()
    tour.second_tab_and_stop()
    code = tour.send_and_keep()
    tour.return_page(code)
    tour.wrong_codes()
    tour.errors(scale, swap)

    steps = {(one.path, one.status) for one in scale.answers if one.method == "POST"}
    assert scale.endpoints == worker_addresses(app)
    assert worker_templates() - scale.made == set()
    assert {(f"/{lang}/report/{step}", 400) for step in Step} <= steps
    assert {one.status for one in scale.answers} >= {200, 303, 400, 404, 405, 409, 413, 429, 503}
    assert {(a.method, a.path, a.status): a.size for a in scale.answers if a.size > MOST} == {}
    assert {a.cache for a in scale.answers} == {"no-store"}
    assert {a.path: LOADS.findall(a.html) for a in scale.answers if LOADS.search(a.html)} == {}


class Tour:
    """A worker who goes everywhere in one language, also where things go wrong."""

    def __init__(self, app: Flask, db: Session, lang: str, partners: list[MemberKit]) -> None:
        self.app, self.db, self.lang, self.partners = app, db, lang, partners
        self.worker = self.another()

    def another(self) -> Worker:
        """One more phone."""
        return Worker(self.app.test_client(), self.lang)

    def post(self, worker: Worker, path: str, expect: int, page: str = "", **fields: Any) -> str:
        """Post with the token of a page, or without one; the answer must be as expected."""
        fields |= {"csrf_token": token_of(worker.get(page))} if page else {}
        answer = worker.client.post(f"/{self.lang}/{path}", data=fields)
        assert answer.status_code == expect, (path, answer.status_code)
        return answer.text

    def public_pages(self) -> None:
        """What needs no report."""
        self.worker.client.get("/", headers={"Accept-Language": self.lang})
        for path in ("", "danger", "organizations", "case", "report/problem", "report/sent"):
            self.worker.get(path)
        with self.app.test_request_context("/"):
            countries = listed_countries(self.db)
        self.db.rollback()
        assert countries
        for country in countries:
            self.worker.get(f"organizations?country={country}")

    def steps_with_errors(self) -> None:
        """Each step as it is, filled, with a stale token and with what is wrong in it."""
        worker = self.worker
        self.post(worker, "report/problem", 400, "report/problem", action="short")
        self.post(worker, "report/story", 400, "report/story", action="continue")
        wrong = {
            "problem": {"danger_now": "?"}, "story": {"story": "a " * 10_001},
            "place": {"city": "?", "other_place": TOO_LONG}, "sharing": {},
            "contact": {"contact": TOO_LONG, "call_me": TOO_LONG}, "check": {},
        }  # fmt: skip
        right = {
            "problem": {"issues": GROUPS}, "story": {"story": "Walang sahod."},
            "place": {"country": "HK", "respondent_kind": ["employer", "agency_destination"]},
            "sharing": {
                "sharing": "chosen",
                "recipients": [str(one.organization_id) for one in self.partners[:3]],
            },
            "contact": {"channel": "phone", "contact": "9123 4567"},
        }  # fmt: skip
        for step, fields in wrong.items():
            page = worker.get(f"report/{step}")
            assert page
            self.post(worker, f"report/{step}", 400, action="continue", **fields)
            if step in right:
                self.post(
                    worker, f"report/{step}", 303, f"report/{step}", action="continue",
                    **right[step],
                )  # fmt: skip
            worker.get(f"report/{step}")
        worker.get("report/problem?part=codes")
        worker.get("report/sharing?part=country")
        worker.get("report/check")
        worker.get("")
        self.post(worker, "report/sharing", 400, part="country", country="?", action="continue")

    def second_tab_and_stop(self) -> None:
        """An older page beside a newer answer, a stop, and a report that is not here any more."""
        other = self.another()
        for words in ("one", "two"):
            self.post(other, "report/story", 303, "report/story", story=words, action="continue")
        self.post(
            other, "report/story", 409, "report/story", story="three", revision="1",
            action="continue",
        )  # fmt: skip
        self.post(other, "report/resume", 303, "", action="continue", csrf_token=self.token(other))
        self.post(other, "report/story", 200, "report/story", story="four", action="stop")
        lost = self.another()
        self.post(lost, "report/check", 400, "report/story", action="send")
        answer = other.client.get(f"/leave?in={self.lang}")
        assert answer.status_code == 303

    def token(self, worker: Worker) -> str:
        """The token of the page that asks whether to go on."""
        return token_of(worker.get(""))

    def send_and_keep(self) -> str:
        """Send; the code, and what a press after that shows; gives the code."""
        code = self.worker.send()
        self.post(self.worker, "report/sent", 400, action="kept")
        typed = {"story": "and more", "csrf_token": token_of(self.worker.get("report/sent"))}
        self.post(self.worker, "report/story", 200, **typed)
        self.post(self.worker, "report/sent", 303, "report/sent", action="kept")
        self.worker.get("report/sent")
        return code

    def return_page(self, code: str) -> None:
        """Her page while it is asked about, answered, and each of its forms with an error."""
        back = self.another()
        self.post(back, "case/reply", 400, "case", message="the session is over")
        back.come_back(code)
        for act, fields in {
            "reply": {}, "consent": {"recipients": "?"}, "withdraw": {"organization": "?"},
            "contact": {"contact": TOO_LONG}, "answer": {"question": "?"}, "paper": {"form": "?"},
        }.items():  # fmt: skip
            self.post(back, f"case/{act}", 400, **fields)
        self.staff_asks(code)
        back.get("case")
        [question] = look(self.db, select(ConsentQuestion))
        asked, recorded = look(self.db, select(PaperForm.id).order_by(PaperForm.number))
        for act, fields in {
            "answer": {"question": str(question.id), "message": "no"},
            "paper": {"form": str(asked), "message": "yes"},
            "reply": {"message": "Salamat."}, "contact": {"channel": "none"},
            "withdraw": {"organization": str(self.partners[1].organization_id)},
            "consent": {"recipients": [str(self.partners[3].organization_id)], "scope": "all"},
        }.items():  # fmt: skip
            self.post(back, f"case/{act}", 303, "case", **fields)
            back.get("case")
        self.post(back, "case/paper", 303, "case", form=str(recorded), message="back")
        back.get("case")

    def staff_asks(self, code: str) -> None:
        """The first one asks her something, accepts, writes, and asks whether another may help,
        and about two papers."""
        case = case_of(self.db)
        to_own = (Referral.state == "sent", Referral.kind == "hand_over")
        [first] = look(self.db, select(Referral.organization_id).where(*to_own))
        kits = {one.organization_id: one for one in self.partners}
        organizer = desk(self.app, kits.pop(first))
        assert organizer.act(case, "ask", text="Which day is free? " * 20).status_code == 303
        self.another().come_back(code)
        assert organizer.act(case, "accept").status_code == 303
        assert organizer.act(case, "message", text="Nabasa namin.").status_code == 303
        page = organizer.page(f"cases/{case.id}")
        to = next(str(one) for one in list(kits)[::-1] if f'value="{one}"' in page)
        fields = {"organization": to, "consent": "", "reason": "nearer"}
        assert organizer.act(case, "refer", **fields).status_code == 303
        for body in ("Law clinic", "Hospital"):
            assert organizer.act(case, "paper", **PAPER, body=body).status_code == 303
        self.two_release(case, organizer, first, str(self.partners[4].organization_id))

    def two_release(self, case: Any, organizer: Any, desk_id: Any, to: str) -> None:
        """A life is at risk: two of them let one more read it, and her page says so."""
        second = make_member(self.db, self.db.get_one(Organization, desk_id))
        self.db.get_one(Case, case.id).urgency = "U0"
        self.db.commit()
        fields = {"organization": to, "reason": "locked in, and her phone is off. " * 9}
        assert organizer.act(case, "release", **fields).status_code == 303
        assert desk(self.app, second).act(case, "release", **fields).status_code == 303

    def wrong_codes(self) -> None:
        """Ten that open nothing, then one that must wait."""
        guess = self.another()
        for _ in range(10):
            self.post(guess, "case", 400, "case", code="12345678901234567890")
        self.post(guess, "case", 429, "case", code="12345678901234567890")

    def errors(self, scale: Scale, swap: Swap) -> None:
        """What is not there, not now, or too much."""
        worker = self.another()
        assert worker.client.get(f"/{self.lang}/nothing").status_code == 404
        assert worker.client.get(f"/{self.lang}/case/reply").status_code == 405
        self.post(worker, "report/resume", 400, action="continue")
        self.post(worker, "report/story", 413, story="a" * 300_000)
        with self.app.test_request_context(f"/{self.lang}/case"):
            text, _ = error_page("slowed", 429, seconds=600)  # no page of hers answers so today
            assert len(text) < MOST
        swap(FULL, readers_too=True)
        self.post(worker, "report/story", 503, story="Walang sahod.")
        assert worker.client.get(f"/{self.lang}/organizations").status_code == 503
        swap(FULL)


def test_a_page_that_is_not_on_the_tour_is_missed(app: Flask) -> None:
    with weighing(app) as scale:
        app.test_client().get("/")

    assert worker_addresses(app) - scale.endpoints
    assert worker_templates() - scale.made
