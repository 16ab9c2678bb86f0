"""Slows a source that tries codes or passwords; never locks a code or an account (design.md 4).

Only wrong ones count. A source is an IPv4 address, or the first 64 bits of an IPv6 address: one
home or phone has all addresses below. It is kept as a keyed hash, with a key made new each day, in
this process's memory only.
"""

import hashlib
import secrets
import threading
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Final

from flask import request

from grievance.web.service import now

CODES: Final = "codes"
PASSWORDS: Final = "passwords"
_ALLOWED: Final = {CODES: 10, PASSWORDS: 10}
_WINDOW: Final = timedelta(minutes=10)
# A hostel is one source, and somebody there may try wrong codes to shut the others out: after ten
# each try only waits for the one before. Codes have 63 bits, so two a minute are no guessing.
_PAUSE: Final = {CODES: timedelta(seconds=30)}
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
        times = _wrong(_source(what))
        if len(times) >= _ALLOWED[what]:
            free = min(times[0] + _WINDOW, times[-1] + _PAUSE.get(what, _WINDOW))
            if now() < free:
                raise Slowed(max(1, int((free - now()).total_seconds())))


def count_wrong(what: str) -> None:
    """Note a wrong one."""
    with _lock:
        source = _source(what)
        times = _tries.wrong.setdefault(source, deque(maxlen=_ALLOWED[what]))
        times.append(now())
        _tries.wrong.move_to_end(source)
        while len(_tries.wrong) > _MOST_SOURCES:
            _tries.wrong.popitem(last=False)


def forget_all() -> None:
    """Start afresh, for tests."""
    with _lock:
        _tries.wrong.clear()


def _wrong(source: bytes) -> deque[datetime]:
    """The wrong ones of a source within the window. Looking makes no entry."""
    times = _tries.wrong.get(source, deque())
    while times and times[0] <= now() - _WINDOW:
        times.popleft()
    return times


def _source(what: str) -> bytes:
    today = now().date()
    if _tries.day != today:
        _tries.day, _tries.key = today, secrets.token_bytes(32)
        _tries.wrong.clear()
    told = f"{what} {_network(request.remote_addr or '')}".encode()
    return hashlib.blake2b(told, key=_tries.key, digest_size=16).digest()


def _network(address: str) -> str:
    """What of an address is one source. Some proxies write a port behind it."""
    try:
        host = address if address.count(":") > 1 else address.partition(":")[0]
        found = ip_address(host.partition("]")[0].strip("[").partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or IPv6Network((found, 64), strict=False))
