"""A question to the worker before accepting: who reads it, what it stops, and how it ends."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from grievance.casework.case import closing, reading, timing, working
from grievance.casework.case.keyring import StaleKey
from grievance.casework.notices import alerting
from grievance.casework.referral import (
    asking,
    consenting,
    holding,
    onward,
    questions,
    referring,
)
from grievance.casework.report import replying
from grievance.rules.terms import (
    ClosingKind,
    ConsentScope,
    ConsentVia,
    DeclineReason,
    Outcome,
    ReferralKind,
    ReferralState,
    Urgency,
)
from grievance.store.cases import Case
from grievance.store.directory import Organization, OrganizationKey, OrganizationKeyShare
from grievance.store.documents import Document
from grievance.store.events import Event, events_of_case
from grievance.store.outbox import Notice
from grievance.store.questions import Question, open_question
from grievance.store.queue import Filters, find_cases
from grievance.store.referrals import Referral
from tests.casework.world import World, refer, state_of
from tests.factories import NOW

HOUR = timedelta(hours=1)
ASKED_AT = NOW + 10 * HOUR


@pytest.fixture
def world(world: World) -> World:
    """Somebody who has three days to answer: U2."""
    world.issue = "DEB02"
    return world


@dataclass
class Asked:
    """A case, who is asked to take it, and who is asked next."""

    world: World
    case: Case
    first: Organization
    second: Organization

    @classmethod
    def make(cls, world: World, last: bool = True) -> "Asked":
        case = world.file(world.answers("chosen", world.bodies[:2], last))
        [first] = world.asked(case)
        second = next(one for one in world.bodies[:2] if one is not first)
        return cls(world, case, first, second)

    def desk(self, body: Organization) -> reading.DeskKeys:
        return self.world.kits[body].desk

    def ask(self, text: str = "Which day?", body: Organization | None = None, at: Any = ASKED_AT):
        body = body or self.first
        questions.ask(
            self.world.db, self.case, text, self.desk(body), language="en",
            actor=self.world.actor(body), now=at,
        )  # fmt: skip
        self.world.db.flush()

    def answer(self, text: str = "Sunday", at: Any = ASKED_AT + 5 * HOUR, of=None) -> None:
        asker = (of or self.first).id
        query = select(Question).where(Question.organization_id == asker)
        question = self.world.db.scalars(query.order_by(Question.number.desc())).first()
        assert question
        questions.answer(
            self.world.db, self.case, question, text, self.world.her(self.case), language="en",
            now=at,
        )  # fmt: skip
        self.world.db.flush()

    def reads(self, body: Organization) -> list[tuple[str, str | None]]:
        """Questions and answers that a desk opens."""
        keys = reading.opened_keys(self.world.db, self.case, self.desk(body)).question_keys
        return [
            (one.asked["text"], one.answered["text"] if one.answered else None)
            for one in questions.threads(self.world.db, self.case.id, keys)
        ]

    def she_reads(self) -> list[tuple[str, str | None]]:
        her = self.world.her(self.case)
        return [
            (one.asked["text"], one.answered["text"] if one.answered else None)
            for one in questions.threads(self.world.db, self.case.id, her.questions)
        ]

    def accept(self, body: Organization, at: Any = ASKED_AT + 9 * HOUR) -> None:
        referring.accept(self.world.db, self.case, body.id, self.world.actor(body), at)
        self.world.db.flush()

    def decline(self, body: Organization, at: Any = ASKED_AT + HOUR) -> None:
        no = DeclineReason.NO_CAPACITY
        asking.decline(self.world.db, self.case, body.id, no, self.world.actor(body), at)
        self.world.db.flush()

    def row(self, body: Organization | None = None) -> Referral:
        query = select(Referral).where(
            Referral.case_id == self.case.id,
            Referral.organization_id == (body or self.first).id,
        )
        return self.world.db.scalars(query).one()

    def waits(self, wanted: str, body: Organization | None = None) -> int:
        who = replace(self.world.kits[body or self.first].reader(), at=ASKED_AT)
        return len(find_cases(self.world.db, who, Filters(referral=wanted)))


def test_a_question_is_seen_first_and_stops_the_clock_until_the_hour_of_her_answer(
    world: World,
) -> None:
    it = Asked.make(world)
    end = it.row().due_at
    assert end

    it.ask()
    asked = (it.row().state, it.row().seen_at, it.row().due_at)
    it.answer(at=ASKED_AT + 4 * HOUR + timedelta(minutes=1))

    assert asked == (ReferralState.INFO_REQUESTED, ASKED_AT, end + 72 * HOUR)
    assert it.row().state == ReferralState.SEEN
    # From 19:30 to the full hour after 23:31.
    assert it.row().due_at == end + 4.5 * HOUR


def test_asker_worker_and_who_holds_the_case_read_it_and_nobody_who_only_waits(
    world: World,
) -> None:
    it = Asked.make(world)
    it.accept(it.first, NOW)
    refer(world, it.case, it.first, it.second)
    it.ask("Can you travel?", it.second)
    it.answer("Yes, on Sunday", of=it.second)

    thread = [("Can you travel?", "Yes, on Sunday")]
    assert it.she_reads() == it.reads(it.second) == it.reads(it.first) == thread
    assert it.reads(world.bodies[2]) == it.reads(world.root) == []
    # The asker reads nothing else of hers.
    assert reading.opened_keys(world.db, it.case, it.desk(it.second)).keys == {}


def test_who_is_asked_next_reads_earlier_questions_when_it_accepts_and_not_before(
    world: World,
) -> None:
    it = Asked.make(world)
    it.ask()
    it.answer()
    assert it.reads(it.second) == []
    it.decline(it.first)
    assert it.reads(it.second) == []

    it.accept(it.second)

    assert it.reads(it.second) == [("Which day?", "Sunday")]


def test_no_takes_the_asker_its_own_question_and_ends_it(world: World) -> None:
    it = Asked.make(world)
    it.ask()

    it.decline(it.first)

    assert it.reads(it.first) == []
    with pytest.raises(questions.AskedNoMore):
        it.answer()
    assert it.she_reads() == [("Which day?", None)]


def test_a_clock_that_runs_out_over_a_question_ends_it_and_asks_the_next(world: World) -> None:
    it = Asked.make(world)
    it.ask()
    due = it.row().due_at
    assert due

    assert asking.expire_due(world.db, due - HOUR) == 0
    assert asking.expire_due(world.db, due) == 1
    world.db.flush()

    assert world.asked(it.case) == [it.second]
    assert it.reads(it.first) == []
    assert open_question(world.db, it.case.id, it.first.id) is None
    with pytest.raises(questions.AskedNoMore):
        it.answer(at=due + HOUR)


def test_half_time_waits_with_the_end_and_comes_back_with_her_answer(world: World) -> None:
    it = Asked.make(world)
    half = it.row().remind_at
    assert half
    it.ask()

    assert alerting.remind(world.db, half + HOUR) == 0
    it.answer()
    assert it.row().remind_at == half + 5.5 * HOUR  # to the full hour after her answer
    assert alerting.remind(world.db, half + 6 * HOUR) == 1


def test_without_her_answer_the_reminder_comes_after_the_pause(world: World) -> None:
    it = Asked.make(world)
    half = it.row().remind_at
    assert half
    it.ask()

    assert alerting.remind(world.db, half + 71 * HOUR) == 0
    assert alerting.remind(world.db, half + 72 * HOUR) == 1


def test_in_danger_nothing_stops_and_the_reminder_comes_as_ever(world: World) -> None:
    world.issue = "SAF08"
    it = Asked.make(world)
    assert it.case.urgency == Urgency.U0
    before = (it.row().due_at, it.row().remind_at)
    assert before[1]

    it.ask(at=NOW + timedelta(minutes=10))

    assert (it.row().due_at, it.row().remind_at) == before
    assert it.row().paused_at is None
    assert alerting.remind(world.db, before[1]) == 1
    assert it.waits("soon") == 1
    it.answer(at=NOW + timedelta(minutes=20))
    assert (it.row().due_at, it.row().state) == (before[0], ReferralState.SEEN)


def test_raised_urgency_hurries_a_question_and_her_answer_gives_nothing_back(world: World) -> None:
    it = Asked.make(world)
    it.ask()

    timing.hurry(world.db, it.case, Urgency.U0, ASKED_AT + HOUR)
    hurried = it.row().due_at
    it.answer()

    assert hurried == ASKED_AT + 3 * HOUR
    assert (it.row().due_at, it.row().state) == (hurried, ReferralState.SEEN)


def test_two_questions_stop_the_clock_for_72_hours_together(world: World) -> None:
    it = Asked.make(world)
    end = it.row().due_at
    assert end
    it.ask()
    it.answer(at=ASKED_AT + 20.5 * HOUR)
    it.ask("And where?", at=ASKED_AT + 21 * HOUR)

    assert it.row().due_at == end + 72 * HOUR
    it.answer("Central", at=ASKED_AT + 22.5 * HOUR)
    assert it.row().due_at == end + 22 * HOUR
    assert it.she_reads() == [("Which day?", "Sunday"), ("And where?", "Central")]


def test_one_question_at_a_time_and_the_same_press_twice_is_one(world: World) -> None:
    it = Asked.make(world)
    it.ask()
    it.ask(at=ASKED_AT + timedelta(minutes=1))

    with pytest.raises(questions.OneWaits):
        it.ask("Another?")
    it.answer()
    it.answer(at=ASKED_AT + 6 * HOUR)
    with pytest.raises(questions.AskedNoMore):
        it.answer("Not Sunday")

    assert it.reads(it.first) == [("Which day?", "Sunday")]
    rows = world.db.scalars(select(Document).where(Document.kind == "question")).all()
    assert len(rows) == 2
    verbs = world.db.scalars(select(Event.verb)).all()
    assert (verbs.count("question_asked"), verbs.count("question_answered")) == (1, 1)


def test_an_owner_without_a_key_asks_too_and_no_clock_stops(world: World) -> None:
    it = Asked.make(world, last=False)
    due = it.row().due_at

    it.ask("Are you safe?", world.root)
    it.ask("Which day?")
    it.answer("Yes", of=world.root)

    assert it.reads(world.root) == [("Are you safe?", "Yes")]
    assert it.reads(it.first) == [("Which day?", None)]
    assert it.row().due_at != due  # of its own question
    assert it.waits("answered", world.root) == 1
    assert it.waits("answered") == 0


def test_who_holds_the_case_writes_and_who_has_no_part_in_it_may_not_ask(world: World) -> None:
    it = Asked.make(world)
    with pytest.raises(referring.NotAsked):
        it.ask(body=it.second)
    it.accept(it.first)

    with pytest.raises(questions.WriteToHer):
        it.ask()
    with pytest.raises(referring.NotAsked):
        it.ask(body=world.root)


def test_a_closed_case_takes_no_question_and_ends_those_that_wait(world: World) -> None:
    it = Asked.make(world)
    it.accept(it.first, NOW)
    refer(world, it.case, it.first, it.second)
    it.ask(body=it.second)
    ending = closing.Closing(Outcome.SETTLED, ClosingKind.RESOLVED, None, None, "")
    closing.close(world.db, it.case, ending, None, world.actor(it.first), ASKED_AT + HOUR)
    world.db.flush()

    with pytest.raises(questions.AskedNoMore):
        it.answer(of=it.second)
    with pytest.raises(referring.NotAsked):
        it.ask("Again?", it.second)

    closing.reopen(world.db, it.case, world.actor(it.first), ASKED_AT + 2 * HOUR)
    with pytest.raises(questions.AskedNoMore):
        it.answer(of=it.second)


def test_who_asked_may_accept_before_she_answers_and_reads_her_answer_then(world: World) -> None:
    it = Asked.make(world)
    it.ask()

    it.accept(it.first, ASKED_AT + HOUR)
    it.answer()

    assert state_of(world, it.case, it.first) == [ReferralState.ACCEPTED]
    assert it.reads(it.first) == [("Which day?", "Sunday")]


def test_somebody_else_accepts_and_the_overseeing_desks_question_ends(world: World) -> None:
    it = Asked.make(world, last=False)
    it.ask("Are you safe?", world.root)

    it.accept(it.first)

    with pytest.raises(questions.AskedNoMore):
        it.answer(of=world.root)
    assert it.reads(it.first) == [("Are you safe?", None)]
    assert it.reads(world.root) == []  # it never had her consent


def test_withdrawal_takes_questions_too_and_the_others_keep_theirs(world: World) -> None:
    it = Asked.make(world)
    it.ask()
    it.answer()
    it.accept(it.first)

    consenting.withdraw(world.db, it.case, it.first.id, world.her(it.case), ASKED_AT + 20 * HOUR)
    world.db.flush()

    assert it.reads(it.first) == []
    assert it.she_reads() == [("Which day?", "Sunday")]
    asking.ask_next(world.db, it.case, ASKED_AT + 21 * HOUR)
    it.accept(it.second, ASKED_AT + 22 * HOUR)
    assert it.reads(it.second) == [("Which day?", "Sunday")]


@pytest.mark.parametrize("scope", [ConsentScope.ALL, ConsentScope.FROM_NOW])
def test_consent_to_everything_gives_earlier_questions_and_from_now_on_none(
    world: World, scope: ConsentScope
) -> None:
    it = Asked.make(world)
    it.ask()
    it.answer()
    it.decline(it.first)
    it.decline(it.second)
    third = world.bodies[2]
    choice = consenting.Choice(third.id, scope, "en")
    routed = world.route(world.answers("chosen", [], last=False))
    consenting.consent(world.db, it.case, choice, world.her(it.case), routed, ASKED_AT + 2 * HOUR)
    it.decline(world.root) if world.asked(it.case) == [world.root] else None
    it.ask("And where?", third, ASKED_AT + 3 * HOUR)
    it.accept(third)

    earlier = [("Which day?", "Sunday")] if scope == ConsentScope.ALL else []
    assert it.reads(third) == [*earlier, ("And where?", None)]


def test_her_answer_waits_at_the_askers_desk_until_it_is_opened(world: World) -> None:
    it = Asked.make(world)
    it.ask()
    before = len(world.db.scalars(select(Notice)).all())
    it.answer()

    sent = world.db.scalars(select(Notice).order_by(Notice.made_at)).all()
    assert [one.organization_id for one in sent[before:]] == [it.first.id]
    assert it.waits("answered") == 1
    desk, actor = it.desk(it.first), world.actor(it.first)
    questions.read_threads(world.db, it.case, desk, actor, ASKED_AT + 7 * HOUR)
    world.db.flush()
    assert it.waits("answered") == 0


def test_times_of_hers_are_hours_and_the_trail_tells_others_nothing(world: World) -> None:
    it = Asked.make(world)
    it.ask()
    it.answer(at=ASKED_AT + timedelta(minutes=47))

    question = world.db.scalars(select(Question)).one()
    hers = world.db.scalars(select(Document).where(Document.kind == "question")).all()
    answered = [one for one in hers if one.author == "worker"]
    assert [one.made_at.minute for one in answered] == [0]
    assert question.answered_at
    assert question.answered_at.minute == 0
    for body in (world.root, it.second):
        seen = events_of_case(world.db, it.case.id, frozenset({body.id}))
        assert not [one for one in seen if one.verb.startswith("question")]


def test_a_desk_without_a_key_cannot_ask_what_it_could_not_read(world: World) -> None:
    it = Asked.make(world)
    ours = select(OrganizationKey.id).where(OrganizationKey.organization_id == it.first.id)
    shares = delete(OrganizationKeyShare).where(OrganizationKeyShare.key_id.in_(ours))
    world.db.execute(shares.execution_options(synchronize_session=False))
    theirs = delete(OrganizationKey).where(OrganizationKey.organization_id == it.first.id)
    world.db.execute(theirs.execution_options(synchronize_session=False))

    with pytest.raises(StaleKey):
        it.ask()


def test_questions_do_not_stand_among_messages(world: World) -> None:
    """Their keys carry the same numbers as the epochs of the case."""
    it = Asked.make(world)
    it.ask()
    it.answer()
    it.accept(it.first)
    her = world.her(it.case)
    replying.reply(world.db, it.case, "Hello", her, language="en", now=ASKED_AT + 9 * HOUR)
    world.db.flush()

    opened = reading.open_case(
        world.db, it.case, it.desk(it.first), world.actor(it.first), ASKED_AT + 10 * HOUR
    )

    assert opened
    assert [one.words["text"] for one in opened.messages] == ["Hello"]
    working.note(
        world.db, it.case, "ours", opened, actor=world.actor(it.first), now=ASKED_AT + 11 * HOUR
    )


@pytest.mark.parametrize("shares", [True, False])
def test_who_held_the_case_once_reads_no_later_answer_to_another(
    world: World, shares: bool
) -> None:
    it = Asked.make(world)
    it.accept(it.first, NOW)
    db, third = world.db, world.bodies[2]
    kind = ReferralKind.SHARE if shares else ReferralKind.HAND_OVER
    given = onward.Onward(it.second.id, "x", ConsentVia.VOICE, "en", kind)
    opened = world.keys(it.case, it.first)
    onward.refer_on(db, it.case, given, opened, world.desk(it.first), world.actor(it.first), NOW)
    it.accept(it.second, NOW)
    owner, left = (it.first, it.second) if shares else (it.second, it.first)
    if shares:
        holding.set_service(db, it.case, left.id, ReferralState.COMPLETED, world.actor(left), NOW)
    refer(world, it.case, owner, third)
    it.ask("Where do you sleep?", third)
    it.answer("At Lakandula", of=third)

    def page(body: Organization) -> int:
        read = questions.read_threads(db, it.case, it.desk(body), world.actor(body), ASKED_AT)
        return len(read)

    assert not reading.holds(db, it.case, left.id)
    assert [page(body) for body in (owner, third, left)] == [1, 1, 0]
