"""A fortnight of many reports and lazy organizations, played in passed-in time.

``python -m tests.support.fortnight`` prints what happened to 1,000 reports, and ends with status 1
where a promised time passed without a person alerted. Chance comes from a seed: the same each time.
"""

import random
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.case import timing, working
from grievance.casework.directory.version import make_version
from grievance.casework.referral import asking, questions, referring
from grievance.config import Settings
from grievance.notices.workloop import WorkLoop
from grievance.rules.lifecycle import ASKED
from grievance.rules.terms import CaseState, DeclineReason, NoticeKind, Role
from grievance.sealing.keys import KeyPair
from grievance.store.base import Base
from grievance.store.cases import Case
from grievance.store.clocks import CaseClock
from grievance.store.directory import Organization
from grievance.store.engine import Database
from grievance.store.events import Event
from grievance.store.outbox import Notice
from grievance.store.questions import Question, questions_of
from grievance.store.referrals import Referral
from tests.casework.world import World
from tests.factories import NOW, make_member

DAYS = 14
STEP = timedelta(minutes=30)
ISSUES = ("SAF08", "SAF01", "DEB02", "WAG01", "WAG02", "REC01", "IMM01")
HABITS = (
    "diligent", "slow", "looks only", "silent", "says yes and rests", "takes at once", "asks first",
)  # fmt: skip
ANSWERS = (0.2, 0.02, 0.0)  # a step: she who looks often, she who looks late, she who never does
CALENDARS: tuple[dict[str, Any] | None, ...] = (
    {"zone": "Asia/Hong_Kong", "hours": {"sun": ["10:00-18:00"]}, "closed": []},
    {"zone": "Asia/Kathmandu", "hours": {d: ["10:00-17:00"] for d in ("sun", "mon", "tue", "wed")},
     "closed": ["2026-12-01 to 2026-12-03"]},
    {"zone": "America/New_York", "hours": {"fri": ["22:00-02:00"], "wed": ["09:00-12:30"]},
     "closed": []},
    None,
)  # fmt: skip


@dataclass
class Promise:
    """One time that somebody must keep, as it stood when it was last seen open."""

    due: datetime
    what: str
    case_id: UUID


