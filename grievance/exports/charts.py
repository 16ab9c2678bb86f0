"""Figures as tables and bars: the same numbers twice, once to read and once to look at."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from grievance.store import counting
from grievance.store.queue import Reader
from grievance.store.reference import issue_codes
from grievance.web.locale import country_name, gettext

_BARS = 6
WIDTH = 300


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its count, its length in the picture."""

    name: str
    count: int
    length: int


@dataclass(frozen=True)
class Figure:
    """One question: a table of all cells, and bars of the largest."""

    title: str
    cells: list[tuple[str, int]]
    bars: list[Bar]


def figures(db: Session, reader: Reader, zone: ZoneInfo) -> list[Figure]:
    """The four figures of a desk's own tree."""
    groups = {row.group: gettext(row.group_label) for row in issue_codes(db)}
    return [
        _figure(gettext("Which problems?"), counting.by_group(db, reader), groups.get),
        _figure(gettext("Where do they work?"), counting.by_country(db, reader), country_name),
        _figure(gettext("Where from?"), counting.by_nationality(db, reader), country_name),
        _figure(gettext("When?"), counting.by_month(db, reader, zone), str, months=True),
    ]


def _figure(
    title: str, counts: counting.Counts, name: Callable[[Any], Any], *, months: bool = False
) -> Figure:
    cells = [(str(name(key) or key) if key else gettext("not given"), n) for key, n in counts]
    shown = cells[-14:] if months else cells[:_BARS]
    rest = 0 if months else sum(n for _, n in cells[_BARS:])
    shown = shown + ([(gettext("other"), rest)] if rest else [])
    most = max((n for _, n in shown), default=1)
    return Figure(title, cells, [Bar(text, n, round(n / most * WIDTH)) for text, n in shown])
