"""Keeps exported cells from doing anything: no program may compute what a worker typed."""

import unicodedata
from typing import Final

from grievance.rules.text import shows_nothing

_STARTS: Final = frozenset("=+-@\t\r\n|%")
_MARK: Final = "'"


def safe_cell(value: str) -> str:
    """A cell that no spreadsheet computes: ``'`` before it where its first seen sign could start
    a formula (also full-width, after blanks or invisible marks), or where it begins with ``'``.

    The marking is reversible: ``plain_cell`` takes one leading ``'`` off.
    """
    first = _first_seen(value)
    return _MARK + value if first in _STARTS or value.startswith(_MARK) else value


def plain_cell(cell: str) -> str:
    """What was typed, from a cell that ``safe_cell`` made."""
    return cell.removeprefix(_MARK)


def _first_seen(value: str) -> str:
    for sign in value:
        if sign in "\t\r\n":
            return sign
        if not (shows_nothing(sign) or unicodedata.category(sign) in {"Mn", "Me", "Co"}):
            return unicodedata.normalize("NFKC", sign)[:1]
    return ""
