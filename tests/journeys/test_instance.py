"""The fixtures themselves: a server that does not stop, or does not start, hangs no test."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.journeys import instance
from tests.journeys.instance import Listener, end

pytestmark = pytest.mark.plain
DEAF = """
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("Listening on http://127.0.0.1:9, deaf", flush=True)
signal.pause()
"""


def started(code: str) -> "subprocess.Popen[str]":
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def test_a_server_that_does_not_stop_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instance, "END_SECONDS", 0.1)
    process = started(DEAF)
    heard = Listener(process, tmp_path / "log")
    assert heard.address() == "http://127.0.0.1:9"

    with pytest.raises(subprocess.TimeoutExpired):
        end(process)

    assert process.returncode == -9
    heard.join(10)
    assert not heard.is_alive()


def test_a_server_that_ends_at_once_fails_with_what_it_said(tmp_path: Path) -> None:
    process = started("print('no such setting')")
    heard = Listener(process, tmp_path / "log")

    with pytest.raises(AssertionError, match="no such setting"):
        heard.address()

    end(process)
    heard.join(10)
