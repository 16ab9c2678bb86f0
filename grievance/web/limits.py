"""Slows a source that tries codes or passwords; never locks a code or an account (design.md 4).

Only wrong ones count. A source is kept as a keyed hash of its address, with a key made new each
day, in this process's memory only.
"""

import hashlib
import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from flask import request

from grievance.web.service import now

CODES: Final = "codes"
PASSWORDS: Final = "passwords"
_ALLOWED: Final = {CODES: 10, PASSWORDS: 10}
_WINDOW: Final = timedelta(minutes=10)
_MOST_SOURCES: Final = 20_000
argon_passwords = threading.BoundedSemaphore(2)  # 64 MiB each
argon_codes = threading.BoundedSemaphore(4)  # 19 MiB each


class Slowed(Exception):
    """This source must wait; ``seconds`` says for how long."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass
class _Tries:
    day: date | None = None
    key: bytes = b""
    wrong: OrderedDict[bytes, deque[datetime]] = field(default_factory=OrderedDict)


_tries = _Tries()
_lock = threading.Lock()


def check(what: str) -> None:
    """Raises Slowed when this source has tried too many wrong ones lately."""
    with _lock:
        times = _recent(what)
        if len(times) >= _ALLOWED[what]:
            wait = times[0] + _WINDOW - now()
            raise Slowed(max(1, int(wait.total_seconds())))


def count_wrong(what: str) -> None:
    """Note a wrong one."""
    with _lock:
        _recent(what).append(now())


def forget_all() -> None:
    """Start afresh, for tests."""
    with _lock:
        _tries.wrong.clear()


@contextmanager
def one_at_a_time(semaphore: threading.BoundedSemaphore) -> Iterator[None]:
    """Keep the memory of parallel Argon2 calls in bounds."""
    with semaphore:
        yield


def _recent(what: str) -> deque[datetime]:
    today = now().date()
    if _tries.day != today:
        _tries.day, _tries.key = today, secrets.token_bytes(32)
        _tries.wrong.clear()
    source = hashlib.blake2b(
        f"{what} {request.remote_addr}".encode(), key=_tries.key, digest_size=16
    ).digest()
    times = _tries.wrong.setdefault(source, deque())
    _tries.wrong.move_to_end(source)
    while times and times[0] <= now() - _WINDOW:
        times.popleft()
    while len(_tries.wrong) > _MOST_SOURCES:
        _tries.wrong.popitem(last=False)
    return times
