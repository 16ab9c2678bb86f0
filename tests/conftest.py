"""A database, an application and a clock for every test that asks for one.

``db`` is the test's own write session; the application reads only what a test has committed, so
a forgotten commit in a view fails.
"""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from grievance.app import create_app
from grievance.config import Settings
from grievance.sealing.keys import LEAST_COST
from grievance.store.base import Base
from grievance.store.engine import Database
from grievance.web import limits
from tests.factories import NOW


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
    """SQLite always; a second one where a server's address is given."""
    given = os.environ.get("GRIEVANCE_TEST_DATABASE_URL")
    return ["sqlite", given] if given else ["sqlite"]


@pytest.fixture(params=_databases(), ids=lambda url: url.partition(":")[0])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings with the least Argon2id costs, on a fresh database."""
    url = request.param
    return Settings(
        database_url=f"sqlite:///{tmp_path / 'grievance.db'}" if url == "sqlite" else url,
        secret_key="s" * 48,
        pepper=b"p" * 48,
        name_secret=b"n" * 48,
        password_cost=LEAST_COST,
        code_cost=LEAST_COST,
    )


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    """An empty database with all tables."""
    database = Database(settings.database_url)
    Base.metadata.drop_all(database.engine)
    Base.metadata.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def db(database: Database) -> Iterator[Session]:
    """The test's own write session."""
    with database.writer() as session:
        yield session


@pytest.fixture
def clock() -> Clock:
    """The application's time."""
    return Clock()


@pytest.fixture
def app(settings: Settings, database: Database, clock: Clock) -> Iterator[Flask]:
    """The application on the test's database and clock."""
    limits.forget_all()
    app = create_app(settings)
    app.testing = True
    service = app.extensions["grievance"]
    service.clock = clock
    yield app
    service.database.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without a session yet."""
    return app.test_client()
