"""The case page and its acts, by plain forms on both databases."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from grievance.casework.directory.version import make_version
from grievance.casework.referral import referring
from grievance.casework.report import replying
from grievance.rules.terms import CaseState, Role, Urgency
from grievance.store.cases import Case
from grievance.store.directory import Organization
from tests.casework.world import World
from tests.factories import NOW, csrf_of, make_member, make_organization, sign_in

ACTS = (
    "accept", "decline", "message", "note", "refer", "withdraw", "service", "assign", "state",
    "urgency", "dates", "close", "reopen", "release", "refuse",
)  # fmt: skip
ENDING = {"outcome": "settled", "kind": "resolved"}


class Page:
    """One member on one case's page; a page that she has open may grow old."""

    def __init__(self, app: Flask, world: World, body: Organization, case: Case) -> None:
        self.client: FlaskClient = app.test_client()
        sign_in(self.client, world.kits[body])
        self.path = f"/desk/cases/{case.id}"
        self.text = self.client.get(self.path).text

    def press(self, act: str, *, follow: bool = False, **fields: Any) -> TestResponse:
        """Press a button of the page as it was when it came."""
        data = fields | {"csrf_token": csrf_of(self.text)}
        return self.client.post(f"{self.path}/{act}", data=data, follow_redirects=follow)


@pytest.fixture
def asked(world: World) -> tuple[Case, Organization]:
    """A case that one of two chosen partners is asked to take."""
    case = world.file(world.answers("chosen", world.bodies[:2], last=True))
    [body] = world.asked(case)
    world.db.commit()
    return case, body


@pytest.fixture
def held(world: World, asked: tuple[Case, Organization]) -> tuple[Case, Organization]:
    """The same case, accepted."""
    case, body = asked
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    world.db.commit()
    return case, body


def test_before_acceptance_there_is_no_word_of_hers_and_no_other_recipient(
    app: Flask, world: World, asked: tuple[Case, Organization]
) -> None:
    case, body = asked
    other = next(one for one in world.bodies[:2] if one is not body).name
    world.db.rollback()

    page = Page(app, world, body, case).text

    assert "Kanaryo" not in page
    assert other not in page
    assert "works in this country" in page
    assert "/accept" in page
    assert "/message" not in page


