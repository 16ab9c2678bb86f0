"""``grievance directory export --format form``: the directory form, into a new file."""

import os
from pathlib import Path
from typing import TextIO

import click

from grievance.casework.directory.form_writer import end_form, write_form
from grievance.cli.base import now, this_release
from grievance.store.events import OPERATOR


def export_form(out: Path) -> None:
    """Write the file, for its owner alone: addresses of people may stand in it."""
    number = -1  # the head is no organization
    try:
        with this_release() as database:
            with _new(out) as file, database.reader() as db:
                for piece in write_form(db):
                    file.write(piece)
                    number += 1
            with database.writer() as db:
                end_form(db, number, OPERATOR, now())
                db.commit()
    except FileExistsError:
        raise click.ClickException(f"{out} is there already. Name a new file.") from None
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from None
    click.echo(f"organizations: {number}")
    click.echo(f"written to {out}. It has the addresses that notices go to.")


def _new(out: Path) -> TextIO:
    handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8")
