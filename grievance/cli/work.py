"""``grievance work``: clocks, outbox, retention. ``serve`` runs the same loop in the background."""

import threading

import click

from grievance.cli.base import check_tables, settings
from grievance.notices.workloop import WorkLoop
from grievance.web.logs import watch_process


@click.command()
@click.option("--once", is_flag=True, help="Come round once and end, for a timer.")
def work(once: bool) -> None:
    """Expire and ask on, send notices, forget what is due. Safe to run at any time, also twice."""
    check_tables()
    watch_process()
    loop = WorkLoop.from_settings(settings())
    try:
        _once(loop) if once else _on_and_on(loop)
    finally:
        loop.database.close()


def _once(loop: WorkLoop) -> None:
    done = loop.run_once()
    click.echo(", ".join(f"{part} {'failed' if n is None else n}" for part, n in done.items()))
    if None in done.values():
        raise click.ClickException('A part did not finish. See above, and "grievance doctor".')


def _on_and_on(loop: WorkLoop) -> None:
    click.echo("The work loop runs. Stop it with Ctrl-C.")
    try:
        loop.run_until(threading.Event())
    except KeyboardInterrupt:
        click.echo("Stopped.")
