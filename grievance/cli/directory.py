"""``grievance directory`` and ``grievance taxonomy``: put organizations and lists into place."""

import codecs
import io
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from grievance.casework.directory.form import FormError
from grievance.casework.directory.listing import (
    ImportReport,
    import_directory,
    load_legal_dates,
    load_reference,
    load_taxonomy,
)
from grievance.casework.lists.law_file import LawFileError
from grievance.casework.lists.taxonomy_file import TaxonomyError
from grievance.cli.base import now, writing
from grievance.cli.coverage import coverage
from grievance.cli.form_export import export_form
from grievance.cli.hsds import import_hsds
from grievance.cli.hsds_export import export_hsds
from grievance.rules.hsds.values import is_country
from grievance.store.events import OPERATOR


@click.group()
def directory() -> None:
    """Organizations: import the directory form or check it; who is helped, and who is not."""


directory.add_command(coverage)


@directory.command("import")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--format", "form", type=click.Choice(["form", "hsds"]), default="form")
@click.option("--source", help="HSDS: a short name for where FILE comes from; always the same.")
@click.option("--country", help="HSDS: the country (HK) of organizations without an address.")
@click.option("--encoding", help="HSDS: the encoding of FILE where it is not UTF-8.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
def import_(
    file: Path, form: str, source: str | None, country: str | None, encoding: str | None,
    dry_run: bool,
) -> None:  # fmt: skip
    """Add or change the organizations of FILE (see docs/directory-form.md).

    Takes every good row, names every bad one with its line. Bad rows end it with status 1. With
    --format hsds FILE is a folder or file of HSDS (docs/hsds.md); its organizations are listings.
    """
    if form == "form":
        if file.is_dir():
            raise click.ClickException(f"{file} is a directory. The directory form is one file.")
        _run(file, keep=not dry_run)
        return
    place = _checked_country(country)
    import_hsds(file, _checked_source(source), dry=dry_run, encoding=_checked_encoding(encoding),
                country=place)  # fmt: skip


def _checked_source(source: str | None) -> str:
    if source is None or not re.fullmatch(r"[a-z][a-z0-9-]{1,29}", source, re.ASCII):
        raise click.UsageError(
            "--source is missing or no short name: 2 to 30 of a-z, 0-9 and -, a letter first."
        )
    return source


def _checked_country(country: str | None) -> str | None:
    if country is not None and not is_country(country.upper()):
        raise click.UsageError(f'--country: "{country}" is no country of two letters (HK).')
    return country.upper() if country else None


def _checked_encoding(encoding: str | None) -> str | None:
    if not encoding:
        return None
    try:
        io.TextIOWrapper(io.BytesIO(), encoding).read()  # base64, say, is a codec of no text
        return codecs.lookup(encoding).name
    except (LookupError, UnicodeError):
        raise click.UsageError(f'--encoding: there is no encoding "{encoding}".') from None


@directory.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check(file: Path) -> None:
    """Say what an import of FILE would do, and write nothing."""
    _run(file, keep=False)


@directory.command()
@click.option(
    "--format", "form", type=click.Choice(["form", "hsds-json", "hsds-csv"]), required=True
)
@click.argument("out", type=click.Path(path_type=Path))
def export(form: str, out: Path) -> None:
    """Write the directory as HSDS 3.1 into the new folder OUT (see docs/hsds.md).

    With --format form OUT is a new file: what people keep, as the directory form has it.
    """
    if form == "form":
        export_form(out)
    elif out.is_file():
        raise click.ClickException(f"{out} is a file. HSDS is written into a new folder.")
    else:
        export_hsds(form, out)


@click.group()
def taxonomy() -> None:
    """The lists of problems, numbers to call and dates in law."""


@taxonomy.command()
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--legal-dates",
    "law",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A list of dates in law of your own, instead of ours.",
)
def load(file: Path | None, law: Path | None) -> None:
    """Load the problems, the numbers to call in danger and the dates in law from their lists.

    With FILE or --legal-dates only what these name.
    """
    with writing() as db:
        counts = load_reference(db, now()) if file is law is None else _load_own(db, file, law)
        db.commit()
    for what, count in counts.items():
        click.echo(f"{what}: {count}")


def _load_own(db: Session, file: Path | None, law: Path | None) -> dict[str, int]:
    counts = {}
    if file is not None:
        counts["issues"] = _load_file(db, file, load_taxonomy)
    if law is not None:
        counts["legal dates"] = _load_file(db, law, load_legal_dates)
    return counts


def _load_file(db: Session, file: Path, load_text: Callable[[Session, str, datetime], int]) -> int:
    try:
        return load_text(db, _text(file), now())
    except (TaxonomyError, LawFileError) as error:
        raise click.ClickException(f"{file} was not taken. {error}") from None


def _run(file: Path, *, keep: bool) -> None:
    with writing() as db:
        try:
            report = import_directory(db, _text(file), actor=OPERATOR, now=now())
        except FormError as error:
            raise click.ClickException(f"{file}: {error}") from None
        if keep:
            db.commit()
        else:
            db.rollback()
    _say(report, keep)
    if report.problems:
        raise SystemExit(1)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise click.ClickException(f"{file} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise click.ClickException(
            f"{file} is not UTF-8. Save it as UTF-8 and try again."
        ) from None


def _say(report: ImportReport, kept: bool) -> None:
    for line, organization, problem in report.problems:
        place = f" (row at line {line})" if line else ""
        click.echo(f"left out: {organization}{place}: {problem}", err=True)
    for what in ("added", "changed", "unchanged"):
        click.echo(f"{what}: {report.count(what)}")
    click.echo(f"left out: {len({(line, one) for line, one, _ in report.problems})}")
    click.echo(f"directory version: {report.version}" if kept else "nothing was written")
