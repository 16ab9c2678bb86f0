"""Promised times of a case that somebody holds, and the finders of what is due."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from grievance.rules.lifecycle import ASKED
from grievance.rules.terms import ClockKind
from grievance.store.base import Base
from grievance.store.referrals import Referral


class CaseClock(Base):
    """One promised time of a case. It stands until it is kept; a missed one says since when."""

    __tablename__ = "case_clocks"
    __table_args__ = (Index("ix_case_clocks_missed_at_due_at", "missed_at", "due_at"),)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)  # terms.ClockKind
    on_day: Mapped[date | None]  # the day that an organizer chose
    due_at: Mapped[datetime]
    missed_at: Mapped[datetime | None]


def clocks_of(db: Session, case_ids: Collection[UUID]) -> Sequence[CaseClock]:
    """The promised times of these cases that are not kept yet, the first one first."""
    query = select(CaseClock).where(CaseClock.case_id.in_(case_ids))
    return db.scalars(query.order_by(CaseClock.due_at, CaseClock.kind)).all()


def clock_of(db: Session, case_id: UUID, kind: ClockKind) -> CaseClock | None:
    """One promised time of a case, as it is kept now."""
    return db.get(CaseClock, (case_id, kind), populate_existing=True)


def drop_clocks(db: Session, case_id: UUID, *kinds: ClockKind) -> None:
    """These promises are kept, or nobody's any more (all of the case where none is named)."""
    wanted = [str(one) for one in kinds or ClockKind]
    db.execute(delete(CaseClock).where(CaseClock.case_id == case_id, CaseClock.kind.in_(wanted)))


def missed_now(db: Session, now: datetime, limit: int) -> Sequence[tuple[UUID, str]]:
    """Promises that ran out and that nobody was told of: case and kind, the oldest first."""
    rows = db.execute(
        select(CaseClock.case_id, CaseClock.kind)
        .where(CaseClock.missed_at.is_(None), CaseClock.due_at <= now)
        .order_by(CaseClock.due_at, CaseClock.case_id, CaseClock.kind)
        .limit(limit)
    )
    return [(case_id, kind) for case_id, kind in rows]


def answers_overdue(db: Session, now: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
    """Questions that were not answered in time: referral and case, the oldest first."""
    rows = db.execute(
        select(Referral.id, Referral.case_id)
        .where(Referral.state.in_(ASKED), Referral.due_at <= now)
        .order_by(Referral.due_at, Referral.id)
        .limit(limit)
    )
    return [(referral_id, case_id) for referral_id, case_id in rows]


def beside_missed(db: Session, now: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
    """Organizations that share a case, did nothing in time, and that nobody was told of: referral
    and case, the oldest first."""
    rows = db.execute(
        select(Referral.id, Referral.case_id)
        .where(Referral.first_missed_at.is_(None), Referral.first_due_at <= now)
        .order_by(Referral.first_due_at, Referral.id)
        .limit(limit)
    )
    return [(referral_id, case_id) for referral_id, case_id in rows]


def half_way(db: Session, now: datetime, limit: int) -> Sequence[tuple[UUID, UUID]]:
    """Questions at half time that nobody was reminded of: referral and case. One whose time has
    run out meanwhile is not among them. While the worker is asked, half time waits with the end."""
    rows = db.execute(
        select(Referral.id, Referral.case_id)
        .where(
            Referral.state.in_(ASKED),
            Referral.remind_at <= now,
            Referral.reminded_at.is_(None),
            Referral.due_at > now,
        )
        .order_by(Referral.remind_at, Referral.id)
        .limit(limit)
    )
    return [(referral_id, case_id) for referral_id, case_id in rows]
