"""The needs of a report in the worker's own words."""

from collections.abc import Collection, Sequence
from typing import Any

from grievance.rules.needs import lines_of
from grievance.rules.terms import NeedLine, ServiceNeed
from grievance.web.locale import gettext, lazy

_ALL = lazy("For everything")
_WAGES = lazy("For your wages")
_RIGHTS = lazy("For your rights and papers")
_BED = lazy("For a safe place to sleep")
_SAFETY = lazy("For your safety")


def heading(lines: Sequence[str], needs: Collection[str]) -> str:
    """What a page says over organizations for these lines of a report with these needs; nothing
    where they are for the whole of a report with one."""
    said = [words(line, needs) for line in lines]
    return said[0] if len(said) == 1 else gettext(_ALL.message) if said else ""


def words(line: str, needs: Collection[str]) -> str:
    """One line in her words: as narrow as what it holds."""
    of = lines_of({ServiceNeed(need) for need in needs}).get(NeedLine(line), frozenset())
    text: Any
    if line == NeedLine.CLAIM:
        text = _WAGES if of == {ServiceNeed.WCL} else _RIGHTS
    else:
        text = _BED if of == {ServiceNeed.SHE} else _SAFETY
    return gettext(text.message)
