"""Advice without a name: what the other desk reads, what it never reads, and who is never asked."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from grievance.casework.directory.version import make_version
from grievance.casework.referral import asking, consenting, referring
from grievance.casework.respondents import tying
from grievance.mycase import asked
from grievance.rules.terms import DeclineReason, OpinionState, OrganizationKind
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization
from grievance.store.documents import Grant
from grievance.store.events import Event, trail_of
from grievance.store.opinions import Opinion
from grievance.store.outbox import Notice
from grievance.store.referrals import Referral
from tests.casework.test_respondents import agency, made
from tests.casework.test_staff_ties import declared
from tests.casework.world import World, refer
from tests.factories import NOW, csrf_of, make_member, make_organization, sign_in
from tests.triage.test_case import Page

Held = tuple[Case, Organization, Organization]
QUESTION = "A boss keeps a passport. What worked for you, Bituin?"


@pytest.fixture
def held(world: World) -> Held:
    """A case that one desk holds, and another desk that knows nothing of it."""
    answers = world.answers("chosen", [world.bodies[0]], last=True)
    answers.nationality = "PH"
    case = world.file(answers)
    [body] = world.asked(case)
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    world.db.commit()
    return case, body, world.bodies[1]


class Other:
    """A member of the desk that is asked."""

    def __init__(self, app: Flask, world: World, body: Organization) -> None:
        self.client: FlaskClient = app.test_client()
        sign_in(self.client, world.kits[body])

    def threads(self) -> list[str]:
        text = self.client.get("/desk/opinions").text
        return re.findall(r"/desk/opinions/([0-9a-f-]{36})", text)

    def read(self) -> str:
        [one] = self.threads()
        answer = self.client.get(f"/desk/opinions/{one}")
        assert answer.status_code == 200
        return answer.text.replace(csrf_of(answer.text), "")  # drawn letters: "U3" may be there

    def press(self, act: str, one: str = "", **fields: str) -> TestResponse:
        one = one or self.threads()[0]
        token = csrf_of(self.client.get("/desk/").text)
        return self.client.post(f"/desk/opinions/{one}/{act}", data={"csrf_token": token} | fields)


def ask(page: Page, to: Organization, text: str = QUESTION, **more: object) -> TestResponse:
    return page.press("opinion", organization=str(to.id), text=text, **more)


def state(world: World) -> str:
    """As it is kept now; the test's session lets the application write again."""
    world.db.rollback()
    found = world.db.scalars(select(Opinion.state)).one()
    world.db.rollback()
    return found


def test_the_other_desk_reads_the_words_and_nothing_of_the_case(
    app: Flask, world: World, held: Held
) -> None:
    case, body, to = held
    page = Page(app, world, body, case)

    assert ask(page, to).status_code == 303
    other = Other(app, world, to)
    text = other.read()

    assert "Bituin" in text
    for secret in (case.number, str(case.id), "Kanaryo", "Hong Kong", "Philippines", "U3"):
        assert secret not in text, secret
    assert "<dl" not in text
    assert other.client.get(f"/desk/cases/{case.id}").status_code == 404
    assert case.number not in other.client.get("/desk/cases?state=all").text
    world.db.rollback()
    kinds = select(Grant.kind).where(Grant.case_id == case.id, Grant.organization_id == to.id)
    assert set(world.db.scalars(kinds)) == {"opinion"}
    assert not list(world.db.scalars(select(Referral).where(Referral.organization_id == to.id)))


def test_only_what_was_ticked_goes_out(app: Flask, world: World, held: Held) -> None:
    case, body, to = held

    assert ask(Page(app, world, body, case), to, tell=["country", "problem"]).status_code == 303

    text = Other(app, world, to).read()
    assert "Hong Kong" in text
    assert "Wages" in text
    assert "U3" not in text
    assert case.number not in text


def test_advice_comes_back_to_the_case_and_goes_on(app: Flask, world: World, held: Held) -> None:
    case, body, to = held
    number, page, mine = case.number, Page(app, world, body, case), Other(app, world, body)
    ask(page, to)
    other = Other(app, world, to)
    assert "1 desk asks for your advice" in other.client.get("/desk/").text

    assert other.press("write", text="Write to the labour office, Tala").status_code == 303
    assert other.press("write", text="Write to the labour office, Tala").status_code == 303
    assert state(world) == OpinionState.ANSWERED
    assert "1 answer to your question" in page.client.get("/desk/").text
    shown = page.client.get(page.path).text
    assert shown.count("Write to the labour office, Tala") == 1
    assert "1 answer to your question" not in page.client.get("/desk/").text

    assert number in mine.client.get("/desk/opinions").text
    assert mine.press("write", text="And if they refuse?").status_code == 303
    assert state(world) == OpinionState.ASKED
    assert "And if they refuse?" in other.read()
    assert other.press("decline").status_code == 303
    late = other.press("write", text="One more thing")
    assert late.status_code == 409
    assert "One more thing" in late.text
    world.db.rollback()
    waits = select(Notice.kind).where(Notice.organization_id == to.id)
    assert set(world.db.scalars(waits)) == {"item_waits"}


