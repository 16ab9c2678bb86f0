"""Questions to a worker from desks that cannot read her words yet; their words lie sealed in
``store/documents.py``, each question and its answer under a key of their own.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from grievance.rules.lifecycle import ASKED, HOLDING
from grievance.rules.terms import CaseState, GrantKind
from grievance.store.base import Base, uuid_pk
from grievance.store.cases import Case
from grievance.store.documents import Grant
from grievance.store.referrals import referrals_of, standing_consent


class Question(Base):
    """One question: who asks, and how far it is. Never what it says."""

    __tablename__ = "questions"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        Index("ix_questions_organization_id_answered_at", "organization_id", "answered_at"),
    )
    id: Mapped[uuid_pk]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    number: Mapped[int]  # of its key: the epoch that its grants and documents name
    epoch: Mapped[int]  # the content key in force when it was asked: what "from now on" counts by
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))  # who asks
    by_user_id: Mapped[UUID]
    made_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]  # cut to the hour
    seen_at: Mapped[datetime | None]  # who asked has opened the answer
    ended_at: Mapped[datetime | None]  # asked no more, without an answer

    @property
    def is_open(self) -> bool:
        """Whether she may still answer it."""
        return self.answered_at is None and self.ended_at is None


def questions_of(db: Session, case_id: UUID) -> Sequence[Question]:
    """Every question to the worker of a case, in the order they were asked."""
    query = select(Question).where(Question.case_id == case_id)
    return db.scalars(query.order_by(Question.number)).all()


def open_question(db: Session, case_id: UUID, organization_id: UUID) -> Question | None:
    """The one question of an organization that waits for her answer."""
    return db.scalar(
        select(Question).where(
            Question.case_id == case_id,
            Question.organization_id == organization_id,
            Question.answered_at.is_(None),
            Question.ended_at.is_(None),
        )
    )


def next_question_number(db: Session, case_id: UUID) -> int:
    """The number of a case's next question key."""
    last = db.scalar(select(func.max(Question.number)).where(Question.case_id == case_id))
    return 0 if last is None else last + 1


def end_questions(
    db: Session, case_id: UUID, organization_id: UUID, at: datetime, *, keys: bool = True
) -> None:
    """An organization left the case: what it asked is asked no more; and unless it stays owner it
    opens neither its questions nor their answers again (``keys``)."""
    asked = [one for one in questions_of(db, case_id) if one.organization_id == organization_id]
    for one in asked:
        if one.is_open:
            one.ended_at = at
    if keys:
        _delete_keys(db, case_id, organization_id, [one.number for one in asked])


def end_idle_questions(db: Session, case: Case, at: datetime) -> None:
    """Ends what desks asked that have no part in the case any more: it is closed, or another holds
    it. Their keys stay where her consent does: they may still open the case."""
    busy = {r.organization_id for r in referrals_of(db, case.id) if r.state in ASKED | HOLDING}
    busy |= {case.owner_id} if case.owner_id else set()
    for one in questions_of(db, case.id):
        idle = one.organization_id not in busy
        if one.is_open and (idle or case.state == CaseState.CLOSED):
            one.ended_at = at
        if idle and standing_consent(db, case.id, one.organization_id) is None:
            _delete_keys(db, case.id, one.organization_id, [one.number])


def delete_keys_of_others(db: Session, case_id: UUID, organization_id: UUID) -> None:
    """Take from an organization the keys of what others asked: her consent gave them, and gives
    something else now."""
    _delete_keys(db, case_id, organization_id, of_others(db, case_id, organization_id))


def of_others(db: Session, case_id: UUID, organization_id: UUID) -> list[int]:
    """The numbers of what others than this organization asked."""
    return [o.number for o in questions_of(db, case_id) if o.organization_id != organization_id]


def _delete_keys(
    db: Session, case_id: UUID, organization_id: UUID, numbers: Collection[int]
) -> None:
    db.execute(
        delete(Grant).where(
            Grant.case_id == case_id,
            Grant.organization_id == organization_id,
            Grant.kind == GrantKind.QUESTION,
            Grant.epoch.in_(numbers),
        )
    )
