"""Lists that people edit: the taxonomy of problems and the numbers to call in danger."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from grievance.store.base import Base, uuid_pk


class IssueCode(Base):
    """A problem that a report can name; see ``seed/taxonomy.csv``."""

    __tablename__ = "issue_codes"
    code: Mapped[str] = mapped_column(primary_key=True)
    group: Mapped[str] = mapped_column("issue_group", index=True)
    group_label: Mapped[str]  # English; the catalogs translate it
    label: Mapped[str]
    needs: Mapped[list[str]]
    urgency: Mapped[str]
    readable: Mapped[str]  # "code", or "group" where the code itself stays sealed
    ilo_indicators: Mapped[list[str]]
    htcds_methods_of_control: Mapped[list[str]]
    htcds_type_of_exploitation: Mapped[list[str]]
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
    loaded_at: Mapped[datetime]


class DangerNumber(Base):
    """A number to call in danger, with its source and the day it was checked."""

    __tablename__ = "danger_numbers"
    id: Mapped[uuid_pk]
    country: Mapped[str] = mapped_column(index=True)
    number: Mapped[str]
    what: Mapped[str]
    note: Mapped[str | None]
    languages: Mapped[list[str]]
    hours: Mapped[str | None]
    source: Mapped[str]
    checked_on: Mapped[date]
    position: Mapped[int]


def issue_codes(db: Session) -> Sequence[IssueCode]:
    """The taxonomy in its own order; read once and kept until it is loaded anew."""
    key = (str(db.get_bind().engine.url), last_loaded(db))
    if key not in _kept:
        while len(_kept) >= _MOST_KEPT:
            _kept.pop(next(iter(_kept)))
        query = select(IssueCode).where(IssueCode.active).order_by(IssueCode.position)
        rows = db.scalars(query).all()
        for row in rows:
            db.expunge(row)
        _kept[key] = rows
    return _kept[key]


_MOST_KEPT = 4
_kept: dict[tuple[str, datetime | None], Sequence[IssueCode]] = {}


def danger_numbers(db: Session) -> Sequence[DangerNumber]:
    """Every number, by country in its own order."""
    return db.scalars(
        select(DangerNumber).order_by(DangerNumber.country, DangerNumber.position)
    ).all()


def last_loaded(db: Session) -> datetime | None:
    """When the newest problem came into the list."""
    return db.scalar(select(func.max(IssueCode.loaded_at)))