@dataclass
class Fortnight:
    """The network, what was promised in it, and how late each alert was."""

    db: Session
    loop: WorkLoop
    world: World
    dice: random.Random
    step: timedelta = STEP
    now: datetime = NOW
    habits: dict[UUID, str] = field(default_factory=dict)
    cases: list[UUID] = field(default_factory=list)
    open: dict[tuple[UUID, str], Promise] = field(default_factory=dict)
    happened: Counter[str] = field(default_factory=Counter)
    latest: timedelta = timedelta()
    unalerted: list[Promise] = field(default_factory=list)

    def run(self, reports: int) -> None:
        """Reports come in all through; after each step people act and the loop comes round."""
        steps = int(timedelta(days=DAYS) / self.step)
        for step in range(steps):
            due = reports * (step + 1) // steps
            for _ in range(due - len(self.cases)):
                self.report()
            self.staff()
            self.workers()
            self.note_promises()
            self.db.commit()
            self.now += self.step
            for name, done in self.loop.run_once().items():
                assert done is not None, f"{name} did not finish"
            self.db.expire_all()
            self.check_promises()

    def report(self) -> None:
        """A report to one to three organizations, mostly with "if nobody answers"."""
        world, dice = self.world, self.dice
        world.pair, world.now = KeyPair.generate(), self.now - timedelta(minutes=7)
        world.issue = dice.choice(ISSUES)
        chosen = dice.sample(world.bodies, dice.randint(1, 3))
        self.cases.append(world.file(world.answers("chosen", chosen, dice.random() < 0.8)).id)
        self.db.flush()

    def staff(self) -> None:
        """Whoever is asked, or holds a case, does what is her organization's habit."""
        # Ids are chance of their own: only the order in which reports came is the same each time.
        came = {case_id: number for number, case_id in enumerate(self.cases)}
        asked = self.db.scalars(select(Referral).where(Referral.state.in_(ASKED))).all()
        for row in sorted(asked, key=lambda one: (came[one.case_id], one.position)):
            self.answer(row)
        resting = self.db.scalars(select(CaseClock).where(CaseClock.missed_at.is_(None))).all()
        for clock in sorted(resting, key=lambda one: (came[one.case_id], one.kind)):
            self.work(clock)

    def workers(self) -> None:
        """Those who are asked answer, late or never."""
        came = {case_id: number for number, case_id in enumerate(self.cases)}
        waiting = self.db.scalars(
            select(Question).where(Question.answered_at.is_(None), Question.ended_at.is_(None))
        )
        for one in sorted(waiting, key=lambda one: (came[one.case_id], one.number)):
            if self.dice.random() < ANSWERS[came[one.case_id] % len(ANSWERS)]:
                case = self.db.get_one(Case, one.case_id)
                her = self.world.her(case)
                questions.answer(self.db, case, one, "Sunday", her, language="en", now=self.now)
                self.happened["questions to workers: answered"] += 1
        self.db.flush()

    def asks_first(self, row: Referral, case: Case) -> None:
        """One or two questions to the worker before it decides."""
        body = self.body(row.organization_id)
        earlier = [q for q in questions_of(self.db, case.id) if q.organization_id == body.id]
        if any(q.is_open for q in earlier) or len(earlier) > 1 or self.dice.random() > 0.2:
            return
        kit = self.world.kits[body]
        questions.ask(
            self.db, case, f"Which day? {len(earlier)}", kit.desk, language="en",
            actor=kit.actor, now=self.now,
        )  # fmt: skip
        self.happened["questions to workers: asked"] += 1
        self.db.flush()

    def answer(self, row: Referral) -> None:
        """Answer a question, or not."""
        habit, dice = self.habits[row.organization_id], self.dice
        case = self.db.get_one(Case, row.case_id)
        actor = self.world.actor(self.body(row.organization_id))
        if habit != "silent" and dice.random() < 0.1:
            referring.mark_seen(self.db, case, row.organization_id, actor, self.now)
        if habit == "asks first":
            self.asks_first(row, case)
        chances = {"diligent": 0.3, "slow": 0.01, "says yes and rests": 0.2, "asks first": 0.05}
        chance = chances.get(habit, 0)
        if dice.random() >= chance:
            return
        if dice.random() < 0.2:
            no = DeclineReason.NO_CAPACITY
            asking.decline(self.db, case, row.organization_id, no, actor, self.now)
        else:
            referring.accept(self.db, case, row.organization_id, actor, self.now)
        self.db.flush()

    def work(self, clock: CaseClock) -> None:
        """Do something for the worker, plan the next contact, keep it; or rest."""
        case = self.db.get_one(Case, clock.case_id)
        habit = self.habits.get(case.owner_id) if case.owner_id else None
        chance = {"diligent": 0.2, "slow": 0.02}.get(habit or "", 0)
        if case.owner_id is None or self.dice.random() >= chance:
            return
        actor = self.world.actor(self.body(case.owner_id))
        if clock.kind == "first_answer":
            working.set_state(
                self.db, case, CaseState.FOLLOW_UP, seen="", actor=actor, now=self.now
            )
        if clock.kind == "first_answer" or habit == "diligent":
            on = self.now.date() + timedelta(days=self.dice.randint(1, 4))
            zone = ZoneInfo("Asia/Hong_Kong")
            timing.plan_contact(self.db, case, on, zone=zone, actor=actor, now=self.now)

    def note_promises(self) -> None:
        """Every time that somebody must keep from now on."""
        self.open = {}
        for row in self.db.scalars(select(Referral).where(Referral.state.in_(ASKED))):
            if row.due_at:
                key = (row.id, "referral")
                self.open[key] = Promise(row.due_at, "referral answer", row.case_id)
        for one in self.db.scalars(select(CaseClock).where(CaseClock.missed_at.is_(None))):
            what = one.kind.replace("_", " ")
            self.open[one.case_id, one.kind] = Promise(one.due_at, what, one.case_id)

    def check_promises(self) -> None:
        """Those that have passed: a person was told in the pass that just went by, or it counts."""
        for promise in self.open.values():
            if promise.due > self.now:
                continue
            self.happened[f"{promise.what}: time passed"] += 1
            if self.was_told(promise):
                self.happened[f"{promise.what}: a person alerted"] += 1
                self.latest = max(self.latest, self.now - promise.due)
            else:
                self.unalerted.append(promise)

    def was_told(self, promise: Promise) -> bool:
        """Whether the trail has an alert of this very time that reached somebody."""
        verb = "referral_expired" if promise.what == "referral answer" else "promise_missed"
        query = select(Event).where(
            Event.case_id == promise.case_id, Event.verb == verb, Event.at == self.now
        )
        events = self.db.scalars(query).all()
        kinds = [e for e in events if e.details.get("clock", "").replace("_", " ") in
                 ("", promise.what)]  # fmt: skip
        return len(kinds) == 1 and kinds[0].details["told"] > 0

    def body(self, organization_id: UUID) -> Organization:
        """An organization that plays."""
        return self.db.get_one(Organization, organization_id)

    def table(self) -> list[tuple[str, int]]:
        """What happened, counted from the trail and the outbox."""
        verbs = Counter(self.db.scalars(select(Event.verb)))
        notices = Counter(self.db.scalars(select(Notice.kind)))
        told = [
            e.details["told"]
            for e in self.db.scalars(
                select(Event).where(Event.verb.in_(["referral_expired", "promise_missed"]))
            )
        ]
        return [
            ("reports", len(self.cases)),
            ("questions asked", verbs["referral_sent"]),
            ("reminders at half time", verbs["referral_reminded"]),
            ("accepted", verbs["referral_accepted"]),
            ("declined", verbs["referral_declined"]),
            ("ran out, asked on", verbs["referral_expired"]),
            ("nobody left to ask", verbs["nobody_took_it"]),
            *sorted(self.happened.items()),
            ("alerts written (one a person)", notices[NoticeKind.PROMISE_MISSED]),
            ("alerts the trail tells of", sum(told)),
            ("longest wait for an alert, minutes", int(self.latest.total_seconds() // 60)),
            ("time passed, nobody alerted", len(self.unalerted)),
        ]


def play(url: str, reports: int, seed: int = 4, step: timedelta = STEP) -> Fortnight:
    """Play a fortnight on an empty database."""
    database = Database(url)
    Base.metadata.create_all(database.engine)
    # The loop and the people take turns; on SQLite each waits for the other's commit.
    db = database.writer()
    world = World.make(db, partners=12)
    world.bodies.sort(key=lambda one: one.id)  # a route's order among equals
    dice = random.Random(seed)  # noqa: S311 -- chance of a play, no secret
    made = Fortnight(db, _loop(database, url), world, dice, step)
    for number, body in enumerate([world.root, *world.bodies]):
        body.calendar = CALENDARS[number % len(CALENDARS)]
        made.habits[body.id] = HABITS[number % len(HABITS)]
        body.accept_at_once = made.habits[body.id] == "takes at once"
    for body in world.bodies[4:8]:
        body.parent_id = world.bodies[3].id
    for body in (world.root, world.bodies[3], *world.bodies[::3]):
        make_member(db, body, roles=(Role.COORDINATOR,))
    make_version(db, NOW)
    object.__setattr__(made.loop, "clock", lambda: made.now)
    db.commit()
    made.run(reports)
    return made


def _loop(database: Database, url: str) -> WorkLoop:
    settings = Settings(url, b"p" * 48, b"n" * 48)
    return WorkLoop(database, None, settings, lambda: NOW)


@click.command()
@click.option("--cases", default=1000, help="How many reports come in.")
@click.option("--seed", default=4)
def main(cases: int, seed: int) -> None:
    """Play a fortnight and print what happened."""
    with tempfile.TemporaryDirectory() as folder:
        played = play(f"sqlite:///{Path(folder) / 'fortnight.sqlite'}", cases, seed)
        for name, number in played.table():
            click.echo(f"{name:42} {number:>7,}")
        played.db.close()
    sys.exit(1 if played.unalerted else 0)


if __name__ == "__main__":
    main()
