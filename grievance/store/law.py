"""Rules of law as rows that people edit, each with its source and the day it was checked."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session, mapped_column

from grievance.rules.legal_dates import LegalRule
from grievance.rules.terms import Effect, Trigger, Unit, Urgency
from grievance.store.base import Base


class StoredRule(Base):
    """One time or figure of law; see ``seed/legal_dates.yaml``."""

    __tablename__ = "legal_rules"
    id: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[str] = mapped_column(index=True)  # a country, or legal_dates.AT_SEA
    trigger: Mapped[str | None] = mapped_column("counted_from")  # None: a figure without a date
    length: Mapped[int]
    unit: Mapped[str]
    not_after: Mapped[str | None]
    effect: Mapped[str]
    must_act: Mapped[str]
    certainty: Mapped[str]
    text: Mapped[dict[str, str]] = mapped_column("said")  # by language
    sources: Mapped[list[str]]
    checked_on: Mapped[date]
    recheck_after: Mapped[date]
    valid_from: Mapped[date | None]
    valid_until: Mapped[date | None]
    issues: Mapped[list[str]]
    sectors: Mapped[list[str]]
    not_sectors: Mapped[list[str]]
    raises_to: Mapped[str | None]
    near_days: Mapped[int]
    position: Mapped[int]


def legal_rules(db: Session, places: Collection[str] | None = None) -> Sequence[StoredRule]:
    """The rules of these places, of all where none are named, in the list's own order."""
    query = select(StoredRule).order_by(StoredRule.position)
    if places is not None:
        query = query.where(StoredRule.place.in_(places))
    return db.scalars(query).all()


def rules_past_recheck(db: Session, today: date) -> Sequence[StoredRule]:
    """Rules whose source should have been read again."""
    query = select(StoredRule).where(StoredRule.recheck_after < today)
    return db.scalars(query.order_by(StoredRule.recheck_after, StoredRule.id)).all()


def rule_of(row: StoredRule) -> LegalRule:
    """A row as rules reckon with it."""
    return LegalRule(
        id=row.id,
        trigger=Trigger(row.trigger) if row.trigger else None,
        length=row.length,
        unit=Unit(row.unit),
        not_after=Trigger(row.not_after) if row.not_after else None,
        effect=Effect(row.effect),
        raises_to=Urgency(row.raises_to) if row.raises_to else None,
        near_days=row.near_days,
        issues=frozenset(row.issues),
        sectors=frozenset(row.sectors),
        not_sectors=frozenset(row.not_sectors),
    )
