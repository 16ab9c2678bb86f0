"""Closing, opening again, and the two persons that a danger case takes."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from grievance.casework.case import closing, working
from grievance.casework.case.closing import AlreadyClosed, Closing, SecondPersonNeeded
from grievance.casework.referral import referring
from grievance.rules.terms import CaseState, ClosingKind, Outcome, Role, Urgency
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization
from grievance.store.events import Actor
from grievance.store.outbox import Notice
from tests.casework.world import World, accepted, refer, state_of
from tests.factories import NOW, leave, make_member

ENDING = Closing(Outcome.SETTLED, ClosingKind.RESOLVED, None, None, "")
DAY = timedelta(days=1)


@pytest.fixture
def danger(world: World) -> tuple[Case, Organization]:
    """A danger case that an organization holds."""
    case = world.file(world.answers("chosen", [world.bodies[0]], last=True))
    [holder] = world.asked(case)
    referring.accept(world.db, case, holder.id, world.actor(holder), NOW)
    case.urgency = Urgency.U0
    return case, holder


def second(world: World, body: Organization, role: Role = Role.ORGANIZER) -> Actor:
    kit = make_member(world.db, body, roles=(role,))
    return kit.actor


def notices_to(world: World, person: Actor) -> int:
    query = select(Notice).where(Notice.user_id == person.user_id)
    return len(world.db.scalars(query).all())


def close(world: World, case: Case, actor: Actor, at: datetime = NOW) -> None:
    closing.close(world.db, case, ENDING, None, actor, at)
    world.db.flush()


def refused(world: World, case: Case, actor: Actor, at: datetime = NOW) -> None:
    with pytest.raises(SecondPersonNeeded):
        close(world, case, actor, at)
    world.db.flush()


def test_a_danger_case_is_closed_by_two(world: World, danger: tuple[Case, Organization]) -> None:
    case, holder = danger
    other = second(world, holder)
    refused(world, case, world.actor(holder))
    refused(world, case, world.actor(holder), NOW + 2 * DAY)

    close(world, case, other, NOW + 2 * DAY)

    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.SETTLED)


def test_a_word_for_an_earlier_closing_does_not_count_for_the_next(
    world: World, danger: tuple[Case, Organization]
) -> None:
    case, holder = danger
    other = second(world, holder)
    refused(world, case, world.actor(holder))
    close(world, case, other, NOW + DAY)
    closing.reopen(world.db, case, other, NOW + 2 * DAY)

    refused(world, case, other, NOW + 3 * DAY)


def test_where_nobody_else_could_she_closes_it_a_day_later(
    world: World, danger: tuple[Case, Organization]
) -> None:
    case, holder = danger
    administrator = second(world, holder, Role.ADMINISTRATOR)
    organizer_above = world.actor(world.root)
    refused(world, case, world.actor(holder))
    refused(world, case, world.actor(holder), NOW + timedelta(hours=23))
    refused(world, case, administrator, NOW + timedelta(hours=25))
    with pytest.raises(AlreadyClosed):
        close(world, case, organizer_above, NOW + timedelta(hours=25))

    close(world, case, world.actor(holder), NOW + timedelta(hours=25))

    assert case.state == CaseState.CLOSED


def test_where_a_desk_has_one_member_a_coordinator_above_is_told_and_confirms(
    world: World, danger: tuple[Case, Organization]
) -> None:
    case, holder = danger
    above = second(world, world.root, Role.COORDINATOR)
    told = notices_to(world, above)
    refused(world, case, world.actor(holder))
    refused(world, case, world.actor(holder), NOW + 2 * DAY)
    assert notices_to(world, above) == told + 1

    other = Closing(Outcome.ADVICE_ONLY, ClosingKind.SPAM, None, None, "")
    closing.close(world.db, case, other, None, above, NOW + 2 * DAY)

    assert (case.state, case.outcome) == (CaseState.CLOSED, Outcome.SETTLED)


def test_a_desk_above_that_must_find_nothing_of_the_case_is_no_second(
    world: World, danger: tuple[Case, Organization]
) -> None:
    case, holder = danger
    above = second(world, world.root, Role.COORDINATOR)
    world.db.add(CaseExclusion(case_id=case.id, organization_id=world.root.id))
    world.db.flush()
    refused(world, case, world.actor(holder))

    with pytest.raises(AlreadyClosed):
        close(world, case, above)
    close(world, case, world.actor(holder), NOW + timedelta(hours=25))

    assert case.state == CaseState.CLOSED


def test_from_above_a_closing_is_confirmed_and_never_asked_for(
    world: World, danger: tuple[Case, Organization]
) -> None:
    """Nor where who asked for it has left: two above would close what neither reads."""
    case, holder = danger
    gone = second(world, holder)
    chiefs = [second(world, world.root, Role.COORDINATOR) for _ in range(2)]
    refused(world, case, gone)
    leave(world.db, gone)

    for chief in chiefs:
        with pytest.raises(AlreadyClosed):
            close(world, case, chief)
    refused(world, case, world.actor(holder))
    close(world, case, chiefs[0])

    assert case.state == CaseState.CLOSED


def test_a_new_message_cancels_a_closing_that_was_asked_for(
    world: World, danger: tuple[Case, Organization]
) -> None:
    case, holder = danger
    other = second(world, holder)
    refused(world, case, world.actor(holder))
    working.message(
        world.db,
        case,
        "Kanaryo",
        world.keys(case, holder),
        language="en",
        actor=world.actor(holder),
        now=NOW + DAY,
    )
    world.db.flush()

    refused(world, case, other, NOW + 2 * DAY)


def test_whoever_is_still_asked_is_asked_no_more_after_the_end(world: World) -> None:
    case, holder = accepted(world)
    refer(world, case, holder, world.bodies[1])
    case.worker_waits = True
    close(world, case, world.actor(holder))

    assert state_of(world, case, world.bodies[1]) == ["withdrawn"]
    assert not case.worker_waits  # in no list of what waits


def test_opened_again_the_owner_and_the_assignee_are_as_before(
    world: World, danger: tuple[Case, Organization]
) -> None:
    case, holder = danger
    case.urgency = Urgency.U2
    case.assignee_id = world.kits[holder].user_id
    close(world, case, world.actor(holder))

    closing.reopen(world.db, case, world.actor(holder), NOW + DAY)

    assert (case.owner_id, case.assignee_id) == (holder.id, world.kits[holder].user_id)
    assert (case.state, case.outcome, case.closed_at) == (CaseState.REOPENED, None, None)


def test_a_case_is_closed_once_and_an_open_one_is_not_opened(
    world: World, danger: tuple[Case, Organization]
) -> None:
    case, holder = danger
    case.urgency = Urgency.U2
    with pytest.raises(closing.AlreadyClosed):
        closing.reopen(world.db, case, world.actor(holder), NOW)
    close(world, case, world.actor(holder))

    with pytest.raises(closing.AlreadyClosed):
        close(world, case, world.actor(holder))
