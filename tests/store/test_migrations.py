"""The steps lead from an empty database to the tables of the code, and back, on both databases."""

from sqlalchemy import MetaData

from grievance.store import migrate
from grievance.store.engine import make_engine


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
