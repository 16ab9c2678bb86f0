"""The steps lead from an empty database to the tables of the code, and back, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import MetaData, select, text
from sqlalchemy.orm import Session

from grievance.store import migrate
from grievance.store.engine import Database, make_engine
from grievance.store.referrals import Referral, referrals_of
from tests.casework.world import World, accepted
from tests.factories import NOW, make_area, make_organization, make_service


def test_upgrade_check_and_downgrade(database_url: str) -> None:
    engine = make_engine(database_url)
    there = MetaData()
    there.reflect(engine)
    there.drop_all(engine)
    assert not migrate.is_current(engine)

    migrate.upgrade(engine)

    assert migrate.is_current(engine)
    migrate.check(engine)
    migrate.downgrade(engine, "base")
    assert not migrate.is_current(engine)
    engine.dispose()


@pytest.mark.parametrize("state", ["accepted", "in_service", "completed", "withdrawn", "sent"])
def test_0002_knows_when_a_referral_of_before_was_answered(
    database: Database, db: Session, state: str
) -> None:
    """At its last decision while that was the answer; else by the event of its acceptance."""
    case, _ = accepted(World.make(db))
    [answered, *_] = referrals_of(db, case.id)
    answered.state, answered.decided_at = state, NOW + timedelta(days=state != "accepted")
    db.commit()
    migrate.downgrade(database.engine, "0001")

    migrate.upgrade(database.engine)

    db.expire_all()
    kept = db.scalar(select(Referral.answered_at).where(Referral.id == answered.id))
    assert kept == (None if state == "sent" else NOW)
    db.rollback()


def test_before_0007_a_part_of_a_country_is_the_country(database: Database, db: Session) -> None:
    body = make_organization(db)
    make_service(db, body, areas=[make_area("subdivision", country="MY", subdivision="MY-10")])
    db.commit()

    migrate.downgrade(database.engine, "0006")

    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT level, country FROM service_areas ORDER BY country"))
        assert [tuple(row) for row in rows] == [("country", "HK"), ("country", "MY")]
    migrate.upgrade(database.engine)
    migrate.check(database.engine)
