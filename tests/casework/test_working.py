"""Messages, notes, assignment, state and urgency of a case that a desk holds."""

import pytest
from sqlalchemy import select

from grievance.casework.case import closing, working
from grievance.casework.referral import consenting, referring
from grievance.rules.terms import CaseState, ClosingKind, GrantKind, Outcome, Role, Urgency
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.documents import Grant
from tests.casework.world import World
from tests.factories import NOW, make_member


@pytest.fixture
def held(world: World) -> tuple[Case, Organization]:
    """A case that an organization accepted and has not touched."""
    case = world.file(world.answers("chosen", [world.bodies[0]], last=True))
    [holder] = world.asked(case)
    referring.accept(world.db, case, holder.id, world.actor(holder), NOW)
    world.db.flush()
    return case, holder


def test_the_first_message_puts_a_case_to_work(
    world: World, held: tuple[Case, Organization]
) -> None:
    case, holder = held
    opened = world.keys(case, holder)
    assert not case.worked_on

    working.message(
        world.db, case, "We read it.", opened, language="en", actor=world.actor(holder), now=NOW
    )

    assert (case.worked_on, case.state) == (True, CaseState.IN_PROGRESS)


def test_a_message_to_a_closed_case_opens_it_again(
    world: World, held: tuple[Case, Organization]
) -> None:
    case, holder = held
    ending = closing.Closing(Outcome.SETTLED, ClosingKind.RESOLVED, None, None, "")
    closing.close(world.db, case, ending, None, world.actor(holder), NOW)

    working.message(
        world.db, case, "One more.", world.keys(case, holder), language="en",
        actor=world.actor(holder), now=NOW,
    )  # fmt: skip

    assert (case.state, case.closed_at) == (CaseState.REOPENED, None)


def test_a_message_goes_under_the_newest_key_or_not_at_all(
    world: World, held: tuple[Case, Organization]
) -> None:
    case, holder = held
    before = world.keys(case, holder)
    consenting.start_epoch(world.db, case, world.her(case), NOW)

    with pytest.raises(working.NotAllowed):
        working.message(
            world.db, case, "Late.", before, language="en", actor=world.actor(holder), now=NOW
        )


def test_notes_of_one_desk_share_one_key_that_it_alone_holds(
    world: World, held: tuple[Case, Organization]
) -> None:
    case, holder = held
    for text in ("one", "two"):
        opened = world.keys(case, holder)
        working.note(world.db, case, text, opened, actor=world.actor(holder), now=NOW)
        world.db.flush()

    grants = world.db.scalars(select(Grant).where(Grant.kind == GrantKind.NOTES)).all()

    assert [grant.organization_id for grant in grants] == [holder.id]


def test_a_case_is_assigned_to_a_confirmed_colleague_only(
    world: World, held: tuple[Case, Organization]
) -> None:
    case, holder = held
    colleague = make_member(world.db, holder)
    waiting = make_member(world.db, holder, roles=(Role.ORGANIZER,), confirmed=False)
    stranger = world.kits[world.bodies[1]]
    for kit in (waiting, stranger):
        with pytest.raises(working.NotAllowed):
            working.assign(world.db, case, kit.user_id, world.actor(holder), NOW)

    working.assign(world.db, case, colleague.user_id, world.actor(holder), NOW)

    assert (case.assignee_id, case.state) == (colleague.user_id, CaseState.ASSIGNED)


def test_lowering_urgency_needs_a_reason_and_a_fresh_page(
    world: World, held: tuple[Case, Organization]
) -> None:
    case, holder = held
    actor = world.actor(holder)
    case.urgency = Urgency.U3
    working.set_urgency(world.db, case, Urgency.U1, "", seen="U3", actor=actor, now=NOW)

    with pytest.raises(working.Changed):
        working.set_urgency(world.db, case, Urgency.U3, "calm", seen="U3", actor=actor, now=NOW)
    with pytest.raises(working.ReasonNeeded):
        working.set_urgency(world.db, case, Urgency.U3, "", seen="U1", actor=actor, now=NOW)
    assert case.urgency == Urgency.U1

    working.set_urgency(world.db, case, Urgency.U3, "calm", seen="U1", actor=actor, now=NOW)
    assert case.urgency == Urgency.U3


def test_a_state_set_from_an_older_page_changes_nothing(
    world: World, held: tuple[Case, Organization]
) -> None:
    case, holder = held
    actor, seen = world.actor(holder), case.state
    working.set_state(world.db, case, CaseState.FOLLOW_UP, seen=seen, actor=actor, now=NOW)

    with pytest.raises(working.Changed):
        working.set_state(world.db, case, CaseState.WAITING_WORKER, seen=seen, actor=actor, now=NOW)

    assert case.state == CaseState.FOLLOW_UP
