"""Opens the database: SQLite (one machine) or PostgreSQL, readers and writers.

On SQLite a writer says BEGIN IMMEDIATE before its first query and holds one lock of this process,
so that writers wait their turn instead of failing with "database is locked" (decisions/0005).
"""

import sqlite3
import threading

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, TimeoutError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_SECONDS = 5
LOCK_SECONDS = 20
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA temp_store=MEMORY",
)


class WriterBusy(Exception):
    """Another writer of this process kept the database for too long."""


AWAY = (DBAPIError, TimeoutError, WriterBusy)  # what a database that does not answer raises


class Database:
    """One database and its two kinds of session."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.engine = make_engine(url)
        self._immediate = self.engine.execution_options(grievance_writer=True)

    def reader(self) -> Session:
        """A session that only reads."""
        return Session(self.engine, expire_on_commit=False)

    def writer(self) -> Session:
        """A session that may write: on SQLite its transaction starts IMMEDIATE."""
        return Session(self._immediate, expire_on_commit=False)

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def make_engine(url: str) -> Engine:
    """An engine for ``sqlite:///file`` or ``postgresql+psycopg://…``."""
    if make_url(url).get_backend_name() == "sqlite":
        return _sqlite(url)
    return create_engine(
        url, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True
    )


def _sqlite(url: str) -> Engine:
    engine = create_engine(
        url, pool_size=16, max_overflow=48, hide_parameters=True,
        connect_args={"check_same_thread": False},
    )  # fmt: skip
    lock = threading.Lock()
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", lambda connection: _begin(connection, lock))
    event.listen(engine, "checkin", _release)
    return engine


def _prepare(dbapi: DBAPIConnection, record: ConnectionPoolEntry) -> None:
    if isinstance(dbapi, sqlite3.Connection):
        dbapi.isolation_level = None  # we say BEGIN ourselves; the driver would delay it
        for pragma in _PRAGMAS:
            dbapi.execute(pragma)


def _begin(connection: Connection, lock: threading.Lock) -> None:
    if not connection.get_execution_options().get("grievance_writer"):
        connection.exec_driver_sql("BEGIN")
        return
    if not lock.acquire(timeout=LOCK_SECONDS):
        raise WriterBusy
    connection.info["grievance_lock"] = lock
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _release(dbapi: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    held = record.info.pop("grievance_lock", None)
    if held is not None:
        held.release()
