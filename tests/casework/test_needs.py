"""A report of several needs: one recipient each, side by side, one owner (design.md 5 and 6)."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from grievance.casework.case import closing, grouping, reading, timing, working
from grievance.casework.directory.version import loads_of, make_version
from grievance.casework.notices.alerting import alert_missed
from grievance.casework.referral import asking, consenting, holding, onward, paper, referring
from grievance.casework.referral.chains import proposals_now
from grievance.casework.referral.paper_consent import her_forms
from grievance.casework.report import replying
from grievance.casework.respondents import conflicting
from grievance.rules.respondents import Details
from grievance.rules.terms import (
    CaseState,
    ClockKind,
    ClosingKind,
    ConsentScope,
    ConsentVia,
    DeclineReason,
    Outcome,
    PaperState,
    ReferralKind,
    ReferralState,
    RespondentKind,
    Urgency,
)
from grievance.store.cases import Case
from grievance.store.clocks import clock_of
from grievance.store.directory import Organization
from grievance.store.events import Event, events_of_case, events_of_verb
from grievance.store.groups import said_to_be_several
from grievance.store.outbox import Notice
from grievance.store.queue import Filters, Reader, count_cases
from grievance.store.referrals import ConsentQuestion, Referral, referrals_of
from tests.casework.test_paper import ASKED, TODAY
from tests.casework.world import World, state_of
from tests.factories import NOW, make_member

DAY = timedelta(days=1)
SHARE = ReferralKind.SHARE
ENDING = closing.Closing(Outcome.SETTLED, ClosingKind.RESOLVED, None, None, "")


@pytest.fixture
def world(db: Session) -> World:
    """A union, a second one, a shelter, a second one, and a house that does both."""
    made = World.make(db, partners=5)
    made.issue = "LIV01"  # wages and a place to sleep
    needs = [["WCL"], ["WCL"], ["SHE"], ["SHE"], ["WCL", "SHE"]]
    for body, given in zip(made.bodies, needs, strict=True):
        body.services[0].needs = given
    made.root.services[0].needs = ["INF"]
    make_version(db, NOW)
    db.flush()
    return made


def files(world: World, *chosen: Organization, last: bool = True) -> Case:
    case = world.file(world.answers("chosen", list(chosen), last))
    world.db.flush()
    return case


def accepts(world: World, case: Case, body: Organization) -> None:
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    world.db.flush()


def declines(world: World, case: Case, body: Organization) -> None:
    asking.decline(world.db, case, body.id, DeclineReason.OTHER, world.actor(body), NOW)
    world.db.flush()


def agrees(world: World, case: Case, body: Organization) -> None:
    her = world.her(case)
    routed = world.route(consenting.read_answers(world.db, case.id, her))
    choice = consenting.Choice(body.id, ConsentScope.ALL, "en")
    consenting.consent(world.db, case, choice, her, routed, NOW)
    world.db.flush()


def takes_back(world: World, case: Case, body: Organization) -> None:
    consenting.withdraw(world.db, case, body.id, world.her(case), NOW)
    world.db.flush()


def refers(
    world: World, case: Case, by: Organization, to: Organization, kind=SHARE, via=ConsentVia.VOICE
) -> bool:
    given = onward.Onward(to.id, "she needs it", via, "en", kind)
    done = onward.refer_on(
        world.db, case, given, world.keys(case, by), world.desk(by), world.actor(by), NOW
    )
    world.db.flush()
    return done


def reads(world: World, case: Case, body: Organization) -> reading.OpenedCase | None:
    return reading.open_case(world.db, case, world.kits[body].desk, world.actor(body), NOW)


def reader(world: World, body: Organization) -> Reader:
    return world.kits[body].reader()


def row_of(world: World, case: Case, body: Organization) -> Referral:
    return [r for r in referrals_of(world.db, case.id) if r.organization_id == body.id][-1]


def verbs(world: World, case: Case, verb: str) -> list[Event]:
    return list(events_of_verb(world.db, case.id, verb))


# When she sends


def test_two_needs_are_asked_side_by_side_and_each_one_after_the_other(world: World) -> None:
    union, second, shelter, other, _ = world.bodies
    case = files(world, union, second, shelter, other)

    first = set(world.asked(case))
    assert len(first & {union, second}) == len(first & {shelter, other}) == 1
    rows = {r.organization_id: (r.kind, r.needs) for r in referrals_of(world.db, case.id)}
    assert rows[union.id] == rows[second.id] == ("hand_over", ["claim"])
    assert rows[shelter.id] == rows[other.id] == ("share", ["safe"])
    assert rows[world.root.id] == ("hand_over", ["claim"])

    asked = next(one for one in first if one in {shelter, other})
    declines(world, case, asked)

    assert set(world.asked(case)) == (first - {asked}) | ({shelter, other} - {asked})


def test_who_serves_all_is_asked_alone_and_the_others_when_it_cannot(world: World) -> None:
    union, _, shelter, _, house = world.bodies
    case = files(world, union, shelter, house)
    assert world.asked(case) == [house]

    declines(world, case, house)

    assert set(world.asked(case)) == {union, shelter}


def test_who_serves_all_and_says_yes_leaves_nothing_to_ask(world: World) -> None:
    union, _, shelter, _, house = world.bodies
    case = files(world, union, shelter, house)

    accepts(world, case, house)

    assert (world.asked(case), case.owner_id) == ([house], house.id)
    assert state_of(world, case, shelter) == ["waiting"]


def test_where_she_names_nobody_for_a_need_nothing_is_asked_for_it(world: World) -> None:
    union, _, shelter, _, _ = world.bodies

    only_safe = files(world, shelter)
    assert row_of(world, only_safe, shelter).kind == "hand_over"
    accepts(world, only_safe, shelter)
    assert only_safe.owner_id == shelter.id

    only_claim = files(world, union)
    assert world.asked(only_claim) == [union]


# Who shares


def test_who_shares_reads_writes_and_notes_and_the_owner_stays(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, shelter)
    accepts(world, case, union)
    assert reads(world, case, shelter) is None
    started = clock_of(world.db, case.id, ClockKind.FIRST_ANSWER)

    accepts(world, case, shelter)

    assert case.owner_id == union.id
    assert state_of(world, case, union) == ["accepted"]
    opened = reads(world, case, shelter)
    assert opened is not None
    assert opened.answers is not None
    assert opened.answers.story == "Kanaryo"
    actor = world.actor(shelter)
    working.message(world.db, case, "a bed is free", opened, language="en", actor=actor, now=NOW)
    working.note(world.db, case, "arrives at nine", opened, actor=actor, now=NOW)
    assert clock_of(world.db, case.id, ClockKind.FIRST_ANSWER) is started is not None
    assert not case.worked_on
    theirs = reads(world, case, union)
    assert theirs is not None
    assert theirs.notes == []
    assert [one.words["text"] for one in theirs.messages] == ["a bed is free"]


def test_one_may_share_before_anybody_owns_the_case(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, shelter)

    accepts(world, case, shelter)

    assert (case.owner_id, case.accepted_at) == (world.root.id, None)
    accepts(world, case, union)
    assert (case.owner_id, state_of(world, case, shelter)) == (union.id, ["accepted"])


def test_the_state_of_a_share_is_its_own(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, shelter)
    accepts(world, case, union)
    accepts(world, case, shelter)

    for state in (ReferralState.IN_SERVICE, ReferralState.COMPLETED):
        holding.set_service(world.db, case, shelter.id, state, world.actor(shelter), NOW)
    world.db.flush()

    assert state_of(world, case, union) == ["accepted"]
    assert reads(world, case, shelter) is None
    assert reads(world, case, union) is not None


def test_who_shared_it_and_is_done_has_it_in_no_group_and_asks_for_no_form(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, shelter)
    accepts(world, case, shelter)
    kit = world.kits[shelter]
    group = grouping.start_group(world.db, [case], "x", kit.desk, kit.actor, NOW)
    group.may_say = True
    opened = world.keys(case, shelter)
    paper.make_form(world.db, case, ASKED, opened, today=TODAY, actor=kit.actor, now=NOW)
    assert said_to_be_several(world.db, case.id)

    holding.set_service(world.db, case, shelter.id, ReferralState.COMPLETED, kit.actor, NOW)

    assert not said_to_be_several(world.db, case.id)
    [form] = her_forms(world.db, case, world.her(case), TODAY)
    assert form.state == PaperState.ENDED


def test_a_share_that_is_given_back_is_offered_to_the_next_and_the_owner_stays(
    world: World,
) -> None:
    union, _, shelter, other, _ = world.bodies
    case = files(world, union, shelter, other)
    accepts(world, case, union)
    [asked] = [one for one in world.asked(case) if one is not union]
    accepts(world, case, asked)

    opened = world.keys(case, asked)
    holding.give_back(world.db, case, "full", opened, world.desk(asked), world.actor(asked), NOW)
    world.db.flush()

    assert case.owner_id == union.id
    assert set(world.asked(case)) == {union, *({shelter, other} - {asked})}
    assert asked.id not in world.granted(case)


def test_whoever_has_new_words_of_hers_is_the_owner(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, shelter)
    accepts(world, case, union)
    accepts(world, case, shelter)
    replying.reply(world.db, case, "he is here", world.her(case), language="en", now=NOW)
    world.db.flush()

    opened = reads(world, case, shelter)
    assert opened is not None
    working.message(
        world.db, case, "go out", opened, language="en", actor=world.actor(shelter), now=NOW
    )

    assert case.worker_waits
    with pytest.raises(closing.NewWords):
        closing.close(world.db, case, ENDING, world.keys(case, union), world.actor(union), NOW)


def test_a_message_of_who_shares_does_not_open_a_closed_case(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, shelter)
    accepts(world, case, union)
    accepts(world, case, shelter)
    closing.close(world.db, case, ENDING, world.keys(case, union), world.actor(union), NOW)

    opened = world.keys(case, shelter)
    actor = world.actor(shelter)
    working.message(world.db, case, "still here", opened, language="en", actor=actor, now=NOW)

    assert case.state == CaseState.CLOSED


def test_closing_ends_every_question_and_opening_again_asks_on(world: World) -> None:
    union, second, shelter, _, _ = world.bodies
    case = files(world, union, second, shelter)
    closing.close(world.db, case, ENDING, None, world.actor(world.root), NOW)
    world.db.flush()
    assert world.asked(case) == []

    replying.reply(world.db, case, "please", world.her(case), language="en", now=NOW)
    world.db.flush()

    assert len(world.asked(case)) == 1


@pytest.mark.parametrize("by_her", [True, False])
def test_a_need_that_she_stopped_is_not_asked_for_when_the_case_opens_again(
    world: World, by_her: bool
) -> None:
    """Who waits for the other need is asked; where it was given back, for this one too."""
    union, second, shelter, other, _ = world.bodies
    case = files(world, union, second, shelter, other)
    helps = next(one for one in world.asked(case) if one in {shelter, other})
    accepts(world, case, helps)
    if by_her:
        takes_back(world, case, helps)
    closing.close(world.db, case, ENDING, None, world.actor(world.root), NOW)
    world.db.flush()
    if not by_her:
        keys, actor = world.keys(case, helps), world.actor(helps)
        holding.give_back(world.db, case, "no room", keys, world.desk(helps), actor, NOW)
        world.db.flush()
    assert world.asked(case) == []

    replying.reply(world.db, case, "please", world.her(case), language="en", now=NOW)
    world.db.flush()

    asked = set(world.asked(case))
    assert len(asked & {union, second}) == 1
    assert bool(asked & {shelter, other}) is not by_her


def test_who_serves_both_is_asked_without_the_need_that_she_stopped(world: World) -> None:
    union, second, shelter, *_ = world.bodies
    case = files(world, union, second, shelter)
    accepts(world, case, shelter)
    takes_back(world, case, shelter)
    waiting = next(one for one in (union, second) if one not in world.asked(case))
    row = row_of(world, case, waiting)
    row.needs = ["claim", "safe"]
    closing.close(world.db, case, ENDING, None, world.actor(world.root), NOW)
    world.db.flush()

    replying.reply(world.db, case, "please", world.her(case), language="en", now=NOW)
    world.db.flush()

    assert world.asked(case) == [waiting]
    assert row.needs == ["claim"]


# Nobody is left


def test_where_a_further_need_finds_nobody_the_owner_is_told_once(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, shelter)
    accepts(world, case, union)
    world.db.query(Notice).delete()

    declines(world, case, shelter)

    [event] = verbs(world, case, "need_unmet")
    assert (event.organization_id, event.details) == (union.id, {"needs": ["safe"]})
    assert {n.organization_id for n in world.db.query(Notice)} == {union.id}
    assert not case.asked_all
    declines_again = asking.expire_due(world.db, NOW + 30 * DAY)
    assert (declines_again, len(verbs(world, case, "need_unmet"))) == (0, 1)


def test_where_the_first_need_finds_nobody_the_overseeing_desk_is_asked(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, shelter)
    accepts(world, case, shelter)

    declines(world, case, union)
    assert set(world.asked(case)) == {world.root, shelter}
    declines(world, case, world.root)

    assert (case.asked_all, case.owner_id) == (True, world.root.id)
    assert state_of(world, case, shelter) == ["accepted"]
    accepts(world, case, world.root)  # after all
    assert row_of(world, case, world.root).needs == ["claim"]


def test_time_that_runs_out_asks_the_next_of_its_need_alone(world: World) -> None:
    union, second, shelter, other, _ = world.bodies
    case = files(world, union, second, shelter, other)
    first = next(one for one in world.asked(case) if one in {union, second})
    accepts(world, case, first)

    asking.expire_due(world.db, NOW + 15 * DAY)
    world.db.flush()

    assert case.owner_id == first.id
    assert set(world.asked(case)) - {first} <= {shelter, other}
    assert clock_of(world.db, case.id, ClockKind.ANSWER) is None


def test_what_an_owner_is_told_of_a_need_stands_in_no_trail_where_there_is_no_owner(
    world: World,
) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, shelter, last=False)
    takes_back(world, case, world.root)
    assert case.owner_id is None

    declines(world, case, shelter)

    assert verbs(world, case, "need_unmet")
    seen = events_of_case(world.db, case.id, frozenset({union.id}))
    assert "need_unmet" not in {event.verb for event in seen}


# Her page


def test_taking_one_back_touches_its_need_only(world: World) -> None:
    union, second, shelter, other, _ = world.bodies
    case = files(world, union, second, shelter, other)
    asked = next(one for one in world.asked(case) if one in {union, second})
    beside = next(one for one in world.asked(case) if one is not asked)
    accepts(world, case, asked)
    accepts(world, case, beside)

    takes_back(world, case, beside)

    assert (case.owner_id, world.asked(case)) == (asked.id, [asked])
    assert beside.id not in world.granted(case)
    assert asked.id in world.granted(case)
    takes_back(world, case, asked)
    assert (case.owner_id, world.asked(case)) == (world.root.id, [])


def test_for_a_need_that_found_nobody_she_asks_another_beside_the_owner(world: World) -> None:
    union, _, shelter, _, house = world.bodies
    case = files(world, union, shelter)
    accepts(world, case, union)
    declines(world, case, shelter)
    found = world.route(consenting.read_answers(world.db, case.id, world.her(case))).route
    shown = proposals_now(case, referrals_of(world.db, case.id), found)
    lines = {c.organization: each.lines for each in shown for c in each.candidates}
    assert lines[str(house.id)] == ("safe",)

    agrees(world, case, house)

    row = row_of(world, case, house)
    assert (row.kind, row.needs, row.state) == ("share", ["safe"], "sent")
    accepts(world, case, house)
    assert case.owner_id == union.id


def test_when_nobody_owns_the_case_whom_she_asks_is_to_own_it(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, last=False)
    declines(world, case, union)

    agrees(world, case, shelter)

    assert row_of(world, case, shelter).kind == "hand_over"
    accepts(world, case, shelter)
    assert case.owner_id == shelter.id


def test_another_for_the_same_need_takes_the_place_of_who_serves_it(world: World) -> None:
    union, second, shelter, other, _ = world.bodies
    case = files(world, union, shelter)
    accepts(world, case, union)
    accepts(world, case, shelter)

    agrees(world, case, other)
    accepts(world, case, other)

    assert state_of(world, case, shelter) == ["completed"]
    assert reads(world, case, shelter) is None
    agrees(world, case, second)
    accepts(world, case, second)
    assert (case.owner_id, state_of(world, case, union)) == (second.id, ["completed"])
    assert state_of(world, case, other) == ["accepted"]


# Referring on


def test_the_owner_shares_a_case_by_the_same_rules_of_consent(world: World) -> None:
    union, second, shelter, _, _ = world.bodies
    case = files(world, union)
    accepts(world, case, union)

    assert not refers(world, case, union, shelter, via=None)
    [question] = world.db.query(ConsentQuestion)
    assert question.kind == SHARE
    assert shelter.id not in world.granted(case)
    assert refers(world, case, union, shelter)

    row = row_of(world, case, shelter)
    assert (row.kind, row.needs, row.state) == ("share", ["safe"], "sent")
    accepts(world, case, shelter)
    assert (case.owner_id, state_of(world, case, union)) == (union.id, ["accepted"])
    assert refers(world, case, union, second)  # a second opinion
    row = row_of(world, case, second)
    assert (row.kind, row.needs, row.state) == ("share", [], "sent")
    with pytest.raises(onward.CannotReferThere):
        refers(world, case, union, shelter)


def test_a_case_that_nobody_accepted_is_not_shared_by_its_overseeing_desk(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, last=False)

    with pytest.raises(onward.CannotReferThere):
        refers(world, case, world.root, shelter, via=None)


def test_who_shares_may_be_given_the_whole_case_and_keeps_its_own_need(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, shelter)
    accepts(world, case, union)
    accepts(world, case, shelter)

    assert refers(world, case, union, shelter, ReferralKind.HAND_OVER)
    accepts(world, case, shelter)

    assert case.owner_id == shelter.id
    assert state_of(world, case, union) == ["completed"]
    assert row_of(world, case, shelter).needs == ["claim", "safe"]
    assert state_of(world, case, shelter).count("accepted") == 1


def test_her_yes_to_a_question_to_share_makes_a_share(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union)
    accepts(world, case, union)
    refers(world, case, union, shelter, via=None)
    her = world.her(case)
    routed = world.route(consenting.read_answers(world.db, case.id, her))

    choice = consenting.Choice(shelter.id, ConsentScope.ALL, "en", kind=SHARE)
    consenting.consent(world.db, case, choice, her, routed, NOW, asked_by_staff=True)
    world.db.flush()

    assert (row_of(world, case, shelter).kind, case.owner_id) == ("share", union.id)


# When others act


def test_danger_is_told_to_who_shares_at_once(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, shelter)
    accepts(world, case, union)
    accepts(world, case, shelter)
    world.db.query(Notice).delete()

    working.set_urgency(
        world.db, case, Urgency.U0, "", seen=case.urgency or "", actor=world.actor(union), now=NOW
    )
    world.db.flush()

    assert {n.organization_id for n in world.db.query(Notice)} == {shelter.id}


def test_a_desk_that_shares_and_is_in_conflict_leaves_its_need_and_not_the_case(
    world: World,
) -> None:
    union, second, shelter, other, _ = world.bodies
    case = files(world, union, second, shelter, other)
    first = next(one for one in world.asked(case) if one in {union, second})
    beside = next(one for one in world.asked(case) if one is not first)
    accepts(world, case, first)
    accepts(world, case, beside)
    beside.name = "Sunrise Manpower Cooperative"
    make_version(world.db, NOW)
    about = Details(RespondentKind.BROKER, ("Sunrise Manpower Cooperative",))

    left = conflicting.check(world.db, case, None, [about], world.actor(beside), NOW)
    world.db.flush()

    assert left
    assert case.owner_id == first.id
    assert set(world.asked(case)) == {first, *({shelter, other} - {beside})}
    assert beside.id not in world.granted(case)


# Clocks and loads


def test_who_shares_and_does_nothing_is_asked_after_once(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, shelter)
    accepts(world, case, shelter)
    make_member(world.db, shelter)
    row = row_of(world, case, shelter)
    assert row.first_due_at is not None
    late = row.first_due_at + timedelta(minutes=1)

    assert [alert_missed(world.db, late) for _ in range(2)] == [1, 0]

    [event] = verbs(world, case, "promise_missed")
    assert event.organization_id == shelter.id
    missed = Filters(referral="missed")
    assert count_cases(world.db, reader(world, shelter), missed)[0] == 1
    opened = world.keys(case, shelter)
    working.note(world.db, case, "here", opened, actor=world.actor(shelter), now=NOW)
    world.db.flush()
    assert count_cases(world.db, reader(world, shelter), missed)[0] == 0


def test_more_urgent_means_that_who_shares_acts_sooner_too(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, shelter)
    accepts(world, case, shelter)

    timing.hurry(world.db, case, Urgency.U0, NOW)

    due = row_of(world, case, shelter).first_due_at
    assert due is not None
    assert due <= NOW + DAY


def test_a_need_that_it_serves_is_a_case_it_carries(world: World) -> None:
    union, _, shelter, _, _ = world.bodies
    case = files(world, union, shelter)
    accepts(world, case, union)
    accepts(world, case, shelter)

    loads = loads_of(world.db, [str(union.id), str(shelter.id)], NOW.date())

    assert {load.open_cases for load in loads.values()} == {1}
