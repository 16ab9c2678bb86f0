"""``grievance keys``: go on with the new key of an organization whose member left."""

from collections.abc import Iterator

import click

from grievance.casework.case.reading import DeskKeys
from grievance.casework.members.rotating import HoldsNoKey, NothingDue, Portion, rotate
from grievance.casework.members.signing_in import Opened, WrongSecret, open_by_password, sign_in
from grievance.cli.base import now, reading, settings, this_release
from grievance.rules.email import normal_email
from grievance.rules.terms import ActorKind
from grievance.store.accounts import memberships_of, user_by_email
from grievance.store.directory import body_names
from grievance.store.engine import Database
from grievance.store.events import Actor


@click.group()
def keys() -> None:
    """Keys of organizations."""


@keys.command("rotate")
@click.option("--as", "email", required=True, help="A member who holds the key.")
def rotate_keys(email: str) -> None:
    """Make the new key that is due after a member left, and seal every case to it.

    Asks password and second factor, and does it for each desk of hers. Others go on working
    meanwhile; what was cut short goes on when it is run again, or on /desk/users.
    """
    opened = _opened(email)
    with this_release() as base:
        with base.reader() as db:
            seats = [one.organization_id for one in memberships_of(db, opened.user_id)]
            names = body_names(db, seats)
        # A dismissal in between is noticed by the next portion.
        desks = [(names[one], DeskKeys(opened.user_id, one, opened.private)) for one in seats]
        done = [_one_desk(base, name, desk) for name, desk in desks]
    if "stuck" in done:
        raise SystemExit(1)


def _one_desk(base: Database, name: str, desk: DeskKeys) -> str:
    """Every portion of one desk; whether it was ``done``, not hers to do (``other``) or ``stuck``:
    two portions running found nothing that could be sealed."""
    total = still = 0
    try:
        for portion in _portions(base, desk):
            total += portion.sealed
            still = 0 if portion.sealed else still + 1
            click.echo(f"  {name}: {total} of {total + portion.left} keys", err=True)
            if portion.finished:
                click.echo(f"{name}: the new key is in use and the old one is gone.")
                return "done"
            if still > 1:
                break
    except NothingDue:
        click.echo(f"{name}: nothing is due.")
        return "done"
    except HoldsNoKey:
        click.echo(f"{name}: you do not hold its key. A colleague who does can do this.")
        return "other"
    click.echo(
        f"{name}: {portion.left} keys are left. Somebody works on these cases this moment, or they "
        "do not open. Run this again later; if the number stays, tell the maintainers.",
        err=True,
    )
    return "stuck"


def _portions(base: Database, desk: DeskKeys) -> Iterator[Portion]:
    """Portions, each in a transaction of its own, so that reports go on coming in between."""
    actor = Actor(ActorKind.STAFF, desk.user_id, desk.organization_id)
    while True:
        with base.writer() as db:
            portion = rotate(db, desk, actor, now())
            db.commit()
        yield portion


def _opened(email: str) -> Opened:
    """Her private key, by password and second factor, or a clear end."""
    chosen = settings()
    with reading() as db:
        user = user_by_email(db, normal_email(email))
    password = click.prompt("Your password", hide_input=True)
    try:
        opened = open_by_password(user, password, chosen.password_cost)
        factor = click.prompt("Your second factor", hide_input=True)
        with this_release() as base, base.writer() as db:
            sign_in(db, opened, factor, now=now())
            db.commit()  # the code is spent, whatever comes of it
    except WrongSecret:
        raise click.ClickException("That did not open. Nothing was changed.") from None
    return opened
