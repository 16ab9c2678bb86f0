"""No barrier (axe-core): the whole desk for each role, and a worker's pages from right to left."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page

from grievance.app import create_app
from grievance.config import Settings
from grievance.sealing.keys import LEAST_COST
from grievance.web.access import ACCESS
from tests.intake.conftest import Network, Phone, languages, network, phone, problems
from tests.journeys.pressing import press
from tests.journeys.test_browser import Walk, sign_in

__all__ = ["languages", "network", "phone", "problems"]

pytestmark = pytest.mark.slow
WIDTHS = (360, 1280)
ROLES = {"organizer": "Sampaguita", "coordinator": "Secretariat", "administrator": "Secretariat"}
TODAY = datetime.now(UTC).date()
PAPER = {
    "body": "Law clinic", "purpose": "Please advise.", "answer_to": "2345 6789",
    "spoken_on": str(TODAY), "until": str(TODAY + timedelta(days=30)),
}  # fmt: skip
NOBODY = "00000000-0000-0000-0000-000000000000"
STATUS = "performance.getEntriesByType('navigation')[0].responseStatus"
CONTACTS = "/desk/directory/<uuid:entry_id>/contacts"
# What the walk of a role has nothing of; another's has.
ELSEWHERE = {
    "organizer": {"/desk/users/<uuid:seat_id>/confirm"},
    "coordinator": {
        "/desk/cases/<case_id>/paper", "/desk/cases/<case_id>/paper/<form_id>",
        "/desk/cases/<case_id>/respondents", "/desk/respondents/<record_id>",
        "/desk/groups/<group_id>", "/desk/opinions/<opinion_id>",
    },
    "administrator": {f"{CONTACTS}/<uuid:contact_id>"},
}  # fmt: skip


class Looks:
    """What axe-core finds on a page at both widths, and whether one must scroll sideways."""

    def __init__(self, page: Page) -> None:
        self.page, self.axe = page, Axe()
        self.found: dict[tuple[str, int], object] = {}
        self.seen: list[str] = []

    def look(self, name: str) -> None:
        """Look at the page as it stands."""
        self.seen.append(name)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 740})
            result = self.axe.run(self.page, options={"rules": {"target-size": {"enabled": True}}})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            if result.violations_count or wide > width:
                self.found[name, width] = result.generate_report()[:1500], wide


class Desk(Looks):
    """A member who opens every page of the desk."""

    def __init__(self, walk: Walk) -> None:
        super().__init__(walk.page)
        self.walk = walk
        self.there: set[str] = set()

    def look(self, name: str) -> None:
        """Look, and note the page if it is one that is there."""
        super().look(name)
        if self.page.evaluate(STATUS) == 200:
            self.there.add(urlsplit(self.page.url).path)

    def unseen(self, rules: set[str]) -> set[str]:
        """The rules of which no page was there."""
        forms = {rule: re.compile(re.sub("<[^>]+>", "[^/]+", rule)) for rule in rules}
        return {one for one, form in forms.items() if not any(map(form.fullmatch, self.there))}

    def open(self, rule: str, query: str = "", **values: str) -> None:
        """Open the page of a rule and look."""
        path = rule
        for name, value in values.items():
            path = path.replace(name, value)
        self.page.goto(f"{self.walk.url}{path}{query}")
        self.look(f"{path}{query}")

    def press(self, name: str, selector: str) -> None:
        """Press a button and look at what comes."""
        press(self.page, selector)
        self.look(name)

    def first_link(self, query: str) -> str:
        """The first case of a list."""
        self.page.goto(f"{self.walk.url}/desk/cases?{query}")
        assert self.page.locator("td a").count(), query
        return str(self.page.locator("td a").first.get_attribute("href")).rpartition("/")[2]

    def outside(self) -> None:
        """What a stranger sees, with errors too."""
        for path in ("/desk/sign-in", "/desk/activate", "/desk/recover"):
            self.open(path)
            self.press(f"{path} with errors", "main button.main, main button")

    def inside(self, role: str, pages: dict[str, set[str]]) -> None:
        """Every page of the address table; those of other roles say no."""
        for rule, roles in pages.items():
            if "<" not in rule:
                self.open(rule)
                assert (self.page.locator("h1").count() == 1) or rule == "/desk/", rule
                assert role in roles or "role does not open" in self.page.content(), rule
        for rule in pages:
            if "<" in rule:  # of nothing that is there
                self.open(rule, **dict.fromkeys(re.findall("<[^>]+>", rule), NOBODY))
        self.seats()
        self.entry(role)
        self.entries()
        self.account()
        if role != "administrator":
            self.cases()

    def entries(self) -> None:
        """The own entry, its forms with what is wrong in them, and a search that finds none."""
        for query in ("?apart=1", "?q=nothing"):
            self.open("/desk/directory", query)
        self.page.goto(f"{self.walk.url}/desk/directory")
        own = str(self.page.locator("section.panel h2 a").get_attribute("href"))
        ids = {"<uuid:body_id>": own.rpartition("/")[2], "<uuid:entry_id>": NOBODY,
               "<uuid:service_id>": NOBODY}  # fmt: skip
        self.open(CONTACTS, **{"<uuid:entry_id>": ids["<uuid:body_id>"]})
        rule = "/desk/directory/<uuid:body_id>"
        for form in ("", "/hours", "/change", "/new/<uuid:entry_id>", "/service/<uuid:service_id>"):
            self.open(f"{rule}{form}", **ids)
            if form and (fields := self.page.locator("main form [name=name]")).count():
                self.page.locator("details").evaluate_all("all => all.forEach(o => o.open = true)")
                self.look(f"{form}, unfolded")
                fields.fill("")
                self.press(f"{form} with errors", "main form:has([name=name]) button.main")

    def seats(self) -> None:
        """A member whom one may confirm."""
        self.page.goto(f"{self.walk.url}/desk/users")
        seats = self.page.locator("form[action*='/desk/users/']")
        action = seats.first.get_attribute("action") if seats.count() else None
        seat = str(action).split("/")[3] if action else NOBODY
        self.open("/desk/users/<uuid:seat_id>/confirm", **{"<uuid:seat_id>": seat})

    def entry(self, role: str) -> None:
        """The life, contacts and ties of an entry: an organizer's own says no but for contacts."""
        self.page.goto(f"{self.walk.url}/desk/directory")
        links = self.page.locator("a[href$='/life']")
        link = str(links.first.get_attribute("href")) if links.count() else f"///{NOBODY}"
        one = {"<uuid:entry_id>": link.split("/")[3]}
        pages = "/desk/directory/<uuid:entry_id>"
        for name in ("life", "life/terms", "contacts", "ties"):
            self.open(f"{pages}/{name}", **one)
        if role == "coordinator":
            self.press("tie with errors", "form[action$='/declare'] button")
            self.page.fill("[name=other]", "demo")
            self.page.check("[name=reason][value=family]")
            self.press("several to be tied to", "form[action$='/declare'] button")
            self.page.check("[name=chosen] >> nth=0")
            self.press("tied", "form[action$='/declare'] button")
            self.contact(f"{self.walk.url}/desk/directory/{one['<uuid:entry_id>']}")
        change = self.page.locator("td a.button")
        last = str(change.first.get_attribute("href")) if change.count() else NOBODY
        contact = {"<uuid:contact_id>": last.rpartition("/")[2]}
        self.open(f"{pages}/contacts/<uuid:contact_id>", **one, **contact)

    def contact(self, entry: str) -> None:
        """Room and pause with errors, then a contact, first with errors."""
        self.page.goto(f"{entry}/life")
        self.page.fill("[name=last_day]", "soon")
        self.press("pause with an error", "form[action$='/pause'] button")
        self.page.goto(f"{entry}/contacts")
        self.press("contact with errors", "form[action$='/add'] button")
        self.page.check("[name=kind][value=whatsapp]")
        self.page.fill("[name=value]", "+852 9123 4567")
        self.page.check("[name=visibility][value=network]")
        self.press("a contact", "form[action$='/add'] button")

    def cases(self) -> None:
        """Lists, empty ones too, and cases before, during and after."""
        for query in ("?state=all", "?state=closed&sort=oldest", "?country=AQ"):
            self.open("/desk/cases", query)
        self.open("/desk/statistics", "?audience=public")
        self.open("/desk/coverage", "?country=HK")
        self.open("/desk/simulate", "?country=HK&nationality=PH&respondent_kind=consulate")
        one = {"<case_id>": self.first_link("state=all")}
        self.open("/desk/cases/<case_id>", **one)
        self.open("/desk/cases/<case_id>/why", "?country=HK", **one)
        self.press("why not there, answered", "main form:has([name=organization]) button")

    def forms_with_errors(self) -> None:
        """A case that waits, then each of its forms sent empty or wrong, then closed."""
        self.open(
            "/desk/cases/<case_id>", **{"<case_id>": self.first_link("referral=sent&sort=newest")}
        )
        self.page.click("details:has(form[action$='/ask']) > summary")
        self.press("ask with an error", "form[action$='/ask'] button")
        self.page.fill("#ask-text", "Which day is free?")
        self.press("asked her first", "form[action$='/ask'] button")
        self.press("accepted", "form[action$='/accept'] button")
        self.advice()
        self.press("message with an error", "form[action$='/message'] button")
        self.press("note with an error", "form[action$='/note'] button")
        self.dates()
        self.paper()
        self.group()
        self.respondents()
        for act in ("refer", "withdraw", "close"):
            self.page.click(f"details:has(form[action$='/{act}']) > summary")
            if act == "close":
                self.page.fill("[name=amount]", "much")
            self.press(f"{act} with an error", f"form[action$='/{act}'] button")
        self.page.fill("[name=amount]", "")
        self.page.select_option("[name=outcome]", "settled")
        self.press("closed", "form[action$='/close'] button")
        self.press("reopen with an error", "form[action$='/reopen'] button")
        self.release()

    def release(self) -> None:
        """In danger: a second person is asked to open it without her word, with an error first."""
        self.page.fill("#reopen-reason", "she called")
        self.press("opened again", "form[action$='/reopen'] button")
        self.page.select_option("select[name=urgency]", "U0")
        self.press("in danger", "form:has(select[name=urgency]) button")
        self.page.click("details:has(form[action$='/release']) > summary")
        self.press("release with an error", "form[action$='/release'] button")
        self.page.fill("#release-reason", "locked in, and her phone is off")
        self.press("release asked for", "form[action$='/release'] button")
        assert self.page.locator("#release").count()

    def group(self) -> None:
        """A group: wrong, started from a case, each form with an error."""
        case = self.page.url
        press(self.page, "a[href*='/desk/groups?case=']")
        self.press("groups with an error", "form[action$='/groups'] button")
        self.page.fill("[name=name]", "Dormitory")
        self.press("a group", "form[action$='/groups'] button")
        self.press("a message to all with an error", "form[action$='/message'] button")
        self.page.click("details:has(form[action$='/leave']) > summary")
        self.press("taking out with an error", "form[action$='/leave'] button")
        self.page.goto(f"{self.walk.url}/desk/groups")
        self.look("groups")
        self.page.goto(case)

    def paper(self) -> None:
        """A form for a body outside: wrong, made by voice, printed, answered wrongly, listed."""
        case = self.page.url.partition("#")[0]
        self.page.goto(f"{case}/paper")
        self.look("a form on paper")
        self.press("a form on paper with errors", "form:has([name=purpose]) button")
        for name, value in PAPER.items():
            self.page.fill(f"[name={name}]", value)
        self.page.check("[name=fields] >> nth=0")
        self.page.check("[name=sensitive] >> nth=0")
        self.page.check("[name=careful]")
        self.page.select_option("[name=consent]", "voice")
        self.page.select_option("[name=language]", "fil")
        self.press("a form on paper, made", "form:has([name=purpose]) button")
        self.press("a form, printed", "#paper a.button")
        self.page.goto(case)
        self.page.click("details:has(form[action$='/answer']) > summary")
        self.press("an answer on paper with an error", "form[action$='/answer'] button")
        self.page.goto(f"{self.walk.url}/desk/paper")
        self.look("forms on paper")
        self.page.goto(case)

    def respondents(self) -> None:
        """Whom it is about: a record without a name, two that are alike, and a tie to nobody."""
        case = self.page.url
        self.page.goto(f"{case}/respondents")
        for names, name in ((" ", "a record with an error"), ("Golden Star", "a record"),
                            ("Golden Stars", "a record like another")):  # fmt: skip
            self.page.locator("main details").evaluate_all(
                "all => all.forEach(o => (o.open = true))"
            )
            form = self.page.locator("form[action$='/make']").first
            form.locator("[name=kind]").select_option("employer")
            form.locator("[name=names]").fill(names)
            press(self.page, form.locator("button"))
            self.look(name)
        press(self.page, "a[href*='/desk/respondents/']")
        self.page.locator("main details").evaluate_all("all => all.forEach(o => (o.open = true))")
        self.look("a record's page, unfolded")
        self.press("merged", "form[action$='/merge'] button")
        self.page.goto(f"{self.walk.url}/desk/ties")
        self.press("a tie to nobody", "form[action*='/declare'] button")
        self.page.goto(case)

    def advice(self) -> None:
        """Another desk is asked without a name, first with an error; then the thread."""
        for text in ("", "What worked for you?"):
            self.page.locator("#opinions details").evaluate("one => (one.open = true)")
            self.page.select_option("#opinions [name=organization]", index=1)
            self.page.fill("#opinion-text", text)
            self.press(f"advice: {text}", "form[action$='/opinion'] button")
        self.press("a thread", "#opinions p a")
        self.press("a thread with an error", "form[action$='/write'] button")
        press(self.page, "main a[href*='/desk/cases/']")

    def account(self) -> None:
        """Hours that cannot be, in both fields."""
        self.open("/desk/account")
        self.page.fill("[name=zone]", "Mars/Base")
        self.page.select_option("[name=quiet_from]", "22")
        self.press("account with errors", "main button.main")

    def dates(self) -> None:
        """A day that cannot be, then days from which dates in law follow, every rule unfolded."""
        for name, year in (("dates with an error", "0226"), ("dates in law", "2026")):
            self.page.locator(".law details").last.evaluate("one => (one.open = true)")
            self.page.fill("[name=contract_end]", f"{year}-11-20")
            self.press(name, "form[action$='/dates'] button")
        self.page.locator(".law details").evaluate_all("all => all.forEach(o => (o.open = true))")
        self.look("dates in law, unfolded")
        assert self.page.locator(".law td strong").count()


