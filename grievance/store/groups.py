"""Groups of cases that one organization holds: a dormitory, a crew, workers of one agency.

Which cases are together stands readable; what the group is called is sealed with each case.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Select, UniqueConstraint, delete, exists, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from grievance.rules.lifecycle import HOLDING
from grievance.rules.terms import DocumentKind
from grievance.store.base import Base, uuid_pk
from grievance.store.cases import Case
from grievance.store.documents import Document, delete_documents, documents
from grievance.store.queue import Reader, visible
from grievance.store.referrals import Referral


class CaseGroup(Base):
    """Some cases of one organization that are worked on together."""

    __tablename__ = "case_groups"
    id: Mapped[uuid_pk]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    made_at: Mapped[datetime]
    acts: Mapped[int] = mapped_column(default=0)  # how often it was acted on: a page's age
    may_say: Mapped[bool] = mapped_column(default=False)  # her page may say that there are several


class GroupMember(Base):
    """A case in a group; in one of an organization at most."""

    __tablename__ = "case_group_members"
    __table_args__ = (UniqueConstraint("case_id", "organization_id"),)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("case_groups.id"), primary_key=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    organization_id: Mapped[UUID]
    joined_at: Mapped[datetime]


def held(reader: Reader) -> Select[Case]:
    """Cases that the desk holds now: it accepted them, and owns them or serves in them."""
    one = reader.organization_id
    serves = exists().where(
        Referral.case_id == Case.id, Referral.organization_id == one, Referral.state.in_(HOLDING)
    )
    owns = (Case.owner_id == one) & Case.accepted_at.is_not(None)
    return select(Case).where(visible(reader), or_(owns, serves))


def groups_of(db: Session, reader: Reader) -> Sequence[CaseGroup]:
    """A desk's groups that hold a case, newest first."""
    inside = held(reader).join(GroupMember, GroupMember.case_id == Case.id)
    some = inside.with_only_columns(GroupMember.group_id)
    return db.scalars(
        select(CaseGroup)
        .where(CaseGroup.organization_id == reader.organization_id, CaseGroup.id.in_(some))
        .order_by(CaseGroup.made_at.desc(), CaseGroup.id)
    ).all()


def find_group(
    db: Session, reader: Reader, group_id: UUID, *, lock: bool = False
) -> CaseGroup | None:
    """One group of the desk; another desk's is as if it did not exist. ``lock`` keeps its row for
    this transaction: whoever acts on a group locks it first, then its cases."""
    query = select(CaseGroup).where(
        CaseGroup.id == group_id, CaseGroup.organization_id == reader.organization_id
    )
    return db.scalar(query.with_for_update() if lock else query)


def members_of_group(
    db: Session, reader: Reader, group_id: UUID, *, lock: bool = False
) -> Sequence[Case]:
    """The cases of a group that the desk holds and she may see, by id; locked where they are to
    be written to, in this order always."""
    query = held(reader).join(GroupMember, GroupMember.case_id == Case.id)
    query = query.where(GroupMember.group_id == group_id).order_by(Case.id)
    return db.scalars(query.with_for_update(of=Case) if lock else query).all()


def held_by_number(db: Session, reader: Reader, numbers: Collection[str]) -> Sequence[Case]:
    """The cases with these numbers that the desk holds, by id, locked."""
    query = held(reader).where(Case.number.in_(numbers)).order_by(Case.id)
    return db.scalars(query.with_for_update(of=Case)).all()


def membership(db: Session, case_id: UUID, organization_id: UUID) -> GroupMember | None:
    """In which group of an organization a case is."""
    return db.scalar(
        select(GroupMember).where(
            GroupMember.case_id == case_id, GroupMember.organization_id == organization_id
        )
    )


def group_names(db: Session, case_id: UUID, organization_id: UUID) -> Sequence[Document]:
    """The sealed name of the group of a case."""
    return documents(db, case_id, DocumentKind.GROUP, organization_id=organization_id)


def said_to_be_several(db: Session, case_id: UUID) -> Sequence[int]:
    """Of each group of a case that may say so: how many cases are in it."""
    of_this = select(GroupMember.group_id).where(GroupMember.case_id == case_id)
    rows = db.execute(
        select(GroupMember.group_id, func.count())
        .join(CaseGroup, CaseGroup.id == GroupMember.group_id)
        .where(GroupMember.group_id.in_(of_this), CaseGroup.may_say)
        .group_by(GroupMember.group_id)
    )
    return [count for _group, count in rows]


def leave_group(db: Session, case_id: UUID, organization_id: UUID) -> None:
    """Take a case out of an organization's group, and its name out of the case."""
    names = group_names(db, case_id, organization_id)
    delete_documents(db, [row.id for row in names])
    db.execute(
        delete(GroupMember).where(
            GroupMember.case_id == case_id, GroupMember.organization_id == organization_id
        )
    )


def leave_groups_not_held(db: Session, case_id: UUID, holders: frozenset[UUID]) -> None:
    """A case that left an organization leaves its group too."""
    rows = db.scalars(select(GroupMember).where(GroupMember.case_id == case_id)).all()
    for row in rows:
        if row.organization_id not in holders:
            leave_group(db, case_id, row.organization_id)
