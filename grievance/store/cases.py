"""Cases as far as the server may read them (facets), the worker's receipt, and drafts.

The worker's words lie sealed in ``store/documents.py``, apart from here, so that retention can
delete words and keep counts.
"""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from grievance.rules.terms import CaseState
from grievance.sealing import Sealed
from grievance.store.base import Base, uuid_pk


class Case(Base):
    """One worker's grievance: the facets we route by, and where it stands.

    With sharing ``nobody`` or ``held`` only country and hour are written; the rest stays null
    until her consent writes it in her own request (design.md 5).
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_queue", "owner_id", "state", "urgency", "received_at", "id"),
        Index("ix_cases_received_at_id", "received_at", "id"),
        Index("ix_cases_overseer_id_state", "overseer_id", "state"),
    )
    id: Mapped[uuid_pk]
    number: Mapped[str] = mapped_column(unique=True)
    sharing: Mapped[str]
    state: Mapped[str] = mapped_column(default=CaseState.RECEIVED)
    country: Mapped[str | None]
    city: Mapped[str | None]
    nationality: Mapped[str | None]
    sector: Mapped[str | None]
    age_band: Mapped[str | None]
    sex: Mapped[str | None]
    happened: Mapped[str | None]  # terms.When
    urgency: Mapped[str | None]
    needs: Mapped[list[str]] = mapped_column(default=list)
    asks: Mapped[list[str]] = mapped_column(default=list)
    languages: Mapped[list[str]] = mapped_column(default=list)
    respondent_kinds: Mapped[list[str]] = mapped_column(default=list)
    owner_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"))
    overseer_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"))
    assignee_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    epoch: Mapped[int] = mapped_column(default=0)
    received_at: Mapped[datetime]  # cut to the hour
    last_act_at: Mapped[datetime]  # of either side; a worker's is cut to the hour
    accepted_at: Mapped[datetime | None]
    worked_on: Mapped[bool] = mapped_column(default=False)
    worker_waits: Mapped[bool] = mapped_column(default=False)  # her last message is unanswered
    closed_at: Mapped[datetime | None]
    closing_kind: Mapped[str | None]
    outcome: Mapped[str | None]
    amount: Mapped[str | None]  # decimal digits as text, so that no float rounds it
    currency: Mapped[str | None]
    asked_all: Mapped[bool] = mapped_column(default=False)  # nobody has taken it: say so
    issues: Mapped[list["CaseIssue"]] = relationship(
        cascade="all, delete-orphan", order_by="CaseIssue.code", lazy="selectin"
    )


class CaseIssue(Base):
    """A problem of a case: a group, or a code that may stand readable."""

    __tablename__ = "case_issues"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    group: Mapped[str] = mapped_column("issue_group", index=True)


class CaseExclusion(Base):
    """An organization that conflict or the worker's wish keeps away from a case.

    Readable, since every list, count, export and trail must leave the case out (design.md 7);
    without its reason, and for partners only (docs/threat-model.md).
    """

    __tablename__ = "case_exclusions"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(
        ForeignKey("organizations.id"), primary_key=True, index=True
    )


class RespondentMark(Base):
    """A keyed hash of an agency's or office's normal name, to match cases (never of persons)."""

    __tablename__ = "respondent_marks"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True, index=True)


class ClosingRequest(Base):
    """One person's wish to close a U0 case, until a second confirms it (design.md 7)."""

    __tablename__ = "closing_requests"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    by_user_id: Mapped[UUID]
    asked_at: Mapped[datetime]
    outcome: Mapped[str]
    kind: Mapped[str]
    amount: Mapped[str | None]
    currency: Mapped[str | None]


def unassign(db: Session, organization_id: UUID, user_id: UUID) -> None:
    """A member has left: her cases at that desk are nobody's again."""
    db.execute(
        update(Case)
        .where(Case.owner_id == organization_id, Case.assignee_id == user_id)
        .values(assignee_id=None)
    )


def lock_case(db: Session, case_id: UUID) -> Case | None:
    """A case, kept for this transaction alone."""
    return db.scalar(select(Case).where(Case.id == case_id).with_for_update())


def lock_case_if_free(db: Session, case_id: UUID) -> Case | None:
    """A case as it is now, its row locked; None where somebody changes it this moment: the work
    loop leaves it for the next pass."""
    query = select(Case).where(Case.id == case_id).with_for_update(skip_locked=True)
    return db.scalar(query.execution_options(populate_existing=True))


def forget_closing_request(db: Session, case_id: UUID) -> None:
    """Whoever asked to close it does not hold it any more, or something new was said."""
    db.execute(delete(ClosingRequest).where(ClosingRequest.case_id == case_id))


class Receipt(Base):
    """What a receipt code finds: the case and the public half of the worker's key."""

    __tablename__ = "receipts"
    lookup_id: Mapped[bytes] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), unique=True)
    public_key: Mapped[bytes]
    last_used: Mapped[date]  # the first day of the month


class Draft(Base):
    """A report not yet sent, sealed under a key that only one session cookie holds.

    It does not name its case: beside a later dump that would tell when she began, and how it grew.
    """

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_updated_at", "updated_at"),)
    id: Mapped[uuid_pk]
    sealed: Mapped[Sealed]
    updated_at: Mapped[datetime]


class StoppedDraft(Base):
    """A draft stopped with "finish later", sealed to its code's key; kept 30 days."""

    __tablename__ = "stopped_drafts"
    __table_args__ = (Index("ix_stopped_drafts_updated_at", "updated_at"),)
    lookup_id: Mapped[bytes] = mapped_column(primary_key=True)
    case_id: Mapped[UUID] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sealed: Mapped[Sealed]
    updated_at: Mapped[datetime]


def numbers_of(db: Session, case_ids: Collection[UUID]) -> dict[UUID, str]:
    """Case id -> case number, for the trail."""
    rows = db.execute(select(Case.id, Case.number).where(Case.id.in_(case_ids)))
    return {case_id: number for case_id, number in rows}


def is_number_taken(db: Session, number: str) -> bool:
    """Whether a case has this number."""
    return db.scalar(select(Case.id).where(Case.number == number)) is not None


def receipt_of(db: Session, case_id: UUID) -> Receipt:
    """What the worker's code leads to. Raises NoResultFound for a case that has none."""
    return db.scalars(select(Receipt).where(Receipt.case_id == case_id)).one()
