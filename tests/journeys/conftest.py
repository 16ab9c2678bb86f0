"""A real server in a process of its own, and a real browser."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.instance import end
from tests.support.find_browser import find

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    # Leave asks for a weather page: that it is not reached must not hang on this machine's network.
    "--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
# Playwright switches off what every phone has: whole pages kept in memory for Back.
NO_BACK_CACHE = "--disable-back-forward-cache"


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The demo's own server with a few cases: what it prints."""
    folder = tmp_path_factory.mktemp("demo") / "kept"
    command = [sys.executable, "-m", "grievance.cli", "demo", "--json", "--cases", "12"]
    with subprocess.Popen(
        [*command, "--folder", str(folder)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            end(process)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser, started once."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=find(), args=FLAGS, ignore_default_args=[NO_BACK_CACHE]
        )
        yield opened
        opened.close()
