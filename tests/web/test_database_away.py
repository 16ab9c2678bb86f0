"""With the database away, full or busy: what can still be answered is, and nothing is lost."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import OperationalError, TimeoutError
from sqlalchemy.orm import Session

from grievance.casework.directory.listing import load_reference
from grievance.rules.terms import Role
from grievance.store import engine
from grievance.store.accounts import SessionRow
from grievance.store.engine import Database, WriterBusy
from tests.conftest import Clock
from tests.factories import make_member, make_root, sign_in
from tests.journeys.worker import Worker

FULL = OperationalError("UPDATE sessions", {}, Exception("database or disk is full"))


class Refusing(Database):
    """A database that refuses: writers only, or everybody."""

    def __init__(self, url: str, error: Exception, *, readers_too: bool = False) -> None:
        super().__init__(url)
        self.error, self.readers_too = error, readers_too

    def reader(self) -> Session:
        """Fails when it is wholly away."""
        if self.readers_too:
            raise self.error
        return super().reader()

    def writer(self) -> Session:
        """Fails."""
        raise self.error


Swap = Callable[..., None]


@pytest.fixture
def swap(app: Flask) -> Iterator[Swap]:
    """Put a refusing database in the place of the application's."""
    service = app.extensions["grievance"]
    kept, swapped = service.database, []

    def put(error: Exception, *, readers_too: bool = False) -> None:
        service.database = Refusing(kept.url, error, readers_too=readers_too)
        service.quick.forget()
        swapped.append(service.database)

    yield put
    service.database = kept
    for one in swapped:
        one.close()


@pytest.fixture
def worker(app: Flask, db: Session, clock: Clock) -> Worker:
    """A worker who wrote something ten minutes ago: her next page notes the last use anew."""
    load_reference(db, clock())
    db.commit()
    worker = Worker(app.test_client())
    worker.press("report/story", story="Kanaryo")
    clock.forward(minutes=10)
    return worker


@pytest.mark.parametrize("error", [FULL, TimeoutError(), WriterBusy()], ids=lambda e: type(e))
def test_a_last_use_that_cannot_be_noted_breaks_no_page(
    worker: Worker, swap: Swap, error: Exception
) -> None:
    swap(error)

    assert "Kanaryo" in worker.get("report/story")
    assert "tel:" in worker.get("danger")


def test_a_page_that_kept_nothing_lets_its_writer_go_before_last_use_is_noted(
    client: FlaskClient, db: Session, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit = make_member(db, make_root(db), roles=(Role.COORDINATOR,))
    db.commit()
    sign_in(client, kit)
    clock.forward(minutes=10)
    monkeypatch.setattr(engine, "LOCK_SECONDS", 0.1)

    assert client.get(f"/desk/cases/{uuid4()}").status_code == 404
    [row] = db.scalars(select(SessionRow)).all()
    assert row.last_used_at == clock()


@pytest.mark.parametrize("error", [FULL, TimeoutError()], ids=lambda e: type(e))
@pytest.mark.parametrize("path", ["/", "/en/danger", "/fil/danger"])
def test_what_stores_nothing_answers_without_a_database(
    worker: Worker, swap: Swap, path: str, error: Exception
) -> None:
    before = worker.client.get(path).text
    swap(error, readers_too=True)

    answer = worker.client.get(path)

    assert answer.status_code == 200
    assert answer.text == before
    assert ("tel:" in answer.text) == path.endswith("danger")


def test_who_can_help_says_in_words_that_it_cannot_be_read(worker: Worker, swap: Swap) -> None:
    swap(FULL, readers_too=True)

    answer = worker.client.get("/en/organizations")

    assert answer.status_code == 503
    assert 'href="/en/danger"' in answer.text
