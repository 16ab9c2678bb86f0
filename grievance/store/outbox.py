"""Notices that wait to leave: written in the transaction of what they tell of."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Exists,
    Index,
    and_,
    exists,
    func,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from grievance.rules.terms import ABOUT_CASES, NoticeState
from grievance.store.base import Base, uuid_pk
from grievance.store.bounces import unreachable_among

REFUSED_TRIES = 3  # a 5xx may be a mistake of the other side; after three it is an answer


class Notice(Base):
    """One mail to one address, without anything of a case in it."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_state_not_before", "state", "not_before"),)
    id: Mapped[uuid_pk]
    kind: Mapped[str]  # terms.NoticeKind
    to_email: Mapped[str]
    user_id: Mapped[UUID | None]
    organization_id: Mapped[UUID | None] = mapped_column(index=True)
    language: Mapped[str] = mapped_column(default="en")
    items: Mapped[int] = mapped_column(default=1)
    urgent: Mapped[bool] = mapped_column(default=False)  # goes at once; forgotten when it has left
    digest: Mapped[bool] = mapped_column(default=False)  # leaves with all others of its reader
    made_at: Mapped[datetime]  # cut to the hour where a worker caused it
    not_before: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(default=NoticeState.WAITING)
    error: Mapped[str | None]  # the kind of the last failure, never the server's words
    sent_at: Mapped[datetime | None]


class WorkPass(Base):
    """When the work loop last came round."""

    __tablename__ = "work_passes"
    name: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


def due_together(db: Session, now: datetime, limit: int = 1000) -> Sequence[Notice]:
    """The notice that has waited longest of those that may be tried now and that no other worker
    has leased, and all of its kind to the same address (of a digest: of every kind): they leave as
    one mail. Whoever locks the first of them has them all: the others are nobody's first."""
    first = db.scalar(
        select(Notice)
        .where(*_due(Notice, now), ~_waits_longer(now))
        .order_by(Notice.not_before, Notice.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if first is None:
        return []
    alike = (
        Notice.to_email == first.to_email,
        Notice.language == first.language,
        Notice.digest == first.digest,
        true() if first.digest else Notice.kind == first.kind,
    )
    together = select(Notice).where(*_due(Notice, now), *alike).limit(limit)
    order = (Notice.not_before, Notice.id)
    return db.scalars(together.order_by(*order).with_for_update(skip_locked=True)).all()


def _due(notice: type[Notice], now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        notice.state == NoticeState.WAITING,
        notice.not_before <= now,
        func.coalesce(notice.leased_until, notice.not_before) <= now,
    )


def _waits_longer(now: datetime) -> Exists:
    """Another that leaves in the same mail and stands before it."""
    other = aliased(Notice)
    return exists().where(
        *_due(other, now),
        other.to_email == Notice.to_email,
        other.language == Notice.language,
        other.digest == Notice.digest,
        or_(Notice.digest, other.kind == Notice.kind),
        tuple_(other.not_before, other.id) < tuple_(Notice.not_before, Notice.id),
    )


def waiting_for(db: Session, user_id: UUID) -> Sequence[Notice]:
    """What waits for one user, locked; a mail that is leaving this moment is waited for."""
    return db.scalars(
        select(Notice)
        .where(Notice.user_id == user_id, Notice.state == NoticeState.WAITING)
        .order_by(Notice.id)
        .with_for_update()
    ).all()


def notices_to(db: Session, email: str, *states: NoticeState) -> Sequence[Notice]:
    """Notices to one address in these states, locked."""
    return db.scalars(
        select(Notice)
        .where(Notice.state.in_(states), func.lower(Notice.to_email) == email)
        .order_by(Notice.id)
        .with_for_update()
    ).all()


def given_up(db: Session, organization_ids: Sequence[UUID]) -> Sequence[Notice]:
    """Notices that could not be delivered, so that a person sees who cannot be reached."""
    return db.scalars(
        select(Notice).where(
            Notice.state == NoticeState.GIVEN_UP, Notice.organization_id.in_(organization_ids)
        )
    ).all()


def refused_since(db: Session, organization_id: UUID, since: datetime) -> datetime | None:
    """When the first urgent mail to somebody of a desk was made of those given up since then."""
    return db.scalar(
        select(func.min(Notice.made_at)).where(
            Notice.organization_id == organization_id,
            Notice.kind.in_(ABOUT_CASES),
            Notice.state == NoticeState.GIVEN_UP,
            Notice.urgent,
            Notice.not_before >= since,
        )
    )


def others_told(
    db: Session, organization_id: UUID, but: str, since: datetime, *, now: datetime
) -> bool:
    """Whether somebody else of a desk was told since then that something waits, or may be yet by a
    mail about danger with fewer tries behind it or in the middle of one. Who was refused after a
    mail that left is not reached, nor is who mail has come back from. A mail that has left is not
    known as urgent any more: any about cases counts, for danger stands first in what its reader
    opens.
    """
    rows = db.scalars(
        select(Notice).where(
            Notice.organization_id == organization_id,
            Notice.kind.in_(ABOUT_CASES),
            func.lower(Notice.to_email) != but.lower(),
            or_(
                and_(Notice.state == NoticeState.SENT, Notice.sent_at >= since),
                and_(Notice.state == NoticeState.WAITING, Notice.urgent),
                and_(
                    Notice.state == NoticeState.GIVEN_UP,
                    Notice.urgent,
                    Notice.not_before >= since,
                ),
            ),
        )
    ).all()
    refused = {one.to_email for one in rows if one.state == NoticeState.GIVEN_UP}
    left = {one.to_email for one in rows if one.state == NoticeState.SENT}
    waits = (one for one in rows if one.state == NoticeState.WAITING)
    lost = unreachable_among(db, {one.lower() for one in left})
    return any(one.lower() not in lost for one in left - refused) or any(
        one.attempts < REFUSED_TRIES or (one.leased_until is not None and one.leased_until > now)
        for one in waits
    )


def last_pass(db: Session) -> datetime | None:
    """When the work loop last came round, if ever."""
    return db.scalar(select(func.max(WorkPass.at)))
