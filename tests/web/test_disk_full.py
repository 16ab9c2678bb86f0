"""A disk with no room: nothing is acknowledged that is not kept, and no word is lost."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text
from sqlalchemy.orm import Session

from grievance.casework.directory.listing import load_reference
from grievance.store.cases import Case
from grievance.store.engine import Database
from tests.factories import NOW
from tests.journeys.worker import Worker

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
WORDS = "Kanaryo. " * 400


@pytest.fixture
def room(app: Flask) -> Callable[[bool], None]:
    """Take SQLite's room to grow away, and give it back."""
    database: Database = app.extensions["grievance"].database
    most = {"pages": 1_000_000_000}

    @event.listens_for(database.engine, "connect")
    def hold(connection: Any, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {most['pages']}")

    def give(much: bool) -> None:
        with database.reader() as db:
            used = db.scalar(text("PRAGMA page_count")) or 0
        most["pages"] = 1_000_000_000 if much else used
        database.engine.dispose()  # connections opened from here on have this much room

    return give


def test_a_full_disk_acknowledges_nothing_and_gives_the_words_back(
    app: Flask, db: Session, room: Callable[[bool], None]
) -> None:
    load_reference(db, NOW)
    db.commit()
    worker = Worker(app.test_client())
    worker.press("report/problem", issues="WAG01")
    room(False)

    refused = worker.press("report/story", story=WORDS)
    assert refused.status_code == 503
    assert WORDS.strip() in refused.text

    room(True)
    assert worker.press("report/story", story=WORDS).status_code == 303
    worker.press("report/sharing", sharing="nobody")
    room(False)
    unsent = worker.press("report/check", action="send")
    assert unsent.status_code == 503
    assert not re.findall(r"<span>\d{4}</span>", unsent.text + worker.get("report/sent"))
    assert db.scalar(select(func.count()).select_from(Case)) == 0

    room(True)
    db.rollback()
    assert "Kanaryo" in Worker(app.test_client()).come_back(worker.send())
