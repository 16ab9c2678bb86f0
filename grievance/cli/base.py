"""What the commands share: settings, the database, the time, and how they fail.

A command that cannot go on says what is wrong and what to do, and ends with status 1.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from uuid import UUID

import click
from sqlalchemy import or_, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from grievance.config import Settings, SettingsError
from grievance.store.directory import Organization
from grievance.store.engine import Database


def settings() -> Settings:
    """The settings of this machine, or a clear end."""
    try:
        return Settings.load(os.environ)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None


@contextmanager
def writing() -> Iterator[Session]:
    """One write transaction; the command commits it. Database trouble becomes words."""
    database = Database(settings().database_url)
    try:
        with database.writer() as db:
            yield db
    except OperationalError as error:
        raise click.ClickException(_trouble(error)) from None
    finally:
        database.close()


@contextmanager
def reading() -> Iterator[Session]:
    """One read transaction."""
    database = Database(settings().database_url)
    try:
        with database.reader() as db:
            yield db
    except OperationalError as error:
        raise click.ClickException(_trouble(error)) from None
    finally:
        database.close()


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


def _trouble(error: OperationalError) -> str:
    if "no such table" in str(error.orig):
        return 'The database has no tables yet. Run "grievance init" first.'
    return f"The database does not answer ({type(error.orig).__name__}). Is it running?"
