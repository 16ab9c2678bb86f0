"""``grievance export``: coded case summaries, for the person who runs the service."""

import sys
from datetime import date
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.exporting import EARLIEST, LATEST, Period, count_rows, record_export
from grievance.cli.base import now, settings, writing
from grievance.exports.files import csv_lines
from grievance.rules.days import read_day
from grievance.rules.terms import ActorKind
from grievance.store.directory import Organization, root, subtree
from grievance.store.events import Actor
from grievance.store.queue import Reader

_PROGRESS = 50


class _Day(click.ParamType[date]):
    name = "YYYY-MM-DD"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read an ISO day, or say how to write one."""
        try:
            day = read_day(value)
        except ValueError:
            self.fail(f'Write a day as 2026-11-25, not "{value}".', param, ctx)
        if not EARLIEST <= day <= LATEST:
            self.fail(f"The year of {value} cannot be right.", param, ctx)
        return day


@click.command()
@click.option("--from", "first", type=_Day(), required=True, help="First day.")
@click.option("--to", "last", type=_Day(), required=True, help="Last day, included.")
@click.option("--organization", help="Only this organization and what lies below (its id or slug).")
@click.option("--purpose", required=True, help="What it is for; kept in the trail.")
@click.option("--output", type=click.Path(path_type=Path), help="The file; else standard output.")
def export(
    first: date, last: date, organization: str | None, purpose: str, output: Path | None
) -> None:
    """Write coded case summaries as CSV. No words and no names are in it."""
    if last < first:
        raise click.ClickException("The last day is before the first.")
    if not purpose.strip():
        raise click.ClickException("Say what it is for.")
    period = Period(first, last, settings().zone)
    with writing() as db:
        body = _organization(db, organization)
        reader = Reader(body.id, UUID(int=0), subtree(db, body.id))
        count = count_rows(db, reader, period)
        actor = Actor(ActorKind.OPERATOR, None, body.id)
        record_export(db, actor, period, rows=count, purpose=purpose, now=now())
        db.commit()
        target = output.open("wb") if output else sys.stdout.buffer
        for number, piece in enumerate(csv_lines(db, reader, period), 1):
            target.write(piece)
            if number % _PROGRESS == 0:
                click.echo(f"  {number * 200} of {count} rows", err=True)
        if output:
            target.close()
    click.echo(f"{count} rows", err=True)


def _organization(db: Session, named: str | None) -> Organization:
    found = root(db) if named is None else _named(db, named)
    if found is None:
        raise click.ClickException("There is no such organization.")
    return found


def _named(db: Session, named: str) -> Organization | None:
    by_slug = db.scalar(select(Organization).where(Organization.slug == named))
    if by_slug is not None:
        return by_slug
    try:
        return db.get(Organization, UUID(named))
    except ValueError:
        return None
