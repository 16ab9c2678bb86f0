"""Pictures of numbers, drawn here and written into the page: bars, and a grid of marks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 300  # of the longest bar
BARS: Final = 6
_SIDE, _STEP = 14, 18  # of a mark, and from one to the next
_LEFT, _TOP = 132, 140  # room for the names of rows and columns
# From the upper corner of a box: all of it, half of it, a dot, nothing.
MARKS: Final = (f"h{_SIDE}v{_SIDE}h-{_SIDE}z", f"h{_SIDE}l-{_SIDE} {_SIDE}z", "m4 4h6v6h-6z", "")


@dataclass(frozen=True)
class Bar:
    """One bar: its name, its count, its length in the picture."""

    name: str
    count: int
    length: int


@dataclass(frozen=True)
class Figure:
    """One question: a table of all cells, bars of the largest, and how to read them."""

    title: str
    cells: list[tuple[str, int]]
    bars: list[Bar]
    note: str = ""


@dataclass(frozen=True)
class Name:
    """A word beside the grid, and where it stands."""

    text: str
    x: int
    y: int


@dataclass(frozen=True)
class Grid:
    """Rows by columns: the boxes, and in them one path for all marks of a level, worst first."""

    width: int
    height: int
    columns: list[Name]
    rows: list[Name]
    boxes: str
    marks: list[str]


def bars_of(cells: Sequence[tuple[str, int]]) -> list[Bar]:
    """Bars from zero, the longest as wide as the picture."""
    most = max((count for _, count in cells), default=0) or 1
    return [Bar(name, count, round(count / most * WIDTH)) for name, count in cells]


def figure(title: str, cells: list[tuple[str, int]]) -> Figure:
    """A figure of all cells with bars of the first ones."""
    return Figure(title, cells, bars_of(cells[:BARS]))


def grid(columns: Sequence[str], rows: Sequence[tuple[str, Sequence[int]]]) -> Grid:
    """One mark for each row and column: its level, 0 to 3, says which. Shapes differ, not colours
    alone.
    """
    return Grid(
        _LEFT + len(columns) * _STEP + _TOP // 2,
        _TOP + len(rows) * _STEP,
        [Name(text, _LEFT + n * _STEP + _SIDE, _TOP - 6) for n, text in enumerate(columns)],
        [Name(name, _LEFT - 6, _TOP + n * _STEP + 11) for n, (name, _) in enumerate(rows)],
        "".join(_path(rows, level, MARKS[0]) for level in range(4)),
        [_path(rows, level, shape) for level, shape in enumerate(MARKS)],
    )


def _path(rows: Sequence[tuple[str, Sequence[int]]], level: int, shape: str) -> str:
    return "".join(
        f"M{_LEFT + x * _STEP} {_TOP + y * _STEP}{shape}"
        for y, (_, marks) in enumerate(rows)
        for x, mark in enumerate(marks)
        if mark == level and shape
    )
