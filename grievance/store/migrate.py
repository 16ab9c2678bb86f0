"""Brings a database to the tables of this release."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for one open connection."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run every step that is missing, in one transaction."""
    with engine.begin() as connection:
        command.upgrade(configuration(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to a revision, for tests."""
    with engine.begin() as connection:
        command.downgrade(configuration(connection), revision)


def check(engine: Engine) -> None:
    """Raise alembic.util.CommandError when the tables differ from the code."""
    with engine.begin() as connection:
        command.check(configuration(connection))


def is_current(engine: Engine) -> bool:
    """Whether every step has run."""
    with engine.connect() as connection:
        head = ScriptDirectory.from_config(configuration(connection)).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == head
