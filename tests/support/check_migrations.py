"""Runs every migration on an empty SQLite file, compares with the code, goes one step back.

With ``--new "What it does"`` it writes the next migration instead.
"""

import sys
import tempfile
from pathlib import Path

from alembic import command

from grievance.store import migrate
from grievance.store.engine import make_engine


def main() -> int:
    """Raises where tables and code differ."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{Path(folder) / 'check.sqlite'}")
        migrate.upgrade(engine)
        if sys.argv[1:2] == ["--new"]:
            with engine.begin() as connection:
                config = migrate.configuration(connection)
                command.revision(config, message=sys.argv[2], autogenerate=True)
            return 0
        migrate.check(engine)
        migrate.downgrade(engine, "-1")
        migrate.upgrade(engine)
        engine.dispose()
    print("migrations: fresh")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
