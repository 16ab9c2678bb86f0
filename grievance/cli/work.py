"""``grievance work``: clocks, outbox, retention. ``serve`` runs the same loop in the background."""

import threading

import click

from grievance.cli.base import settings
from grievance.notices.workloop import WorkLoop


@click.command()
@click.option("--once", is_flag=True, help="Come round once and end, for a timer.")
def work(once: bool) -> None:
    """Expire and ask on, send notices, forget what is due. Safe to run at any time, also twice."""
    loop = WorkLoop.from_settings(settings())
    if once:
        click.echo(loop.run_once())
        return
    click.echo("The work loop runs. Stop it with Ctrl-C.")
    try:
        loop.run_until(threading.Event())
    except KeyboardInterrupt:
        click.echo("Stopped.")