def test_after_acceptance_her_words_stand_without_a_further_press(
    app: Flask, world: World, held: tuple[Case, Organization]
) -> None:
    case, body = held

    page = Page(app, world, body, case)

    assert "Kanaryo" in page.text
    title = re.search(r"<title>(.*?)</title>", page.text, re.DOTALL)
    assert title
    assert "Kanaryo" not in title[1]
    answer = page.client.get(page.path, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize("act", ["", *ACTS])
def test_what_is_not_mine_not_there_or_no_id_answers_alike(
    app: Flask, world: World, held: tuple[Case, Organization], act: str
) -> None:
    case, _ = held
    client = app.test_client()
    sign_in(client, world.kits[world.bodies[2]])
    token = csrf_of(client.get("/desk/").text)
    ends = [f"{one}/{act}" if act else str(one) for one in (case.id, uuid4(), "1", "%00")]
    data = {"csrf_token": token, "text": "x", "reason": "x"}

    answers = [
        client.post(f"/desk/cases/{end}", data=data) if act else client.get(f"/desk/cases/{end}")
        for end in ends
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1


def test_words_written_to_a_case_that_left_meanwhile_come_back(
    app: Flask, world: World, held: tuple[Case, Organization]
) -> None:
    case, body = held
    page = Page(app, world, body, case)
    Page(app, world, body, case).press("withdraw", reason="we are full")

    answer = page.press("message", text="Kanaryo reads this")

    assert answer.status_code == 404
    assert "Kanaryo reads this</textarea>" in answer.text


def test_a_message_of_hers_that_waits_far_below_is_said_on_top(
    app: Flask, world: World, held: tuple[Case, Organization]
) -> None:
    case, body = held
    quiet = Page(app, world, body, case)
    replying.reply(world.db, case, "Kumusta po", world.her(case), language="fil", now=NOW)
    world.db.commit()
    page = Page(app, world, body, case)
    link = '<a href="#messages">The worker replied</a>'

    assert link not in quiet.text
    assert link in page.text.partition("Safe contact")[0]
    assert page.text.count('id="messages"') == 1
    assert page.press("message", text="Nabasa namin.").status_code == 303
    assert link not in Page(app, world, body, case).text


def test_what_is_wrong_far_below_is_said_on_top(
    app: Flask, world: World, held: tuple[Case, Organization]
) -> None:
    case, body = held
    page = Page(app, world, body, case)
    answer = page.press("close", outcome="", kind="", words="Nakauwi na siya.")
    on_top, _, below = answer.text.partition("Safe contact")

    assert answer.status_code == 400
    assert 'role="alert"' in on_top
    assert '<a href="#outcome">' in on_top
    assert below.count('id="outcome"') == 1
    assert "Nakauwi na siya.</textarea>" in below


def test_words_come_back_also_where_their_form_has_left_the_page(
    app: Flask, world: World, held: tuple[Case, Organization]
) -> None:
    case, body = held
    page = Page(app, world, body, case)
    closed = page.press("close", **ENDING, words="")
    answer = page.press("close", outcome="", kind="", words="Nakauwi na siya.")

    assert closed.status_code == 303
    assert answer.status_code == 400
    assert f'action="{page.path}/close"' not in answer.text
    assert "Nakauwi na siya." in answer.text


def test_a_state_that_nobody_sets_by_hand_is_not_preselected_as_another(
    app: Flask, world: World, held: tuple[Case, Organization]
) -> None:
    case, body = held
    page = Page(app, world, body, case)
    form = page.text[page.text.index(f"{page.path}/state") :]

    assert re.search(r'<option value="" selected>', form.partition("</form>")[0])
    assert page.press("state", state="").status_code == 400


def test_the_history_is_told_in_words(
    app: Flask, world: World, held: tuple[Case, Organization]
) -> None:
    case, body = held
    page = Page(app, world, body, case).text

    assert "Accepted a case" in page
    assert "referral_" not in page
    assert "referral accepted" not in page


def test_a_case_that_one_member_reads_again_and_again_says_so_once(
    app: Flask, world: World, asked: tuple[Case, Organization]
) -> None:
    case, body = asked
    before = NOW - timedelta(minutes=1)
    referring.accept(world.db, case, body.id, world.actor(body), before)
    world.db.commit()
    page = Page(app, world, body, case)
    for _ in range(3):
        page.client.get(page.path)

    assert page.client.get(page.path).text.count("Read a case") == 1


@pytest.mark.parametrize("act", ["decline", "withdraw"])
def test_a_case_that_leaves_the_desk_leads_back_to_the_list(
    app: Flask, world: World, asked: tuple[Case, Organization], act: str
) -> None:
    case, body = asked
    page = Page(app, world, body, case)
    if act == "withdraw":
        page.press("accept")
    reason = "no_capacity" if act == "decline" else "A relative of mine."

    answer = page.press(act, reason=reason, follow=True)

    assert answer.status_code == 200
    assert answer.request.path == "/desk/cases"


@pytest.mark.parametrize("act", ["message", "note", "refer", "withdraw"])
def test_a_stale_token_gives_the_form_again_with_what_was_typed(
    app: Flask, world: World, held: tuple[Case, Organization], act: str
) -> None:
    case, body = held
    page = Page(app, world, body, case)
    field = "text" if act in {"message", "note"} else "reason"
    data = {field: "Typed with care.", "csrf_token": "x" * 43}

    answer = page.client.post(f"{page.path}/{act}", data=data)

    assert answer.status_code == 400
    assert "Typed with care." in answer.text
    assert csrf_of(answer.text) != "x" * 43


def test_the_second_to_accept_is_told(
    app: Flask, world: World, asked: tuple[Case, Organization]
) -> None:
    case, body = asked
    page = Page(app, world, body, case)
    page.press("accept")

    answer = page.press("accept")

    assert answer.status_code == 409
    assert "You are not asked any more." in answer.text


def test_the_second_to_close_is_told_and_keeps_her_words(
    app: Flask, world: World, held: tuple[Case, Organization]
) -> None:
    case, body = held
    page = Page(app, world, body, case)
    assert page.press("close", **ENDING).status_code == 303

    answer = page.press("close", **ENDING, words="She is glad.")

    assert answer.status_code == 409
    assert "Somebody changed this meanwhile." in answer.text
    assert "She is glad." in answer.text


def test_after_being_told_of_a_change_the_next_press_counts(
    app: Flask, world: World, held: tuple[Case, Organization]
) -> None:
    case, body = held
    page = Page(app, world, body, case)
    seen = {"seen": "triaged"}
    page.press("state", state="in_progress", **seen)

    told = page.press("state", state="follow_up", **seen)

    form = re.search(r'/state".*?</form>', told.text, re.DOTALL)
    assert told.status_code == 409
    assert form
    shown = re.search(r'name="seen" value="(\w+)"', form[0])
    assert shown
    assert page.press("state", state="follow_up", seen=shown[1]).status_code == 303


@pytest.mark.parametrize(
    "amount", ["NaN", "Infinity", "-5", "1E+9", "4870,50", "4.870,50", "12,34", "9" * 40]
)
def test_an_amount_that_may_mean_something_else_is_refused(
    app: Flask, world: World, held: tuple[Case, Organization], amount: str
) -> None:
    case, body = held

    answer = Page(app, world, body, case).press("close", **ENDING, amount=amount, currency="HKD")

    assert answer.status_code == 400
    assert amount in answer.text


@pytest.mark.parametrize("amount", ["4870.50", "4,870.50", "4 870.50", "٤٨٧٠.٥٠"])
def test_an_amount_is_taken_in_plain_writing(
    app: Flask, world: World, held: tuple[Case, Organization], amount: str
) -> None:
    case, body = held
    page = Page(app, world, body, case)

    assert page.press("close", **ENDING, amount=amount, currency="hkd").status_code == 303

    kept = world.db.execute(select(Case.amount, Case.currency)).one()
    assert tuple(kept) == ("4870.50", "HKD")


@pytest.mark.parametrize("currency", ["", "1!2", "HK"])
def test_money_needs_its_currency(
    app: Flask, world: World, held: tuple[Case, Organization], currency: str
) -> None:
    case, body = held

    answer = Page(app, world, body, case).press("close", **ENDING, amount="5", currency=currency)

    assert answer.status_code == 400


def test_to_share_is_not_taken_for_a_hand_over(
    app: Flask, world: World, held: tuple[Case, Organization]
) -> None:
    case, body = held
    other = world.bodies[2]
    world.db.rollback()
    page = Page(app, world, body, case)

    to = {"organization": str(other.id), "reason": "x", "consent": "voice"}
    assert page.press("refer", kind="whole", **to).status_code == 400
    assert page.press("refer", kind="share", **to).status_code == 303
    asked = Page(app, world, other, case)
    assert "You are asked for a second opinion." in asked.text
    assert asked.press("accept").status_code == 303

    helper = Page(app, world, other, case)
    assert "You help here beside its owner." in helper.text
    assert "Kanaryo" in helper.text
    for act in ("assign", "state", "urgency", "contact", "close", "refer"):
        assert f"/{act}" not in helper.text, act
        assert helper.press(act, **ENDING).status_code == 404, act
    assert helper.press("message", text="we know a lawyer").status_code == 303
    assert helper.press("note", text="only ours").status_code == 303
    assert helper.press("service", state="completed").status_code == 303
    owner = Page(app, world, body, case).text
    assert "beside the owner" in owner
    assert "we know a lawyer" in owner
    assert "only ours" not in owner
    assert "/close" in owner


def test_a_coordinator_above_confirms_the_closing_of_a_danger_case(
    app: Flask, world: World, held: tuple[Case, Organization]
) -> None:
    case, body = held
    case.urgency = Urgency.U0
    world.kits[world.root] = make_member(world.db, world.root, roles=(Role.COORDINATOR,))
    world.db.commit()
    before = Page(app, world, world.root, case)
    assert "/close" not in before.text
    assert before.press("close", **ENDING).status_code == 404

    first = Page(app, world, body, case).press("close", follow=True, **ENDING)
    assert "a coordinator above your desk must close it too" in first.text

    above = Page(app, world, world.root, case)
    assert "Yes, close it" in above.text
    assert above.press("close", **ENDING).status_code == 303
    world.db.refresh(case)
    assert case.state == CaseState.CLOSED


def test_who_holds_the_case_reads_whom_she_keeps_away(app: Flask, world: World) -> None:
    answers = world.answers("chosen", [world.bodies[0]], last=True)
    answers.rule_out = [str(world.bodies[1].id)]
    case = world.file(answers)
    referring.accept(world.db, case, world.bodies[0].id, world.actor(world.bodies[0]), NOW)
    world.db.commit()

    page = Page(app, world, world.bodies[0], case).text

    assert re.search(rf"Kept away from</dt>\s*<dd[^>]*>\s*{world.bodies[1].name}", page)


def test_whom_the_route_found_stands_first_where_a_case_is_referred_on(
    app: Flask, world: World
) -> None:
    """By name the one that fits nothing would stand first."""
    far = make_organization(world.db, parent_id=world.root.id, name="A far one", country="TW")
    world.kits[far] = make_member(world.db, far)
    best = max(world.bodies[1:], key=lambda one: one.name)
    best.led_by_migrants = True
    make_version(world.db, NOW)
    case = world.file(world.answers("chosen", [world.bodies[0]], last=False))
    holder = world.bodies[0]
    referring.accept(world.db, case, holder.id, world.actor(holder), NOW)
    world.db.commit()
    client = app.test_client()
    sign_in(client, world.kits[holder])

    page = client.get(f"/desk/cases/{case.id}").text

    form = page[page.index("/refer") :]
    listed = re.findall(r'<option value="[0-9a-f-]{36}">([^<(]+) \(', form[: form.index("</form>")])
    assert listed[0] == best.name
    assert listed[-1] == "A far one"
    assert "First stand those whom the route found" in page
