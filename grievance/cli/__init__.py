"""The commands of the person who runs this service: ``grievance …`` (design.md 9).

Each group lies in a file of its own and is imported when it is asked for, so that a quick
command does not wait for the heavy ones.
"""

import errno
import os
import sys
from importlib import import_module
from typing import Any

import click

from grievance.rules.text import clean

_COMMANDS = {
    "demo": "grievance.cli.demo:demo",
    "directory": "grievance.cli.directory:directory",
    "doctor": "grievance.cli.doctor:doctor",
    "export": "grievance.cli.export:export",
    "init": "grievance.cli.init:init",
    "keys": "grievance.cli.keys:keys",
    "notices": "grievance.cli.notices:notices",
    "route": "grievance.cli.route:route",
    "serve": "grievance.cli.serve:serve",
    "taxonomy": "grievance.cli.directory:taxonomy",
    "upgrade": "grievance.cli.upgrade:upgrade",
    "user": "grievance.cli.user:user",
    "work": "grievance.cli.work:work",
}


class Commands(click.Group):
    """The list of commands, each loaded by its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, by name."""
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the one that was asked for."""
        place = _COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def main(self, *args: Any, **more: Any) -> Any:
        """Run one. A file that cannot be used, its own output too, ends it in words."""
        try:
            return super().main(*args, **more)
        except OSError as error:
            if error.errno == errno.ENOSPC and not error.filename:  # nor at the very end
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            what, why = error.filename or "The output", error.strerror or type(error).__name__
            click.echo(f"{what} cannot be used: {why}.", err=True)
            sys.exit(1)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Refuse what no database keeps: half letters (not UTF-8), control signs, line breaks."""
        for one in args:
            if clean(one) != one or "\n" in one:
                shown = one.encode("ascii", "backslashreplace").decode()
                raise click.UsageError(f"Write on one line and in UTF-8, not: {shown}")
        return super().parse_args(ctx, args)


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="grievance", prog_name="grievance")
def main() -> None:
    """A service in which migrant workers report problems and migrant organizations answer.

    Begin with "grievance init", or look around with "grievance demo".
    """
