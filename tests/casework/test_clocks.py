"""Half-time reminders, missed promises and the calendar of who must answer."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from grievance.casework.case import closing, timing, working
from grievance.casework.case.timing import NobodysCase, NotThatDay
from grievance.casework.notices import alerting
from grievance.casework.referral import asking, consenting, referring
from grievance.casework.report import replying
from grievance.rules.terms import (
    CaseState,
    ClockKind,
    ClosingKind,
    DeclineReason,
    DocumentKind,
    NoticeKind,
    Outcome,
    ReferralState,
    Role,
    Urgency,
)
from grievance.store.cases import Case, CaseExclusion
from grievance.store.clocks import clock_of, clocks_of
from grievance.store.directory import Organization
from grievance.store.documents import documents
from grievance.store.events import Event
from grievance.store.outbox import Notice
from grievance.store.referrals import Referral, referrals_of
from tests.casework.world import World, accepted
from tests.factories import NOW, make_member

SUNDAYS = {"zone": "Asia/Hong_Kong", "hours": {"sun": ["10:00-18:00"]}, "closed": []}
HK = ZoneInfo("Asia/Hong_Kong")
SUNDAY = datetime(2026, 11, 29, 10, tzinfo=HK)
HOUR = timedelta(hours=1)


@pytest.fixture
def world(world: World) -> World:
    """Somebody who has three days to answer: U2."""
    world.issue = "DEB02"
    return world


def told(world: World, kind: NoticeKind) -> list[str]:
    world.db.flush()
    return sorted(world.db.scalars(select(Notice.to_email).where(Notice.kind == kind)))


def acts(world: World, verb: str) -> int:
    query = select(func.count()).select_from(Event).where(Event.verb == verb)
    return world.db.scalar(query) or 0


def asked(world: World, *bodies: Organization, last: bool = True) -> tuple[Case, Referral]:
    case = world.file(world.answers("chosen", list(bodies), last))
    return case, next(r for r in referrals_of(world.db, case.id) if r.state == ReferralState.SENT)


def coordinator(world: World, body: Organization) -> str:
    return make_member(world.db, body, roles=(Role.COORDINATOR,)).email


def test_an_answer_is_due_when_the_organization_is_there(world: World) -> None:
    world.bodies[0].calendar = SUNDAYS

    _, row = asked(world, world.bodies[0])

    # Wednesday; a bad loan is U2: Saturday, and nobody is there before Sunday at ten.
    assert row.clock_ends_at == datetime(2026, 11, 28, 10, tzinfo=UTC)
    assert row.due_at == SUNDAY
    assert row.remind_at is not None
    assert row.remind_at < SUNDAY


def test_without_a_calendar_time_passes_as_it_always_did(world: World) -> None:
    _, row = asked(world, world.bodies[0])

    assert row.due_at == row.clock_ends_at == datetime(2026, 11, 28, 10, tzinfo=UTC)
    assert row.remind_at == datetime(2026, 11, 26, 22, tzinfo=UTC)


def test_half_time_reminds_once_and_only_while_an_answer_is_awaited(world: World) -> None:
    _, row = asked(world, world.bodies[0])
    assert row.remind_at
    before = len(told(world, NoticeKind.ITEM_WAITS))

    assert alerting.remind(world.db, row.remind_at - HOUR) == 0
    assert alerting.remind(world.db, row.remind_at) == 1
    assert alerting.remind(world.db, row.remind_at) == 0
    assert alerting.remind(world.db, row.remind_at + HOUR) == 0

    assert len(told(world, NoticeKind.ITEM_WAITS)) == before + 1
    assert acts(world, "referral_reminded") == 1


def test_who_answered_is_not_reminded(world: World) -> None:
    case, row = asked(world, world.bodies[0])
    assert row.remind_at
    referring.accept(world.db, case, world.bodies[0].id, world.actor(world.bodies[0]), NOW)

    assert alerting.remind(world.db, row.remind_at) == 0


def test_a_worker_stopped_for_days_reminds_nobody_of_what_is_over(world: World) -> None:
    _, row = asked(world, world.bodies[0], world.bodies[1])
    assert row.due_at
    late = row.due_at + timedelta(days=1)

    assert alerting.remind(world.db, late) == 0
    assert asking.expire_due(world.db, late) == 1
    assert asking.expire_due(world.db, late) == 0
    assert alerting.remind(world.db, late) == 0

    following = next(r for r in referrals_of(world.db, row.case_id) if r.state == "sent")
    assert following.due_at == late + timedelta(hours=72)  # a whole turn of its own


def test_no_answer_in_time_alerts_a_coordinator_there_and_one_above(world: World) -> None:
    here = {body.id: coordinator(world, body) for body in world.bodies}
    above = coordinator(world, world.root)
    case, row = asked(world, world.bodies[0], world.bodies[1])
    assert row.due_at

    asking.expire_due(world.db, row.due_at)
    asking.expire_due(world.db, row.due_at)

    assert told(world, NoticeKind.PROMISE_MISSED) == sorted([here[row.organization_id], above])
    missed = clock_of(world.db, case.id, ClockKind.ANSWER)
    assert missed
    assert missed.missed_at == row.due_at


def test_a_missed_answer_is_over_when_somebody_takes_the_case(world: World) -> None:
    case, row = asked(world, world.bodies[0], world.bodies[1])
    assert row.due_at
    asking.expire_due(world.db, row.due_at)
    [following] = world.asked(case)

    referring.accept(world.db, case, following.id, world.actor(following), row.due_at + HOUR)

    assert [one.kind for one in clocks_of(world.db, [case.id])] == [ClockKind.FIRST_ANSWER]


def test_where_nobody_coordinates_whoever_works_there_is_told(world: World) -> None:
    _, row = asked(world, world.bodies[0], last=False)
    assert row.due_at

    asking.expire_due(world.db, row.due_at)

    assert told(world, NoticeKind.PROMISE_MISSED) == [world.kits[world.bodies[0]].email]


def test_a_desk_that_must_find_nothing_of_a_case_is_not_alerted(world: World) -> None:
    coordinator(world, world.root)
    case, row = asked(world, world.bodies[0], last=False)
    world.db.add(CaseExclusion(case_id=case.id, organization_id=world.root.id))
    assert row.due_at

    asking.expire_due(world.db, row.due_at)

    assert told(world, NoticeKind.PROMISE_MISSED) == [world.kits[world.bodies[0]].email]


def test_one_person_with_two_desks_is_told_once(world: World) -> None:
    case, row = asked(world, world.root)
    email = coordinator(world, world.root)
    assert row.due_at

    asking.expire_due(world.db, row.due_at)

    assert told(world, NoticeKind.PROMISE_MISSED) == [email]
    assert case.asked_all


def test_who_accepts_and_stays_silent_is_alerted_once(world: World) -> None:
    here, above = coordinator(world, world.bodies[0]), coordinator(world, world.root)
    case, _ = accepted(world)
    first = clock_of(world.db, case.id, ClockKind.FIRST_ANSWER)
    assert first
    assert first.due_at == NOW + timedelta(hours=72)

    assert alerting.alert_missed(world.db, first.due_at - HOUR) == 0
    assert alerting.alert_missed(world.db, first.due_at) == 1
    assert alerting.alert_missed(world.db, first.due_at + timedelta(days=9)) == 0

    assert told(world, NoticeKind.PROMISE_MISSED) == sorted([here, above])
    assert acts(world, "promise_missed") == 1


def does(world: World, case: Case, holder: Organization, act: str) -> None:
    """Something that is done for her."""
    opened, actor = world.keys(case, holder), world.actor(holder)
    if act == "message":
        working.message(world.db, case, "Yes", opened, language="en", actor=actor, now=NOW)
    elif act == "note":
        working.note(world.db, case, "Yes", opened, actor=actor, now=NOW)
    elif act == "state":
        working.set_state(world.db, case, CaseState.WAITING_WORKER, seen="", actor=actor, now=NOW)
    elif act == "assign":
        working.assign(world.db, case, world.kits[holder].user_id, actor, NOW)
    else:
        ends = closing.Closing(Outcome.SETTLED, ClosingKind.RESOLVED, None, None, "")
        closing.close(world.db, case, ends, opened, actor, NOW)


@pytest.mark.parametrize("act", ["message", "note", "state", "assign"])
def test_each_of_four_acts_is_a_first_answer(world: World, act: str) -> None:
    case, holder = accepted(world)
    does(world, case, holder, act)

    assert clocks_of(world.db, [case.id]) == []
    assert alerting.alert_missed(world.db, NOW + timedelta(days=30)) == 0


def test_a_case_taken_from_everybody_is_no_answer(world: World) -> None:
    case, holder = accepted(world)
    working.assign(world.db, case, None, world.actor(holder), NOW)

    [clock] = clocks_of(world.db, [case.id])
    assert clock.kind == ClockKind.FIRST_ANSWER


def test_who_takes_what_fits_by_itself_owes_a_first_answer_from_the_same_hour(
    world: World,
) -> None:
    world.bodies[0].accept_at_once = True
    case = world.file(world.answers("chosen", [world.bodies[0]], last=True))

    first = clock_of(world.db, case.id, ClockKind.FIRST_ANSWER)

    assert first
    assert first.due_at == datetime(2026, 11, 28, 10, tzinfo=UTC)


def test_raised_urgency_brings_every_clock_forward_and_lowered_none_back(world: World) -> None:
    case, holder = accepted(world)
    actor = world.actor(holder)

    working.set_urgency(world.db, case, Urgency.U0, "", seen="", actor=actor, now=NOW)
    first = clock_of(world.db, case.id, ClockKind.FIRST_ANSWER)
    assert first
    assert first.due_at == NOW + 2 * HOUR

    working.set_urgency(world.db, case, Urgency.U3, "calm", seen="", actor=actor, now=NOW)
    assert first.due_at == NOW + 2 * HOUR


def test_an_open_question_is_hurried_with_its_reminder(world: World) -> None:
    case, row = asked(world, world.bodies[0])
    assert case.urgency == Urgency.U2

    timing.hurry(world.db, case, Urgency.U1, NOW)

    assert row.due_at == NOW + 24 * HOUR
    assert row.remind_at == NOW + 12 * HOUR


def test_a_closed_case_and_one_given_back_have_no_clocks(world: World) -> None:
    case, holder = accepted(world)
    ending = closing.Closing(Outcome.SETTLED, ClosingKind.RESOLVED, None, None, "")
    closing.close(world.db, case, ending, None, world.actor(holder), NOW)
    assert clocks_of(world.db, [case.id]) == []

    world.pair = type(world.pair).generate()
    other, holder = accepted(world)
    consenting.withdraw(world.db, other, holder.id, world.her(other), NOW)
    assert clocks_of(world.db, [other.id]) == []


def test_a_next_contact_is_missed_when_its_day_is_over_and_somebody_is_there(
    world: World,
) -> None:
    coordinator(world, world.bodies[0])
    world.bodies[0].calendar = SUNDAYS
    case, holder = accepted(world)
    does(world, case, holder, "assign")

    timing.plan_contact(
        world.db, case, date(2026, 11, 27), zone=HK, actor=world.actor(holder), now=NOW
    )
    planned = clock_of(world.db, case.id, ClockKind.NEXT_CONTACT)

    assert planned
    assert planned.due_at == SUNDAY
    assert alerting.alert_missed(world.db, SUNDAY - HOUR) == 0
    assert alerting.alert_missed(world.db, SUNDAY) == 1
    assert alerting.alert_missed(world.db, SUNDAY) == 0


@pytest.mark.parametrize("calendar", [None, SUNDAYS])
@pytest.mark.parametrize(("days", "stands"), [(0, True), (1, True), (2, False), (9, False)])
def test_a_message_makes_the_contact_of_its_day_and_no_later_one(
    world: World, calendar: dict[str, object] | None, days: int, stands: bool
) -> None:
    world.bodies[0].calendar = calendar
    case, holder = accepted(world)
    actor, on = world.actor(holder), date(2026, 11, 27)
    timing.plan_contact(world.db, case, on, zone=HK, actor=actor, now=NOW)
    world.db.flush()

    working.message(
        world.db, case, "Hello", world.keys(case, holder), language="en", actor=actor,
        now=NOW + timedelta(days=days),
    )  # fmt: skip

    assert (clock_of(world.db, case.id, ClockKind.NEXT_CONTACT) is not None) == stands


def test_a_contact_is_planned_for_a_day_of_the_coming_year_in_an_open_case(world: World) -> None:
    case, holder = accepted(world)
    actor, today = world.actor(holder), NOW.date()
    for wrong in (today - timedelta(days=1), today + timedelta(days=367), date(9999, 12, 31)):
        with pytest.raises(NotThatDay):
            timing.plan_contact(world.db, case, wrong, zone=HK, actor=actor, now=NOW)
    timing.plan_contact(world.db, case, today, zone=HK, actor=actor, now=NOW)
    timing.plan_contact(world.db, case, None, zone=HK, actor=actor, now=NOW)
    assert clock_of(world.db, case.id, ClockKind.NEXT_CONTACT) is None

    case.state = CaseState.CLOSED
    with pytest.raises(NobodysCase):
        timing.plan_contact(world.db, case, today, zone=HK, actor=actor, now=NOW)


def test_a_question_stops_the_clock_and_her_answer_starts_it_again(world: World) -> None:
    case, row = asked(world, world.bodies[0])
    end = row.due_at
    assert end
    asked_at = NOW + 10 * HOUR
    row.state = ReferralState.INFO_REQUESTED

    timing.pause_answer_clock(world.db, case, row, asked_at)
    timing.pause_answer_clock(world.db, case, row, asked_at + HOUR)
    assert row.due_at == end + 72 * HOUR
    timing.resume_answer_clock(world.db, case, row, asked_at + 5 * HOUR)
    timing.resume_answer_clock(world.db, case, row, asked_at + 9 * HOUR)
    assert row.due_at == end + 5 * HOUR
    timing.pause_answer_clock(world.db, case, row, asked_at + 20 * HOUR)
    assert row.due_at == end + 72 * HOUR  # of all questions together


def test_a_question_that_is_never_answered_ends_with_the_pause(world: World) -> None:
    case, row = asked(world, world.bodies[0], world.bodies[1])
    end = row.due_at
    assert end
    row.state = ReferralState.INFO_REQUESTED
    timing.pause_answer_clock(world.db, case, row, NOW)

    assert asking.expire_due(world.db, end) == 0
    assert asking.expire_due(world.db, end + 72 * HOUR) == 1
    assert row.state == ReferralState.EXPIRED


def test_in_danger_a_question_stops_nothing(world: World) -> None:
    case, row = asked(world, world.bodies[0])
    case.urgency, end = Urgency.U0, row.due_at

    timing.pause_answer_clock(world.db, case, row, NOW)

    assert row.due_at == end


def test_new_hours_move_no_clock_that_runs(world: World) -> None:
    case, row = asked(world, world.bodies[0])
    before = row.due_at

    world.bodies[0].calendar = SUNDAYS
    asking.decline(
        world.db, case, world.bodies[0].id, DeclineReason.OTHER, world.actor(world.bodies[0]), NOW
    )

    assert row.due_at == before


def writes(world: World, case: Case, text: str, now: datetime = NOW) -> None:
    replying.reply(world.db, case, text, world.her(case), language="en", now=now)
    world.db.flush()


def answered(world: World) -> tuple[Case, Organization]:
    """A case whose holder has kept its first promise."""
    case, holder = accepted(world)
    state = CaseState.FOLLOW_UP
    working.set_state(world.db, case, state, seen="", actor=world.actor(holder), now=NOW)
    return case, holder


def test_what_she_writes_has_a_time_and_who_lets_it_pass_is_told_of_once(world: World) -> None:
    email = coordinator(world, world.bodies[0])
    case, holder = answered(world)
    holder.calendar = SUNDAYS

    writes(world, case, "he took my phone")
    writes(world, case, "and my passport", NOW + HOUR)

    [clock] = clocks_of(world.db, [case.id])
    assert (clock.kind, clock.due_at) == (ClockKind.REPLY, SUNDAY)
    for _ in range(2):
        alerting.alert_missed(world.db, NOW + timedelta(days=6))
    assert told(world, NoticeKind.PROMISE_MISSED) == [email]
    assert clocks_of(world.db, [case.id])[0].missed_at


@pytest.mark.parametrize("act", ["message", "note", "state", "assign", "close"])
def test_whatever_is_done_for_her_answers_what_she_wrote(world: World, act: str) -> None:
    case, holder = answered(world)
    writes(world, case, "thank you")
    for row in documents(world.db, case.id, DocumentKind.MESSAGE):
        row.seen_at = NOW

    does(world, case, holder, act)

    assert clocks_of(world.db, [case.id]) == []


@pytest.mark.parametrize("act", ["message", "note", "state", "assign"])
@pytest.mark.parametrize("first", [True, False])
def test_what_is_done_by_a_page_older_than_her_words_leaves_them_a_time(
    world: World, act: str, first: bool
) -> None:
    case, holder = accepted(world) if first else answered(world)
    writes(world, case, "he is here")

    does(world, case, holder, act)

    assert [one.kind for one in clocks_of(world.db, [case.id])] == [ClockKind.REPLY]


def test_a_case_that_opens_again_has_a_time_by_her_word_and_by_the_desks(world: World) -> None:
    case, holder = answered(world)
    actor = world.actor(holder)
    ends = closing.Closing(Outcome.SETTLED, ClosingKind.RESOLVED, None, None, "")
    closing.close(world.db, case, ends, None, actor, NOW)
    assert clocks_of(world.db, [case.id]) == []

    closing.reopen(world.db, case, actor, NOW)

    assert [one.kind for one in clocks_of(world.db, [case.id])] == [ClockKind.REPLY]
    closing.close(world.db, case, ends, None, actor, NOW)
    writes(world, case, "he came back")
    assert [one.kind for one in clocks_of(world.db, [case.id])] == [ClockKind.REPLY]


def test_before_anybody_said_yes_her_words_start_no_second_clock(world: World) -> None:
    case, row = asked(world, world.bodies[0])
    due = row.due_at

    writes(world, case, "please")

    assert clocks_of(world.db, [case.id]) == []
    assert row.due_at == due


def test_danger_brings_the_time_of_her_words_forward(world: World) -> None:
    case, holder = answered(world)
    writes(world, case, "he is here")

    actor = world.actor(holder)
    working.set_urgency(world.db, case, Urgency.U0, "", seen="", actor=actor, now=NOW)

    [clock] = clocks_of(world.db, [case.id])
    assert clock.due_at == NOW + 2 * HOUR
