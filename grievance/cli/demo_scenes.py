"""A few cases in the middle of something, so that whoever tries the demo finds each page in use."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from grievance.casework.case import grouping, reading, releasing
from grievance.casework.directory.entries import set_hours
from grievance.casework.referral import opinions, paper, questions, referring
from grievance.casework.report.answers import Answers
from grievance.casework.report.drafting import CodeCopy
from grievance.casework.respondents import naming
from grievance.cli import demo_data
from grievance.cli.demo_cases import DemoMember, Filler
from grievance.config import Settings
from grievance.rules.calendars import Calendar, Closed, Span
from grievance.rules.codes import new_code
from grievance.rules.respondents import Details
from grievance.rules.terms import ConsentVia, PaperField, RespondentKind
from grievance.sealing.keys import KeyPair, code_keys
from grievance.store.cases import Case
from grievance.store.entries import slugs

CASES: Final = 5  # that all of this takes
_SPELLINGS: Final = ("Lantana Cleaning Co. Ltd", "Lantana Cleaning Company Limited")
_ROOM: Final = "Demo Sampaguita Desk, on Sundays"
_UNPAID: Final = demo_data.STORIES["fil"][0]
_HOUR: Final = timedelta(hours=1)
_AGREED: Final = frozenset(
    {PaperField.CASE_NUMBER, PaperField.PLACE, PaperField.PROBLEMS, PaperField.WHEN}
)


@dataclass(frozen=True)
class Scenes:
    """Plays them, by one organizer; ``other`` is a desk that she asks."""

    filler: Filler
    member: DemoMember
    other: UUID
    now: datetime

    def play(self, db: Session, asked: CodeCopy) -> None:
        """All of them. ``asked`` opens the report that a question waits in."""
        self._question(db, asked)
        held = self._accepted(db, ["WAG02"])
        self._advice(db, held)
        self._paper(db, held)
        self._group(db)
        self._release(db)

    def _question(self, db: Session, copy: CodeCopy) -> None:
        case = self._filed(db, ["WAG01"], copy, _UNPAID)
        questions.ask(
            db, case, demo_data.QUESTION, self._desk, language="fil", actor=self.member.actor,
            now=self.now - _HOUR,
        )  # fmt: skip

    def _advice(self, db: Session, case: Case) -> None:
        tell = (opinions.COUNTRY, opinions.PROBLEM)
        asking = opinions.Asking(self.other, demo_data.ADVICE, tell, "en")
        opened, actor = self._opened(db, case), self.member.actor
        opinions.ask_opinion(db, case, asking, opened, self._desk, actor, self.now - _HOUR)

    def _paper(self, db: Session, case: Case) -> None:
        day = self.now.date()
        wanted = paper.Wanted(
            None, "Invented Workers Law Clinic", "Advice on unpaid wages", _ROOM, _AGREED,
            ConsentVia.VOICE, "fil", day, day + timedelta(days=60),
        )  # fmt: skip
        opened, actor = self._opened(db, case), self.member.actor
        paper.make_form(db, case, wanted, opened, today=day, actor=actor, now=self.now - _HOUR)

    def _group(self, db: Session) -> None:
        """Two who work for one employer, whom each spells in her own way."""
        actor, at = self.member.actor, self.now - _HOUR
        cases = [self._accepted(db, ["WAG01"]), self._accepted(db, ["HRS02"])]
        for case, name in zip(cases, _SPELLINGS, strict=True):
            keeper = naming.Keeper(self._desk, self.filler.name_secret, actor, at)
            naming.make(db, case, Details(RespondentKind.EMPLOYER, (name,), company=True), keeper)
        grouping.start_group(db, cases, "Lantana cleaners, late pay", self._desk, actor, at)

    def _release(self, db: Session) -> None:
        """In danger; the first person has asked, and a coordinator above may agree or say no."""
        case = self._accepted(db, ["SAF08"], demo_data.LOCKED_IN)
        wanted = releasing.Wanted(self.other, demo_data.WHY)
        opened, actor = self._opened(db, case), self.member.actor
        with suppress(releasing.SecondAgrees):
            releasing.release(db, case, wanted, self._desk, opened, actor, self.now - _HOUR / 2)

    def _accepted(self, db: Session, issues: list[str], story: str = _UNPAID) -> Case:
        copy = CodeCopy(uuid4().bytes * 2, KeyPair.generate().public)
        case = self._filed(db, issues, copy, story)
        here, at = self.member.organization_id, self.now - 1.5 * _HOUR
        referring.accept(db, case, here, self.member.actor, at)
        return case

    def _filed(self, db: Session, issues: list[str], copy: CodeCopy, story: str) -> Case:
        answers = Answers(
            issues=issues, story=story, when="month", asks=["money_back"],
            country="HK", nationality="PH", sector="cleaning", languages=["fil"],
            respondent_kind=["employer"], sharing="chosen",
            recipients=[str(self.member.organization_id)],
        )  # fmt: skip
        return self.filler.file(db, answers, copy, "fil", self.now - 2 * _HOUR)

    @property
    def _desk(self) -> reading.DeskKeys:
        one = self.member
        return reading.DeskKeys(one.user_id, one.organization_id, one.private)

    def _opened(self, db: Session, case: Case) -> reading.OpenedCase:
        return reading.opened_keys(db, case, self._desk)


def _keep_hours(db: Session, member: DemoMember, now: datetime) -> None:
    """Sundays and Wednesday evenings, and closed at the end of the year."""
    spans = (Span(2, 18 * 60, 21 * 60), Span(6, 9 * 60, 18 * 60))
    closed = (Closed(date(now.year, 12, 24), date(now.year, 12, 26)),)
    calendar = Calendar(ZoneInfo("Asia/Hong_Kong"), spans, closed)
    set_hours(db, member.organization_id, calendar, duty_rota=False, actor=member.actor, now=now)


def play(db: Session, filler: Filler, chosen: Settings, now: datetime) -> str:
    """Everything here; the code of the report that a question waits in."""
    at = {slug: one for one, slug in slugs(db).items()}
    here, other = filler.members[at["demo-sampaguita"]], filler.members[at["demo-harbour"]]
    code, copy = _new_code(chosen)
    _keep_hours(db, other, now)
    Scenes(filler, here, other.organization_id, now).play(db, copy)
    return code


def waiting(db: Session, filler: Filler, chosen: Settings, now: datetime) -> str:
    """One report that waits for its organization, under the code that is printed."""
    code, copy = _new_code(chosen)
    answers = Answers(
        issues=["WAG01"], story="Dalawang buwan na akong walang sahod.", when="month",
        asks=["money_back"], country="HK", city="Hong Kong", nationality="PH",
        sector="domestic_work", languages=["fil"], respondent_kind=["employer"], sharing="chosen",
    )  # fmt: skip
    filler.file(db, answers, copy, "fil", now)
    return code


def _new_code(chosen: Settings) -> tuple[str, CodeCopy]:
    code = new_code(secrets.randbelow)
    keys = code_keys(code, chosen.pepper, chosen.code_cost)
    return code, CodeCopy(keys.lookup_id, keys.pair.public)
