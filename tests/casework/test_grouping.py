"""Groups of cases: of one desk, held now, written to one by one; a case leaves by itself."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from grievance.casework.case import closing, grouping, retaining, working
from grievance.casework.case.grouping import Group, GroupedAlready, NobodyToTell, TooMany
from grievance.casework.case.keyring import open_all
from grievance.casework.case.timing import NotThatDay
from grievance.casework.case.working import Changed, NotAllowed
from grievance.casework.referral import consenting, holding, referring
from grievance.rules import groups as rules
from grievance.rules.terms import ClosingKind, DocumentKind, Outcome
from grievance.sealing.keys import KeyPair
from grievance.store.cases import Case, CaseExclusion
from grievance.store.clocks import CaseClock
from grievance.store.directory import Organization
from grievance.store.documents import Document, documents
from grievance.store.events import Event
from grievance.store.groups import (
    GroupMember,
    find_group,
    groups_of,
    held_by_number,
    members_of_group,
    said_to_be_several,
)
from tests.casework.world import World, refer
from tests.factories import NOW, MemberKit

ZONE = ZoneInfo("Asia/Hong_Kong")


def hold(world: World, count: int, body: Organization | None = None) -> list[Case]:
    """Cases that one organization accepted, each of another worker."""
    found = []
    for _ in range(count):
        world.pair = KeyPair.generate()
        case = world.file(world.answers("chosen", [body or world.bodies[0]], True))
        [holder] = world.asked(case)
        referring.accept(world.db, case, holder.id, world.actor(holder), NOW)
        found.append(case)
    world.db.flush()
    return found


def mine(world: World) -> MemberKit:
    return world.kits[world.bodies[0]]


def start(world: World, cases: Sequence[Case], name: str = "Kanaryo dormitory") -> Group:
    kit = mine(world)
    row = grouping.start_group(world.db, cases, name, kit.desk, kit.actor, NOW)
    world.db.flush()
    return Group(row, cases)


def now_in(world: World, group: Group) -> Group:
    rows = members_of_group(world.db, mine(world).reader(), group.row.id)
    return Group(group.row, rows)


def tell(world: World, group: Group, text: str = "Meeting on Sunday", seen: str = "") -> None:
    kit = mine(world)
    grouping.message_all(
        world.db, group, text, kit.desk, kit.actor, NOW, language="en",
        seen=seen or str(group.row.acts),
    )  # fmt: skip
    world.db.flush()


def test_a_group_is_read_by_its_desk_and_its_name_lies_in_no_row(world: World) -> None:
    cases = hold(world, 3)
    group = start(world, cases)

    assert grouping.group_name(world.db, cases, mine(world).desk) == "Kanaryo dormitory"
    assert len(now_in(world, group).cases) == 3
    for row in world.db.scalars(select(Document).where(Document.kind == DocumentKind.GROUP)):
        assert b"Kanaryo" not in row.sealed
    assert "Kanaryo" not in f"{[e.details for e in world.db.scalars(select(Event))]}"


def test_neither_the_worker_nor_the_next_holder_can_open_its_name(world: World) -> None:
    [case] = hold(world, 1)
    start(world, [case])
    rows = documents(world.db, case.id, DocumentKind.GROUP)
    refer(world, case, world.bodies[0], world.bodies[1])
    referring.accept(world.db, case, world.bodies[1].id, world.actor(world.bodies[1]), NOW)

    assert [row.key for row in rows] == ["notes"]
    assert documents(world.db, case.id, DocumentKind.GROUP) == []
    assert not world.keys(case, world.bodies[1]).notes_keys


def test_a_message_goes_to_each_worker_alone(world: World) -> None:
    cases = hold(world, 3)
    tell(world, start(world, cases))

    for case in cases:
        [row] = documents(world.db, case.id, DocumentKind.MESSAGE)
        [(_, words)] = open_all([row], world.keys(case, world.bodies[0]).keys)
        assert words["text"] == "Meeting on Sunday"
    verbs = select(func.count()).where(Event.verb == "message_written")
    assert world.db.scalar(verbs) == 3
    assert {one.worked_on for one in cases} == {True}


def test_a_second_press_or_an_older_page_writes_nothing(world: World) -> None:
    cases = hold(world, 2)
    group = start(world, cases)
    tell(world, group, seen="0")

    with pytest.raises(Changed):
        tell(world, group, seen="0")

    assert len(documents(world.db, cases[0].id, DocumentKind.MESSAGE)) == 1


def test_closed_cases_stay_as_they_are(world: World) -> None:
    cases = hold(world, 2)
    ending = closing.Closing(Outcome.SETTLED, ClosingKind.RESOLVED, None, None, "")
    closing.close(world.db, cases[0], ending, None, world.actor(world.bodies[0]), NOW)
    group = start(world, cases)
    tell(world, group)

    assert cases[0].state == "closed"
    assert documents(world.db, cases[0].id, DocumentKind.MESSAGE) == []
    closing.close(world.db, cases[1], ending, None, world.actor(world.bodies[0]), NOW)
    with pytest.raises(NobodyToTell):
        tell(world, group)


def test_where_one_cannot_be_sealed_none_is_written(world: World) -> None:
    cases = hold(world, 2)
    group = start(world, cases)
    cases[1].epoch += 1  # an epoch that was not granted

    with pytest.raises(NotAllowed):
        tell(world, group)

    assert documents(world.db, cases[0].id, DocumentKind.MESSAGE) == []


def test_a_note_and_a_day_are_set_in_each(world: World) -> None:
    cases, kit = hold(world, 2), mine(world)
    group = start(world, cases)
    grouping.note_all(world.db, group, "One lawyer for all", kit.desk, kit.actor, NOW, seen="0")
    day = NOW.date()
    grouping.plan_all(world.db, group, day, kit.actor, NOW, zone=ZONE, seen="1")
    world.db.flush()

    for case in cases:
        assert len(documents(world.db, case.id, DocumentKind.NOTE)) == 1
        assert world.db.get_one(CaseClock, (case.id, "next_contact")).on_day == day
    with pytest.raises(NotThatDay):
        grouping.plan_all(
            world.db, group, day.replace(year=2031), kit.actor, NOW, zone=ZONE, seen="2"
        )


def test_a_case_is_in_one_group_of_a_desk_at_most(world: World) -> None:
    cases = hold(world, 3)
    start(world, cases[:2])

    with pytest.raises(GroupedAlready):
        start(world, cases[1:])


def test_more_join_and_take_its_name_and_those_in_it_stay(world: World) -> None:
    cases, kit = hold(world, 3), mine(world)
    group = start(world, cases[:2])
    grouping.add_to_group(world.db, group, cases, kit.desk, kit.actor, NOW, seen="0")
    world.db.flush()

    assert len(now_in(world, group).cases) == 3
    assert grouping.group_name(world.db, cases[2:], kit.desk) == "Kanaryo dormitory"


def test_another_name_leaves_nothing_of_the_old_one(world: World) -> None:
    cases, kit = hold(world, 2), mine(world)
    group = start(world, cases)
    grouping.rename_group(world.db, group, "Crew", kit.desk, kit.actor, NOW, seen="0")

    assert grouping.group_name(world.db, cases[1:], kit.desk) == "Crew"
    assert len(documents(world.db, cases[0].id, DocumentKind.GROUP)) == 1


def test_taken_out_it_leaves_no_name_behind(world: World) -> None:
    cases = hold(world, 2)
    group = start(world, cases)
    grouping.take_out(world.db, group, [cases[0].id], world.actor(world.bodies[0]), NOW, seen="0")
    world.db.flush()

    assert [one.id for one in now_in(world, group).cases] == [cases[1].id]
    assert documents(world.db, cases[0].id, DocumentKind.GROUP) == []


def test_no_group_is_larger_than_a_hundred(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "LARGEST", 2)
    cases = hold(world, 3)

    with pytest.raises(TooMany):
        start(world, cases)


@pytest.mark.parametrize("how", ["withdrawn", "given back", "handed on", "forgotten"])
def test_a_case_that_left_the_desk_left_the_group(world: World, how: str) -> None:
    stays, leaves = hold(world, 2)
    body, other = world.bodies[:2]
    group = start(world, [stays, leaves])
    if how == "withdrawn":
        consenting.withdraw(world.db, leaves, body.id, world.her(leaves), NOW)
    elif how == "given back":
        opened = world.keys(leaves, body)
        holding.give_back(
            world.db, leaves, "full", opened, world.desk(body), world.actor(body), NOW
        )
    elif how == "handed on":
        refer(world, leaves, body, other)
        referring.accept(world.db, leaves, other.id, world.actor(other), NOW)
    else:
        retaining.delete_case(world.db, leaves.id)
    world.db.flush()

    assert [one.case_id for one in world.db.scalars(select(GroupMember))] == [stays.id]
    assert [one.id for one in now_in(world, group).cases] == [stays.id]


def test_another_desk_finds_neither_group_nor_members_nor_numbers(world: World) -> None:
    cases = hold(world, 2)
    group = start(world, cases)
    world.db.flush()

    for body in (world.bodies[1], world.root):
        who = world.kits[body].reader(*world.bodies, world.root)
        assert find_group(world.db, who, group.row.id) is None
        assert list(groups_of(world.db, who)) == []
        assert list(members_of_group(world.db, who, group.row.id)) == []
        assert list(held_by_number(world.db, who, [one.number for one in cases])) == []


def test_a_member_who_must_find_nothing_of_a_case_does_not_find_it_in_a_group(
    world: World,
) -> None:
    cases = hold(world, 2)
    group = start(world, cases)
    other = world.bodies[1]
    world.db.add(CaseExclusion(case_id=cases[0].id, organization_id=other.id))
    world.db.flush()
    who = replace(mine(world).reader(), desks=frozenset({world.bodies[0].id, other.id}))

    assert [one.id for one in members_of_group(world.db, who, group.row.id)] == [cases[1].id]


def test_what_a_desk_did_not_accept_joins_no_group(world: World) -> None:
    case = world.file(world.answers("chosen", [world.bodies[0]], True))
    world.db.flush()

    assert list(held_by_number(world.db, mine(world).reader(), [case.number])) == []
    with pytest.raises(NotAllowed):
        start(world, [case])


@pytest.mark.parametrize(
    ("count", "may", "told"), [(5, True, True), (4, True, False), (5, False, False)]
)
def test_her_page_says_that_there_are_several_from_five_on_and_where_the_desk_ticked_it(
    world: World, count: int, may: bool, told: bool
) -> None:
    cases = hold(world, count)
    group = start(world, cases)
    grouping.let_say(world.db, group, may, world.actor(world.bodies[0]), NOW, seen="0")
    world.db.flush()

    assert rules.may_tell(said_to_be_several(world.db, cases[0].id)) is told


def test_a_name_and_a_note_lie_under_one_key(world: World) -> None:
    [case] = hold(world, 1)
    body = world.bodies[0]
    start(world, [case])
    working.note(world.db, case, "x", world.keys(case, body), actor=world.actor(body), now=NOW)
    world.db.flush()

    epochs = {row.epoch for row in documents(world.db, case.id) if row.key == "notes"}

    assert epochs == {0}
    assert len(world.keys(case, body).notes_keys) == 1


@pytest.mark.plain
@given(
    st.lists(st.from_regex(r"26-[2-9A-HJ-NP-Z]{5}", fullmatch=True)), st.sampled_from(" ,;\n\t　，")
)
def test_numbers_are_read_however_they_are_parted(numbers: list[str], between: str) -> None:
    typed = between.join(one.lower() for one in numbers)

    assert rules.numbers_in(typed) == list(dict.fromkeys(numbers))
