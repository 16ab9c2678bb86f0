"""``grievance user``: invite, confirm, and let a lost second factor be set up anew."""

import json
from uuid import UUID

import click
from sqlalchemy.orm import Session

from grievance.casework.case.keyring import organization_privates
from grievance.casework.members import inviting, signing_in
from grievance.casework.members import membership as verbs
from grievance.casework.members.signing_in import Opened, WrongSecret, open_by_password, sign_in
from grievance.cli import asked
from grievance.cli.base import now, organization_named, reading, settings, writing
from grievance.rules.email import normal_email
from grievance.rules.terms import ActorKind, MembershipState, Role
from grievance.sealing.keys import fingerprint
from grievance.store.accounts import Membership, User, memberships_of, user_by_email
from grievance.store.directory import Organization, root
from grievance.store.events import OPERATOR, Actor

_NOT_WAITING = (
    "She does not wait any more with the key that you compared. Somebody confirmed or dismissed "
    "her, or the account was made anew: begin again."
)


@click.group()
def user() -> None:
    """People who may sign in: invite one, confirm one, reset a second factor."""


@user.command()
@click.argument("email")
@click.option("--name", required=True, help="What colleagues call her.")
@click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice([str(role) for role in Role]),
    help="Repeat for several roles.",
)
@click.option("--organization", help="Its id or short name.  [default: the root desk]")
@click.option(
    "--language",
    default="en",
    show_default=True,
    callback=asked.language,
    help="For her mails and pages.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON.")
def invite(
    email: str, name: str, roles: tuple[str, ...], organization: str | None, language: str,
    as_json: bool,
) -> None:  # fmt: skip
    """Invite EMAIL to a desk. Prints a one-time code for 7 days: hand it to her yourself."""
    email, name = asked.email(email), asked.name(name)
    with writing() as db:
        desk = _desk(db, organization)
        try:
            invited = inviting.invite(
                db, email=email, name=name, roles=[Role(role) for role in roles],
                organization_id=desk.id, actor=OPERATOR, now=now(), language=language,
            )  # fmt: skip
        except inviting.NoDeskThere:
            raise click.ClickException(
                f"{desk.name} is a listing, not a partner. Only partners have a desk."
            ) from None
        except inviting.AlreadyMember:
            raise click.ClickException(f"{email} belongs to {desk.name} already.") from None
        db.commit()
        _tell_invited(invited, desk, as_json=as_json)


@user.command()
@click.argument("email")
@click.option("--organization", help="Where she waits.  [default: wherever she waits]")
@click.option("--by", help="Your own e-mail address: you hold the key of that desk.")
@click.option("--operator", is_flag=True, help="Only where the root desk lost its last key holder.")
def confirm(email: str, organization: str | None, by: str | None, operator: bool) -> None:
    """Confirm that EMAIL may work at her desk. Compare the fingerprint with her first.

    Asks for the password and the second factor of a key holder. The page /desk/users does the
    same.
    """
    with reading() as db:
        seat = _waiting(db, email, organization)
        compared = _compare(db, seat)
    if operator:
        _confirm_by_operator(seat.id, compared)
        return
    if not by:
        raise click.ClickException(
            "A key holder confirms. Name yourself with --by, or use the page /desk/users."
        )
    opened = _open(by)
    _confirm(seat.id, compared, opened, click.prompt("Code of your second factor"))


@user.command("reset-factor")
@click.argument("email")
def reset_factor(email: str) -> None:
    """Let the password of EMAIL set up a second factor once, within 24 hours.

    Her sessions end, an event is written, and the members of her desks are told by mail.
    """
    with writing() as db:
        one = user_by_email(db, normal_email(email))
        if one is None or one.activated_at is None or one.dismissed_at is not None:
            raise click.ClickException(f"Nobody who may sign in has the address {email}.")
        until = signing_in.reset_factor(db, one, actor=OPERATOR, now=now())
        db.commit()
    click.echo(f"Until {until:%Y-%m-%d %H:%M} UTC she can set up a new factor as she signs in.")


