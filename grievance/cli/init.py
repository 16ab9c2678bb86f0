"""``grievance init``: a settings file, a database, the root desk, and the first sign-ins."""

import json
import os
import sys
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

import click
from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from grievance.casework.directory.founding import NetworkExists, found_network
from grievance.casework.directory.listing import import_directory, load_reference
from grievance.casework.members.inviting import Invited, invite
from grievance.cli import asked
from grievance.cli.base import STANDING, now
from grievance.cli.settings_file import make_database_file, places, write_settings
from grievance.config import DEFAULT_FILE, PREFIX, Settings
from grievance.rules.terms import Role
from grievance.store import migrate
from grievance.store.directory import Organization
from grievance.store.engine import Database
from grievance.store.events import OPERATOR
from grievance.store.migrate import Standing

_ONE_PERSON = (Role.ADMINISTRATOR, Role.COORDINATOR, Role.ORGANIZER)


@dataclass(frozen=True)
class Person:
    """Somebody to invite, with the roles she gets."""

    email: str
    name: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class Network:
    """What the root desk is called and speaks, and whether others are listed beside it."""

    name: str
    country: str
    languages: tuple[str, ...]
    listings: bool


@click.command()
@click.option(
    "--settings",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The settings file to write.  [default: FOLDER/settings.env]",
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where settings and database go.  [default: instance]",
)
@click.option("--database-url", help="PostgreSQL instead of a file in FOLDER.")
@click.option("--public-url", help="The https address that people will open.")
@click.option("--listen", help="Host and port for the server.  [default: from the address]")
@click.option("--name", help="The name of the network's root desk.")
@click.option("--country", help="Its country, in two letters.")
@click.option(
    "--languages",
    default="en,fil,id,zh-Hant",
    show_default=True,
    callback=asked.languages,
    help="What the root desk reads and speaks.",
)
@click.option("--admin-email", "--email", "email", help="The administrator.")
@click.option("--admin-name", help="Her name.")
@click.option("--coordinator-email", help="The root desk's first coordinator.")
@click.option("--coordinator-name", help="Her name.")
@click.option("--one-person", is_flag=True, help="One sign-in for all the work.")
@click.option(
    "--listings/--no-listings",
    default=True,
    show_default=True,
    help="Take in the list of organizations that workers can turn to by themselves.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the sign-ins as one line of JSON.")
def init(
    file: Path | None, folder: Path | None, database_url: str | None, public_url: str | None,
    listen: str | None, name: str | None, country: str | None, languages: tuple[str, ...],
    email: str | None, admin_name: str | None, coordinator_email: str | None,
    coordinator_name: str | None, one_person: bool, listings: bool, as_json: bool,
) -> None:  # fmt: skip
    """Set up this service: settings with fresh secrets, database, root desk, first sign-ins.

    Asks for what no option names. A script names at least --name, --country, --admin-email, and
    --coordinator-email or --one-person. Writes over nothing that is there.
    """
    file, folder = places(file, folder)
    public_url = public_url or os.environ.get(PREFIX + "PUBLIC_URL")
    public_url = public_url or _ask("The address that people will open", "http://127.0.0.1:5000")
    network = Network(
        asked.name(_given(name, "The name of the network's root desk")),
        asked.country(_given(country, "Its country, in two letters")),
        languages,
        listings,
    )
    people = _people(email, admin_name, coordinator_email, coordinator_name, one_person)
    settings = write_settings(
        file, folder, database_url=database_url, public_url=public_url, listen=listen,
        name=network.name,
    )  # fmt: skip
    try:
        body, invited = _build(settings, network, people, now())
    except BaseException:
        file.unlink(missing_ok=True)  # a second try starts clean
        raise
    try:
        _tell(file, settings, body, invited, as_json=as_json)
    except OSError as error:
        raise click.ClickException(
            f"The service is set up, but its codes cannot be shown: {error.strerror}. "
            'Get new ones with "grievance user invite".'
        ) from None


def _given(option: str | None, question: str, default: str | None = None) -> str:
    """What an option says, also where it is empty; else a question."""
    return _ask(question, default) if option is None else option


