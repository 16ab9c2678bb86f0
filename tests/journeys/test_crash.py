"""Kill -9 in the middle of many submissions: every acknowledged code opens its case.

A kill tells of one moment, so several kills tell more than many reports before one.
GRIEVANCE_TEST_CRASH=500 makes it the long test, before a release.
"""

import os
import signal
import sqlite3
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPException
from pathlib import Path
from threading import Lock

import pytest

from tests.journeys.instance import Instance, Serving

pytestmark = [pytest.mark.plain, pytest.mark.slow]
REPORTS = int(os.environ.get("GRIEVANCE_TEST_CRASH", "120"))
KILLS = 3
WORKERS = 6


class Crowd:
    """Workers who report until the server dies; the last of so many reports kills it."""

    def __init__(self, server: Serving) -> None:
        self.server = server
        self.codes: list[str] = []
        self.cut_off = 0
        self._lock = Lock()

    def report(self) -> None:
        """Report again and again; only an answer that arrived counts."""
        while True:
            try:
                code = self.server.browser().report(story="Kanaryo", country="HK", sharing="nobody")
            except (urllib.error.URLError, HTTPException, OSError):
                with self._lock:
                    self.cut_off += 1
                return
            with self._lock:
                self.codes.append(code)
                if len(self.codes) == REPORTS // KILLS:
                    self.server.process.kill()


def test_what_was_acknowledged_is_on_disk(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    codes: list[str] = []
    for kill in range(1, KILLS + 1):
        codes += acknowledged_until_killed(instance)
        found = count(tmp_path, "cases")
        assert len(codes) <= found <= len(codes) + kill * (WORKERS - 1)
        assert count(tmp_path, "drafts") > 0, "the kill met nobody in the middle of a report"

    with instance.serving("--no-work") as again, ThreadPoolExecutor(WORKERS) as pool:
        pages = pool.map(lambda code: again.browser().open(code), codes)
        assert [number for number, page in enumerate(pages) if "Kanaryo" not in page] == []


def acknowledged_until_killed(instance: Instance) -> list[str]:
    with instance.serving("--no-work") as server, ThreadPoolExecutor(WORKERS) as pool:
        crowd = Crowd(server)
        for worker in [pool.submit(crowd.report) for _ in range(WORKERS)]:
            worker.result()
    assert server.process.returncode == -signal.SIGKILL
    assert crowd.cut_off == WORKERS
    assert len(crowd.codes) >= REPORTS // KILLS
    return crowd.codes


def count(folder: Path, table: str) -> int:
    """How many rows a sound database holds."""
    with closing(sqlite3.connect(folder / "grievance.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        [rows] = db.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 -- our own
    return int(rows)
