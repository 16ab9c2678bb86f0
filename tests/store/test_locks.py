"""What two requests at once wait for, and what they do not."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from grievance.casework.case.retaining import forget
from grievance.casework.directory.entries import set_paused
from grievance.casework.directory.version import load_directory, make_version
from grievance.casework.members.inviting import invite
from grievance.casework.report.returning import note_code
from grievance.rules.terms import MembershipState, Role
from grievance.store.accounts import membership_between, stays_member
from grievance.store.cases import receipt_of
from grievance.store.directory import Organization, latest_version_number, lock_current_keys
from grievance.store.engine import Database
from grievance.store.events import OPERATOR
from tests.casework.world import World
from tests.factories import NOW, make_member, make_organization, make_root

WAITING = text("SELECT count(*) FROM pg_locks WHERE NOT granted")


@pytest.fixture
def two(database: Database) -> Iterator[tuple[Session, Session]]:
    """Two requests; on PostgreSQL one that must wait fails after a second."""
    with database.reader() as first, database.reader() as second:
        if database.engine.dialect.name == "postgresql":
            for one in (first, second):
                one.execute(text("SET LOCAL lock_timeout = '1s'"))
        yield first, second


def comes_to_wait(database: Database, done: Future[Any]) -> None:
    """Until the other one stands before a lock; on SQLite it waits from the beginning."""
    if database.engine.dialect.name == "postgresql":
        with database.reader() as third:
            while not (done.done() or third.scalar(WAITING)):
                pass


def test_two_who_grant_to_the_same_desks_in_another_order_do_not_wait(
    db: Session, two: tuple[Session, Session]
) -> None:
    bodies = [make_root(db), make_organization(db)]
    for body in bodies:
        make_member(db, body)
    a, b = (body.id for body in bodies)
    db.commit()
    first, second = two

    kept = [
        lock_current_keys(first, [a]), lock_current_keys(second, [b]),
        lock_current_keys(first, [b]), lock_current_keys(second, [a]),
    ]  # fmt: skip

    assert kept == [{a: 1}, {b: 1}, {b: 1}, {a: 1}]


def test_a_dismissal_that_is_under_way_counts_already(
    db: Session, database: Database, two: tuple[Session, Session]
) -> None:
    kit = make_member(db, make_root(db))
    db.commit()
    assert stays_member(two[0], kit.user_id, kit.organization_id)
    two[0].rollback()
    seat = membership_between(db, kit.user_id, kit.organization_id)
    assert seat
    seat.state = MembershipState.ENDED
    db.flush()

    # On SQLite a writer would have waited for its turn; a reader sees what was before.
    alone = database.engine.dialect.name == "sqlite"
    assert stays_member(two[1], kit.user_id, kit.organization_id) == alone
    db.commit()
    assert not stays_member(two[0], kit.user_id, kit.organization_id)


def test_a_report_is_not_forgotten_in_the_moment_in_which_its_worker_comes_back(
    db: Session, database: Database, two: tuple[Session, Session]
) -> None:
    world = World.make(db)
    case = world.file(world.answers("nobody", [], last=False))
    db.commit()
    late, (hers, work) = NOW + timedelta(days=800), two
    note_code(receipt_of(hers, case.id), late)
    hers.flush()
    if database.engine.dialect.name == "sqlite":
        hers.commit()  # one writer at a time: she was first

    gone = forget(work, now=late, keep_nobody_months=12)["unshared_reports"]
    work.commit()
    hers.commit()

    assert gone == 0
    assert receipt_of(hers, case.id).last_used == late.date().replace(day=1)


def test_two_who_change_entries_at_once_make_one_version_after_the_other(
    db: Session, database: Database
) -> None:
    ids = [make_root(db).id, make_organization(db).id]
    make_version(db, NOW)
    db.commit()

    def change_the_other() -> None:
        with database.writer() as second:
            page = [second.get_one(Organization, one) for one in ids]  # as it was before
            set_paused(second, page[1].id, True, OPERATOR, NOW)
            second.commit()

    with ThreadPoolExecutor() as pool:
        set_paused(db, ids[0], True, OPERATOR, NOW)
        done = pool.submit(change_the_other)
        comes_to_wait(database, done)
        db.commit()
        done.result()

    bodies = load_directory(db).bodies
    assert latest_version_number(db) == 3
    assert [bodies[str(one)].paused for one in ids] == [True, True]


@pytest.mark.parametrize("same_desk", [True, False])
def test_two_who_invite_one_new_address_at_once_make_one_account(
    db: Session, database: Database, same_desk: bool
) -> None:
    desks = [make_root(db).id, make_organization(db).id]
    here, there = desks[0], desks[0 if same_desk else 1]
    db.commit()

    def invited(own: Session, desk: UUID) -> UUID:
        made = invite(
            own, email="ana@example.org", name="Ana", roles=[Role.ORGANIZER],
            organization_id=desk, actor=OPERATOR, now=NOW,
        )  # fmt: skip
        return made.user.id

    def invite_too() -> UUID:
        with database.writer() as second:
            found = invited(second, there)
            second.commit()
            return found

    with ThreadPoolExecutor() as pool:
        first = invited(db, here)
        done = pool.submit(invite_too)
        comes_to_wait(database, done)
        db.commit()
        assert done.result() == first

    seats = [membership_between(db, first, desk) for desk in (here, there)]
    assert [seat.state for seat in seats if seat] == [MembershipState.INVITED] * 2
