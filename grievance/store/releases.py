"""Releases: who may read a case without the worker's word, since two persons decided so.

A release makes no consent. It stands apart and ends when she says stop (design.md 4).
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, and_, cast, delete, func, or_, select, union, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from grievance.rules.terms import DocumentKind, GrantKind, MembershipState, Role
from grievance.store.accounts import Membership, User
from grievance.store.base import Base, uuid_pk
from grievance.store.documents import Document, Grant, delete_waiting_grants
from grievance.store.questions import of_others
from grievance.store.referrals import (
    Consent,
    ConsentQuestion,
    Referral,
    consents_of,
    standing_consent,
)


class ReleaseRequest(Base):
    """One person's wish that an organization may read a case, until a second one agrees."""

    __tablename__ = "release_requests"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))  # who may read
    from_organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    by_user_id: Mapped[UUID]
    epoch: Mapped[int]  # of the key that its reason is sealed under
    asked_at: Mapped[datetime] = mapped_column(index=True)


class Release(Base):
    """An organization may read a case since two persons decided so, until ``ended_at``."""

    __tablename__ = "releases"
    id: Mapped[uuid_pk]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    from_organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    by_user_id: Mapped[UUID]
    second_user_id: Mapped[UUID]
    epoch: Mapped[int]
    released_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # a worker's stop is cut to the hour


def releases_of(db: Session, case_id: UUID) -> Sequence[Release]:
    """Every release of a case, the oldest first."""
    return db.scalars(
        select(Release).where(Release.case_id == case_id).order_by(Release.epoch)
    ).all()


def standing_release(db: Session, case_id: UUID, organization_id: UUID) -> Release | None:
    """The release by which an organization may read a case now."""
    return db.scalar(
        select(Release)
        .where(
            Release.case_id == case_id,
            Release.organization_id == organization_id,
            Release.ended_at.is_(None),
        )
        .limit(1)
    )


def end_releases(db: Session, case_id: UUID, organization_id: UUID, at: datetime) -> bool:
    """This organization may read it by no release any more; whether it could. Its keys are the
    caller's to take."""
    stands = standing_release(db, case_id, organization_id) is not None
    db.execute(
        update(Release)
        .where(
            Release.case_id == case_id,
            Release.organization_id == organization_id,
            Release.ended_at.is_(None),
        )
        .values(ended_at=at)
    )
    return stands


def withhold_again(db: Session, case_id: UUID, organization_id: UUID, at: datetime) -> None:
    """An organization that says no reads by a release no more: its keys wait again, as they did,
    but for those of what it asked itself."""
    if end_releases(db, case_id, organization_id, at):
        others = Grant.epoch.in_(of_others(db, case_id, organization_id))
        db.execute(
            update(Grant)
            .where(
                Grant.case_id == case_id,
                Grant.organization_id == organization_id,
                or_(
                    Grant.kind.in_([GrantKind.CONTENT, GrantKind.RELEASE]),
                    and_(Grant.kind == GrantKind.QUESTION, others),
                ),
            )
            .values(released_at=None)
        )


def refused_by_her(db: Session, case_id: UUID, organization_id: UUID) -> bool:
    """Whether she sent this organization away, said no to it, or ended a release to it; what she
    agreed to since stands over that."""
    if standing_consent(db, case_id, organization_id) is not None:
        return False
    if any(c.organization_id == organization_id for c in consents_of(db, case_id)):
        return True
    said_no = select(ConsentQuestion.id).where(
        ConsentQuestion.case_id == case_id,
        ConsentQuestion.organization_id == organization_id,
        ConsentQuestion.agreed.is_(False),
    )
    ended = select(Release.id).where(
        Release.case_id == case_id,
        Release.organization_id == organization_id,
        Release.ended_at.is_not(None),
    )
    return any(db.scalar(query.limit(1)) is not None for query in (said_no, ended))


def named_in(db: Session, case_id: UUID) -> set[UUID]:
    """Every organization that stands in a referral, consent, question or release of a case."""
    tables = (Referral, Consent, ConsentQuestion, Release)
    rows = (select(one.organization_id).where(one.case_id == case_id) for one in tables)
    return set(db.scalars(union(*rows)))


def next_release_epoch(db: Session, case_id: UUID) -> int:
    """The number of the next key that a reason is sealed under: never one that was used."""
    used = [
        db.scalar(select(func.max(table.epoch)).where(table.case_id == case_id))
        for table in (Release, ReleaseRequest)
    ]
    return max((one for one in used if one is not None), default=-1) + 1


def requests_past(db: Session, before: datetime, limit: int) -> Sequence[UUID]:
    """Cases where a release was asked for at or before this time and nobody agreed."""
    query = select(ReleaseRequest.case_id).where(ReleaseRequest.asked_at <= before)
    return db.scalars(
        query.order_by(ReleaseRequest.asked_at, ReleaseRequest.case_id).limit(limit)
    ).all()


def forget_release_request(db: Session, case_id: UUID) -> None:
    """She came back, or it is not needed any more: the reason and the keys made for it go too. An
    organization that she agreed to since keeps its own."""
    asked = db.get(ReleaseRequest, case_id)
    if asked is None:
        return
    to = asked.organization_id
    if to != asked.from_organization_id and standing_consent(db, case_id, to) is None:
        delete_waiting_grants(db, case_id, to)
    of_reason = Document.kind == DocumentKind.RELEASE_REASON, Document.epoch == asked.epoch
    of_key = Grant.kind == GrantKind.RELEASE, Grant.epoch == asked.epoch
    db.execute(delete(Document).where(Document.case_id == case_id, *of_reason))
    db.execute(delete(Grant).where(Grant.case_id == case_id, *of_key))
    db.delete(asked)
    db.flush()


def has_two_persons(db: Session) -> bool:
    """Whether two people work on cases in the whole network: else nobody can be a second one."""
    roles = cast(Membership.roles, String)
    works = or_(*(roles.contains(f'"{one}"') for one in (Role.ORGANIZER, Role.COORDINATOR)))
    people = (
        select(Membership.user_id)
        .join(User)
        .where(
            Membership.state == MembershipState.CONFIRMED, User.dismissed_at.is_(None), works
        )
        .distinct()
        .limit(2)
    )  # fmt: skip
    return len(db.scalars(people).all()) == 2
