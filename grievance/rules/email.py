"""E-mail addresses of staff: their one normal form, and what is plainly none."""

import re
from typing import Final

LONGEST_EMAIL: Final = 254
_ADDRESS: Final = re.compile(r'[^@\s<>(),;:"\\]+@[^@\s<>(),;:"\\]+')


def normal_email(typed: str) -> str:
    """An address as it is kept and compared: without blanks around it, case folded."""
    return typed.strip().casefold()


def is_email(typed: str) -> bool:
    """Whether this could be an address; mail servers inside an office need no dot in theirs."""
    address = normal_email(typed)
    return len(address) <= LONGEST_EMAIL and address.isprintable() and bool(_match(address))


def _match(address: str) -> "re.Match[str] | None":
    return _ADDRESS.fullmatch(address)
