"""What two requests at once wait for, and what they do not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from grievance.casework.case.retaining import forget
from grievance.casework.report.returning import note_code
from grievance.rules.terms import MembershipState
from grievance.store.accounts import membership_between, stays_member
from grievance.store.cases import receipt_of
from grievance.store.directory import lock_current_keys
from grievance.store.engine import Database
from tests.casework.world import World
from tests.factories import NOW, make_member, make_organization, make_root


@pytest.fixture
def two(database: Database) -> Iterator[tuple[Session, Session]]:
    """Two requests; on PostgreSQL one that must wait fails after a second."""
    with database.reader() as first, database.reader() as second:
        if database.engine.dialect.name == "postgresql":
            for one in (first, second):
                one.execute(text("SET LOCAL lock_timeout = '1s'"))
        yield first, second


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
