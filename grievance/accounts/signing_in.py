"""The session's side of signing in: between password and second factor, and after both."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import pyotp

from grievance.casework.members.signing_in import Opened
from grievance.web.sessions import pack, unpack, visit
from grievance.web.staff import BETWEEN, FULL

TRIES: Final = 5
MINUTES: Final = timedelta(minutes=10)


def begin(opened: Opened, now: datetime, *, may_set_factor: bool) -> None:
    """The password fits: new cookie bytes, and only the second step opens.

    After a reset the session also keeps a fresh TOTP secret, until a code of it is typed.
    """
    known = visit()
    known.clear()
    known.renew()
    known.user_id = opened.user_id
    known["stage"] = BETWEEN
    known["private_key"] = pack(opened.private)
    known["user_id"] = str(opened.user_id)
    known["tries"] = TRIES
    known["until"] = (now + MINUTES).isoformat()
    if may_set_factor:
        known["new_secret"] = pyotp.random_base32()


def between(now: datetime) -> Opened | None:
    """Whose second step is open; None when its time or tries are used up."""
    known = visit()
    if known.get("stage") != BETWEEN or datetime.fromisoformat(known["until"]) <= now:
        return None
    return Opened(UUID(known["user_id"]), unpack(known["private_key"]))


def count_try() -> int:
    """A wrong code: one try less; how many are left."""
    known = visit()
    known["tries"] -= 1
    left: int = known["tries"]
    if left < 1:
        known.clear()
        known.renew()  # a fresh session, so that the form for a new start is not stale
        known.user_id = None
    return left


def finish() -> None:
    """Both steps fit: new bytes again, and the desk opens."""
    known = visit()
    opened = Opened(UUID(known["user_id"]), unpack(known["private_key"]))
    known.clear()
    known.renew()
    known.user_id = opened.user_id
    known["stage"] = FULL
    known["private_key"] = pack(opened.private)


def new_secret() -> str | None:
    """The secret that waits for its first code."""
    found: str | None = visit().get("new_secret")
    return found
