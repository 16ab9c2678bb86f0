"""Sealed documents of a case, and the grants: keys sealed to those who may open them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from grievance.rules.terms import ActorKind, DocumentKind, GrantKind, HolderKind
from grievance.sealing import Sealed
from grievance.store.base import Base, uuid_pk


class Document(Base):
    """One sealed piece of a case: answers, a message, a note, the sealed part of a route."""

    __tablename__ = "documents"
    __table_args__ = (Index("ix_documents_case_id_made_at", "case_id", "made_at"),)
    id: Mapped[uuid_pk]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]  # terms.DocumentKind
    key: Mapped[str] = mapped_column(default=GrantKind.CONTENT)  # which kind of key opens it
    epoch: Mapped[int]
    organization_id: Mapped[UUID | None]  # whose: the writer's, or the only reader's of a note
    author: Mapped[str]  # terms.ActorKind
    author_id: Mapped[UUID | None]
    made_at: Mapped[datetime]
    order: Mapped[int] = mapped_column("position", default=0)  # hours make ties
    seen_at: Mapped[datetime | None]  # first shown to the other side
    sealed: Mapped[Sealed]


class Grant(Base):
    """A content or notes key of one epoch, sealed to one holder; released when she accepts."""

    __tablename__ = "grants"
    __table_args__ = (
        UniqueConstraint("case_id", "kind", "epoch", "holder", "organization_id", "key_version"),
    )
    id: Mapped[uuid_pk]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str]  # terms.GrantKind
    epoch: Mapped[int]
    holder: Mapped[str]  # terms.HolderKind
    organization_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    key_version: Mapped[int] = mapped_column(default=0)
    sealed: Mapped[Sealed]
    made_at: Mapped[datetime]
    released_at: Mapped[datetime | None]


def documents(
    db: Session, case_id: UUID, *kinds: DocumentKind, organization_id: UUID | None = None
) -> Sequence[Document]:
    """The documents of a case, oldest first; of one organization where one is named."""
    query = select(Document).where(Document.case_id == case_id)
    if kinds:
        query = query.where(Document.kind.in_(kinds))
    if organization_id is not None:
        query = query.where(Document.organization_id == organization_id)
    return db.scalars(query.order_by(Document.order, Document.made_at, Document.id)).all()


def delete_documents(db: Session, ids: Collection[UUID]) -> None:
    """Delete what newer words have taken the place of."""
    db.execute(delete(Document).where(Document.id.in_(ids)))


def next_order(db: Session, case_id: UUID) -> int:
    """Where a new document of a case stands: hours alone would make ties."""
    last = db.scalar(select(func.max(Document.order)).where(Document.case_id == case_id))
    return (last or 0) + 1


def worker_grants(db: Session, case_id: UUID) -> Sequence[Grant]:
    """The keys granted to the worker's code."""
    return db.scalars(
        select(Grant).where(Grant.case_id == case_id, Grant.holder == HolderKind.WORKER)
    ).all()


def organization_grants(
    db: Session, case_id: UUID, organization_id: UUID, *, released_only: bool
) -> Sequence[Grant]:
    """The keys granted to one organization; those that wait for acceptance only when asked."""
    query = select(Grant).where(Grant.case_id == case_id, Grant.organization_id == organization_id)
    if released_only:
        query = query.where(Grant.released_at.is_not(None))
    return db.scalars(query).all()


def grants_of_case(db: Session, case_id: UUID, kind: GrantKind) -> Sequence[Grant]:
    """Every grant of one kind of key in a case."""
    return db.scalars(select(Grant).where(Grant.case_id == case_id, Grant.kind == kind)).all()


def delete_grants(db: Session, case_id: UUID, organization_id: UUID) -> None:
    """Take every key of this case from one organization."""
    db.execute(
        delete(Grant).where(Grant.case_id == case_id, Grant.organization_id == organization_id)
    )


def delete_content_grants(db: Session, case_id: UUID, organization_id: UUID) -> None:
    """Take every content key of this case from one organization; its own notes' key stays."""
    db.execute(
        delete(Grant).where(
            Grant.case_id == case_id,
            Grant.organization_id == organization_id,
            Grant.kind == GrantKind.CONTENT,
        )
    )


def delete_waiting_grants(db: Session, case_id: UUID, organization_id: UUID) -> None:
    """Take from one organization the keys that no acceptance has released."""
    db.execute(
        delete(Grant).where(
            Grant.case_id == case_id,
            Grant.organization_id == organization_id,
            Grant.released_at.is_(None),
        )
    )


def unseen_from_worker(db: Session, case_id: UUID, epochs: Collection[int]) -> bool:
    """Whether she wrote something, in epochs that a desk can open, that nobody has opened yet."""
    query = select(Document.id).where(
        Document.case_id == case_id,
        Document.kind == DocumentKind.MESSAGE,
        Document.author == ActorKind.WORKER,
        Document.epoch.in_(epochs),
        Document.seen_at.is_(None),
    )
    return db.scalar(query.limit(1)) is not None


def epochs_of(db: Session, case_id: UUID, organization_id: UUID) -> set[int]:
    """The epochs of her words that an organization holds a released key of."""
    query = select(Grant.epoch).where(
        Grant.case_id == case_id,
        Grant.organization_id == organization_id,
        Grant.kind == GrantKind.CONTENT,
        Grant.released_at.is_not(None),
    )
    return set(db.scalars(query))


def next_notes_epoch(db: Session, case_id: UUID, organization_id: UUID) -> int:
    """The number of an organization's next notes key: notes under a key that went stay closed."""
    last = db.scalar(
        select(func.max(Document.epoch)).where(
            Document.case_id == case_id,
            Document.organization_id == organization_id,
            Document.key == GrantKind.NOTES,
        )
    )
    return 0 if last is None else last + 1


def release_grants(db: Session, case_id: UUID, organization_id: UUID, at: datetime) -> None:
    """Release every waiting key of this case to an organization that accepted it."""
    db.execute(
        update(Grant)
        .where(
            Grant.case_id == case_id,
            Grant.organization_id == organization_id,
            Grant.released_at.is_(None),
        )
        .values(released_at=at)
    )
