"""``grievance doctor``: what is wrong with settings, database, clocks and mail; what to do."""

import os
from collections.abc import Iterator
from pathlib import Path

import click
from sqlalchemy import make_url

from grievance.cli import checkup
from grievance.cli.base import STANDING, database, now, settings
from grievance.config import DEFAULT_FILE, PREFIX, Settings
from grievance.rules.route import Terms
from grievance.store.migrate import Standing, standing
from grievance.web.catalogs import catalog, tags_with_catalogs


@click.command()
def doctor() -> None:
    """Check configuration and health; ends with status 1 when something needs a person."""
    chosen = settings()
    found, known = [*_settings(chosen), *_catalogs()], list(_proxies(chosen))
    with database() as base:
        stands = standing(base.engine)
        if stands != Standing.CURRENT:
            found.insert(0, STANDING[stands])
        else:
            with base.reader() as db:
                found += checkup.findings(db, now(), chosen.confirm_months)
                known += checkup.notes(db)
                known += checkup.soon(db, Terms(now().date(), chosen.confirm_months))
    for words in found:
        click.echo(f"- {words}")
    for words in known:
        click.echo(f"  to know: {words}")
    if found:
        raise SystemExit(1)
    click.echo("Everything looks right.")


def _settings(chosen: Settings) -> Iterator[str]:
    if not chosen.smtp_host:
        yield "No mail server is set: notices wait. Set GRIEVANCE_SMTP_HOST."
    elif chosen.mail_from.endswith("@localhost"):
        yield "Mail servers refuse the sender noreply@localhost. Set GRIEVANCE_MAIL_FROM."
    if not chosen.secure:
        yield (
            "The address is plain http, for this machine only. Workers need https: "
            "set GRIEVANCE_PUBLIC_URL."
        )
    files = [Path(os.environ.get(f"{PREFIX}SETTINGS") or DEFAULT_FILE)]
    address = make_url(chosen.database_url)
    if address.get_backend_name() == "sqlite":
        files.append(Path(address.database or ""))
    for file in files:
        if file.exists() and file.stat().st_mode & 0o077:
            yield f"Others on this machine may read {file.name}. Run: chmod 600 {file}"


def _catalogs() -> Iterator[str]:
    tags = tags_with_catalogs()
    if not tags:
        yield "No translations were found: only English is offered. Install this release again."
    short = [str(tag) for tag in tags if not catalog(tag).complete]
    if short:
        yield (
            "Sentences are missing or broken, so that these languages are not offered to workers: "
            f"{', '.join(short)}. Complete translations/…/messages.po."
        )


def _proxies(chosen: Settings) -> Iterator[str]:
    if chosen.secure and not chosen.trusted_proxies:
        yield (
            "Where a web server stands in front, set GRIEVANCE_TRUSTED_PROXIES=1: else all "
            "visitors look like one, and somebody's wrong codes slow everybody."
        )
