"""Figures as tables and bars: the same numbers twice, once to read and once to look at."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from grievance.exports.figures import BARS, Figure, bars_of
from grievance.store import counting
from grievance.store.queue import Reader
from grievance.store.reference import issue_codes
from grievance.web.locale import country_name, gettext


def figures(db: Session, reader: Reader, zone: ZoneInfo, now: datetime) -> list[Figure]:
    """The four figures of a desk's own tree."""
    return [
        _problems(db, reader),
        _figure(gettext("Where do they work?"), counting.by_country(db, reader), country_name),
        _figure(gettext("Where from?"), counting.by_nationality(db, reader), country_name),
        _months(counting.by_month(db, reader, zone, now)),
    ]


def _problems(db: Session, reader: Reader) -> Figure:
    groups = {row.group: gettext(row.group_label) for row in issue_codes(db)}
    made = _figure(gettext("Which problems?"), counting.by_group(db, reader), groups.get)
    note = gettext(
        "A case with several problems counts in each, so the sum can be above all cases."
    )
    return replace(made, note=note)


def _months(counts: counting.Counts) -> Figure:
    """Every month has its bar, also an empty one."""
    made = _figure(gettext("When?"), counts, str, bars=len(counts))
    if not counts:
        return made
    first, last = counts[0][0], counts[-1][0]
    note = gettext("Every month from %(first)s to %(last)s.", first=first, last=last)
    return replace(made, note=note)


def _figure(
    title: str, counts: counting.Counts, name: Callable[[Any], Any], *, bars: int = BARS
) -> Figure:
    cells = [(str(name(key) or key) if key else gettext("not given"), n) for key, n in counts]
    rest = sum(n for _, n in cells[bars:])
    shown = cells[:bars] + ([(gettext("the others together"), rest)] if rest else [])
    return Figure(title, cells, bars_of(shown))