def test_her_page_says_who_was_asked(app: Flask, world: World, held: Held) -> None:
    case, body, to = held
    ask(Page(app, world, body, case), to)
    world.db.rollback()

    with app.test_request_context("/en/case"):
        assert asked.advice(world.db, case.id) == [(body.name, to.name)]


def test_nobody_is_asked_who_must_not_know(app: Flask, world: World) -> None:
    """Kept away, ruled out, sent away, in conflict by its own word, official, or without keys."""
    db, (out, *chosen) = world.db, (*world.bodies, make_organization(world.db))
    world.bodies.append(chosen[-1])
    world.kits[chosen[-1]] = make_member(db, chosen[-1])
    office = make_organization(db, kind=OrganizationKind.CONSULATE)
    agency = make_organization(db, kind=OrganizationKind.AGENCY)
    for one in (office, agency):
        make_member(db, one)
    keyless, kept = make_organization(db), make_organization(db)
    make_member(db, kept)
    answers = world.answers("chosen", chosen, last=True)
    answers.rule_out = [str(out.id)]
    case = world.file(answers)
    [declined] = world.asked(case)
    no = DeclineReason.CONFLICT_OF_INTEREST
    asking.decline(db, case, declined.id, no, world.actor(declined), NOW)
    [sent] = world.asked(case)
    consenting.withdraw(db, case, sent.id, world.her(case), NOW)
    asking.ask_next(db, case, NOW)
    [first] = world.asked(case)
    referring.accept(db, case, first.id, world.actor(first), NOW)
    db.add(CaseExclusion(case_id=case.id, organization_id=kept.id))
    db.commit()
    page = Page(app, world, first, case)

    form = page.text[page.text.index('/opinion"') :].partition("</form>")[0]
    assert str(world.root.id) in form
    for one in (first, out, sent, declined, office, agency, keyless, kept):
        assert str(one.id) not in form, one.name
        assert ask(page, one).status_code == 400, one.name
    assert page.press("opinion", organization="nobody", text="a").status_code == 400
    assert not list(db.scalars(select(Opinion)))


def test_withdrawal_ends_the_thread_for_both(app: Flask, world: World, held: Held) -> None:
    case, body, to = held
    ask(Page(app, world, body, case), to)
    other = Other(app, world, to)
    [one] = other.threads()

    consenting.withdraw(world.db, case, body.id, world.her(case), NOW + timedelta(hours=1))
    world.db.commit()
    late = other.press("write", one, text="Write to the labour office")

    assert late.status_code == 409
    assert "Write to the labour office" in late.text
    assert "Bituin" not in other.client.get(f"/desk/opinions/{one}").text
    assert other.threads() == Other(app, world, body).threads() == []
    world.db.rollback()
    assert not list(world.db.scalars(select(Grant).where(Grant.kind == "opinion")))


def test_who_is_kept_away_later_finds_nothing_of_it(app: Flask, world: World, held: Held) -> None:
    case, body, to = held
    ask(Page(app, world, body, case), to)
    other = Other(app, world, to)
    [one] = other.threads()
    world.db.rollback()
    world.db.add(CaseExclusion(case_id=case.id, organization_id=to.id))
    world.db.commit()

    assert other.threads() == []
    assert other.client.get(f"/desk/opinions/{one}").status_code == 404
    assert other.press("write", one, text="Write").status_code == 404
    assert "asks for your advice" not in other.client.get("/desk/").text


def test_who_is_named_later_gets_no_further_word_and_no_mail(
    app: Flask, world: World, held: Held
) -> None:
    case, body, to = held
    to.name = "Lotus Blossom Placement"
    make_version(world.db, NOW)
    world.db.commit()
    ask(Page(app, world, body, case), to)
    mine = Other(app, world, body)
    world.db.rollback()
    made(world, case, body, agency(to.name))
    world.db.commit()
    mails = select(func.count()).where(Notice.organization_id == to.id)
    before = world.db.scalar(mails)
    world.db.rollback()

    assert mine.press("write", text="And?").status_code == 409

    assert world.db.scalar(mails) == before


