"""``grievance notices``: mail that came back, and addresses where it arrives again."""

import sys
from collections.abc import Iterator

import click
from sqlalchemy.orm import Session

from grievance.casework.notices.bouncing import Bounce, note_bounce
from grievance.casework.notices.bouncing import reachable_again as note_reachable
from grievance.cli import asked
from grievance.cli.base import now, settings, writing
from grievance.notices.marks import is_ours
from grievance.notices.reports import Report, Returned, read_report, split
from grievance.rules.email import normal_email
from grievance.store.events import OPERATOR

LARGEST = 20 * 1024 * 1024  # what a report quotes of our mails is small; the rest is not read
_SAID = {
    Bounce.UNKNOWN: "nobody here has this address",
    Bounce.UNREACHABLE: "no mail goes there any more; the desk and its coordinators see it",
    Bounce.KNOWN: "was known, nothing goes there",
    Bounce.COUNTED: "counted; mail goes on",
}


class TryLater(click.ClickException):
    """The database is away: the mail server keeps the report and pipes it in again."""

    exit_code = 75  # EX_TEMPFAIL


@click.group()
def notices() -> None:
    """Mail that came back: whom it does not reach any more, and whom it reaches again."""


@notices.command()
@click.argument("address")
@click.option("--soft", is_flag=True, help="It came back for now: only count it.")
def bounce(address: str, soft: bool) -> None:
    """Note by hand that mail to ADDRESS came back. No more mail goes there."""
    email = asked.email(address)
    with writing() as db:
        status = "4.0.0" if soft else "5.0.0"
        came = note_bounce(db, email, status, OPERATOR, now(), hard=not soft)
        db.commit()
    if came == Bounce.UNKNOWN:
        raise click.ClickException(f"Nobody here has the address {email}.")
    click.echo(f"{email}: {_SAID[came]}")


@notices.command()
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
def reachable(addresses: tuple[str, ...]) -> None:
    """Send mail to ADDRESS again: what waited for it leaves as one mail."""
    emails = [asked.email(one) for one in addresses]
    with writing() as db:
        found = {one: note_reachable(db, one, OPERATOR, now()) for one in emails}
        db.commit()
    for one, known in found.items():
        click.echo(f"{one}: {'gets mail again' if known else 'nothing had come back from it'}")


@notices.command()
def bounces() -> None:
    """Read delivery reports (RFC 3464) from standard input, as a mail server pipes them in.

    One mail, or several as mbox. Only reports that quote a mail of this service count. Says what
    became of each; a mail that is no report is left alone and is no error.
    """
    raw = sys.stdin.buffer.read(LARGEST)
    reports = [read_report(one) for one in split(raw)]
    if not reports:
        click.echo("Nothing was read. Pipe a mail in: grievance notices bounces < mail")
        return
    try:
        with writing() as db:
            lines = [
                f"{number}: {line}"
                for number, report in enumerate(reports, start=1)
                for line in _take(db, report)
            ]
            db.commit()
    except click.ClickException as error:
        raise TryLater(error.message) from None
    click.echo("\n".join(lines))


def _take(db: Session, report: Report) -> Iterator[str]:
    if not report.readable:
        yield "could not be read, left alone"
    elif not report.returned:
        yield "no delivery report, left alone"
    for one in report.returned:
        yield _take_one(db, report, one)


def _take_one(db: Session, report: Report, one: Returned) -> str:
    """What became of one recipient. Where another address than the one we wrote to failed, a
    mailbox behind it did: others behind it may read on, so that only counts."""
    ours = _ours(report, one)
    if ours is None:
        return "quotes no mail of ours to this address, left alone"
    if not one.hard and not one.soft:
        return f"{ours} ({one.status}): no failure, left alone"
    hard = one.hard and one.addresses[-1] == ours
    came = note_bounce(db, ours, one.status, OPERATOR, now(), hard=hard)
    return f"{ours} ({one.status}): {_SAID[came]}"


def _ours(report: Report, one: Returned) -> str | None:
    """The address that we wrote to: the one that fits the name of the quoted mail."""
    secret = settings().name_secret
    for address in (*one.addresses, report.to):
        if address and is_ours(secret, report.name, normal_email(address), now()):
            return address
    return None
