"""Two at the same moment: one mail, one alert, and no notice left behind by a changed choice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.notices.bouncing import note_bounce
from grievance.casework.notices.choosing import choose_notices
from grievance.casework.notices.notifying import notify_organization
from grievance.config import Settings
from grievance.rules.notice_times import NoticeTimes
from grievance.rules.terms import Language, NoticeKind, NoticeState, Rhythm, Role
from grievance.store.engine import Database
from grievance.store.events import OPERATOR, Event
from grievance.store.outbox import Notice, due_together
from tests.casework.world import World
from tests.conftest import Clock
from tests.factories import NOW, make_member, make_organization, make_root
from tests.notices.office import Office, send

WEEKLY = NoticeTimes(ZoneInfo("Asia/Hong_Kong"), Rhythm.WEEKLY, weekday=6, hour=10)
AT_ONCE = NoticeTimes(ZoneInfo("Asia/Hong_Kong"))


def together(database: Database, *acts: Callable[[Session], Any]) -> None:
    """Each act in a transaction of its own, all begun at the same moment."""
    start = Barrier(len(acts))

    def run(act: Callable[[Session], Any]) -> None:
        start.wait()
        with database.writer() as own:
            act(own)
            own.commit()

    with ThreadPoolExecutor(len(acts)) as pool:
        for done in [pool.submit(run, act) for act in acts]:
            done.result()


def test_who_has_the_first_of_a_digest_has_it_whole(
    db: Session, database: Database, clock: Clock
) -> None:
    """Where rows can be locked; SQLite has one writer."""
    desk = make_organization(db)
    kit = make_member(db, desk, roles=(Role.ORGANIZER,))
    choose_notices(db, kit.user_id, Language.EN, WEEKLY, OPERATOR, NOW)
    for kind in (NoticeKind.ITEM_WAITS, NoticeKind.PROMISE_MISSED):
        notify_organization(db, desk.id, kind, now=NOW)
    db.commit()
    clock.forward(days=7)
    first = select(Notice).order_by(Notice.not_before, Notice.id).limit(1).with_for_update()

    with database.reader() as one, database.reader() as other:
        one.scalars(first).one()
        found = due_together(other, clock())

    locks = database.engine.dialect.name == "postgresql"
    assert len(found) == (0 if locks else 2)


def test_two_workers_send_one_digest(
    db: Session, database: Database, settings: Settings, clock: Clock, office: tuple[Office, int]
) -> None:
    desk = make_organization(db)
    kit = make_member(db, desk, roles=(Role.ORGANIZER,))
    choose_notices(db, kit.user_id, Language.EN, WEEKLY, OPERATOR, NOW)
    for kind in (NoticeKind.ITEM_WAITS, NoticeKind.PROMISE_MISSED) * 3:
        notify_organization(db, desk.id, kind, now=NOW)
    db.commit()
    clock.forward(days=7)
    start = Barrier(2)

    def work() -> int:
        start.wait()
        return send(database, settings, office[1], clock)

    with ThreadPoolExecutor(2) as pool:
        done = [one.result() for one in [pool.submit(work) for _ in range(2)]]

    assert sum(done) == len(office[0].mails) == 1
    assert "6 items wait for you" in office[0].mails[0]


def test_the_last_two_of_a_desk_bounce_at_once_and_one_above_is_told_once(
    db: Session, database: Database
) -> None:
    root = make_root(db)
    make_member(db, root, roles=(Role.COORDINATOR,))
    for number in range(3):
        desk = make_organization(db, parent_id=root.id)
        emails = [make_member(db, desk, roles=(Role.ORGANIZER,)).email for _ in range(2)]
        db.commit()

        def bounces(email: str) -> Callable[[Session], Any]:
            return lambda own: note_bounce(own, email, "5.1.1", OPERATOR, NOW, hard=True)

        together(database, *(bounces(email) for email in emails * 2))

        told = db.scalars(select(Notice).where(Notice.kind == NoticeKind.DESK_UNREACHABLE)).all()
        here = (Event.organization_id == desk.id, Event.verb == "address_unreachable")
        acts = db.scalars(select(Event.id).where(*here)).all()
        assert (len(told), len(acts)) == (number + 1, 2)
        db.rollback()


def test_the_last_two_of_a_desk_are_refused_at_once_and_one_above_is_told_once(
    db: Session, database: Database, settings: Settings, clock: Clock, office: tuple[Office, int]
) -> None:
    world = World.make(db)
    [body, *_] = world.bodies
    make_member(db, world.root, roles=(Role.COORDINATOR,), email="chief@example.org")
    other = make_member(db, body, roles=(Role.ORGANIZER,))
    world.issue = "SAF08"
    world.file(world.answers("chosen", [body], last=False))
    db.commit()
    both = (world.kits[body].email, other.email)
    office[0].refused |= dict.fromkeys(both, "554 5.7.1 we do not like this mail")
    start = Barrier(2)

    def work() -> int:
        start.wait()
        return send(database, settings, office[1], clock, timeout=20)

    for _ in range(3):
        with ThreadPoolExecutor(2) as pool:
            for one in [pool.submit(work) for _ in range(2)]:
                one.result()
        clock.forward(minutes=16)

    told = select(Notice.kind).where(Notice.to_email == "chief@example.org")
    assert list(db.scalars(told)) == [NoticeKind.DESK_UNREACHABLE]


def test_a_notice_written_while_she_chooses_follows_her_choice(
    db: Session, database: Database
) -> None:
    desk = make_organization(db)
    kit, desk_id = make_member(db, desk, roles=(Role.ORGANIZER,)), desk.id

    def choose(times: NoticeTimes) -> Callable[[Session], Any]:
        return lambda own: choose_notices(own, kit.user_id, Language.EN, times, OPERATOR, NOW)

    def write(own: Session) -> None:
        notify_organization(own, desk_id, NoticeKind.ITEM_WAITS, now=NOW)

    choose(WEEKLY)(db)
    db.commit()
    for times in (AT_ONCE, WEEKLY) * 4:
        together(database, write, choose(times), write)

        rows = db.scalars(select(Notice).where(Notice.state == NoticeState.WAITING)).all()
        assert {one.digest for one in rows} == {times.is_digest}
        assert {one.not_before > NOW for one in rows} == {times.is_digest}
        db.rollback()
