"""A desk takes back what it asked for, as long as nobody has said yes."""

import pytest
from flask import Flask
from sqlalchemy import select

from grievance.casework.case import reading
from grievance.casework.referral import questions, recalling, referring
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.events import events_of_verb
from grievance.store.referrals import Consent, ConsentQuestion, open_questions
from tests.casework.world import World, accepted, refer, state_of
from tests.factories import NOW, csrf_of, sign_in


def recall(world: World, case: Case, holder: Organization, other: Organization) -> None:
    recalling.recall(world.db, case, other.id, world.actor(holder), NOW)
    world.db.flush()


def test_one_that_was_asked_by_a_slip_is_asked_no_more_and_gets_no_key(world: World) -> None:
    case, holder = accepted(world)
    other = world.bodies[1]
    refer(world, case, holder, other)
    desk, actor = world.desk(other), world.actor(other)
    questions.ask(world.db, case, "Which day?", desk, language="en", actor=actor, now=NOW)

    recall(world, case, holder, other)

    assert state_of(world, case, other) == ["withdrawn"]
    assert other.id not in world.granted(case)
    assert not reading.holds(world.db, case, other.id)
    with pytest.raises(referring.NotAsked):
        referring.accept(world.db, case, other.id, world.actor(other), NOW)
    said = select(Consent).where(Consent.organization_id == other.id)
    assert world.db.scalars(said).one().withdrawn_at == NOW  # the desk had written it down
    assert case.owner_id == holder.id
    assert len(events_of_verb(world.db, case.id, "referral_recalled")) == 1


def test_whom_she_chose_herself_is_hers_to_take_back(world: World) -> None:
    case, holder = accepted(world, world.bodies[1], last=True)
    other = next(one for one in world.bodies[:2] if one is not holder)
    refer(world, case, holder, other)

    for hers in (other, world.root):
        with pytest.raises(referring.CannotMove):
            recall(world, case, holder, hers)

    assert state_of(world, case, other) == ["sent"]
    assert state_of(world, case, world.root) == ["waiting"]
    referring.accept(world.db, case, other.id, world.actor(other), NOW)
    assert 0 in world.keys(case, other).keys


def test_a_question_to_her_is_taken_back(world: World) -> None:
    case, holder = accepted(world)
    refer(world, case, holder, world.bodies[1], via=None)

    recall(world, case, holder, world.bodies[1])

    assert list(open_questions(world.db, case.id)) == []
    assert world.db.scalars(select(ConsentQuestion)).one().agreed is None


def test_nobody_takes_back_what_was_accepted_or_what_she_chose(world: World) -> None:
    case, holder = accepted(world, world.bodies[1])
    hers = next(one for one in world.bodies[:2] if one is not holder)
    taker = world.bodies[2]
    refer(world, case, holder, taker)
    referring.accept(world.db, case, taker.id, world.actor(taker), NOW)

    for by, other in ((holder, taker), (taker, taker), (taker, hers), (hers, taker)):
        with pytest.raises(referring.CannotMove):
            recall(world, case, by, other)
    assert state_of(world, case, hers) == ["waiting"]


def test_the_button_stands_with_who_was_asked_and_works_once(app: Flask, world: World) -> None:
    case, holder = accepted(world)
    other = world.bodies[1]
    refer(world, case, holder, other)
    world.db.commit()
    client = app.test_client()
    sign_in(client, world.kits[holder])
    path = f"/desk/cases/{case.id}"
    page = client.get(path).text
    assert f"Do not ask {other.name} any more" in page
    fields = {"csrf_token": csrf_of(page), "organization": str(other.id)}

    first = client.post(f"{path}/recall", data=fields)
    again = client.post(f"{path}/recall", data=fields)

    assert (first.status_code, again.status_code) == (303, 400)
    page = client.get(path).text
    assert "Do not ask" not in page
    assert "taken back by who asked" in page
