"""Facts that turned out otherwise: who corrects them, who fits since, and what stays as it was."""

import re
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grievance.casework.case import timing
from grievance.casework.case.keyring import open_words
from grievance.casework.case.working import NotAllowed
from grievance.casework.directory.version import make_version
from grievance.casework.notices import alerting
from grievance.casework.referral import consenting, onward, referring
from grievance.casework.respondents import tying
from grievance.casework.routes import correcting
from grievance.casework.routes.correcting import Facts
from grievance.casework.routes.replaying import replay
from grievance.rules.terms import ConsentScope, ConsentVia, ReferralKind, Urgency
from grievance.store.cases import Case, CaseExclusion
from grievance.store.clocks import clocks_of
from grievance.store.directory import Organization
from grievance.store.documents import Document
from grievance.store.events import Event
from grievance.store.outbox import Notice
from grievance.store.queue import find_case
from grievance.store.referrals import Referral, StoredRoute, latest_route, referrals_of
from grievance.store.releases import standing_release
from tests.casework.test_releasing import released
from tests.casework.test_respondents import SECRET
from tests.casework.test_staff_ties import declared
from tests.casework.world import World, accepted, refer, state_of
from tests.conftest import Clock
from tests.factories import (
    NOW,
    make_area,
    make_member,
    make_organization,
    make_service,
    words_of,
)
from tests.journeys.test_first_journey import Network, case_of, desk, look, network
from tests.journeys.test_return_page import reported
from tests.triage.test_case import Page

__all__ = ["network"]

LOTUS = "Lotus Blossom Placement"
TAIPEI = Facts("TW", None, "care", "ID")
LATER = NOW + timedelta(hours=3)


@pytest.fixture
def abroad(world: World) -> Organization:
    """A partner that works in Taiwan alone."""
    there = make_organization(world.db, country="TW", parent_id=world.root.id, service=False)
    area = make_area("country", country="TW")
    make_service(world.db, there, areas=[area, make_area("city", country="TW", city="Taipei")])
    world.kits[there] = make_member(world.db, there)
    make_version(world.db, NOW)
    return there


def correct(world: World, case: Case, holder: Organization, facts: Facts = TAIPEI, **more: Any):
    correcting.correct_facts(
        world.db, case, facts, world.keys(case, holder), world.desk(holder),
        seen=more.pop("seen", correcting.facts_of(case).version), confirm_months=12,
        actor=world.actor(holder), now=LATER, **more,
    )  # fmt: skip
    world.db.flush()


def test_facets_change_her_words_do_not_and_the_event_names_fields_alone(
    world: World, abroad: Organization
) -> None:
    case, holder = accepted(world)

    correct(world, case, holder)

    assert correcting.facts_of(case) == TAIPEI
    assert consenting.read_answers(world.db, case.id, world.her(case)).country == "HK"
    [event] = world.db.scalars(select(Event).where(Event.verb == "facts_changed"))
    assert event.details == {"fields": ["country", "nationality", "sector"]}
    assert event.organization_id == holder.id


def test_the_route_is_run_anew_kept_and_can_be_replayed(world: World, abroad: Organization) -> None:
    case, holder = accepted(world)
    first = latest_route(world.db, case.id)
    assert first

    correct(world, case, holder)

    route = latest_route(world.db, case.id)
    assert route
    assert route.id != first.id
    assert route.readable
    assert route.readable["facets"]["country"] == "TW"
    assert route.readable["candidates"][0][0] == str(abroad.id)
    document = world.db.get_one(Document, route.sealed_document_id)
    words = open_words(document, world.keys(case, holder).keys)
    assert words
    assert replay(world.db, route, words["sealed"])
    assert len(world.db.scalars(select(StoredRoute)).all()) == 2


def test_nobody_is_asked_or_granted_by_it_and_no_clock_moves(
    world: World, abroad: Organization
) -> None:
    case, holder = accepted(world, world.bodies[1])
    zone, actor = ZoneInfo("Asia/Hong_Kong"), world.actor(holder)
    timing.plan_contact(world.db, case, LATER.date(), zone=zone, actor=actor, now=NOW)
    before = [(one.kind, one.due_at) for one in clocks_of(world.db, [case.id])]
    rows = [(r.organization_id, r.state) for r in referrals_of(world.db, case.id)]
    granted = world.granted(case)

    correct(world, case, holder)

    assert len(before) == 2
    assert [(one.kind, one.due_at) for one in clocks_of(world.db, [case.id])] == before
    assert [(r.organization_id, r.state) for r in referrals_of(world.db, case.id)] == rows
    assert world.granted(case) == granted
    assert case.owner_id == holder.id


