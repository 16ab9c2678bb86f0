"""``grievance directory export``: HSDS 3.1 as CSV or as JSON, into a new folder."""

import csv
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TextIO

import click
from sqlalchemy.orm import Session

from grievance.casework.hsds.kept_back import kept_back
from grievance.casework.hsds.leaving import (
    end_export,
    fields_of,
    number_of,
    objects_of,
    rows_of,
)
from grievance.cli.base import now, this_release
from grievance.rules.hsds.tables import TABLES
from grievance.rules.hsds.written import cells, data_package, page
from grievance.store.events import OPERATOR

_PRIVATE = 0o700


def export_hsds(form: str, out: Path) -> None:
    """Write the files; the folder must be new or empty, so that no older file is left in it."""
    try:
        out.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
        if any(out.iterdir()):
            raise click.ClickException(f"{out} is not empty. Name a new folder.")
        write: Callable[[Session, Path], dict[str, int]] = (
            _write_csv if form == "hsds-csv" else _write_json
        )
        with this_release() as database:
            with database.reader() as db:
                numbers = write(db, out)
            with database.writer() as db:
                end_export(db, form, numbers, OPERATOR, now())
                db.commit()
    except OSError as error:
        raise click.ClickException(f"{out} cannot be written: {error.strerror}.") from None
    for table, number in numbers.items():
        click.echo(f"{table}: {number}")
    click.echo(f"written to {out}. Contacts in it are those of the files they came from: look "
               "before you publish it.")  # fmt: skip


def _write_csv(db: Session, out: Path) -> dict[str, int]:
    numbers: dict[str, int] = {}
    fields: dict[str, list[str]] = {}
    hidden = kept_back(db)
    for table in _with_progress(TABLES):
        fields[table] = fields_of(db, table)
        number = 0
        with _new(out / TABLES[table].file) as file:
            writer = csv.writer(file, lineterminator="\r\n")
            writer.writerow(fields[table])
            for uid, values in rows_of(db, table, hidden):
                writer.writerow(cells(table, str(uid), values, fields[table]))
                number += 1
        if number:
            numbers[table] = number
        else:
            (out / TABLES[table].file).unlink()
            del fields[table]
    with _new(out / "datapackage.json") as file:
        json.dump(data_package(fields), file, ensure_ascii=False, indent=1)
    return numbers


def _write_json(db: Session, out: Path) -> dict[str, int]:
    numbers: dict[str, int] = {}
    hidden = kept_back(db)
    for table in _with_progress(TABLES):
        number = number_of(db, table, hidden)
        if not number and table != "organization":
            continue
        numbers[table] = number
        with _new(out / TABLES[table].file.replace(".csv", ".json")) as file:
            head = json.dumps(page(number))[:-1]
            file.write(f'{head}, "contents": [')
            for position, one in enumerate(objects_of(db, table, hidden)):
                file.write(",\n" if position else "\n")
                json.dump(one, file, ensure_ascii=False)
            file.write("\n]}\n")
    return numbers


def _with_progress(tables: Iterable[str]) -> Iterable[str]:
    names = list(tables)
    with click.progressbar(names, label="Tables") as bar:
        yield from bar


def _new(path: Path) -> TextIO:
    """A file that only its owner reads: contacts may stand in it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    return os.fdopen(handle, "w", encoding="utf-8", newline="")
