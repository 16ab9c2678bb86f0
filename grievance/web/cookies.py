"""A session's cookie: its name, and its 32 bytes as text."""

import base64
import binascii
from typing import Final

from grievance.sealing.keys import COOKIE_BYTES

WORKER: Final = "worker"
STAFF: Final = "staff"
_NAMES: Final = {WORKER: "s", STAFF: "d"}


def cookie_name(kind: str, secure: bool) -> str:
    """``__Host-s`` and ``__Host-d``; without the prefix on loopback http."""
    return f"__Host-{_NAMES[kind]}" if secure else _NAMES[kind]


def cookie_text(cookie: bytes) -> str:
    """As a browser keeps it."""
    return base64.urlsafe_b64encode(cookie).rstrip(b"=").decode()


def cookie_bytes(text: str) -> bytes | None:
    """What a browser sent, if it can be a cookie of ours."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None
    return raw if len(raw) == COOKIE_BYTES else None
