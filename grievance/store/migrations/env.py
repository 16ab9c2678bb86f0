"""How Alembic reaches our tables; migrations themselves import nothing of ours."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, DateTime, LargeBinary, create_engine

import grievance.store
from grievance.store.base import Instant, SealedBytes


def render_item(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types as the plain types they stand on."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, SealedBytes):
        return "sa.LargeBinary()"
    return False


def compare_type(
    _context: Any, _column: Any, _metadata_column: Any, inspected: Any, wanted: Any
) -> bool | None:
    """Our own types equal the plain types beneath them."""
    if isinstance(wanted, Instant):
        return not isinstance(inspected, DateTime)
    if isinstance(wanted, SealedBytes):
        return not isinstance(inspected, LargeBinary)
    return None


def run(connection: Connection) -> None:
    """Bring this connection's database to the wanted revision."""
    context.configure(
        connection=connection,
        target_metadata=grievance.store.Base.metadata,
        render_as_batch=True,
        render_item=render_item,
        compare_type=compare_type,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with create_engine(context.config.get_main_option("sqlalchemy.url") or "").connect() as own:
        run(own)
        own.commit()
