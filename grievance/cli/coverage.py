"""``grievance directory coverage``: which country, community and need has no partner."""

import json
from typing import Any
from uuid import UUID

import click

from grievance.casework.routes.simulating import coverage_now
from grievance.cli import asked
from grievance.cli.base import now, reading, settings
from grievance.rules.coverage import Cover, Coverage
from grievance.rules.terms import ServiceNeed
from grievance.store.directory import body_names
from grievance.web.choices import COUNTRIES_OF_WORK, ORIGINS


@click.command()
@click.option("--country", "countries", multiple=True, help="Only these; two letters each.")
@click.option("--json", "as_json", is_flag=True, help="Every cell, for a program.")
def coverage(countries: tuple[str, ...], as_json: bool) -> None:
    """Which country, community and need has no partner that would take a case today.

    By the directory alone: no case is counted. Without --country: the countries that a worker can
    choose. A partner that is paused, full, lapsed or without keys covers nothing, and is named.
    """
    chosen = [asked.country(one) for one in countries] or sorted(COUNTRIES_OF_WORK)
    months = settings().confirm_months
    with reading() as db:
        found = coverage_now(db, chosen, today=now().date(), confirm_months=months)
        shut = [UUID(one) for some in found.closed.values() for one in some]
        names = {str(one): name for one, name in body_names(db, shut).items()}
    if as_json:
        click.echo(json.dumps(_plain(found, names), ensure_ascii=False))
        return
    gaps = [(place, one) for place, one in found.cells.items() if one.without(ORIGINS)]
    click.echo(f"{'country':<8}{'need':<6}nobody for" if gaps else "Everybody has a partner.")
    for (country, need), cover in gaps:
        click.echo(f"{country:<8}{need:<6}{_missing(cover)}{_idle(cover, names)}")
    for why, some in found.closed.items():
        click.echo(f"covers nothing ({why}): {', '.join(names.get(one, one) for one in some)}")


def _missing(cover: Cover) -> str:
    named = " ".join(sorted(cover.named))
    return f"everybody but {named}" if named else "everybody"


def _idle(cover: Cover, names: dict[str, str]) -> str:
    some = [names.get(one, one) for one in cover.closed]
    some += [f"{cover.more_closed} more"] if cover.more_closed else []
    return f" (would help, but not now: {', '.join(some)})" if some else ""


def _plain(found: Coverage, names: dict[str, str]) -> dict[str, Any]:
    return {
        "cells": [_cell(country, need, cover) for (country, need), cover in found.cells.items()],
        "closed": {str(why): list(some) for why, some in found.closed.items()},
        "names": names,
    }


def _cell(country: str, need: ServiceNeed, cover: Cover) -> dict[str, Any]:
    return {
        "country": country,
        "need": str(need),
        "everyone": cover.everyone.name.lower(),
        "unsaid": cover.unsaid.name.lower(),
        "named": {one: reach.name.lower() for one, reach in sorted(cover.named.items())},
        "closed": list(cover.closed),
        "more_closed": cover.more_closed,
    }
