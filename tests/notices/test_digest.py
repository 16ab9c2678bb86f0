"""Mail at once or as a digest, quiet hours, and danger that waits for neither."""

from datetime import UTC, datetime, timedelta
from email import message_from_string
from email.policy import default
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.case.working import set_urgency
from grievance.casework.members.signing_in import reset_factor
from grievance.casework.notices.choosing import choose_notices
from grievance.casework.notices.notifying import notify_organization
from grievance.config import Settings
from grievance.notices.deliver import BACK_OFF
from grievance.notices.writing import mail_writer
from grievance.rules.notice_times import NoticeTimes
from grievance.rules.terms import (
    ActorKind,
    Language,
    NoticeKind,
    NoticeState,
    Rhythm,
    Role,
    Urgency,
)
from grievance.store.accounts import User
from grievance.store.directory import Organization
from grievance.store.engine import Database
from grievance.store.events import OPERATOR, Actor
from grievance.store.outbox import Notice
from tests.casework.world import World, accepted
from tests.conftest import Clock
from tests.factories import NOW, make_member, make_organization
from tests.notices.office import Office, send

HONG_KONG = ZoneInfo("Asia/Hong_Kong")  # NOW is Wednesday 17:30 there
DAILY = NoticeTimes(HONG_KONG, Rhythm.DAILY, hour=8)
WEEKLY = NoticeTimes(HONG_KONG, Rhythm.WEEKLY, weekday=6, hour=10)
NIGHT = NoticeTimes(HONG_KONG, quiet=(17, 7))
AT_ONCE = NoticeTimes(HONG_KONG)
KINDS = (NoticeKind.ITEM_WAITS, NoticeKind.PROMISE_MISSED, NoticeKind.NOBODY_TOOK_IT)


def choose(db: Session, user_id: UUID, times: NoticeTimes, now: datetime = NOW) -> None:
    choose_notices(db, user_id, Language.EN, times, Actor(ActorKind.STAFF, user_id), now)


@pytest.fixture
def desk(db: Session) -> Organization:
    """A desk with one organizer."""
    body = make_organization(db)
    kit = make_member(db, body, roles=(Role.ORGANIZER,), email="desk@example.org")
    db.info["kit"] = kit
    db.commit()
    return body


def waits(db: Session, body: Organization, clock: Clock, *kinds: NoticeKind, **more: Any) -> None:
    """Something waits at a desk, made now by a worker."""
    for kind in kinds or (NoticeKind.ITEM_WAITS,):
        notify_organization(db, body.id, kind, now=clock(), caused_by_worker=True, **more)
    db.commit()


def subjects(office: Office) -> list[str]:
    return [str(message_from_string(m, policy=default)["Subject"]) for m in office.mails]


def until(clock: Clock, moment: datetime) -> None:
    clock.time = moment


def test_a_digest_waits_for_its_hour_and_tells_all_kinds_in_the_same_words(
    db: Session, database: Database, settings: Settings, clock: Clock, desk: Organization,
    office: tuple[Office, int],
) -> None:  # fmt: skip
    choose(db, db.info["kit"].user_id, DAILY)
    for kind in KINDS:
        waits(db, desk, clock, kind)
    until(clock, datetime(2026, 11, 25, 23, 59, tzinfo=UTC))
    assert send(database, settings, office[1], clock) == 0

    clock.forward(minutes=1)
    assert send(database, settings, office[1], clock) == 1

    clock.forward(minutes=1)
    waits(db, desk, clock, NoticeKind.PROMISE_MISSED)
    assert send(database, settings, office[1], clock) == 0
    clock.forward(days=1)
    assert send(database, settings, office[1], clock) == 1
    assert subjects(office[0]) == ["3 items wait for you", "1 item waits for you"]


def test_a_worker_that_stood_for_days_sends_one_digest(
    db: Session, database: Database, settings: Settings, clock: Clock, desk: Organization,
    office: tuple[Office, int],
) -> None:  # fmt: skip
    choose(db, db.info["kit"].user_id, DAILY)
    for _ in range(7):
        waits(db, desk, clock)
        clock.forward(days=1)

    assert send(database, settings, office[1], clock) == 1
    assert subjects(office[0]) == ["7 items wait for you"]


def test_quiet_hours_are_kept_also_by_a_worker_that_comes_late(
    db: Session, database: Database, settings: Settings, clock: Clock, desk: Organization,
    office: tuple[Office, int],
) -> None:  # fmt: skip
    waits(db, desk, clock)
    choose(db, db.info["kit"].user_id, NoticeTimes(HONG_KONG, quiet=(18, 7)))
    db.commit()
    clock.forward(hours=1)  # 18:30: it was due an hour ago
    assert send(database, settings, office[1], clock) == 0

    until(clock, datetime(2026, 11, 25, 23, tzinfo=UTC))

    assert send(database, settings, office[1], clock) == 1


def test_a_try_that_falls_into_quiet_hours_waits_for_their_end(
    db: Session, database: Database, settings: Settings, clock: Clock, desk: Organization,
    office: tuple[Office, int],
) -> None:  # fmt: skip
    choose(db, db.info["kit"].user_id, NoticeTimes(HONG_KONG, quiet=(18, 7)))
    waits(db, desk, clock)
    until(clock, NOW + timedelta(minutes=29, seconds=30))
    office[0].answers["DATA"] = "451 later"
    assert send(database, settings, office[1], clock) == 0
    office[0].answers.clear()
    clock.forward(seconds=BACK_OFF[0].total_seconds() + 1)
    assert send(database, settings, office[1], clock) == 0

    until(clock, datetime(2026, 11, 25, 23, tzinfo=UTC))

    assert send(database, settings, office[1], clock) == 1


