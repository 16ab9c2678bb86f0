"""Brings a database to the tables of this release."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

_STEPS = Path(__file__).parent / "migrations"
_DIGITS = 4  # a step's file and revision begin with its number


class Standing(StrEnum):
    """A database's tables beside those of this release."""

    EMPTY = "empty"
    OLDER = "older"
    CURRENT = "current"
    NEWER = "newer"


def configuration(connection: Connection) -> "Config":
    """Alembic's configuration for one open connection."""
    from alembic.config import Config  # a third of a second; serving needs none

    config = Config()
    config.set_main_option("script_location", str(_STEPS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run every step that is missing, in one transaction."""
    from alembic import command

    with engine.begin() as connection:
        command.upgrade(configuration(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    """Go back to a revision, for tests."""
    from alembic import command

    with engine.begin() as connection:
        command.downgrade(configuration(connection), revision)


def check(engine: Engine) -> None:
    """Raise alembic.util.CommandError when the tables differ from the code."""
    from alembic import command

    with engine.begin() as connection:
        command.check(configuration(connection))


def is_current(engine: Engine) -> bool:
    """Whether every step has run."""
    return standing(engine) == Standing.CURRENT


def newest() -> str:
    """The last step of this release."""
    return max(_steps())


def _steps() -> set[str]:
    return {step.stem[:_DIGITS] for step in (_STEPS / "versions").glob("[0-9]*.py")}


def standing(engine: Engine) -> Standing:
    """How a database's tables stand; read without Alembic, so that a start is quick."""
    steps = _steps()
    with engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return Standing.EMPTY
        found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if found is None:
        return Standing.EMPTY
    if found not in steps:
        return Standing.NEWER
    return Standing.CURRENT if found == max(steps) else Standing.OLDER
