"""Mail about danger that a server refuses for good: somebody above is told at once, and once."""

from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.notices.bouncing import note_bounce
from grievance.casework.notices.choosing import choose_notices
from grievance.casework.notices.notifying import notify_organization, notify_user
from grievance.config import Settings
from grievance.rules.notice_times import NoticeTimes
from grievance.rules.terms import Language, NoticeKind, Rhythm, Role
from grievance.store.accounts import User
from grievance.store.bounces import BouncedAddress
from grievance.store.directory import Organization
from grievance.store.engine import Database
from grievance.store.events import OPERATOR
from grievance.store.outbox import Notice
from tests.casework.world import World
from tests.conftest import Clock
from tests.factories import NOW, make_member
from tests.notices.office import Office, send

CHIEF, SECOND = "chief@example.org", "two@example.org"
REFUSED = "554 5.7.1 we do not like this mail"
GREY = "450 4.7.1 grey today"


@dataclass
class Desk:
    """A desk of two to ask in danger; a coordinator above wants one mail a week."""

    world: World
    body: Organization
    office: Office
    port: int
    clock: Clock
    database: Database
    settings: Settings

    @property
    def first(self) -> str:
        """The address of who is no ``SECOND``."""
        return self.world.kits[self.body].email

    def is_asked(self) -> None:
        self.world.file(self.world.answers("chosen", [self.body], last=False))
        self.world.db.commit()

    def is_refused(self, *to: str) -> None:
        self.office.refused |= dict.fromkeys(to, REFUSED)

    def tries(self, count: int = 3) -> None:
        for _ in range(count):
            send(self.database, self.settings, self.port, self.clock)
            self.clock.forward(minutes=16)

    def above(self) -> list[str]:
        """What the coordinator above hears."""
        found = self.world.db.scalars(select(Notice.kind).where(Notice.to_email == CHIEF)).all()
        self.world.db.rollback()
        return list(found)

    def mails_to(self, email: str) -> int:
        return sum(f"To: {email}" in mail for mail in self.office.mails)


@pytest.fixture
def desk(
    db: Session, database: Database, settings: Settings, clock: Clock, office: tuple[Office, int]
) -> Desk:
    world = World.make(db)
    [body, *_] = world.bodies
    chief = make_member(db, world.root, roles=(Role.COORDINATOR,), email=CHIEF)
    make_member(db, body, roles=(Role.ORGANIZER,), email=SECOND)
    times = NoticeTimes(ZoneInfo("Asia/Hong_Kong"), Rhythm.WEEKLY)
    choose_notices(db, chief.user_id, Language.EN, times, OPERATOR, NOW)
    world.issue = "SAF08"
    db.commit()
    return Desk(world, body, *office, clock, database, settings)


def test_danger_that_a_server_refuses_for_every_member_is_told_above_once(
    db: Session, desk: Desk
) -> None:
    desk.is_asked()
    desk.is_refused(desk.first, SECOND)

    desk.tries()
    assert desk.above() == [NoticeKind.DESK_UNREACHABLE]
    assert db.scalars(select(BouncedAddress)).all() == []
    db.rollback()
    desk.tries()

    assert desk.above() == [NoticeKind.DESK_UNREACHABLE]
    assert desk.mails_to(CHIEF) == 1  # at once, though she wants one mail a week
    desk.clock.forward(hours=2)
    desk.is_asked()
    desk.tries()
    assert desk.above() == [NoticeKind.DESK_UNREACHABLE] * 2  # each time, and once each time


@pytest.mark.parametrize("late", [GREY, ""])
def test_where_one_member_got_hers_nobody_above_is_told(desk: Desk, late: str) -> None:
    desk.is_asked()
    desk.is_refused(desk.first)
    if late:
        desk.office.refused[SECOND] = late
        desk.tries(1)
        del desk.office.refused[SECOND]

    desk.tries()

    assert desk.mails_to(SECOND) == 1
    assert desk.above() == []


def test_a_mail_about_something_else_to_a_member_is_no_word_of_danger(
    db: Session, desk: Desk
) -> None:
    seat = make_member(db, desk.body, roles=(Role.INTAKE_VOLUNTEER,), email="third@example.org")
    desk.is_asked()
    third = db.get_one(User, seat.user_id)
    notify_user(db, third, NoticeKind.FACTOR_RESET, organization_id=desk.body.id, now=NOW)
    db.commit()
    desk.is_refused(desk.first, SECOND)

    desk.tries()

    assert desk.mails_to("third@example.org") == 1
    assert desk.above() == [NoticeKind.DESK_UNREACHABLE]


@pytest.mark.parametrize("first", [0, 1])
def test_one_address_that_is_none_and_one_that_is_refused_lose_a_desk_too(
    desk: Desk, first: int
) -> None:
    desk.is_asked()
    both = [desk.first, SECOND]
    desk.is_refused(both[first])
    desk.office.refused[both[1 - first]] = "550 5.1.1 no such person"

    desk.tries()

    assert set(desk.above()) == {NoticeKind.DESK_UNREACHABLE}


@pytest.mark.parametrize("first", [0, 1])
def test_one_that_is_refused_and_one_that_is_put_off_again_and_again_lose_a_desk_too(
    db: Session, desk: Desk, first: int
) -> None:
    desk.is_asked()
    for notice in db.scalars(select(Notice)):
        notice.id = UUID(int=1 + (notice.to_email == SECOND))  # who is tried first
    db.commit()
    both = [desk.first, SECOND]
    desk.is_refused(both[first])
    desk.office.refused[both[1 - first]] = GREY

    desk.tries()
    assert desk.above() == [NoticeKind.DESK_UNREACHABLE]
    desk.tries()

    assert desk.above() == [NoticeKind.DESK_UNREACHABLE]


def test_nobody_is_told_of_a_mail_server_that_puts_everybody_off(desk: Desk) -> None:
    desk.is_asked()
    desk.office.answers["RCPT"] = GREY

    desk.tries()

    assert desk.above() == []


@pytest.mark.parametrize("late", [False, True])
def test_one_whose_mail_came_back_and_one_that_is_refused_lose_a_desk_too(
    db: Session, desk: Desk, late: bool
) -> None:
    desk.is_asked()
    desk.is_refused(desk.first)
    desk.tries(1)
    if late:
        desk.tries()
    assert desk.above() == []

    note_bounce(db, SECOND, "5.1.1", OPERATOR, desk.clock(), hard=True)
    db.commit()
    desk.tries()

    assert desk.above() == [NoticeKind.DESK_UNREACHABLE]


def test_refused_danger_goes_to_the_organizations_own_address_too(desk: Desk) -> None:
    desk.body.notify_email = "Desk@Example.org"
    desk.is_asked()
    desk.is_refused(desk.first, SECOND)

    desk.tries()

    assert desk.mails_to("Desk@Example.org") == 1
    assert len(desk.above()) == 1


def test_what_is_refused_and_not_in_danger_tells_nobody(db: Session, desk: Desk) -> None:
    assert notify_organization(db, desk.body.id, NoticeKind.ITEM_WAITS, now=NOW) == 2
    db.commit()
    desk.is_refused(desk.first, SECOND)

    desk.tries()

    assert desk.above() == []
