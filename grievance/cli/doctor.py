"""``grievance doctor``: what is wrong with settings, database, clocks and mail; what to do."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.cli.base import STANDING, database, now, reading, settings
from grievance.config import Settings
from grievance.rules.terms import MembershipState, NoticeState
from grievance.store.accounts import Membership, desks_that_read
from grievance.store.directory import Organization
from grievance.store.migrate import Standing, standing
from grievance.store.outbox import Notice, last_pass
from grievance.store.reference import DangerNumber, IssueCode

_LATE = timedelta(minutes=10)


@click.command()
def doctor() -> None:
    """Check configuration and health; ends with status 1 when something needs a person."""
    chosen = settings()
    findings = _of_machine(chosen)
    if not findings.get("tables"):
        with reading() as db:
            findings |= _of_database(db)
    for words in findings.values():
        click.echo(f"- {words}")
    if findings:
        raise SystemExit(1)
    click.echo("Everything looks right.")


def _of_machine(chosen: Settings) -> dict[str, str]:
    found: dict[str, str] = {}
    with database() as base:
        stands = standing(base.engine)
    if stands != Standing.CURRENT:
        found["tables"] = STANDING[stands]
    if not chosen.smtp_host:
        found["mail"] = "No mail server is set: notices wait. Set GRIEVANCE_SMTP_HOST."
    if not chosen.secure:
        found["https"] = "The address is plain http, for this machine only. Workers need https."
    file = Path(chosen.database_url.removeprefix("sqlite:///"))
    if chosen.database_url.startswith("sqlite") and file.exists() and file.stat().st_mode & 0o077:
        found["mode"] = f"Others on this machine may read {file.name}. Run: chmod 600 {file}"
    return found


def _of_database(db: Session) -> dict[str, str]:
    found: dict[str, str] = {}
    last = last_pass(db)
    if last is None or now() - last > _LATE:
        found["work"] = 'The work loop does not run. Start "grievance serve" or "grievance work".'
    lost = db.scalars(select(Notice.error).where(Notice.state == NoticeState.GIVEN_UP)).all()
    if lost:
        kinds = ", ".join(f"{kind} ({n})" for kind, n in Counter(lost).items())
        found["lost mail"] = f"{len(lost)} notices could not be delivered: {kinds}. Call them."
    if db.scalar(select(IssueCode.code).limit(1)) is None:
        found["taxonomy"] = 'There is no list of problems. Run "grievance taxonomy load".'
    if db.scalar(select(DangerNumber.id).limit(1)) is None:
        found["danger"] = 'There are no numbers to call. Run "grievance taxonomy load".'
    keyless = _keyless(db)
    if keyless:
        found["keys"] = f"Partners without keys (nobody is active there): {', '.join(keyless)}."
    due = db.scalars(select(Organization.name).where(Organization.rotation_due)).all()
    if due:
        found["rotation"] = f"A member left; a new key is due at: {', '.join(due)}."
    several = _several_roles(db)
    if several:
        found["roles"] = f"{several} members hold several roles. Check that this is wanted."
    return found


def _keyless(db: Session) -> list[str]:
    rows = db.scalars(
        select(Organization.name).where(
            Organization.partner, Organization.id.not_in(desks_that_read())
        )
    )
    return list(rows)


def _several_roles(db: Session) -> int:
    confirmed = select(Membership).where(Membership.state == MembershipState.CONFIRMED)
    return sum(1 for one in db.scalars(confirmed) if len(one.roles) > 1)