def _ask(question: str, default: str | None = None) -> str:
    """A question where somebody can answer; else the default, or a clear end."""
    if sys.stdin.isatty():
        return str(click.prompt(question, default=default)).strip()
    if default is None:
        raise click.UsageError(f"Nobody is here to answer: {question}. Name it by its option.")
    return default


def _people(
    email: str | None, admin_name: str | None, coordinator_email: str | None,
    coordinator_name: str | None, one_person: bool,
) -> list[Person]:  # fmt: skip
    email = asked.email(_given(email, "The administrator's e-mail"))
    admin = asked.name(_given(admin_name, "The administrator's name", "Administrator"))
    if one_person:
        return [Person(email, admin, _ONE_PERSON)]
    question = "The first coordinator's e-mail (or use --one-person)"
    coordinator_email = asked.email(_given(coordinator_email, question))
    if coordinator_email == email:
        raise click.UsageError("Both have one e-mail address. Is it --one-person?")
    question = "The first coordinator's name"
    coordinator = asked.name(_given(coordinator_name, question, "Coordinator"))
    return [
        Person(email, admin, (Role.ADMINISTRATOR,)),
        Person(coordinator_email, coordinator, (Role.COORDINATOR,)),
    ]


def _build(
    settings: Settings, network: Network, people: list[Person], at: datetime
) -> tuple[Organization, list[Invited]]:
    make_database_file(settings.database_url)
    database = Database(settings.database_url)
    try:
        stands = migrate.standing(database.engine)
        if stands in {Standing.OLDER, Standing.NEWER}:
            raise click.ClickException(STANDING[stands])
        migrate.upgrade(database.engine)
        with database.writer() as db:
            body = _found(db, network, at)
            invited = [_invite(db, one, body, at) for one in people]
            db.commit()
            return body, invited
    except NetworkExists:
        raise click.ClickException(
            "This database has a root desk already. Nothing was changed."
        ) from None
    except (SQLAlchemyError, CommandError) as error:
        raise click.ClickException(
            f"The database could not be set up ({type(error).__name__}): "
            f"{str(error).splitlines()[0]}"
        ) from None
    finally:
        database.close()


def _found(db: Session, network: Network, at: datetime) -> Organization:
    load_reference(db, at)
    body = found_network(
        db, name=network.name, country=network.country, languages=network.languages,
        actor=OPERATOR, now=at,
    )  # fmt: skip
    if network.listings:
        form = resources.files("grievance.store") / "seed" / "listings.yaml"
        import_directory(db, form.read_text("utf-8"), actor=OPERATOR, now=at)
    return body


def _invite(db: Session, one: Person, body: Organization, at: datetime) -> Invited:
    return invite(
        db, email=one.email, name=one.name, roles=one.roles, organization_id=body.id,
        actor=OPERATOR, now=at,
    )  # fmt: skip


def _tell(
    file: Path, settings: Settings, body: Organization, invited: list[Invited], *, as_json: bool
) -> None:
    activate = f"{settings.public_url}/desk/activate"
    sign_ins: list[dict[str, Any]] = [
        {
            "email": one.user.email,
            "name": one.user.name,
            "role": one.membership.roles[0],
            "roles": one.membership.roles,
            "code": one.code,
            "activate": activate,
        }
        for one in invited
    ]
    if as_json:
        organization = {"id": str(body.id), "name": body.name}
        told = {"settings": str(file), "url": settings.public_url, "organization": organization}
        click.echo(json.dumps({**told, "sign_ins": sign_ins}, ensure_ascii=False))
        return
    click.echo(f"Settings: {file}")
    click.echo("Keep a copy of this file in another place. Without its pepper no code opens.")
    if file != Path(DEFAULT_FILE).absolute():
        click.echo(f"Set {PREFIX}SETTINGS={file} for every command.")
    click.echo(f"\nOpen {activate} within 7 days:")
    for one in sign_ins:
        click.echo(f"  {', '.join(one['roles'])}: {one['email']}   one-time code {one['code']}")
    click.echo('\nThen run "grievance serve".')