def _desk(db: Session, wanted: str | None) -> Organization:
    if wanted is not None:
        return organization_named(db, wanted)
    found = root(db)
    if found is None:
        raise click.ClickException('There is no root desk yet. Run "grievance init" first.')
    return found


def _tell_invited(invited: inviting.Invited, desk: Organization, *, as_json: bool) -> None:
    address = f"{settings().public_url}/desk/activate"
    if as_json:
        told = {
            "email": invited.user.email, "organization": str(desk.id),
            "roles": invited.membership.roles, "code": invited.code, "activate": address,
        }  # fmt: skip
        click.echo(json.dumps(told, ensure_ascii=False))
    elif invited.code is None:
        click.echo(f"{invited.user.email} has an account already. She waits to be confirmed.")
    else:
        click.echo(f"One-time code: {invited.code}")
        click.echo(f"She opens {address} within 7 days. Do not send the code by mail.")


def _waiting(db: Session, email: str, organization: str | None) -> Membership:
    one = user_by_email(db, normal_email(email))
    if one is None:
        raise click.ClickException(f"Nobody was invited with the address {email}.")
    places = [_desk(db, organization).id] if organization else [
        m.organization_id for m in one.memberships
    ]  # fmt: skip
    seats = [
        m for m in memberships_of(db, one.id, state=MembershipState.ACTIVATED)
        if m.organization_id in places
    ]  # fmt: skip
    if not seats:
        raise click.ClickException(
            f"{email} does not wait to be confirmed. She must activate her account first."
        )
    if len(seats) > 1:
        raise click.ClickException("She waits at several desks. Name one with --organization.")
    return seats[0]


def _compare(db: Session, seat: Membership) -> str:
    one = db.get_one(User, seat.user_id)
    if one.public_key is None:
        raise click.ClickException("She must activate her account first.")
    click.echo(f"{one.name} <{one.email}>: {', '.join(seat.roles)}")
    shown = fingerprint(one.public_key)
    click.echo(f"Fingerprint: {shown}")
    click.confirm("Did you compare it with her, by voice or face to face?", abort=True)
    return shown


def _open(by: str) -> Opened:
    password = click.prompt("Your password", hide_input=True)
    with reading() as db:
        holder = user_by_email(db, normal_email(by))
    try:
        return open_by_password(holder, password, settings().password_cost)
    except WrongSecret:
        raise click.ClickException("Address, password or code does not fit.") from None


def _confirm(seat_id: UUID, compared: str, opened: Opened, typed: str) -> None:
    with writing() as db:
        seat = db.get_one(Membership, seat_id)
        desk = seat.organization_id
        try:
            sign_in(db, opened, typed, now=now())
            db.commit()  # the code is spent, whatever comes of it
            privates = organization_privates(
                db, user_id=opened.user_id, user_private=opened.private, organization_id=desk
            )
            by = verbs.Confirmer(opened.user_id, privates)
            actor = Actor(ActorKind.STAFF, opened.user_id, desk)
            verbs.confirm(db, seat, by, compared=compared, actor=actor, now=now())
        except WrongSecret:
            raise click.ClickException("Address, password or code does not fit.") from None
        except (verbs.MayNotConfirm, verbs.NeedsKeyHolder):
            raise click.ClickException(
                "Only a key holder of her desk confirms. For its first member it is a "
                "coordinator of a desk above."
            ) from None
        except (verbs.NotWaiting, verbs.KeyChanged):
            raise click.ClickException(_NOT_WAITING) from None
        db.commit()
    click.echo("Confirmed.")


def _confirm_by_operator(seat_id: UUID, compared: str) -> None:
    with writing() as db:
        seat = db.get_one(Membership, seat_id)
        try:
            verbs.confirm_by_operator(db, seat, compared=compared, actor=OPERATOR, now=now())
        except verbs.MayNotConfirm:
            raise click.ClickException(
                "This is only for the root desk, when nobody there holds its key."
            ) from None
        except (verbs.NotWaiting, verbs.KeyChanged):
            raise click.ClickException(_NOT_WAITING) from None
        db.commit()
    click.echo("Confirmed. Cases from before stay closed to her: their key is lost.")