def test_who_may_read_from_now_on_does_not_find_whom_she_ruled_out_in_the_new_route(
    world: World, abroad: Organization
) -> None:
    case, holder = accepted(world, last=False)
    third = world.bodies[2]
    choice = consenting.Choice(third.id, ConsentScope.FROM_NOW, "en")
    routed = world.route(world.answers("chosen", [], last=False))
    consenting.consent(world.db, case, choice, world.her(case), routed, NOW, waits=True)
    assert case.epoch == 1

    correct(world, case, holder)

    route = latest_route(world.db, case.id)
    assert route
    assert world.db.get_one(Document, route.sealed_document_id).epoch == 0


def test_a_desk_without_her_first_answers_corrects_facts_and_runs_no_route(
    world: World, abroad: Organization
) -> None:
    case, _ = accepted(world, last=False)
    third = world.bodies[2]
    choice = consenting.Choice(third.id, ConsentScope.FROM_NOW, "en")
    routed = world.route(world.answers("chosen", [], last=False))
    consenting.consent(world.db, case, choice, world.her(case), routed, NOW)
    referring.accept(world.db, case, third.id, world.actor(third), NOW)

    correct(world, case, third)

    assert case.country == "TW"
    assert len(world.db.scalars(select(StoredRoute)).all()) == 1


def about_lotus(world: World, *chosen: Organization) -> tuple[Case, Organization]:
    """A case about an agency that nobody of the directory is called like, accepted."""
    answers = world.answers("chosen", list(chosen), last=False)
    answers.respondent_kind = ["agency_destination"]
    answers.respondent_names = {"agency_destination": LOTUS}
    case = world.file(answers)
    [holder] = world.asked(case)
    referring.accept(world.db, case, holder.id, world.actor(holder), NOW)
    return case, holder


def correct_after(world: World, case: Case, holder: Organization, other: Organization) -> None:
    """Facts are corrected after another organization took that name."""
    other.name, other.names = LOTUS, {}
    make_version(world.db, LATER)
    correct(world, case, holder)
    assert world.db.get(CaseExclusion, (case.id, other.id)) is not None


@pytest.mark.parametrize("asked", [True, False])
def test_who_is_in_conflict_by_the_directory_of_today_is_passed_over(
    world: World, asked: bool
) -> None:
    case, holder = about_lotus(world, *world.bodies[:2])
    second = next(one for one in world.bodies[:2] if one is not holder)
    if asked:
        refer(world, case, holder, second)

    correct_after(world, case, holder, second)

    row = next(r for r in referrals_of(world.db, case.id) if r.organization_id == second.id)
    assert (row.state, row.reason) == ("withdrawn" if asked else "passed_over", "conflict")
    assert second.id not in world.granted(case)
    assert state_of(world, case, holder) == ["accepted"]


def test_who_shares_the_case_and_is_in_conflict_now_loses_it_and_hears_no_more(
    world: World,
) -> None:
    case, holder = about_lotus(world, world.bodies[0])
    second = world.bodies[1]
    given = onward.Onward(second.id, "x", ConsentVia.VOICE, "en", ReferralKind.SHARE)
    opened = world.keys(case, holder)
    onward.refer_on(world.db, case, given, opened, world.desk(holder), world.actor(holder), NOW)
    referring.accept(world.db, case, second.id, world.actor(second), NOW)

    correct_after(world, case, holder, second)

    mails = select(func.count()).where(Notice.organization_id == second.id)
    before = world.db.scalar(mails)
    alerting.alert_missed(world.db, NOW + timedelta(days=40))
    assert world.db.scalar(mails) == before
    assert state_of(world, case, second) == ["withdrawn"]
    assert second.id not in world.granted(case)
    assert state_of(world, case, holder) == ["accepted"]


def test_who_reads_by_a_release_and_is_in_conflict_now_reads_no_more(world: World) -> None:
    case, holder = about_lotus(world, world.bodies[0])
    case.urgency = Urgency.U0
    other = released(world, (case, holder, make_member(world.db, holder)))
    assert world.keys(case, other).keys

    correct_after(world, case, holder, other)

    assert standing_release(world.db, case.id, other.id) is None
    assert not world.keys(case, other).keys


