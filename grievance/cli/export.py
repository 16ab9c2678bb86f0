"""``grievance export``: coded case summaries, for the person who runs the service."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import mkstemp
from typing import IO
from uuid import UUID

import click

from grievance.casework.case.exporting import (
    EARLIEST,
    LATEST,
    Period,
    cases_inside,
    hold_still,
    record_export,
)
from grievance.cli.base import now, organization_named, reading, settings, writing
from grievance.exports.files import CHUNK, csv_lines
from grievance.rules.days import read_day
from grievance.rules.terms import ActorKind
from grievance.rules.text import is_blank
from grievance.store.directory import subtree
from grievance.store.events import Actor
from grievance.store.queue import Reader

_PROGRESS = 50  # pieces


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
@click.option(
    "--organization",
    required=True,
    help="Id or short name. What lies below it is included: with the root's, the whole network.",
)
@click.option("--purpose", required=True, help="What it is for; kept in the trail. Name nobody.")
@click.option("--output", type=click.Path(path_type=Path), help="The file; else standard output.")
def export(first: date, last: date, organization: str, purpose: str, output: Path | None) -> None:
    """Write coded case summaries as CSV. No words and no names are in it.

    The same rows as a coordinator of the organization gets on the page; the export stands in its
    trail. FILE is its owner's alone, appears only when it is whole, and takes an older one's place.
    """
    if last < first:
        raise click.ClickException("The last day is before the first.")
    if is_blank(purpose):
        raise click.ClickException("Say what it is for.")
    period = Period(first, last, settings().zone)
    # Reports go on being written while the file is: only the event needs the writer.
    with reading() as db:
        hold_still(db)
        body = organization_named(db, organization)
        reader = Reader(body.id, UUID(int=0), subtree(db, body.id), now())
        cases = cases_inside(db, reader, period)
        with _target(output) as target:
            _record(body.id, period, cases, purpose)
            for number, piece in enumerate(csv_lines(db, cases, period.zone), 1):
                target.write(piece)
                if number % _PROGRESS == 0:
                    done = min(number * CHUNK, len(cases))
                    click.echo(f"  {done} of {len(cases)} rows", err=True)
    click.echo(f"{len(cases)} rows", err=True)


def _record(organization_id: UUID, period: Period, cases: list[UUID], purpose: str) -> None:
    actor = Actor(ActorKind.OPERATOR, None, organization_id)
    with writing() as db:
        record_export(db, actor, period, cases, purpose=purpose, now=now())
        db.commit()


@contextmanager
def _target(output: Path | None) -> Iterator[IO[bytes]]:
    """Standard output, or a file that gets its name when everything is in it."""
    if output is None:
        if sys.stdout is None:
            raise click.ClickException("There is nothing to write to. Name a file with --output.")
        yield sys.stdout.buffer
        return
    if output.exists() and not output.is_file():
        raise click.ClickException(f"{output} is not a file.")
    try:
        with _beside(output) as part:
            yield part
    except OSError as error:
        raise click.ClickException(f"{output} cannot be written: {error.strerror}.") from None


@contextmanager
def _beside(output: Path) -> Iterator[IO[bytes]]:
    handle, name = mkstemp(prefix=f".{output.name}.", dir=output.parent)  # mode 0600
    try:
        with os.fdopen(handle, "wb") as part:
            yield part
            part.flush()
            os.fsync(handle)
        os.replace(name, output)
    except BaseException:
        Path(name).unlink()
        raise
