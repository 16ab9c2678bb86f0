"""``grievance upgrade``: bring the database to the tables of this release."""

import click

from grievance.cli.base import STANDING, database
from grievance.store import migrate
from grievance.store.migrate import Standing


@click.command()
def upgrade() -> None:
    """Bring the database to the tables of this release. Stop the service and make a backup first.

    All steps or none are taken. A second run changes nothing.
    """
    with database() as found:
        stands = migrate.standing(found.engine)
        if stands in {Standing.EMPTY, Standing.NEWER}:
            raise click.ClickException(STANDING[stands])
        if stands == Standing.OLDER:
            migrate.upgrade(found.engine)
    told = "is at" if stands == Standing.CURRENT else "was brought to"
    click.echo(f"The database {told} the tables of this release.")
