"""What fails is told by kind and place; no word of a request reaches a log or the process's end."""

import logging
import re
import subprocess
import sys
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from grievance.store.engine import Database
from grievance.web.logs import CleanRecord, trail

CANARY = "Kanaryo"


def _refused() -> ValueError:
    try:
        try:
            raise LookupError(CANARY)
        except LookupError as error:
            raise ValueError(f"no number: {CANARY}") from error
    except ValueError as error:
        return error


def _record(name: str, message: str, *args: object, error: BaseException | None = None) -> str:
    told = (type(error), error, error.__traceback__) if error else None
    record = CleanRecord(name, logging.ERROR, "/lib/waitress/task.py", 85, message, args, told)
    return logging.Formatter("%(name)s %(message)s").format(record)


@pytest.mark.plain
@pytest.mark.parametrize("name", ["waitress", "grievance", "sqlalchemy.pool", "root"])
def test_a_logger_that_is_not_ours_tells_where_it_spoke_and_no_more(name: str) -> None:
    line = _record(name, f"Exception while serving /{CANARY} %s", CANARY, error=_refused())

    assert line.startswith(f"{name} waitress/task.py:85: ValueError web/test_logs.py:")
    assert "< LookupError web/test_logs.py:" in line
    assert CANARY not in line
    assert "\n" not in line


@pytest.mark.plain
def test_our_loggers_keep_their_words_but_no_exceptions() -> None:
    line = _record("grievance.work", "pass %d: %s", 3, _refused(), error=_refused())

    assert line.startswith("grievance.work pass 3: ValueError: ValueError web/test_logs.py:")
    assert CANARY not in line


@pytest.mark.plain
def test_an_error_of_the_system_is_named() -> None:
    assert trail(OSError(28, CANARY)) == "OSError ENOSPC"


def test_a_failed_statement_hides_its_parameters(database: Database) -> None:
    with database.reader() as db, pytest.raises(DBAPIError) as caught:
        db.execute(text("SELECT :words FROM nowhere"), {"words": CANARY})

    assert "nowhere" in str(caught.value)
    assert CANARY not in str(caught.value)


@pytest.mark.plain
def test_whatever_fails_in_the_real_server_no_word_reaches_its_output(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.web.failing_server", f"sqlite:///{tmp_path / 'a.db'}"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        server = process.stdout.readline().strip()
        paths = ("in_view", "in_statement", "in_thread", f"around/{CANARY}")
        answers = [_status(server, path) for path in paths]
        process.terminate()
        out, told = process.communicate(timeout=30)

    assert answers == [503, 503, 200, 500]
    assert CANARY not in out + told
    for line in (
        r"grievance flask/app.py:\d+: ValueError flask/.* web/failing_server.py:\d+ < LookupError",
        r"grievance.web OperationalError at in_statement: .* web/failing_server.py:\d+ ",
        r"grievance.process a thread ended: ValueError .* web/failing_server.py:\d+ ",
        r"waitress waitress/channel.py:\d+: ValueError .* web/failing_server.py:\d+ ",
    ):
        assert re.search(line, told), (line, told)


def _status(server: str, path: str) -> int:
    headers = {"User-Agent": CANARY, "Cookie": f"s={CANARY}", "X-Kanaryo": CANARY,
               "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
    with closing(HTTPConnection(server.removeprefix("http://"), timeout=30)) as connection:
        connection.request("POST", f"/{path}", f"words={CANARY}&{CANARY}={CANARY}", headers)
        return connection.getresponse().status
