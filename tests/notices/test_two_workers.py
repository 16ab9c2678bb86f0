"""Several work loops at once: each clock acts once, and a day's standstill is caught up."""

import threading
from collections import Counter
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.referral import asking, referring
from grievance.config import Settings
from grievance.notices.workloop import WorkLoop
from grievance.rules.lifecycle import ASKED
from grievance.rules.terms import NoticeKind, ReferralState, Role
from grievance.sealing.keys import KeyPair
from grievance.store.engine import Database
from grievance.store.events import Event
from grievance.store.outbox import Notice
from grievance.store.referrals import Referral, referrals_of
from tests.casework.world import World
from tests.conftest import Clock
from tests.factories import make_member

CASES = 12
WORKERS = 3
ONCE = ("referral_expired", "referral_reminded", "promise_missed")


def reports(world: World) -> None:
    """Some wait for an answer, some were accepted and lie untouched."""
    for number in range(CASES):
        world.pair = KeyPair.generate()
        case = world.file(world.answers("chosen", world.bodies[:2], last=True))
        world.db.flush()
        if number % 3 == 0:
            [holder] = world.asked(case)
            referring.accept(world.db, case, holder.id, world.actor(holder), world.now)
    world.db.commit()


def all_at_once(database: Database, settings: Settings, clock: Clock) -> None:
    """Each worker comes round three times, starting at the same moment."""
    start, failed = threading.Barrier(WORKERS), []

    def work() -> None:
        own = Database(settings.database_url) if _is_server(database) else database
        loop = WorkLoop(own, None, settings, clock)
        start.wait()
        failed.extend(name for _ in range(3) for name, n in loop.run_once().items() if n is None)
        if own is not database:
            own.close()

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert failed == []


def _is_server(database: Database) -> bool:
    return database.engine.dialect.name == "postgresql"


def acts(db: Session) -> Counter[tuple[str, object, object]]:
    """How often each clock acted: verb, case, organization."""
    rows = db.execute(
        select(Event.verb, Event.case_id, Event.organization_id).where(Event.verb.in_(ONCE))
    )
    found = Counter((verb, case, body) for verb, case, body in rows)
    db.commit()
    return found


def test_each_clock_acts_once(
    db: Session, database: Database, settings: Settings, clock: Clock
) -> None:
    world = World.make(db)
    boss = make_member(db, world.root, roles=(Role.COORDINATOR,))
    reports(world)

    clock.forward(days=8)  # half of a U3's fortnight
    all_at_once(database, settings, clock)
    reminded = acts(db)
    assert Counter(verb for verb, *_ in reminded) == {"referral_reminded": CASES * 2 // 3}

    clock.forward(days=7)
    all_at_once(database, settings, clock)
    done = acts(db)
    assert set(done.values()) == {1}
    assert Counter(verb for verb, *_ in done) == {
        "referral_reminded": CASES * 2 // 3,
        "referral_expired": CASES * 2 // 3,
        "promise_missed": CASES // 3,
    }
    told = db.scalars(
        select(Notice).where(
            Notice.kind == NoticeKind.PROMISE_MISSED, Notice.user_id == boss.user_id
        )
    ).all()
    assert len(told) == CASES


def test_workers_that_stood_still_ask_each_next_one_once_and_give_it_its_time(
    db: Session, database: Database, settings: Settings, clock: Clock
) -> None:
    world = World.make(db)
    reports(world)
    clock.forward(days=15)

    all_at_once(database, settings, clock)

    rows = db.scalars(select(Referral).where(Referral.state.in_(ASKED))).all()
    assert len(rows) == CASES * 2 // 3
    assert {row.due_at for row in rows} == {clock() + timedelta(days=14)}
    db.commit()
    all_at_once(database, settings, clock)
    assert set(acts(db).values()) == {1}


def test_a_clock_leaves_a_case_that_somebody_changes_for_the_next_pass(
    db: Session, database: Database, clock: Clock
) -> None:
    world = World.make(db)
    case = world.file(world.answers("chosen", [world.bodies[0]], last=False))
    [row] = referrals_of(db, case.id)
    assert row.due_at
    db.commit()
    if not _is_server(database):
        return  # one writer at a time: nobody changes it this moment
    db.get_one(type(case), case.id, with_for_update=True, populate_existing=True)
    with database.writer() as other:
        assert asking.expire_due(other, row.due_at) == 0
        other.commit()
    db.commit()

    assert asking.expire_due(db, row.due_at) == 1
    assert row.state == ReferralState.EXPIRED
