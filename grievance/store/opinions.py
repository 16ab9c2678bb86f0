"""Advice that one desk asks of another without saying whose case it is (decisions/0024)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    UniqueConstraint,
    and_,
    delete,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from grievance.rules.terms import GrantKind, OpinionState
from grievance.store.base import Base, uuid_pk
from grievance.store.cases import CaseExclusion, lock_case
from grievance.store.documents import Grant
from grievance.store.queue import Reader
from grievance.store.staff_ties import is_tied

LISTED = 200


class Opinion(Base):
    """One question of a desk to another: who asks whom, and whose turn it is. Its words are sealed
    under a key of their own; no grant of the case goes with it."""

    __tablename__ = "opinions"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        Index("ix_opinions_to_organization_id_state", "to_organization_id", "state"),
        Index("ix_opinions_from_organization_id_state", "from_organization_id", "state"),
    )
    id: Mapped[uuid_pk]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int]  # of its key: the epoch that its grants and documents name
    from_organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    to_organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    by_user_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default=OpinionState.ASKED)
    made_at: Mapped[datetime]
    turned_at: Mapped[datetime]  # since when it is the other's turn
    read_at: Mapped[datetime | None]  # the one whose turn it is has read


def opinions_of_case(db: Session, case_id: UUID, organization_id: UUID) -> Sequence[Opinion]:
    """What an organization asked others about a case it holds, in the order asked."""
    return db.scalars(
        select(Opinion)
        .where(
            Opinion.case_id == case_id,
            Opinion.from_organization_id == organization_id,
            Opinion.state != OpinionState.ENDED,
        )
        .order_by(Opinion.number)
    ).all()


def advice_asked(db: Session, case_id: UUID) -> list[tuple[UUID, UUID]]:
    """Who asked whom for advice in a case, whatever became of it, in the order asked."""
    rows = db.execute(
        select(Opinion.from_organization_id, Opinion.to_organization_id)
        .where(Opinion.case_id == case_id)
        .order_by(Opinion.number)
    )
    return list(dict.fromkeys((asker, asked) for asker, asked in rows))


def opinions_with(db: Session, reader: Reader) -> Sequence[Opinion]:
    """What this desk asked and is asked, the newest turn first; at most ``LISTED``."""
    query = select(Opinion).where(_visible(reader), Opinion.state != OpinionState.ENDED)
    newest = query.order_by(Opinion.turned_at.desc(), Opinion.id)
    return db.scalars(newest.limit(LISTED)).all()


def find_opinion(db: Session, reader: Reader, opinion_id: UUID) -> Opinion | None:
    """One of this desk's; one of others is as if it did not exist. One that ended is found: who was
    about to write is told so, and keeps the words.

    Its case's row is locked, as by whoever changes the case, and it is read again after that.
    """
    query = select(Opinion).where(Opinion.id == opinion_id, _visible(reader))
    found = db.scalar(query)
    if found is None or lock_case(db, found.case_id) is None:
        return None
    return db.scalar(query.execution_options(populate_existing=True))


def opinions_waiting(db: Session, reader: Reader) -> tuple[int, int]:
    """How many wait for this desk's advice, and how many answers it has not read."""
    ours, asked = Opinion.from_organization_id, Opinion.to_organization_id
    here = reader.organization_id
    answered = Opinion.state.in_([OpinionState.ANSWERED, OpinionState.DECLINED])
    waits = and_(asked == here, Opinion.state == OpinionState.ASKED)
    unread = and_(ours == here, answered, Opinion.read_at.is_(None))
    counts = [
        db.scalar(select(func.count()).select_from(Opinion).where(_visible(reader), one)) or 0
        for one in (waits, unread)
    ]
    return counts[0], counts[1]


def next_opinion_number(db: Session, case_id: UUID) -> int:
    """The number of a case's next opinion key."""
    last = db.scalar(select(func.max(Opinion.number)).where(Opinion.case_id == case_id))
    return 0 if last is None else last + 1


def end_opinions(db: Session, case_id: UUID, organization_id: UUID, at: datetime) -> None:
    """An organization lost a case: what it asked others about it ends, and nobody opens it."""
    mine = and_(Opinion.case_id == case_id, Opinion.from_organization_id == organization_id)
    ended = db.scalars(select(Opinion).where(mine)).all()
    for one in ended:
        one.state, one.turned_at = OpinionState.ENDED, at
    db.execute(
        delete(Grant).where(
            Grant.case_id == case_id,
            Grant.kind == GrantKind.OPINION,
            Grant.epoch.in_([one.number for one in ended]),
        )
    )


def _visible(reader: Reader) -> ColumnElement[bool]:
    """Who asks and who is asked; but for desks that must find nothing of the case, and members."""
    kept_away = exists().where(
        CaseExclusion.case_id == Opinion.case_id,
        CaseExclusion.organization_id.in_({reader.organization_id, *reader.desks}),
    )
    here = reader.organization_id
    part = or_(Opinion.from_organization_id == here, Opinion.to_organization_id == here)
    return and_(part, ~kept_away, ~is_tied(reader.user_id, Opinion.case_id))
