"""Fills a demo with invented cases, through the same verbs that a real report takes."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grievance.casework.case import closing, reading, working
from grievance.casework.referral import asking, referring
from grievance.casework.report.answers import Answers
from grievance.casework.report.drafting import CodeCopy
from grievance.casework.report.reporting import Filing, file_report, prepare
from grievance.casework.routes.routing import route_answers
from grievance.cli import demo_data
from grievance.cli.demo_respondents import Records
from grievance.rules.terms import (
    ActorKind,
    AgeBand,
    Ask,
    ClosingKind,
    DeclineReason,
    Outcome,
    Sector,
    Urgency,
    When,
)
from grievance.rules.urgency import Taxonomy
from grievance.sealing.keys import KeyPair
from grievance.store.cases import Case
from grievance.store.events import Actor
from grievance.store.referrals import referrals_of

MONTHS = 14
WORDS_SEALED = 20_000
_BATCH = 200


@dataclass(frozen=True)
class DemoMember:
    """An invented member, her private key in the open."""

    user_id: UUID
    organization_id: UUID
    private: bytes

    @property
    def actor(self) -> Actor:
        """For events."""
        return Actor(ActorKind.STAFF, self.user_id, self.organization_id)


@dataclass
class Filler:
    """What bulk cases are made from."""

    taxonomy: Taxonomy
    name_secret: bytes
    members: dict[UUID, DemoMember]
    chance: random.Random
    records: Records = field(default_factory=Records)

    def fill(self, db: Session, count: int, now: datetime, step: Callable[[int], None]) -> None:
        """``count`` cases over fourteen months, oldest first; the last day's stay unanswered."""
        for number in range(count):
            age = timedelta(days=MONTHS * 30) * (1 - number / max(count, 1))
            self._one(db, number, now - age, now)
            if number % _BATCH == _BATCH - 1:
                db.commit()
                step(number + 1)
        db.commit()

    def file(self, db: Session, answers: Answers, copy: CodeCopy, lang: str, at: datetime) -> Case:
        """One report, as a worker sends it."""
        routed = route_answers(db, answers, self.taxonomy, today=at.date(), confirm_months=12)
        if answers.sharing == "chosen" and not answers.recipients:
            answers.recipients = list(routed.route.organizations[:2])
            answers.if_nobody = routed.overseer
        filing = Filing(uuid4(), copy, lang, at, self.name_secret)
        made = prepare(db, answers, self.taxonomy, routed, filing)
        return file_report(db, made, now=at)

    def _one(self, db: Session, number: int, at: datetime, now: datetime) -> None:
        lang = self.chance.choice(list(demo_data.STORIES))
        pair = KeyPair.generate()
        copy = CodeCopy(uuid4().bytes * 2, pair.public)
        case = self.file(db, self._answers(lang, number), copy, lang, at)
        if case.sharing == "chosen" and at < now - timedelta(days=2):
            self._work(db, case, lang, at + timedelta(hours=5))

    def _answers(self, lang: str, number: int) -> Answers:
        choose = self.chance.choice
        issue = choose(demo_data.ISSUES)
        return Answers(
            issues=[issue],
            story=choose(demo_data.STORIES[lang]) if number < WORDS_SEALED else "",
            when=str(choose(list(When))),
            asks=[str(choose(list(Ask)))],
            country=choose(["HK", "HK", "HK", "MO", "TW", "SG"]),
            nationality=demo_data.ORIGIN[lang],
            sector=str(choose([Sector.DOMESTIC_WORK, Sector.DOMESTIC_WORK, Sector.CARE])),
            languages=[lang],
            age_band=str(choose(list(AgeBand)[1:])),
            sex=choose(["female", "female", "female", "male"]),
            respondent_kind=["consulate" if issue.startswith("CNS") else "employer"],
            sharing="nobody" if self.chance.random() < 0.05 else "chosen",
        )

    def _work(self, db: Session, case: Case, lang: str, at: datetime) -> None:
        for referral in referrals_of(db, case.id):
            member = self.members.get(referral.organization_id)
            if member is None or referral.state != "sent":
                continue
            if self.chance.random() < 0.15:
                reason = self.chance.choice(list(DeclineReason))
                asking.decline(db, case, member.organization_id, reason, member.actor, at)
                continue
            self._accept(db, case, member, lang, at)
            return

    def _accept(self, db: Session, case: Case, member: DemoMember, lang: str, at: datetime) -> None:
        referring.accept(db, case, member.organization_id, member.actor, at)
        if self.chance.random() < 0.6:
            keys = reading.DeskKeys(member.user_id, member.organization_id, member.private)
            opened = reading.opened_keys(db, case, keys)
            words = demo_data.ANSWERS[lang]
            later = at + timedelta(days=1)
            working.message(db, case, words, opened, language=lang, actor=member.actor, now=later)
        if "employer" in case.respondent_kinds:
            desk = reading.DeskKeys(member.user_id, member.organization_id, member.private)
            day = at + timedelta(days=2)
            self.records.name(db, case, desk, member.actor, self.name_secret, day)
        if self.chance.random() < 0.5 and case.urgency != Urgency.U0:
            outcome = self.chance.choice([Outcome.SETTLED, Outcome.ADVICE_ONLY])
            ending = closing.Closing(outcome, ClosingKind.RESOLVED, None, None, "")
            closing.close(db, case, ending, None, member.actor, at + timedelta(days=9))
