"""The base of all tables: names of constraints, one time type, UUID keys, lists of codes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, cast
from uuid import UUID, uuid4

from sqlalchemy import (
    JSON,
    DateTime,
    Dialect,
    LargeBinary,
    MetaData,
    String,
    Table,
    TypeDecorator,
    Uuid,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

from grievance.sealing import Sealed


class Instant(TypeDecorator[datetime]):
    """An aware time, kept as UTC on both databases; naive times are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times; SQLite gets UTC without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a stored time needs its zone")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give back an aware UTC time."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class SealedBytes(TypeDecorator[Sealed]):
    """An envelope; nothing opens by being read."""

    impl = LargeBinary
    cache_ok = True


Json = JSON().with_variant(postgresql.JSONB(), "postgresql")
uuid_pk = Annotated[UUID, mapped_column(Uuid, primary_key=True, default=uuid4)]


class Base(DeclarativeBase):
    """Closed lists are kept by their words, so a new word needs no migration."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 -- SQLAlchemy reads this attribute of the class
        datetime: Instant,
        Sealed: SealedBytes,
        UUID: Uuid,
        list[str]: Json,
        dict[str, Any]: Json,
        list[dict[str, Any]]: Json,
        dict[str, str]: Json,
        bytes: LargeBinary,
        str: String,
    }


def insert_into(db: Session, table: type[Base]) -> Any:
    """An INSERT in the words of this database, which knows ON CONFLICT."""
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(table)


def add_rows(db: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows as they are, past all that a session keeps of its objects."""
    db.execute(cast(Table, table.__table__).insert(), rows)
