"""The rows of a form in which a service says where it reaches: how far, country, place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import request
from wtforms import Field

from grievance.casework.directory.form import AreaEntry
from grievance.directory.entry_labels import read_country, region_words
from grievance.rules.terms import AreaLevel
from grievance.rules.text import clean
from grievance.store.subdivisions import find_subdivision, subdivision_name
from grievance.web.forms import LONGEST_LINE
from grievance.web.locale import country_name, gettext
from grievance.web.locale import lazy as _

MORE: Final = "more"  # the button that gives more rows
_SPARE = 3
_MOST = 120
_REGION: Final = "region:"


@dataclass
class Row:
    """What one row holds as it was typed, and what is wrong with it."""

    level: str = ""
    country: str = ""
    place: str = ""
    problem: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing stands in it."""
        return not (self.level or self.country or self.place)


class AreasField(Field):  # type: ignore[misc]  # wtforms: no types
    """Three fields a row: ``area_level``, ``area_country``, ``area_place``; blank rows are none.

    ``data`` are the areas; after validation an error says that some row is wrong.
    """

    def __init__(self, label: Any = None, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.rows: list[Row] = []

    def process(
        self, formdata: Any, data: Any = None, extra_filters: Sequence[Any] | None = None
    ) -> None:
        """Take the rows as they were sent, else those of the areas that are kept."""
        self.process_errors: list[str] = []
        self.errors: list[str] = []
        self.data: tuple[AreaEntry, ...] = ()
        if formdata is None:
            self.rows = [_row_of(area) for area in data or ()]
        else:
            self.rows = [row for row in _sent(formdata) if not row.is_blank]
        spare = _SPARE * (3 if request.form.get("action") == MORE else 1)
        self.shown = [*self.rows, *(Row() for _ in range(spare))]

    def pre_validate(self, form: Any) -> None:
        """Read each row."""
        read = [_read(row) for row in self.rows]
        self.data = tuple(dict.fromkeys(area for area in read if area))

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        """Say above the rows that one is wrong, or that there is none."""
        problems = list(dict.fromkeys(row.problem for row in self.rows if row.problem))
        if len(self.rows) > _MOST:
            problems = [gettext("At most %(number)s lines.", number=_MOST)]
        if not self.rows:
            problems = [gettext("Say where it is given: one place at least.")]
        self.errors = [*self.errors, *problems]


def levels() -> list[tuple[str, str]]:
    """What a row may choose: the world, each of its parts, a country, a part of one, a city."""
    regions = [(f"{_REGION}{name}", words) for name, words in region_words()]
    return [
        ("", gettext("nothing")),
        (str(AreaLevel.CITY), str(_("a city"))),
        (str(AreaLevel.SUBDIVISION), str(_("a state or province"))),
        (str(AreaLevel.COUNTRY), str(_("a whole country"))),
        *regions,
        (str(AreaLevel.WORLD), str(_("the whole world"))),
    ]


def _sent(formdata: Any) -> Iterable[Row]:
    """Each row's three values; a row that lacks one has it blank."""
    names = ("area_level", "area_country", "area_place")
    columns = [[_line(one) for one in formdata.getlist(name)] for name in names]
    longest = max(map(len, columns))
    columns = [one + [""] * (longest - len(one)) for one in columns]
    return [Row(*values) for values in zip(*columns, strict=True)]


def _line(text: str) -> str:
    return " ".join(clean(text).split())[:LONGEST_LINE]


def _row_of(area: AreaEntry) -> Row:
    if area.level == AreaLevel.REGION:
        return Row(f"{_REGION}{area.region}")
    country = country_name(area.country)
    if area.level == AreaLevel.SUBDIVISION:
        name = subdivision_name(area.subdivision or "") or ""
        plain = find_subdivision(area.country or "", name) == area.subdivision
        return Row(str(area.level), country, name if plain else area.subdivision or "")
    return Row(str(area.level), country, area.city or "")


def _read(typed: Row) -> AreaEntry | None:
    """The area of a row; what is wrong is written into it."""
    known = {value for value, _words in levels()}
    if not typed.level or typed.level not in known:
        typed.problem = gettext("Choose how far this reaches.")
        return None
    if typed.level == AreaLevel.WORLD:
        return AreaEntry(AreaLevel.WORLD, None, None, None)
    if typed.level.startswith(_REGION):
        return AreaEntry(AreaLevel.REGION, None, None, typed.level.removeprefix(_REGION))
    country = read_country(typed.country)
    if country in (None, "ZZ"):
        typed.problem = gettext("Write a country by its name, or its two letters (HK).")
        return None
    return _within(typed, AreaLevel(typed.level), str(country))


def _within(typed: Row, level: AreaLevel, country: str) -> AreaEntry | None:
    if level == AreaLevel.COUNTRY:
        return AreaEntry(level, country, None, None)
    if not typed.place:
        typed.problem = gettext("Write the name of the city, state or province.")
        return None
    if level == AreaLevel.CITY:
        return AreaEntry(level, country, typed.place, None)
    code = find_subdivision(country, typed.place)
    if code is None:
        typed.problem = gettext(
            "“%(said)s” is no state or province that we know there. Write its code, such as MY-10.",
            said=typed.place,
        )
        return None
    return AreaEntry(level, country, None, None, code)
