"""The name that a mail of ours carries (Message-ID), by which one that came back is known again.

Anybody can write a delivery report about a member, and so make the service go silent towards her.
So a report counts only where it quotes the name of a mail that was sent to her: random letters and
the day, with an HMAC over them and her address, under a secret of the settings. Nothing is stored.
"""

import hmac
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

LASTS = timedelta(days=30)  # mail servers give up after five days
RANDOM_BYTES = 12
_MAC_LETTERS = 32
_NAME = re.compile(rf"<?(\d{{8}})\.([0-9a-f]{{24}})\.([0-9a-f]{{{_MAC_LETTERS}}})@[^<>\s]*>?")


def mark(secret: bytes, to: str, now: datetime, domain: str, chance: Callable[[int], bytes]) -> str:
    """The name of a mail to this address (in its normal form), for its ``Message-ID``."""
    day, letters = now.astimezone(UTC).strftime("%Y%m%d"), chance(RANDOM_BYTES).hex()
    return f"<{day}.{letters}.{_mac(secret, to, day, letters)}@{domain}>"


def is_ours(secret: bytes, name: str, to: str, now: datetime) -> bool:
    """Whether a mail of this name was sent to this address in the last 30 days."""
    found = _NAME.fullmatch(name.strip())
    if found is None:
        return False
    day, letters, mac = found.groups()
    if not hmac.compare_digest(mac, _mac(secret, to, day, letters)):
        return False
    sent = date(int(day[:4]), int(day[4:6]), int(day[6:]))  # a real day: the HMAC fits
    return timedelta() <= now.astimezone(UTC).date() - sent <= LASTS


def _mac(secret: bytes, to: str, day: str, letters: str) -> str:
    said = "\0".join(("notice mail", to, day, letters))
    return hmac.new(secret, said.encode("utf-8", "replace"), sha256).hexdigest()[:_MAC_LETTERS]
