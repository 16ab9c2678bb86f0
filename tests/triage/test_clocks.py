"""Promised times at the desk: in the queue, as a pile, on the case's page."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grievance.casework.notices import alerting
from grievance.casework.referral import asking
from grievance.rules.terms import ClockKind, ReferralState, Role
from grievance.store.cases import Case
from grievance.store.clocks import clock_of
from grievance.store.directory import Organization
from grievance.store.referrals import referrals_of
from tests.casework.world import World, accepted
from tests.factories import NOW, csrf_of, make_member, sign_in, words_of


@pytest.fixture
def held(world: World) -> tuple[Case, Organization]:
    case, holder = accepted(world)
    world.db.commit()
    return case, holder


def at_desk(app: Flask, world: World, body: Organization) -> FlaskClient:
    client = app.test_client()
    sign_in(client, world.kits[body])
    return client


def post(client: FlaskClient, case: Case, on: str) -> tuple[int, str]:
    page = client.get(f"/desk/cases/{case.id}").text
    answer = client.post(
        f"/desk/cases/{case.id}/contact", data={"csrf_token": csrf_of(page), "on": on}
    )
    return answer.status_code, answer.text


def pile(client: FlaskClient, name: str) -> int:
    found = re.search(rf"<span>{name}</span>\s*<strong>(\d+)</strong>", client.get("/desk/").text)
    assert found, name
    return int(found[1])


def test_an_organizer_sets_the_next_contact_and_sees_it(
    app: Flask, world: World, held: tuple[Case, Organization]
) -> None:
    case, holder = held
    client = at_desk(app, world, holder)

    assert post(client, case, "2026-12-01")[0] == 303

    page = client.get(f"/desk/cases/{case.id}").text
    assert "Next contact with the worker: 1 December 2026." in page
    assert 'value="2026-12-01"' in page
    assert "Set the day of the next contact" in page
    queue = words_of(client.get("/desk/cases?sort=due").text)
    assert "next contact 1 December 2026" in queue
    assert post(client, case, "")[0] == 303
    assert "Next contact with the worker:" not in client.get(f"/desk/cases/{case.id}").text


@pytest.mark.parametrize(
    ("on", "status", "said"),
    [
        ("tomorrow", 400, "Write a day as 2026-11-25."),
        ("2026-11-24", 409, "Choose a day from today on, within a year."),
        ("2029-01-01", 409, "Choose a day from today on, within a year."),
    ],
)
def test_a_day_that_cannot_be_is_said(
    app: Flask, world: World, held: tuple[Case, Organization], on: str, status: int, said: str
) -> None:
    found, page = post(at_desk(app, world, held[1]), held[0], on)

    assert (found, said in page) == (status, True)


def test_another_desk_sets_no_day(
    app: Flask, world: World, held: tuple[Case, Organization]
) -> None:
    case, holder = held
    other = next(body for body in world.bodies if body is not holder)
    client = at_desk(app, world, other)
    token = csrf_of(client.get("/desk/").text)

    answer = client.post(f"/desk/cases/{case.id}/contact", data={"csrf_token": token, "on": ""})

    assert answer.status_code == 404


def test_a_missed_first_answer_is_a_pile_here_and_above_and_nowhere_else(
    app: Flask, world: World, held: tuple[Case, Organization]
) -> None:
    case, holder = held
    above = make_member(world.db, world.root, roles=(Role.COORDINATOR,))
    first = clock_of(world.db, case.id, ClockKind.FIRST_ANSWER)
    assert first
    alerting.alert_missed(world.db, first.due_at)
    world.db.commit()
    other = next(body for body in world.bodies if body is not holder)
    top = app.test_client()
    sign_in(top, above)

    here = at_desk(app, world, holder)
    assert pile(here, "A promised time has passed") == 1
    assert pile(top, "A promised time has passed") == 1
    assert pile(at_desk(app, world, other), "A promised time has passed") == 0
    listed = here.get("/desk/cases?referral=missed&sort=due").text
    assert case.number in listed
    assert "missed:" in listed
    page = words_of(here.get(f"/desk/cases/{case.id}").text)
    assert "A promised time has passed. First answer to the worker before" in page


def test_a_case_that_nobody_answered_is_in_the_pile_of_who_oversees_it(
    app: Flask, world: World
) -> None:
    case = world.file(world.answers("chosen", [world.bodies[0]], last=False))
    [row] = referrals_of(world.db, case.id)
    assert row.state == ReferralState.SENT
    assert row.due_at
    asking.expire_due(world.db, row.due_at)
    world.db.commit()

    assert pile(at_desk(app, world, world.root), "A promised time has passed") == 1


def test_what_we_promised_is_due_soon_beside_what_we_are_asked(
    app: Flask, world: World, held: tuple[Case, Organization]
) -> None:
    case, holder = held
    client = at_desk(app, world, holder)
    assert pile(client, "Due within a day, or late") == 0
    first = clock_of(world.db, case.id, ClockKind.FIRST_ANSWER)
    assert first
    first.due_at = NOW + timedelta(hours=20)
    world.db.commit()

    assert pile(client, "Due within a day, or late") == 1
