"""A form on paper as the worker meets it: asked on her page, only a part, taken back, answered."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.directory.contacts import Said, add_contact
from grievance.rules.terms import ContactKind
from grievance.rules.terms import Visibility as V
from grievance.store.cases import Case, CaseExclusion
from grievance.store.events import OPERATOR
from grievance.store.paper import PaperForm
from grievance.web.service import EXTENSION
from tests.factories import NOW, make_organization
from tests.journeys.test_first_journey import DeskUser, Network, case_of, desk, look, network
from tests.journeys.worker import Worker

__all__ = ["network"]
WANTED = {
    "body": "Kanaryo Clinic", "purpose": "Please see her this week", "answer_to": "2345 6789",
    "fields": ["place", "call_me", "contact"], "consent": "", "until": "2026-12-24",
}  # fmt: skip


class Both:
    """The worker on her page, and the organizer who holds her case."""

    def __init__(self, app: Flask, db: Session, network: Network, **told: str) -> None:
        self.db = db
        self.worker = Worker(app.test_client())
        self.worker.report(
            story="Kanaryo.", country="HK", sharing="chosen", recipients=[str(network.first.id)],
            channel="phone", contact="9123 4567", call_me="Berde", **told,
        )  # fmt: skip
        self.case: Case = case_of(db)
        self.desk: DeskUser = desk(app, network.one)
        assert self.desk.act(self.case, "accept").status_code == 303
        self.worker.come_back()

    def wants(self, **changes: object) -> PaperForm:
        assert self.desk.act(self.case, "paper", **WANTED | changes).status_code == 303
        return self.form()

    def form(self) -> PaperForm:
        return look(self.db, select(PaperForm).order_by(PaperForm.made_at, PaperForm.number))[-1]

    def says(self, message: str, **fields: object) -> int:
        form = str(self.form().id)
        return self.worker.act("paper", form=form, message=message, **fields).status_code

    def prints(self) -> tuple[int, str]:
        answer = self.desk.client.get(f"/desk/cases/{self.case.id}/paper/{self.form().id}")
        return answer.status_code, answer.text


@pytest.fixture
def two(app: Flask, db: Session, network: Network) -> Both:
    """Both of them."""
    return Both(app, db, network)


def test_she_reads_what_would_stand_on_it_and_nothing_is_ticked(two: Both) -> None:
    two.wants()

    page = two.worker.get("case")

    asked = page[page.index("Kanaryo Clinic") :].partition("</form>")[0]
    for shown in ("Please see her this week", "Berde", "9123 4567", "Hong Kong"):
        assert shown in asked
    assert "checked" not in asked
    assert "you are helped all the same" in asked
    assert two.prints()[0] == 409


def test_she_reads_what_the_desk_adds_before_she_says_yes_and_may_leave_it_out(two: Both) -> None:
    more = {"interpreter": "yes", "done": "Sinamahan", "answer_by": "2026-12-09", "careful": "yes"}
    two.wants(**more)

    asked = two.worker.get("case").partition("Kanaryo Clinic")[2].partition("</form>")[0]
    two.says("fewer", fields=["place"])

    for shown in ("An interpreter is needed", "Sinamahan", "2345 6789", "9 December 2026"):
        assert shown in asked
    printed = two.prints()[1]
    assert "9 December 2026" in printed
    for never in ("nterpreter", "Sinamahan"):
        assert never not in printed


def test_who_is_under_18_reads_of_the_empty_lines_before_saying_yes(
    app: Flask, db: Session, network: Network
) -> None:
    two = Both(app, db, network, age_band="under 18")
    two.wants(fields=["place", "age_band"])

    assert "empty lines for who takes care of somebody under 18" in two.worker.get("case")


@pytest.mark.parametrize(
    ("who", "said"),
    [("caregiver", "somebody who takes care of the worker"), ("other", "another person")],
)
def test_the_page_tells_who_said_yes_in_her_place(
    app: Flask, db: Session, network: Network, who: str, said: str
) -> None:
    two = Both(app, db, network, age_band="under 18")
    two.wants(fields=["place"], consent="voice", spoken_on="2026-11-24", language="fil", who=who)

    page = two.worker.get("case")

    assert f"wrote down that {said} said yes on 24 November 2026" in page
    assert two.says("back") == 303


def test_what_stands_on_a_paper_by_a_yes_that_was_written_down_she_reads_as_it_is(
    two: Both,
) -> None:
    two.wants(
        fields=["call_me"], consent="voice", spoken_on="2026-11-24", language="fil",
        done="Sinamahan", careful="yes", answer_by="2026-12-09",
    )  # fmt: skip

    page = two.worker.get("case").partition("Read what stands on it")[2].partition("</details>")[0]

    for shown in ("Please see her this week", "2345 6789", "Berde", "Sinamahan", "9 December 2026"):
        assert shown in page
    for never in ("Hong Kong", "9123 4567"):
        assert never not in page
    two.says("back")
    assert "Read what stands on it" not in two.worker.get("case")


def test_only_what_she_ticked_is_printed(two: Both) -> None:
    two.wants()
    nothing = two.worker.act("paper", form=str(two.form().id), message="fewer")
    assert nothing.status_code == 400
    assert "Please tick what may stand on the paper" in nothing.text

    assert two.says("fewer", fields=["place"]) == 303

    status, text = two.prints()
    assert status == 200
    assert "Hong Kong" in text
    for never in ("Berde", "9123 4567"):
        assert never not in text


def test_yes_then_taken_back_then_an_answer_comes(two: Both) -> None:
    form = two.wants()
    assert two.says("yes") == 303
    assert "Berde" in two.prints()[1]
    assert "may give a paper about you to Kanaryo Clinic" in two.worker.get("case")

    assert two.says("back") == 303

    assert two.prints()[0] == 409
    page = two.worker.get("case")
    assert "It is printed no more" in page
    assert "Paper that is out cannot be called back" in page
    two.desk.act(two.case, f"paper/{form.id}/answer", answer="cannot_help", text="Not our field")
    page = two.worker.get("case")
    assert "An answer came from Kanaryo Clinic: they cannot help" in page
    assert "Not our field" not in page


def test_how_to_reach_a_listing_stands_on_her_page_and_on_the_paper(app: Flask, two: Both) -> None:
    with app.extensions[EXTENSION].database.writer() as other:
        listing = make_organization(other, name="Kanaryo Clinic", partner=False, country="HK")
        for value, seen in (("+852 2111 1111", V.PUBLIC), ("+852 2999 9999", V.NETWORK)):
            said = Said(ContactKind.PHONE, value, seen)
            add_contact(other, listing.id, said, actor=OPERATOR, now=NOW)
        chosen = str(listing.id)
        other.commit()
    two.wants(listing=chosen, body="")
    asked = two.worker.get("case")
    assert two.says("yes") == 303
    paper = two.prints()[1]

    for page in (asked, two.worker.get("case")):
        assert 'href="tel:+85221111111"' in page.partition("How to reach Kanaryo Clinic")[2]
        assert "+852 2999 9999" not in page
    assert "+852 2111 1111" in paper
    assert "+852 2999 9999" not in paper
    assert two.says("back") == 303
    assert "How to reach" not in two.worker.get("case")


def test_how_to_reach_a_listing_that_the_case_is_kept_from_stands_nowhere(
    app: Flask, two: Both
) -> None:
    with app.extensions[EXTENSION].database.writer() as other:
        listing = make_organization(other, partner=False, country="HK", website="https://k.example")
        chosen = listing.id
        other.commit()
    form = two.wants(listing=str(chosen), body="")
    before = two.worker.get("case")
    with app.extensions[EXTENSION].database.writer() as other:
        other.add(CaseExclusion(case_id=form.case_id, organization_id=chosen))
        other.commit()
    after = two.worker.get("case")

    assert "How to reach" in before
    assert "https://k.example" in before
    assert "How to reach" not in after
    assert "https://k.example" not in after


def test_no_leaves_nothing_on_her_page_and_prints_nothing(two: Both) -> None:
    two.wants()
    assert two.says("no") == 303

    assert "Kanaryo Clinic" not in two.worker.get("case")
    assert two.prints()[0] == 409


def test_a_yes_that_was_written_down_can_be_taken_back_by_her(two: Both) -> None:
    two.wants(consent="voice", spoken_on="2026-11-24", language="fil")

    page = two.worker.get("case")

    assert "wrote down that you said yes on 24 November 2026" in page
    assert two.says("back") == 303
    assert two.prints()[0] == 409


@pytest.mark.parametrize("form", ["", "1", "00000000-0000-4000-8000-000000000000"])
def test_an_answer_about_no_form_of_hers_changes_nothing(two: Both, form: str) -> None:
    two.wants()

    assert two.worker.act("paper", form=form, message="yes").status_code == 303

    assert two.form().agreed is None


@pytest.mark.parametrize("message", ["", "perhaps"])
def test_an_empty_answer_is_no_answer(two: Both, message: str) -> None:
    two.wants()

    assert two.says(message) == 400

    assert two.form().agreed is None


def test_stopping_to_share_ends_the_form_too(two: Both, network: Network) -> None:
    two.wants(consent="paper", spoken_on="2026-11-24", language="fil")

    two.worker.act("withdraw", organization=str(network.first.id))

    page = two.worker.get("case")
    assert "The paper for Kanaryo Clinic is printed no more" in page
    assert not re.search(r'name="message" value="back"', page)
    assert two.desk.client.get(f"/desk/cases/{two.case.id}/paper").status_code == 404
