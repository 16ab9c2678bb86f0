"""Who of the staff is tied to a respondent, and the cases of which she must find nothing.

The cases stand in rows of their own, written when a tie is made or a case comes to be about its
respondent: no list could open words to see whom a case is about.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    String,
    cast,
    delete,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from grievance.rules.terms import CaseState, MembershipState, Role
from grievance.store.accounts import Membership
from grievance.store.base import Base, uuid_pk
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization
from grievance.store.respondents import RespondentDigest

_WORKS = (Role.ORGANIZER, Role.COORDINATOR)


class StaffTie(Base):
    """A member and whom she is tied to: a record of her desk, an organization of the directory,
    or (neither is named) whoever one case is about."""

    __tablename__ = "staff_ties"
    __table_args__ = (
        Index("ix_staff_ties_respondent_id", "respondent_id"),
        Index("ix_staff_ties_body_id", "body_id"),
    )
    id: Mapped[uuid_pk]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    respondent_id: Mapped[UUID | None] = mapped_column(ForeignKey("respondents.id"))
    body_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"))
    reason: Mapped[str]  # terms.StaffTieReason
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    ended_by: Mapped[UUID | None]
    ended_at: Mapped[datetime | None]


class CaseTie(Base):
    """A case of which a member must find nothing, by one of her ties."""

    __tablename__ = "case_ties"
    __table_args__ = (Index("ix_case_ties_user_id_case_id", "user_id", "case_id"),)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    tie_id: Mapped[UUID] = mapped_column(ForeignKey("staff_ties.id"), primary_key=True, index=True)


def is_tied(user_id: UUID | None, case_id: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """The condition of a list: this member must find nothing of the row's case."""
    return exists().where(CaseTie.case_id == case_id, CaseTie.user_id == user_id)


def tied_to_case(db: Session, case_id: UUID) -> frozenset[UUID]:
    """The members who must find nothing of a case."""
    return frozenset(db.scalars(select(CaseTie.user_id).where(CaseTie.case_id == case_id)))


def standing_ties(db: Session, organization_id: UUID) -> Sequence[StaffTie]:
    """The ties of a desk's members that stand, the newest first."""
    return db.scalars(
        select(StaffTie)
        .where(StaffTie.organization_id == organization_id, StaffTie.ended_at.is_(None))
        .order_by(StaffTie.made_at.desc(), StaffTie.id)
    ).all()


def lock_tie(db: Session, organization_id: UUID, tie_id: UUID) -> StaffTie | None:
    """A tie of a desk that stands, kept for this transaction."""
    return db.scalar(
        select(StaffTie)
        .where(
            StaffTie.id == tie_id,
            StaffTie.organization_id == organization_id,
            StaffTie.ended_at.is_(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def records_tied_to(db: Session, user_id: UUID) -> frozenset[UUID]:
    """The records that a member is tied to: she sees nothing of these."""
    query = select(StaffTie.respondent_id).where(
        StaffTie.user_id == user_id,
        StaffTie.ended_at.is_(None),
        StaffTie.respondent_id.is_not(None),
    )
    return frozenset(one for one in db.scalars(query) if one is not None)


def ties_on_records(db: Session, ids: Collection[UUID]) -> Sequence[StaffTie]:
    """The standing ties to any of these records."""
    query = select(StaffTie).where(StaffTie.respondent_id.in_(ids), StaffTie.ended_at.is_(None))
    return db.scalars(query.order_by(StaffTie.id)).all()


def ties_on(db: Session, bodies: Collection[str], digests: Collection[bytes]) -> Sequence[StaffTie]:
    """The standing ties to any of these organizations, or to a record with one of these hashes."""
    to_bodies = db.scalars(
        select(StaffTie).where(StaffTie.body_id.is_not(None), StaffTie.ended_at.is_(None))
    ).all()
    of_records = select(RespondentDigest.respondent_id).where(RespondentDigest.digest.in_(digests))
    to_records = db.scalars(
        select(StaffTie).where(StaffTie.respondent_id.in_(of_records), StaffTie.ended_at.is_(None))
    ).all()
    wanted = set(bodies)
    found = [one for one in to_bodies if str(one.body_id) in wanted]
    return [*found, *to_records]


def cases_by_tie(db: Session, tie_id: UUID) -> frozenset[UUID]:
    """The cases that a tie keeps from its member."""
    return frozenset(db.scalars(select(CaseTie.case_id).where(CaseTie.tie_id == tie_id)))


def drop_case_ties(db: Session, tie_id: UUID, case_ids: Collection[UUID] | None = None) -> None:
    """A tie keeps these cases from its member no more (all of them where none are named)."""
    query = delete(CaseTie).where(CaseTie.tie_id == tie_id)
    db.execute(query if case_ids is None else query.where(CaseTie.case_id.in_(case_ids)))


def cases_kept_from(db: Session, organization_id: UUID) -> frozenset[UUID]:
    """The cases that an organization must find nothing of."""
    query = select(CaseExclusion.case_id).where(CaseExclusion.organization_id == organization_id)
    return frozenset(db.scalars(query))


def exclusions_of(db: Session, case_id: UUID) -> frozenset[UUID]:
    """The organizations that must find nothing of a case."""
    query = select(CaseExclusion.organization_id).where(CaseExclusion.case_id == case_id)
    return frozenset(db.scalars(query))


def same_tie(
    db: Session, user_id: UUID, *, respondent_id: UUID | None, body_id: UUID | None
) -> StaffTie | None:
    """A tie of this member to the same record or organization, if it stands already."""
    query = select(StaffTie).where(
        StaffTie.user_id == user_id,
        StaffTie.respondent_id == respondent_id,
        StaffTie.body_id == body_id,
        StaffTie.ended_at.is_(None),
    )
    return db.scalar(query.limit(1))


def seen_by_nobody(db: Session) -> dict[str, int]:
    """Desk -> its open cases that every member who works there is tied to: nobody opens them."""
    of_case = exists().where(CaseTie.case_id == Case.id)
    works = or_(*(cast(Membership.roles, String).contains(f'"{one}"') for one in _WORKS))
    here = (
        Membership.organization_id == Case.owner_id,
        Membership.state == MembershipState.CONFIRMED,
        works,
    )
    tied = exists().where(CaseTie.case_id == Case.id, CaseTie.user_id == Membership.user_id)
    rows = db.execute(
        select(Organization.name, func.count())
        .join(Case, Case.owner_id == Organization.id)
        .where(
            Case.state != CaseState.CLOSED,
            of_case,
            exists().where(*here),
            ~exists().where(*here, ~tied),
        )
        .group_by(Organization.name)
    )
    return {name: count for name, count in rows}
