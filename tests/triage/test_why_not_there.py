"""Why not there: who may read what of it, and that opening the sealed part is one event."""

import html
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from grievance.casework.directory.version import make_version
from grievance.casework.referral import consenting, referring
from grievance.rules.route import RULE_VERSION
from grievance.rules.terms import ConsentScope
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.events import Event
from grievance.store.referrals import latest_route
from tests.casework.world import World
from tests.factories import NOW, make_member, make_organization
from tests.triage.test_case import Page

RULED_OUT = "the worker does not want it to know"
FITS = "Nothing that may be read here speaks against it."


@pytest.fixture
def world(world: World) -> World:
    """With a listing, and a partner that takes no new cases."""
    make_organization(world.db, name="Only listed", partner=False)
    world.bodies.append(make_organization(world.db, name="Without keys"))
    make_version(world.db, NOW)
    return world


@pytest.fixture
def case(world: World) -> Case:
    """Offered to the first, and the third may not know of it."""
    answers = world.answers("chosen", world.bodies[:1], last=True)
    answers.rule_out = [str(world.bodies[2].id)]
    made = world.file(answers)
    world.db.commit()
    return made


def answer(page: Page, body: Organization) -> str:
    got = page.client.get(f"{page.path}/why?country=HK&organization={body.id}")
    assert got.status_code == 200
    return html.unescape(got.text)


def openings(world: World) -> int:
    query = select(func.count()).select_from(Event).where(Event.verb == "route_opened")
    return world.db.scalar(query) or 0


def said(text: str, body: Organization) -> str:
    """The answer without the organization's own name and place in the list."""
    panel = text[text.index('<section class="panel">') : text.index("</section>")]
    return panel.replace(body.name, "X")


def test_who_only_is_asked_reads_the_same_of_who_is_ruled_out_as_of_who_fits(
    app: Flask, world: World, case: Case
) -> None:
    asked, fits, ruled_out, _ = world.bodies
    page = Page(app, world, asked, case)

    told = {body: said(answer(page, body), body) for body in (fits, ruled_out)}

    assert FITS in told[fits]
    assert told[fits] == told[ruled_out]
    assert openings(world) == 0


def test_the_overseeing_desk_reads_no_more_and_no_list_shows_who_is_missing(
    app: Flask, world: World, case: Case
) -> None:
    chosen, fits, ruled_out, _ = world.bodies
    page = Page(app, world, world.root, case)

    assert said(answer(page, fits), fits) == said(answer(page, ruled_out), ruled_out)
    here = page.text[page.text.index("Why here") :]
    listed = here[: here.index("</details>")]
    assert listed.count("<li>") == 2  # whom the worker chose, and the own desk
    assert chosen.name in listed
    assert openings(world) == 0


def test_who_holds_the_case_from_now_on_reads_no_more_than_who_does_not(
    app: Flask, world: World
) -> None:
    """It has no key of the route: a list of all would show it who is missing."""
    fits = make_organization(world.db, name="Fits Too", parent_id=world.root.id)
    make_member(world.db, fits)
    make_version(world.db, NOW)
    chosen, later, ruled_out, _ = world.bodies
    answers = world.answers("chosen", [chosen], last=True)
    answers.rule_out = [str(ruled_out.id)]
    case = world.file(answers)
    referring.accept(world.db, case, chosen.id, world.actor(chosen), NOW)
    choice = consenting.Choice(later.id, ConsentScope.FROM_NOW, "en")
    consenting.consent(world.db, case, choice, world.her(case), world.route(answers), NOW)
    referring.accept(world.db, case, later.id, world.actor(later), NOW)
    world.db.commit()
    page = Page(app, world, later, case)

    here = page.text[page.text.index("Why here") :]
    listed = here[: here.index("</details>")]
    assert chosen.name in listed
    assert fits.name not in listed
    assert said(answer(page, fits), fits) == said(answer(page, ruled_out), ruled_out)
    assert openings(world) == 0


def test_who_holds_the_case_reads_all_and_each_opening_is_one_event(
    app: Flask, world: World, case: Case
) -> None:
    holder, fits, ruled_out, _ = world.bodies
    referring.accept(world.db, case, holder.id, world.actor(holder), NOW)
    world.db.commit()
    page = Page(app, world, holder, case)

    first, second = answer(page, ruled_out), answer(page, fits)
    page.client.get(f"{page.path}/why?country=HK")

    assert RULED_OUT in first
    assert "It was proposed, at place" in second
    assert fits.name in page.text  # why here names the first candidates
    assert "Looked at the sealed part of a route" in page.client.get(page.path).text
    assert openings(world) == 2


def test_what_stands_readable_is_told_to_everybody(app: Flask, world: World, case: Case) -> None:
    listed = world.db.scalars(select(Organization).where(~Organization.partner)).one()
    new = make_organization(world.db, name="Newer")
    world.db.commit()
    page = Page(app, world, world.bodies[0], case)

    assert "It was not in the directory that this case was routed by." in answer(page, new)
    assert "It was no partner" in answer(page, listed)
    assert "nobody there has a key to read with yet" in answer(page, world.bodies[3])


def test_a_route_that_found_nobody_tells_nothing_of_one_alone(app: Flask, world: World) -> None:
    """She ruled out two of three; the third is paused. Only the network itself is left."""
    first, second, third, _ = world.bodies
    answers = world.answers("chosen", [], last=True)
    answers.rule_out = [str(first.id), str(second.id)]
    world.root.services.clear()
    third.paused = True
    world.db.flush()
    make_version(world.db, NOW)
    case = world.file(answers)
    world.db.commit()

    page = Page(app, world, world.root, case)
    told = {said(answer(page, body), body) for body in world.bodies}

    assert len(told) == 1
    assert "Nobody was found to fit" in told.pop()
    assert openings(world) == 0


def test_by_other_rules_it_says_so(app: Flask, world: World, case: Case) -> None:
    stored = latest_route(world.db, case.id)
    assert stored
    stored.rule_version = RULE_VERSION - 1
    world.db.commit()

    text = answer(Page(app, world, world.bodies[0], case), world.bodies[1])

    assert f"was routed by version {RULE_VERSION - 1} of the rules" in text


def test_of_a_case_that_is_not_hers_there_is_no_page(app: Flask, world: World, case: Case) -> None:
    page = Page(app, world, world.bodies[1], case)
    ends = [case.id, uuid4(), "1"]

    answers = [page.client.get(f"/desk/cases/{one}/why") for one in ends]

    assert {one.status_code for one in answers} == {404}
    assert len({one.text for one in answers}) == 1


@pytest.mark.parametrize(
    "query", ["organization=1", "country=zz&page=x", "page=99999999999999999999", "country=%00"]
)
def test_what_means_nothing_in_the_address_asks_nothing(
    app: Flask, world: World, case: Case, query: str
) -> None:
    page = Page(app, world, world.bodies[0], case)

    got = page.client.get(f"{page.path}/why?{query}")

    assert got.status_code == 200
    assert '<section class="panel">' not in got.text
