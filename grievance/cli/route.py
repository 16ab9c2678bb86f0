"""``grievance route``: work a stored route out again."""

from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.keyring import open_words
from grievance.casework.reading import DeskKeys, holds, opened_keys
from grievance.casework.replaying import OtherRules
from grievance.casework.replaying import replay as replay_route
from grievance.casework.signing_in import Opened, WrongSecret, open_by_password, sign_in
from grievance.cli.base import now, reading, settings, writing
from grievance.rules.email import normal_email
from grievance.rules.route import RULE_VERSION
from grievance.rules.terms import ActorKind
from grievance.store.accounts import memberships_of, user_by_email
from grievance.store.cases import Case
from grievance.store.documents import Document
from grievance.store.events import Actor, record
from grievance.store.referrals import StoredRoute, latest_route


@click.group()
def route() -> None:
    """Stored routes: why a case went where it went."""


@route.command()
@click.argument("case_number")
@click.option("--as", "email", help="Also the sealed part: asks password and second factor.")
def replay(case_number: str, email: str | None) -> None:
    """Work the route of CASE_NUMBER out again and say whether it comes out the same.

    Without --as only the readable part is compared: not what the worker named or ruled out.
    """
    with reading() as db:
        found = _route(db, case_number)
        _print(found)
        _check(db, found, None)
    if email is None:
        click.echo("The same route comes out again; what she named or ruled out was left aside.")
        return
    secret = _sealed_part(case_number, email)
    with reading() as db:
        _check(db, _route(db, case_number), secret)
    click.echo("The same route comes out again, its sealed part too.")


def _print(found: StoredRoute) -> None:
    click.echo(f"rule version {found.rule_version}, directory version {found.directory_version}")
    shown = found.readable or {}
    for number, (organization, _service, reasons) in enumerate(shown["candidates"], 1):
        click.echo(f"{number}. {organization}: {', '.join(reasons)}")


def _check(db: Session, stored: StoredRoute, secret: dict[str, Any] | None) -> None:
    try:
        same = replay_route(db, stored, secret)
    except OtherRules:
        raise click.ClickException(
            f"This route was made with rule version {stored.rule_version}; this release has "
            f"{RULE_VERSION} and can neither confirm nor deny it. Use a release that has "
            f"{stored.rule_version}."
        ) from None
    if not same:
        raise click.ClickException("The route does not come out the same. Tell the maintainers.")


def _route(db: Session, number: str) -> StoredRoute:
    found = latest_route(db, _case(db, number).id)
    if found is None:
        raise click.ClickException("This case has no stored route.")
    if found.readable is None:
        raise click.ClickException("This report is shared with nobody: its route is sealed.")
    return found


def _case(db: Session, number: str) -> Case:
    case = db.scalar(select(Case).where(Case.number == number.upper()))
    if case is None:
        raise click.ClickException(f"There is no case {number}.")
    return case


def _sealed_part(number: str, email: str) -> dict[str, Any]:
    chosen = settings()
    password = click.prompt("Your password", hide_input=True)
    with reading() as db:
        user = user_by_email(db, normal_email(email))
    try:
        opened = open_by_password(user, password, chosen.password_cost)
        return _open(number, opened, click.prompt("Your second factor", hide_input=True))
    except WrongSecret:
        raise click.ClickException("That did not open. Nothing was read.") from None


def _open(number: str, opened: Opened, factor: str) -> dict[str, Any]:
    with writing() as db:
        sign_in(db, opened, factor, now=now())
        case = _case(db, number)
        for membership in memberships_of(db, opened.user_id):
            desk = DeskKeys(opened.user_id, membership.organization_id, opened.private)
            if not holds(db, case, desk.organization_id):
                continue
            words = _words(db, case, desk)
            actor = Actor(ActorKind.STAFF, opened.user_id, desk.organization_id)
            record(db, "route_opened", actor, now(), case_id=case.id)
            db.commit()
            return words
    raise click.ClickException("You hold no key of this case.")


def _words(db: Session, case: Case, desk: DeskKeys) -> dict[str, Any]:
    found = latest_route(db, case.id)
    document = db.get(Document, found.sealed_document_id) if found else None
    words = open_words(document, opened_keys(db, case, desk).keys) if document else None
    if words is None:
        raise click.ClickException("You hold no key of this route.")
    return dict(words["sealed"])
