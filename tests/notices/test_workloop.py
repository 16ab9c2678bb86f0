"""Clocks, retention and mail come round by themselves: one that breaks ends no other."""

import re
import threading
from dataclasses import replace

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.notices.notifying import notify_organization
from grievance.cli import main, work
from grievance.cli.serve import work_loop
from grievance.config import Settings
from grievance.notices import workloop
from grievance.notices.workloop import WorkLoop
from grievance.rules.terms import NoticeKind, NoticeState, Role
from grievance.store.engine import Database
from grievance.store.outbox import Notice, WorkPass
from tests.conftest import Clock
from tests.factories import make_member, make_organization


class Taker:
    """A mail server that takes everything."""

    def __init__(self) -> None:
        self.taken = 0

    def send(self, **_mail: object) -> None:
        """Take it."""
        self.taken += 1


@pytest.fixture
def taker() -> Taker:
    return Taker()


@pytest.fixture
def loop(
    db: Session, database: Database, settings: Settings, clock: Clock, taker: Taker
) -> WorkLoop:
    """A loop with one notice to send."""
    desk = make_organization(db)
    make_member(db, desk, roles=(Role.ORGANIZER,))
    notify_organization(db, desk.id, NoticeKind.ITEM_WAITS, now=clock())
    db.commit()
    return WorkLoop(database, taker, settings, clock)


def passes(database: Database) -> int:
    with database.reader() as own:
        return len(own.scalars(select(WorkPass)).all())


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Clocks that fail as nobody foresaw, with a worker's words; grows with each try."""
    tries: list[str] = []

    def expire_due(*_: object) -> int:
        tries.append("tried")
        raise KeyError("Kanaryo")

    monkeypatch.setattr(workloop, "expire_due", expire_due)
    return tries


def test_a_part_that_breaks_ends_no_other_and_shows_no_words(
    loop: WorkLoop, taker: Taker, broken: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    done = loop.run_once()

    assert done["expired"] is None
    assert done["forgot"] is not None
    assert done["sent"] == 1
    assert taker.taken == 1
    [line] = [record.getMessage() for record in caplog.records]
    assert line.startswith("a part of the work did not finish: KeyError notices/workloop.py:")
    assert "Kanaryo" not in caplog.text


def test_the_loop_outlives_what_nobody_foresaw(
    loop: WorkLoop, broken: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workloop, "PAUSE_SECONDS", 0.01)
    stop = threading.Event()
    thread = threading.Thread(target=loop.run_until, args=[stop])
    thread.start()
    while thread.is_alive() and len(broken) < 3:
        thread.join(0.01)
    stop.set()
    thread.join()

    assert len(broken) >= 3


def test_a_pass_counts_only_when_all_its_parts_finished(
    client: FlaskClient, database: Database, loop: WorkLoop, broken: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    loop.run_once()
    assert passes(database) == 0
    assert client.get("/readyz").status_code == 503

    monkeypatch.undo()
    loop.run_once()

    assert passes(database) == 1
    assert client.get("/readyz").status_code == 200


@pytest.fixture
def watched(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the command asks of its process, which is this one; its own database and no mail."""
    asked: list[str] = []
    monkeypatch.setattr(work, "settings", lambda: replace(settings, smtp_host=""))
    monkeypatch.setattr(work, "check_tables", lambda: None)  # made without migrations
    monkeypatch.setattr(work, "watch_process", lambda: asked.append("a clean log"))
    return asked


def test_once_says_what_was_done(loop: WorkLoop, watched: list[str]) -> None:
    done = CliRunner().invoke(main, ["work", "--once"])

    assert done.exit_code == 0
    assert watched == ["a clean log"]
    assert re.fullmatch(
        r"expired 0, missed 0, lapsed 0, reminded 0, entries \d, forgot \d, sent 0\n", done.output
    )


def test_once_fails_where_a_part_did(loop: WorkLoop, broken: list[str], watched: list[str]) -> None:
    done = CliRunner().invoke(main, ["work", "--once"])

    assert done.exit_code == 1
    assert re.search(
        r"expired failed, missed 0, lapsed 0, reminded 0, entries \d, forgot \d, sent 0\n",
        done.output,
    )
    assert "Kanaryo" not in done.output


def test_without_a_mail_server_notices_wait(loop: WorkLoop, database: Database) -> None:
    assert replace(loop, sender=None).run_once()["sent"] == 0

    with database.reader() as own:
        assert own.scalars(select(Notice.state)).one() == NoticeState.WAITING


def test_serving_runs_the_loop_on_its_own_database(
    app: Flask, loop: WorkLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(workloop, "Database", opened.append)
    with work_loop(app, run=False):
        assert "work" not in [thread.name for thread in threading.enumerate()]

    with work_loop(app, run=True):
        [thread] = [one for one in threading.enumerate() if one.name == "work"]
        while thread.is_alive() and not passes(loop.database):
            thread.join(0.01)

    assert not thread.is_alive()
    assert passes(loop.database) == 1
    assert opened == []
