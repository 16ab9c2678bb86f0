"""One database session a request: a writer where the request may write, else a reader.

The transaction begins at the first query. Argon2 and sealing belong before it (decisions/0005).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, g, request
from sqlalchemy.orm import Session

from grievance.web import access
from grievance.web.service import service
from grievance.web.sessions import visit


def db() -> Session:
    """This request's session."""
    if "db" not in g:
        database = service().database
        writes = access.may_write(request.method, request.endpoint)
        g.db = database.writer() if writes else database.reader()
    found: Session = g.db
    return found


@contextmanager
def read_db() -> Iterator[Session]:
    """A short read of its own, for work that comes before the write transaction."""
    with service().database.reader() as short:
        yield short


def commit() -> None:
    """Keep everything of this request, the changed session row with it."""
    visit().write(db())
    db().commit()


def rollback() -> None:
    """Drop what this request has not kept; the next query begins anew."""
    db().rollback()


def _close(error: BaseException | None) -> None:
    found = g.pop("db", None)
    if found is not None:
        found.close()


def init_app(app: Flask) -> None:
    """Close the session when the request ends."""
    app.teardown_appcontext(_close)
