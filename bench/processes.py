"""The servers that are measured: starting them, and the memory one takes."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def started(command: list[str]) -> Iterator[tuple[str, int]]:
    """A server process and the line it prints when it listens."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield (process.stdout.readline() if process.stdout else ""), process.pid
        finally:
            process.terminate()


@contextmanager
def floor(folder: str) -> Iterator[str]:
    """The bare server's address."""
    command = [sys.executable, "-m", "bench.floor", str(Path(folder) / "floor.sqlite")]
    with started(command) as (line, _pid):
        yield line.strip()


def memory(pid: int) -> float:
    """Proportional set size in megabytes."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(text.split("Pss:")[1].split()[0]) / 1024


def most_memory(pid: int, act: Callable[[], object]) -> float:
    """The most that a process takes while something is done."""
    seen, over = [memory(pid)], threading.Event()

    def watch() -> None:
        while not over.is_set():
            seen.append(memory(pid))
            time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        act()
    finally:
        over.set()
        watcher.join()
    return max(seen)