@pytest.mark.parametrize("times", [DAILY, WEEKLY, NIGHT], ids=["daily", "weekly", "night"])
def test_danger_goes_at_once_in_the_words_of_any_other(
    db: Session, database: Database, settings: Settings, clock: Clock, times: NoticeTimes,
    office: tuple[Office, int],
) -> None:  # fmt: skip
    world = World.make(db)
    [holder, *_] = world.bodies
    choose(db, world.kits[holder].user_id, times)
    world.file(world.answers("chosen", [holder], last=False))
    db.commit()
    assert send(database, settings, office[1], clock) == 0
    world.issue = "SAF08"
    world.pair = type(world.pair).generate()
    case = world.file(world.answers("chosen", [holder], last=False))
    assert case.urgency == Urgency.U0
    db.commit()

    assert send(database, settings, office[1], clock) == 1

    assert subjects(office[0]) == ["1 item waits for you"]
    rows = db.scalars(select(Notice)).all()
    assert [one.urgent for one in rows if one.state == NoticeState.SENT] == [False]
    assert [one.state for one in rows].count(NoticeState.WAITING) == 1


def test_a_case_that_turns_out_dangerous_is_told_again_at_once(
    db: Session, database: Database, settings: Settings, clock: Clock, office: tuple[Office, int]
) -> None:
    world = World.make(db)
    case = world.file(world.answers("chosen", world.bodies[:1], last=True))
    [asked] = world.asked(case)
    choose(db, world.kits[asked].user_id, WEEKLY)
    db.commit()
    send(database, settings, office[1], clock)
    office[0].mails.clear()

    def raised(to: Urgency) -> int:
        set_urgency(db, case, to, "", seen="", actor=world.actor(world.root), now=NOW)
        db.commit()
        return send(database, settings, office[1], clock)

    assert [raised(Urgency.U1), raised(Urgency.U0), raised(Urgency.U0)] == [0, 1, 0]
    assert subjects(office[0]) == ["1 item waits for you"]


def test_who_raises_her_own_case_is_not_written_to(
    db: Session, database: Database, settings: Settings, clock: Clock, office: tuple[Office, int]
) -> None:
    world = World.make(db)
    case, holder = accepted(world)
    db.commit()
    send(database, settings, office[1], clock)

    set_urgency(db, case, Urgency.U0, "", seen="", actor=world.actor(holder), now=NOW)
    db.commit()

    assert send(database, settings, office[1], clock) == 0


def test_a_second_factor_that_was_reset_is_told_at_once(
    db: Session, database: Database, settings: Settings, clock: Clock, desk: Organization,
    office: tuple[Office, int],
) -> None:  # fmt: skip
    user = db.get_one(User, db.info["kit"].user_id)
    choose(db, user.id, WEEKLY)
    reset_factor(db, user, actor=OPERATOR, now=NOW)
    db.commit()

    assert send(database, settings, office[1], clock) == 1


@pytest.mark.parametrize("before", [DAILY, WEEKLY, NIGHT], ids=["daily", "weekly", "night"])
def test_a_changed_choice_moves_what_waits_at_once(
    db: Session, database: Database, settings: Settings, clock: Clock, desk: Organization,
    before: NoticeTimes, office: tuple[Office, int],
) -> None:  # fmt: skip
    choose(db, db.info["kit"].user_id, before)
    waits(db, desk, clock, *KINDS)
    assert send(database, settings, office[1], clock) == 0

    choose_notices(
        db, db.info["kit"].user_id, Language.ID, AT_ONCE, OPERATOR, clock()
    )  # fmt: skip
    db.commit()

    assert send(database, settings, office[1], clock) == len(KINDS)
    assert "Ada 1 hal yang menunggu Anda" in subjects(office[0])


def test_what_waits_for_a_digest_tells_no_minute_of_a_worker(
    db: Session, clock: Clock, desk: Organization
) -> None:
    for times in (AT_ONCE, DAILY, NIGHT):
        choose(db, db.info["kit"].user_id, times)
        waits(db, desk, clock)

    rows = db.scalars(select(Notice)).all()
    assert {one.made_at.minute for one in rows} == {0}
    assert {one.not_before.minute for one in rows if one.not_before > NOW} == {0}


@pytest.mark.parametrize("language", ["fil", "id", "zh-Hant"])
@pytest.mark.parametrize("kind", NoticeKind)
@pytest.mark.plain
def test_each_mail_is_written_in_each_language_that_we_have(
    kind: NoticeKind, language: str
) -> None:
    settings = Settings("", b"", b"", service_name="Neutral")
    write = mail_writer(settings)
    for items in (1, 4, 5):
        ours, english = write(kind, language, items), write(kind, "en", items)

        assert ours[0] != english[0]
        told = [line for line in ours[1].splitlines() if line and line in english[1].splitlines()]
        assert told == [f"{settings.public_url}/desk/", settings.service_name]
