"""What the commands share: settings, the database, the time, and how they fail.

A command that cannot go on says what is wrong and what to do, and ends with status 1.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import click
from sqlalchemy import Engine, or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from grievance.config import Settings, SettingsError
from grievance.store.directory import Organization
from grievance.store.engine import AWAY, Database
from grievance.store.migrate import Standing, standing

_TROUBLES = {
    "readonly database": "The database may not be written to. Run the command as its owner.",
    "unable to open": "The database file cannot be opened. Run the command as its owner.",
    "locked": "The database is busy with another command. Try again when that has ended.",
    "WriterBusy": "The database is busy with another command. Try again when that has ended.",
    "not a database": "The file in GRIEVANCE_DATABASE_URL is no database of this service.",
    "malformed": "The database file is damaged. Stop the service and put a backup in its place.",
    "invalid connection option": "GRIEVANCE_DATABASE_URL names an unknown option.",
    "disk is full": "The disk is full. Make room and try again.",
}

# What to do where a database does not have the tables of this release.
STANDING = {
    Standing.EMPTY: 'The database has no tables. Run "grievance init" for a new service, or put '
    "a backup in its place.",
    Standing.OLDER: "The database has the tables of an older release. Stop the service, make a "
    'backup, and run "grievance upgrade".',
    Standing.NEWER: "The database has the tables of a newer release. Install that release.",
}


def settings() -> Settings:
    """The settings of this machine, or a clear end."""
    try:
        return Settings.load(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def database() -> Iterator[Database]:
    """The database of the settings. What goes wrong with it becomes words and status 1."""
    found = Database(settings().database_url)
    _expect_file(found.engine)
    try:
        yield found
    except AWAY as error:
        raise click.ClickException(trouble(error)) from None
    finally:
        found.close()


def check_tables() -> None:
    """End with what to do where the database does not have the tables of this release."""
    with this_release():
        pass


@contextmanager
def this_release() -> Iterator[Database]:
    """The database, where it has the tables of this release; for work in several transactions."""
    with database() as found:
        stands = standing(found.engine)
        if stands != Standing.CURRENT:
            raise click.ClickException(STANDING[stands])
        yield found


@contextmanager
def writing() -> Iterator[Session]:
    """One write transaction; the command commits it."""
    with this_release() as found, found.writer() as db:
        yield db


@contextmanager
def reading() -> Iterator[Session]:
    """One read transaction."""
    with this_release() as found, found.reader() as db:
        yield db


def organization_named(db: Session, wanted: str) -> Organization:
    """The organization with this short name or id, or a clear end."""
    query = select(Organization)
    try:
        query = query.where(or_(Organization.slug == wanted, Organization.id == UUID(wanted)))
    except ValueError:
        query = query.where(Organization.slug == wanted)
    found = db.scalar(query)
    if found is None:
        raise click.ClickException(
            f'There is no organization "{wanted}". Write the id it has in the directory form.'
        )
    return found


def now() -> datetime:
    """The time, aware, in UTC."""
    return datetime.now(UTC)


def _expect_file(engine: Engine) -> None:
    """SQLite would make an empty database where a name is mistyped."""
    file = engine.url.database
    if engine.dialect.name == "sqlite" and file and not Path(file).is_file():
        raise click.ClickException(
            f'There is no database file {file}. Run "grievance init" for a new service, '
            "or set GRIEVANCE_DATABASE_URL to where the file is."
        )


def trouble(error: Exception) -> str:
    """What is wrong with a database, and what to do."""
    told = str(getattr(error, "orig", None) or type(error).__name__).strip().splitlines()[0]
    if "no such table" in told or "UndefinedTable" in type(getattr(error, "orig", None)).__name__:
        return STANDING[Standing.EMPTY]
    for sign, words in _TROUBLES.items():
        if sign in told:
            return words
    if isinstance(error, OperationalError):
        return f"The database does not answer ({told}). Is it running? See GRIEVANCE_DATABASE_URL."
    # What it refused may hold somebody's words, so only its kind is told.
    kind = type(getattr(error, "orig", error)).__name__
    return (
        f"The database refused this ({kind}). What it refused was not written; what was written "
        "before stays. Tell the maintainers."
    )