def test_a_member_tied_to_who_is_in_conflict_now_finds_nothing(world: World) -> None:
    case, holder = about_lotus(world, world.bodies[0])
    other, her = world.bodies[1], make_member(world.db, holder)
    tying.tie_to_body(world.db, declared(her), other.id, name_secret=SECRET)
    assert find_case(world.db, her.reader(), case.id)

    correct_after(world, case, holder, other)

    assert find_case(world.db, her.reader(), case.id) is None


def test_only_the_holder_of_an_open_case_corrects_and_an_old_page_changes_nothing(
    world: World,
) -> None:
    case, holder = accepted(world, world.bodies[1])
    waits = next(one for one in world.bodies[:2] if one is not holder)
    with pytest.raises(NotAllowed):
        correct(world, case, waits)
    old = correcting.facts_of(case).version
    correct(world, case, holder)
    correct(world, case, holder, seen=old)  # the same press again

    with pytest.raises(correcting.Changed):
        correct(world, case, holder, Facts("SG", None, None, None), seen=old)
    case.state = "closed"
    with pytest.raises(NotAllowed):
        correct(world, case, holder, Facts("SG", None, None, None))
    assert len(world.db.scalars(select(Event).where(Event.verb == "facts_changed")).all()) == 1


def seen_of(page: Page) -> str:
    text = page.client.get(page.path).text
    form = text[text.index('/facts"') :].partition("</form>")[0]
    found = re.search(r'name="seen" value="([^"]*)"', form)
    assert found
    return found[1]


def test_the_page_asks_for_a_city_of_the_country_and_says_who_fits(
    app: Flask, world: World, abroad: Organization
) -> None:
    case, holder = accepted(world)
    name, row = abroad.name, case
    world.db.commit()
    page = Page(app, world, holder, row)
    seen = seen_of(page)
    fields = {"country": "TW", "sector": "care", "nationality": "ID", "seen": seen}

    wrong = page.press("facts", **fields, city="Kowloon")
    assert wrong.status_code == 400
    assert 'value="Taipei"' in wrong.text
    assert page.press("facts", **fields, city="Taipei").status_code == 303

    text = page.client.get(page.path).text
    fits = text[text.index('id="who-fits"') :].partition("</section>")[0]
    assert name in fits
    assert "it needs her word" in fits
    stale = page.press("facts", country="SG", city="", sector="", nationality="", seen=seen)
    assert stale.status_code == 409
    assert "Somebody changed this meanwhile" in stale.text
    for odd in ({"country": "ZZ"}, {"country": "TW", "sector": "?"}, {}):
        assert page.press("facts", **odd).status_code in {400, 409}


@pytest.mark.parametrize(
    ("city", "place"), [("Kowloon", "Kowloon, Hong Kong"), ("Hong Kong", "Hong Kong")]
)
def test_the_facts_name_a_place_once_and_say_what_was_not_told(
    app: Flask, world: World, city: str, place: str
) -> None:
    case, holder = accepted(world)
    case.city = city
    world.db.commit()

    words = words_of(Page(app, world, holder, case).text)

    assert f"Works in {place} From not given" in words
    assert "Age, sex not given" in words


def test_who_does_not_hold_the_case_finds_no_form(app: Flask, world: World) -> None:
    case = world.file(world.answers("chosen", world.bodies[:2], last=True))
    [body] = world.asked(case)
    world.db.commit()
    page = Page(app, world, body, case)

    assert '/facts"' not in page.text
    assert page.press("facts", country="TW").status_code == 404


def test_her_page_says_who_changed_what_and_offers_organizations_of_the_new_country(
    app: Flask, db: Session, network: Network, clock: Clock
) -> None:
    there = make_organization(db, country="TW", parent_id=network.root.id, name="Taipei Demo Desk")
    make_member(db, there)
    make_version(db, clock())
    db.commit()
    worker = reported(app, network)
    case, organizer = case_of(db), desk(app, network.one)
    organizer.act(case, "accept")
    fields = {"city": "", "sector": "", "nationality": "", "seen": "HK///"}
    assert organizer.act(case, "facts", country="TW", **fields).status_code == 303

    page = worker.get("case")

    assert "Sampaguita Demo Desk changed this in your report on" in page
    assert "country of work. If it is not right" in page
    assert "Taiwan" not in page.partition("What you wrote")[0]
    assert "Taipei Demo Desk" in page
    assert worker.act("consent", recipients=[str(there.id)], scope="all").status_code == 303
    rows = look(db, select(Referral).where(Referral.organization_id == there.id))
    assert [row.state for row in rows] == ["sent"]
