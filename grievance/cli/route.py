"""``grievance route``: work a stored route out again, or try one for nobody's case."""

from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.case.reading import DeskKeys
from grievance.casework.members.signing_in import Opened, WrongSecret, open_by_password, sign_in
from grievance.casework.routes.explaining import open_sealed_part
from grievance.casework.routes.replaying import OtherRules
from grievance.casework.routes.replaying import replay as replay_route
from grievance.cli.base import now, reading, settings, writing
from grievance.cli.simulate import simulate
from grievance.rules.email import normal_email
from grievance.rules.route import RULE_VERSION
from grievance.rules.terms import ActorKind
from grievance.store.accounts import memberships_of, user_by_email
from grievance.store.cases import Case
from grievance.store.events import Actor
from grievance.store.referrals import StoredRoute, latest_route


@click.group()
def route() -> None:
    """Routes: why a case went where it went, and where one would go."""


route.add_command(simulate)


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
        stored = _route(db, number)
        for membership in memberships_of(db, opened.user_id):
            desk = DeskKeys(opened.user_id, membership.organization_id, opened.private)
            actor = Actor(ActorKind.STAFF, opened.user_id, desk.organization_id)
            if (words := open_sealed_part(db, case, stored, desk, actor, now())) is not None:
                db.commit()
                return dict(words)
    raise click.ClickException("You hold no key of this case, or none of its route.")
