"""Kill -9 in the middle of many submissions: every acknowledged code opens its case."""

import os
import threading
import urllib.error
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.journeys.instance import Instance, Serving

pytestmark = [pytest.mark.plain, pytest.mark.slow]
REPORTS = int(os.environ.get("GRIEVANCE_TEST_CRASH", "60"))


def test_what_was_acknowledged_is_on_disk(tmp_path: Path) -> None:
    instance = Instance(tmp_path)
    codes: list[str] = []
    with instance.serving("--no-work") as server:
        threads = [threading.Thread(target=_submit, args=[server, codes]) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(codes) >= REPORTS // 2
    with instance.serving("--no-work") as again:
        for number, code in enumerate(codes):
            page = again.browser().open(code)
            assert "Kanaryo" in page, number


def _submit(server: Serving, codes: list[str]) -> None:
    """Report until the server dies; whoever reaches the half kills it."""
    while server.process.poll() is None and len(codes) < REPORTS:
        try:
            codes.append(server.browser().report(story="Kanaryo", country="HK", sharing="nobody"))
        except (urllib.error.URLError, HTTPException, OSError):
            return
        if len(codes) == REPORTS // 2:
            server.process.kill()
