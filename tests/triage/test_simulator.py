"""The simulator at the desk: facets of nobody in the address, and nothing that is kept."""

import html

import pytest
from flask import Flask
from sqlalchemy import func, select

from grievance.casework.directory.version import make_version
from grievance.rules.terms import Role
from grievance.store.events import Event
from tests.casework.world import World
from tests.factories import NOW, make_member, sign_in

ASKED = "/desk/simulate?country=HK&issues=WAG01&nationality=PH"


@pytest.fixture
def world(world: World) -> World:
    """Committed, so that the application reads it."""
    world.db.commit()
    return world


def page_of(app: Flask, world: World, path: str) -> str:
    client = app.test_client()
    sign_in(client, world.kits[world.bodies[0]])
    answer = client.get(path)
    assert answer.status_code == 200
    return html.unescape(answer.text)


def result(page: str) -> str:
    return page[page.index("Who would be proposed") :]


def test_it_ranks_and_says_for_whom_it_is_not(app: Flask, world: World) -> None:
    page = page_of(app, world, ASKED)

    assert "This is not for a real person's case" in page
    for body in world.bodies:
        assert f"<bdi>{body.name}</bdi>: takes this kind of problem" in result(page)
    assert f"Overseeing desk: {world.root.name}" in result(page)


def test_an_organization_named_as_the_respondent_is_a_conflict_that_shows(
    app: Flask, world: World
) -> None:
    one, two, three = world.bodies

    found = result(page_of(app, world, f"{ASKED}&respondent={one.id}&rule_out={two.id}"))

    kept_away = found[found.index("Who is kept away") :]
    assert "the problem is with it" in kept_away.partition(one.name)[2].partition("</tr>")[0]
    assert "does not want it to know" in kept_away.partition(two.name)[2].partition("</tr>")[0]
    assert three.name in found.partition("Who is kept away")[0]
    assert "No desk can oversee it." in found


def test_no_case_is_read_and_nothing_is_kept(app: Flask, world: World) -> None:
    world.bodies[0].capacity = 1
    make_version(world.db, NOW)
    world.file(world.answers("chosen", world.bodies[:1], last=True)).accepted_at = NOW
    world.db.commit()
    client = app.test_client()
    sign_in(client, world.kits[world.bodies[0]])
    before = world.db.scalar(select(func.count()).select_from(Event))

    found = result(html.unescape(client.get(ASKED).text))

    assert world.bodies[0].name in found.partition("Who is kept away")[0]
    assert world.db.scalar(select(func.count()).select_from(Event)) == before


@pytest.mark.parametrize(
    "query",
    [
        "country=XX&sex=1&city=Nowhere&languages=q&issues=QQ&respondent=x&rule_out=%00",
        "country=HK&country=SG&respondent=00000000-0000-0000-0000-000000000000",
        "issues=" + "W" * 3000,
    ],
)
def test_what_means_nothing_is_left_out(app: Flask, world: World, query: str) -> None:
    assert "Who would be proposed" in page_of(app, world, f"/desk/simulate?{query}")


def test_who_works_on_no_cases_has_no_simulator(app: Flask, world: World) -> None:
    kit = make_member(world.db, world.root, roles=(Role.ADMINISTRATOR,))
    world.db.commit()
    client = app.test_client()
    sign_in(client, kit)

    assert client.get(ASKED).status_code == 403