@pytest.fixture
def staff_pages(tmp_path: Path) -> dict[str, set[str]]:
    """Each rule of the desk that a browser can open, with the roles that may."""
    url = f"sqlite:///{tmp_path / 'empty.sqlite'}"
    app = create_app(Settings(url, b"p" * 40, b"n" * 40, code_cost=LEAST_COST))
    return {
        rule.rule: {str(role) for role in ACCESS[rule.endpoint].roles}
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/desk") and "GET" in (rule.methods or ())
        and ACCESS[rule.endpoint].roles
    }  # fmt: skip


@pytest.mark.plain
@pytest.mark.parametrize("role", ROLES)
def test_desk_pages_have_no_barrier(
    demo: dict[str, Any], browser: Browser, staff_pages: dict[str, set[str]], role: str
) -> None:
    walk = Walk(browser, demo["url"], script=True)
    member = Desk(walk)
    if role == "organizer":
        member.outside()
        Walk(browser, demo["url"], script=False).report("fil")
    sign_in(walk, demo, role, ROLES[role], member.look)
    member.inside(role, staff_pages)
    if role == "organizer":
        member.forms_with_errors()

    assert member.found == {}
    own = {rule for rule, roles in staff_pages.items() if role in roles}
    assert member.unseen(own) <= ELSEWHERE[role]
    walk.context.close()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_worker_pages_from_right_to_left_have_no_barrier(
    app: Flask, browser: Browser, phone: Phone, network: Network, languages: frozenset[str]
) -> None:
    context = browser.new_context()
    looks = Looks(context.new_page())
    phone.language = "ar"

    def look(path: str) -> None:
        html = phone.client.get(path, follow_redirects=True).text
        assert 'dir="rtl"' in html, path
        looks.page.set_content(html)
        looks.look(path)

    for path in ("/ar/", "/ar/danger", "/ar/organizations?country=HK", "/ar/case", "/ar/nothing"):
        look(path)
    phone.press("problem", issues=["SAF", "WAG"])
    phone.press("story", story="Kanaryo")
    phone.press("place", country="HK", respondent_kind=["employer"])
    looks.page.set_content(phone.press("sharing").text)
    looks.look("sharing with an error")
    phone.press("sharing", sharing="nobody")
    for step in ("problem", "problem?part=codes", "story", "place", "sharing", "contact", "check"):
        look(f"/ar/report/{step}")
    phone.press("contact")
    phone.press("check", "send")
    look("/ar/report/sent")

    assert looks.found == {}
    context.close()