def test_others_find_no_thread_and_do_not_ask(app: Flask, world: World, held: Held) -> None:
    case, body, to = held
    ask(Page(app, world, body, case), to)
    [one] = Other(app, world, to).threads()
    stranger = Other(app, world, world.bodies[2])

    for path in (one, str(uuid4()), "nothing", "%00"):
        assert stranger.client.get(f"/desk/opinions/{path}").status_code == 404
        assert stranger.press("write", path, text="Hello").status_code == 404
        assert stranger.press("decline", path).status_code == 404
    data = {"csrf_token": csrf_of(stranger.client.get("/desk/").text), "text": "a"}
    data["organization"] = str(to.id)
    answer = stranger.client.post(f"/desk/cases/{case.id}/opinion", data=data)
    assert answer.status_code == 404
    above = Other(app, world, world.root)
    assert above.threads() == []


def test_words_stay_where_something_is_missing_and_the_same_press_is_one(
    app: Flask, world: World, held: Held
) -> None:
    case, body, to = held
    page = Page(app, world, body, case)

    missing = page.press("opinion", organization="", text=QUESTION, tell=["country"])
    odd = page.press("opinion", organization=str(to.id), text=QUESTION, tell=["country", "number"])
    assert (missing.status_code, odd.status_code) == (400, 400)
    assert "Bituin" in missing.text
    assert re.search(r'value="country" checked', missing.text)
    assert [ask(page, to).status_code for _ in "ab"] == [303, 303]
    second = ask(page, to, "Something else?")

    assert second.status_code == 409
    assert "Something else?" in second.text
    other = Other(app, world, to)
    assert other.press("write", text=" ").status_code == 400
    stale = other.client.post(
        f"/desk/opinions/{other.threads()[0]}/write", data={"csrf_token": "no", "text": "Tala"}
    )
    assert stale.status_code == 400
    assert "Tala" in stale.text


def test_the_trail_of_who_is_asked_knows_no_case(app: Flask, world: World, held: Held) -> None:
    case, body, to = held
    ask(Page(app, world, body, case), to)
    other = Other(app, world, to)
    other.read()
    other.press("write", text="Tala")
    world.db.rollback()

    theirs = trail_of(world.db, to.id, before=None, limit=50)
    ours = world.db.scalars(select(Event).where(Event.organization_id == body.id)).all()

    assert {e.case_id for e in theirs if e.verb.startswith("opinion")} == {None}
    assert {e.verb for e in theirs if e.verb.startswith("opinion")} == {
        "opinion_read", "opinion_written"
    }  # fmt: skip
    assert {e.case_id for e in ours if e.verb == "opinion_asked"} == {case.id}
    assert case.number not in other.client.get("/desk/audit").text
    assert UUID(other.threads()[0]) != case.id


def test_a_closed_case_asks_nobody(app: Flask, world: World, held: Held) -> None:
    case, body, to = held
    page = Page(app, world, body, case)
    assert page.press("close", outcome="settled", kind="resolved").status_code == 303

    late = ask(page, to)

    assert late.status_code == 409
    assert "Bituin" in late.text


@pytest.mark.parametrize("asks", [True, False])
def test_a_member_who_is_tied_to_whom_the_case_is_about_finds_no_thread(
    app: Flask, world: World, held: Held, asks: bool
) -> None:
    case, body, to = held
    number, desk = case.number, body if asks else to
    ask(Page(app, world, body, case), to)
    [one] = Other(app, world, to).threads()
    world.db.rollback()
    kit = world.kits[desk] = make_member(world.db, desk)
    tying.tie_to_case(world.db, declared(kit), case.id)
    world.db.commit()
    tied = Other(app, world, desk)

    assert tied.threads() == []
    assert number not in tied.client.get("/desk/opinions").text
    assert tied.client.get(f"/desk/opinions/{one}").status_code == 404
    assert "asks for your advice" not in tied.client.get("/desk/").text


def test_who_handed_the_case_over_has_the_thread_no_more(
    app: Flask, world: World, held: Held
) -> None:
    case, body, to = held
    ask(Page(app, world, body, case), to)
    [one] = Other(app, world, body).threads()
    world.db.rollback()
    taker = world.bodies[2]
    refer(world, case, body, taker)
    referring.accept(world.db, case, taker.id, world.actor(taker), NOW)
    world.db.commit()

    assert Other(app, world, body).threads() == Other(app, world, to).threads() == []
    assert "Bituin" not in Other(app, world, body).client.get(f"/desk/opinions/{one}").text
    world.db.rollback()
    assert not list(world.db.scalars(select(Grant).where(Grant.kind == "opinion")))
