"""``grievance serve``: the production server; on SQLite it also runs the work loop."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask

from grievance.cli.base import check_tables, settings
from grievance.config import READERS


def _address(value: str | None) -> str | None:
    """As the setting is read."""
    try:
        return None if value is None else READERS["listen"](value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.command()
@click.option("--no-work", is_flag=True, help="Do not run the work loop; it runs apart.")
@click.option(
    "--listen",
    callback=lambda _context, _option, value: _address(value),
    help="Address and port; stands over GRIEVANCE_LISTEN.",
)
def serve(no_work: bool, listen: str | None) -> None:
    """Serve until stopped. On SQLite clocks, mail and retention run in here too."""
    from grievance.app import create_app
    from grievance.web import serve as server

    chosen = settings()
    check_tables()
    app = create_app(chosen)
    with work_loop(app, run=not no_work and chosen.database_url.startswith("sqlite")):
        try:
            server.serve(
                app, listen or chosen.listen, chosen.threads,
                lambda address: click.echo(f"Listening on {address}, known as {chosen.public_url}"),
            )  # fmt: skip
        except server.CannotListen as error:
            raise click.ClickException(f"{error} See GRIEVANCE_LISTEN and --listen.") from None


@contextmanager
def work_loop(app: Flask, *, run: bool) -> Iterator[None]:
    """The work loop in a thread of this process, where it is wanted.

    It shares the application's database, and with it the one lock around SQLite's writers.
    """
    if not run:
        yield
        return
    from grievance.notices.workloop import WorkLoop

    stop = threading.Event()
    service = app.extensions["grievance"]
    loop = WorkLoop.from_settings(service.settings, service.database)
    thread = threading.Thread(target=loop.run_until, args=[stop], name="work", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)
