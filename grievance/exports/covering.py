"""Coverage as tables and a picture: where nobody would help, by the directory and by cases."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.routes.simulating import coverage_now
from grievance.exports import figures
from grievance.rules.coverage import Cover, Coverage, Reach, Touched, weighed
from grievance.rules.route import Exclusion
from grievance.rules.terms import PassedOver, ServiceNeed
from grievance.store.counting import by_place_and_need
from grievance.store.directory import body_names
from grievance.store.queue import Reader
from grievance.web.choices import COUNTRIES_OF_WORK, ORIGINS
from grievance.web.labels import label
from grievance.web.locale import country_name, gettext, lazy
from grievance.web.service import now, settings

_NAMED: Final = 20  # partners that cover nothing, of each reason
_ROWS: Final = 50  # gaps that cases met
_SHUT: Final[dict[Exclusion, Any]] = {
    Exclusion.NEVER_ASKED: lazy("of a kind that is never asked"),
    Exclusion.NO_KEYS: label(PassedOver.NO_KEYS),
    Exclusion.PAUSED: label(PassedOver.PAUSED),
    Exclusion.FULL: lazy("as many open cases as it can carry"),
    Exclusion.LAPSED: label(PassedOver.LAPSED),
}


class Level(IntEnum):
    """How one need in one country looks in the picture, worst first."""

    NOBODY = 0  # no partner for anybody
    SOME = 1  # a partner for some communities only
    AFAR = 2  # everybody has one, some of them only from another country
    HERE = 3


@dataclass(frozen=True)
class Row:
    """One country: its needs by level."""

    code: str
    name: str
    needs: Mapping[Level, list[Any]]


@dataclass(frozen=True)
class Gap:
    """One need in a country: whom nobody helps, and who would but does not now."""

    need: Any
    without: str
    closed: list[str]
    more: int


def page(db: Session, who: Reader | None, wanted: str) -> dict[str, Any]:
    """The whole report, one country in full where the address names one, and for a reader of cases
    (``who``) the gaps that cases met."""
    countries = sorted(COUNTRIES_OF_WORK, key=country_name)
    today, months = now().date(), settings().confirm_months
    found = coverage_now(db, countries, today=today, confirm_months=months)
    shut = {one: why for why, some in found.closed.items() for one in some}
    names = {str(one): name for one, name in body_names(db, list(map(UUID, shut))).items()}
    country = wanted if wanted in countries else ""
    return {
        "country": country,
        "countries": [(one, country_name(one)) for one in countries],
        "rows": [_row(found, one) for one in countries],
        "picture": figures.grid(
            [str(label(need)) for need in ServiceNeed],
            [
                (country_name(one), [_level(found.cells[one, need]) for need in ServiceNeed])
                for one in countries
            ],
        ),
        "marks": figures.MARKS,
        "gaps": list(_gaps(found, country, names, shut)) if country else [],
        "closed": [(str(_SHUT[why]), *_first(some, names)) for why, some in found.closed.items()],
        "weighed": _weighed(db, who, found) if who else None,
        "needs": len(ServiceNeed),
    }


def _level(cover: Cover) -> Level:
    if cover.everyone == Reach.NOBODY:
        return Level.SOME if cover.named else Level.NOBODY
    worst = min(cover.of(one) for one in ORIGINS)
    return Level.HERE if worst == Reach.IN_COUNTRY else Level.AFAR


def _row(found: Coverage, country: str) -> Row:
    levels = [(need, _level(found.cells[country, need])) for need in ServiceNeed]
    needs = {which: [label(need) for need, level in levels if level == which] for which in Level}
    return Row(country, country_name(country), needs)


def _gaps(
    found: Coverage, country: str, names: Mapping[str, str], shut: Mapping[str, Exclusion]
) -> Iterable[Gap]:
    for need in ServiceNeed:
        cover = found.cells[country, need]
        if _level(cover) == Level.HERE:
            continue
        closed = [f"{names.get(one, '')} ({_SHUT[shut[one]]})" for one in cover.closed]
        yield Gap(label(need), _without(cover), closed, cover.more_closed)


def _without(cover: Cover) -> str:
    """Whom nobody helps; empty where everybody has somebody, if only from afar."""
    if cover.everyone > Reach.NOBODY:
        return ""
    if not cover.named:
        return gettext("everybody")
    named = ", ".join(sorted(map(country_name, cover.named)))
    return gettext("everybody but workers from: %(named)s", named=named)


def _first(some: Sequence[str], names: Mapping[str, str]) -> tuple[list[str], int]:
    shown = sorted(names.get(one, "") for one in some)[:_NAMED]
    return shown, len(some) - len(shown)


def _weighed(db: Session, who: Reader, found: Coverage) -> dict[str, Any]:
    """The gaps that cases of her own tree met, as statistics counts them."""
    counts = by_place_and_need(db, who)
    met = weighed(found, counts, {Reach.NOBODY})
    afar = weighed(found, counts, {Reach.FROM_AFAR})
    cells = [(_words(touched), count) for touched, count in met]
    return {
        "cells": cells[:_ROWS],
        "more": len(cells[_ROWS:]),
        "figure": figures.figure(gettext("Needs in cases that nobody meets today"), cells),
        "total": sum(counts.values()),
        "nobody": sum(count for _, count in met),
        "afar": sum(count for _, count in afar),
    }


def _words(touched: Touched) -> str:
    country, community, need = touched
    of = country_name(community) if community else gettext("not given")
    return gettext(
        "%(country)s, from: %(community)s, %(need)s",
        country=country_name(country), community=of, need=label(need),
    )  # fmt: skip
