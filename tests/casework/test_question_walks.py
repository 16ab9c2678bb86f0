"""Any order of asking, answering, accepting, declining, running out, withdrawing and closing."""

import contextlib
from datetime import timedelta

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from grievance.casework.case import closing, reading
from grievance.casework.referral import asking, consenting, questions, referring
from grievance.rules.clocks import LONGEST_PAUSE, answer_time
from grievance.rules.lifecycle import ASKED, HOLDING, NO
from grievance.rules.terms import CaseState, ClosingKind, Outcome, ReferralState
from grievance.store.directory import Organization
from grievance.store.questions import questions_of
from grievance.store.referrals import Referral, consents_of, referrals_of
from tests.casework.test_questions import Asked
from tests.casework.world import World
from tests.factories import NOW

# A step's act, whose desk it is, and how many hours pass before it.
ACTS = (
    "ask",
    "ask",
    "answer",
    "answer",
    "accept",
    "decline",
    "expire",
    "withdraw",
    "close",
    "open",
)
STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(0, 90)), max_size=14
)
REFUSED = (
    questions.OneWaits, questions.WriteToHer, questions.AskedNoMore, referring.NotAsked,
    referring.CannotMove, closing.AlreadyClosed,
)  # fmt: skip


class Walk:
    """One case, and what may happen to it."""

    def __init__(self, world: World, last: bool) -> None:
        """``last``: she agreed to the overseeing desk too, if nobody answers."""
        self.it = Asked.make(world, last)
        self.world, self.case, self.now = world, self.it.case, NOW
        third = world.bodies[2]
        self.desks: list[Organization] = [self.it.first, self.it.second, third, world.root]
        self.said = 0

    def step(self, act: str, which: int, hours: int) -> None:
        """Do one act, where it may be done."""
        self.now += timedelta(hours=hours, minutes=7)
        with contextlib.suppress(*REFUSED):
            getattr(self, act)(self.desks[which])
        self.world.db.flush()

    def ask(self, body: Organization) -> None:
        self.said += 1
        self.it.ask(f"Question {self.said}", body, self.now)

    def answer(self, body: Organization) -> None:
        waiting = [q for q in questions_of(self.world.db, self.case.id) if q.is_open]
        if waiting:
            questions.answer(
                self.world.db, self.case, waiting[0], "Sunday", self.world.her(self.case),
                language="en", now=self.now,
            )  # fmt: skip

    def accept(self, body: Organization) -> None:
        self.it.accept(body, self.now)

    def decline(self, body: Organization) -> None:
        self.it.decline(body, self.now)

    def expire(self, body: Organization) -> None:
        dues = [r.due_at for r in self.rows() if r.state in ASKED and r.due_at]
        self.now = max([self.now, *dues])
        asking.expire_due(self.world.db, self.now)

    def withdraw(self, body: Organization) -> None:
        standing = {c.organization_id for c in consents_of(self.world.db, self.case.id)
                    if c.withdrawn_at is None}  # fmt: skip
        if body.id in standing:
            her = self.world.her(self.case)
            consenting.withdraw(self.world.db, self.case, body.id, her, self.now)

    def close(self, body: Organization) -> None:
        if self.case.owner_id == body.id:
            end = closing.Closing(Outcome.OTHER, ClosingKind.RESOLVED, None, None, "")
            actor = self.world.actor(body)
            closing.close(self.world.db, self.case, end, None, actor, self.now)

    def open(self, body: Organization) -> None:
        closing.reopen(self.world.db, self.case, self.world.actor(body), self.now)

    def rows(self) -> list[Referral]:
        return list(referrals_of(self.world.db, self.case.id))

    def check(self) -> None:
        """What holds after every step."""
        rows, found = self.rows(), questions_of(self.world.db, self.case.id)
        asked = {r.organization_id: r for r in rows if r.state in ASKED}
        part = {*asked, *(r.organization_id for r in rows if r.state in HOLDING)}
        part |= {self.case.owner_id} if self.case.owner_id else set()
        waiting = [q.organization_id for q in found if q.is_open]

        assert len(waiting) == len(set(waiting)), "one open question a desk"
        assert set(waiting) <= part, "who waits for an answer has a part in the case"
        assert not (waiting and self.case.state == CaseState.CLOSED)
        for one, row in asked.items():
            paused = row.state == ReferralState.INFO_REQUESTED
            assert row.sent_at
            since = {q.organization_id for q in found if q.is_open and q.made_at >= row.sent_at}
            assert paused == (one in since), "it waits for her exactly while she is asked"
            assert row.due_at
            most = timedelta(hours=1) + answer_time(self.case.urgency) + LONGEST_PAUSE
            assert row.due_at <= row.sent_at + most, "no clock stops for longer"
        assert len(self.it.she_reads()) == len(found), "she reads every question"
        self.check_readers(part)

    def shown(self, body: Organization) -> list[questions.Thread]:
        """What its page shows it: of others' questions none where it does not hold the case."""
        db, actor = self.world.db, self.world.actor(body)
        with db.begin_nested() as look:
            found = questions.read_threads(db, self.case, self.it.desk(body), actor, self.now)
            look.rollback()
        return found

    def check_readers(self, part: set[object]) -> None:
        """Nobody's key opens a question who neither takes part nor holds her standing consent; what
        others asked, who never accepted; and no page shows that to who does not hold the case."""
        db = self.world.db
        standing = {c.organization_id for c in consents_of(db, self.case.id)
                    if c.withdrawn_at is None}  # fmt: skip
        yes = {
            r.organization_id for r in self.rows() if r.answered_at and r.state not in ASKED | NO
        }
        for body in self.desks:
            keys = reading.opened_keys(db, self.case, self.it.desk(body)).question_keys
            opened = {
                one.question.organization_id for one in questions.threads(db, self.case.id, keys)
            }
            shown = {one.question.organization_id for one in self.shown(body)}

            assert not opened or body.id in part | standing, body.name
            assert opened <= {body.id} or body.id in yes & standing, body.name
            assert shown <= {body.id} or reading.holds(db, self.case, body.id), body.name


@settings(  # each step writes and seals: a walk that fails is short enough to read as it is
    max_examples=20, suppress_health_check=list(HealthCheck), phases=(Phase.reuse, Phase.generate)
)
@given(steps=STEPS, last=st.booleans())
def test_any_walk_keeps_questions_with_those_who_have_a_part(
    world: World, steps: list, last: bool
) -> None:
    with world.db.begin_nested() as before:
        walk = Walk(world, last)
        walk.check()
        for act, which, hours in steps:
            walk.step(act, which, hours)
            walk.check()
        before.rollback()
    world.db.expire_all()
