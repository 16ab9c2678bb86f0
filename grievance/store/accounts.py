"""Users, their memberships and invitations, and the sessions of staff and workers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import (
    Engine,
    ForeignKey,
    Index,
    Select,
    UniqueConstraint,
    and_,
    delete,
    select,
)
from sqlalchemy.orm import Mapped, Session, contains_eager, mapped_column, relationship

from grievance.rules.terms import MembershipState
from grievance.sealing import Sealed
from grievance.store.base import Base, insert_into, uuid_pk
from grievance.store.directory import Organization, OrganizationKey, OrganizationKeyShare


class User(Base):
    """Someone who may sign in. Her private key opens by password or recovery key only."""

    __tablename__ = "users"
    id: Mapped[uuid_pk]
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    language: Mapped[str] = mapped_column(default="en")
    made_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]
    password_salt: Mapped[bytes | None]
    public_key: Mapped[bytes | None]
    private_by_password: Mapped[Sealed | None]
    private_by_recovery: Mapped[Sealed | None]
    totp_sealed: Mapped[Sealed | None]
    recovery_codes: Mapped[list[str]] = mapped_column(default=list)  # hashes, one each code
    last_totp_step: Mapped[int] = mapped_column(default=0)  # each TOTP code counts once
    factor_reset_until: Mapped[datetime | None]  # the password alone may set up a factor once
    memberships: Mapped[list["Membership"]] = relationship(back_populates="user")


class Membership(Base):
    """A user at one organization's desk; in effect when a key holder has confirmed it."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("user_id", "organization_id"),)
    id: Mapped[uuid_pk]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    roles: Mapped[list[str]]
    state: Mapped[str] = mapped_column(default=MembershipState.INVITED)
    invited_by: Mapped[UUID | None]
    confirmed_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(back_populates="memberships")


class Invitation(Base):
    """A one-time code for activation, found by its hash; used by a POST only."""

    __tablename__ = "invitations"
    id: Mapped[uuid_pk]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(unique=True)
    made_by: Mapped[UUID | None]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SessionRow(Base):
    """One browser's session; everything it knows is sealed under a key only its cookie gives."""

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_last_used_at", "last_used_at"),)
    id_hash: Mapped[bytes] = mapped_column(primary_key=True)
    kind: Mapped[str]  # worker or staff
    user_id: Mapped[UUID | None] = mapped_column(index=True)  # so that a dismissal ends it
    sealed: Mapped[Sealed]
    last_used_at: Mapped[datetime]


def user_by_email(db: Session, email: str) -> User | None:
    """The user with this normal e-mail address."""
    return db.scalar(select(User).where(User.email == email))


def user_at(db: Session, email: str, name: str, language: str, now: datetime) -> User:
    """The user with this normal e-mail address; a new one where nobody has it. Of two who add one
    at once the second finds the first's."""
    known = user_by_email(db, email)
    if known is not None:
        return known
    values = {"email": email, "name": name, "language": language, "made_at": now}
    db.execute(insert_into(db, User).values(values).on_conflict_do_nothing())
    return db.scalars(select(User).where(User.email == email)).one()


def memberships_of(
    db: Session, user_id: UUID, *, state: MembershipState = MembershipState.CONFIRMED
) -> Sequence[Membership]:
    """Her memberships in one state."""
    return db.scalars(
        select(Membership)
        .where(Membership.user_id == user_id, Membership.state == state)
        .order_by(Membership.id)
    ).all()


def members_of(
    db: Session, organization_id: UUID, *states: MembershipState
) -> Sequence[Membership]:
    """The members of one organization, in these states (confirmed when none is named)."""
    wanted = states or (MembershipState.CONFIRMED,)
    return db.scalars(
        select(Membership)
        .join(User)
        .options(contains_eager(Membership.user))
        .where(Membership.organization_id == organization_id, Membership.state.in_(wanted))
        .order_by(User.name, User.id)
    ).all()


def desks_that_read() -> Select[UUID]:
    """Organizations where somebody in office holds the current key: nobody else can open anything
    that is sealed to them."""
    holds = and_(
        Membership.organization_id == OrganizationKey.organization_id,
        Membership.user_id == OrganizationKeyShare.user_id,
    )
    return (
        select(OrganizationKey.organization_id)
        .join(OrganizationKeyShare, OrganizationKeyShare.key_id == OrganizationKey.id)
        .join(Membership, holds)
        .where(OrganizationKey.current, Membership.state == MembershipState.CONFIRMED)
    )


def can_read(db: Session, organization_id: UUID) -> bool:
    """Whether somebody at this desk can open what is sealed to it."""
    one = desks_that_read().where(OrganizationKey.organization_id == organization_id)
    return db.scalar(one.limit(1)) is not None


def end_sessions_of(db: Session, user_id: UUID) -> None:
    """Sign a user out everywhere."""
    db.execute(delete(SessionRow).where(SessionRow.user_id == user_id))


def invitation_by_hash(db: Session, code_hash: bytes) -> Invitation | None:
    """The invitation with this code's hash, locked so that a code is spent once."""
    return db.scalar(select(Invitation).where(Invitation.code_hash == code_hash).with_for_update())


def delete_invitations_of(db: Session, user_id: UUID) -> None:
    """An older code stops working when a new one is made."""
    db.execute(delete(Invitation).where(Invitation.user_id == user_id))


def membership_between(db: Session, user_id: UUID, organization_id: UUID) -> Membership | None:
    """The one membership of a user at an organization, in any state, as it is kept now."""
    return db.scalar(
        select(Membership)
        .where(Membership.user_id == user_id, Membership.organization_id == organization_id)
        .execution_options(populate_existing=True)
    )


def stays_member(db: Session, user_id: UUID, organization_id: UUID | None) -> bool:
    """Whether she is in office at this desk, and is so until commit: a dismissal waits. One that
    is under way already counts."""
    query = select(Membership.id).where(
        Membership.user_id == user_id,
        Membership.organization_id == organization_id,
        Membership.state == MembershipState.CONFIRMED,
    )
    return db.scalar(query.with_for_update(read=True, skip_locked=True)) is not None


def lock_user(db: Session, user_id: UUID) -> User | None:
    """One user, her row locked and read anew, so that a code of hers is spent once."""
    return db.scalar(
        select(User)
        .where(User.id == user_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


class Seat(NamedTuple):
    """A seat in office, as far as every page of the desk needs it."""

    confirmed_at: datetime | None
    organization_id: UUID
    organization_name: str
    is_root: bool
    roles: list[str]
    name: str
    email: str
    language: str


def seats_of(db: Session, user_id: UUID) -> list[Seat]:
    """A user's seats in office, the oldest first: who is given another stays at her desk. No row
    is loaded for them; a dismissed user has none."""
    body, seat = Organization, Membership
    rows = db.execute(
        select(
            seat.confirmed_at, body.id, body.name, body.is_root, seat.roles,
            User.name, User.email, User.language,
        )
        .join_from(seat, body, body.id == seat.organization_id)
        .join(User)
        .where(
            seat.user_id == user_id,
            seat.state == MembershipState.CONFIRMED,
            User.dismissed_at.is_(None),
        )
        .order_by(seat.confirmed_at, body.id)
    )  # fmt: skip
    return [Seat(*row) for row in rows]


def people_of(db: Session, organization_id: UUID) -> list[tuple[UUID, str, list[str]]]:
    """Id, name and roles of everybody in office at one desk, by name."""
    rows = db.execute(
        select(User.id, User.name, Membership.roles)
        .join(User)
        .where(
            Membership.organization_id == organization_id,
            Membership.state == MembershipState.CONFIRMED,
        )
        .order_by(User.name, User.id)
    )
    return [(one, name, roles) for one, name, roles in rows]


class SeatName(NamedTuple):
    """What a list of members is put in order by."""

    id: UUID
    organization_id: UUID
    name: str
    email: str


def seat_names(
    db: Session, organization_ids: Collection[UUID], *states: MembershipState
) -> list[SeatName]:
    """The memberships of several organizations in these states, with no row loaded for them."""
    rows = db.execute(
        select(Membership.id, Membership.organization_id, User.name, User.email)
        .join(User)
        .where(Membership.organization_id.in_(organization_ids), Membership.state.in_(states))
    )
    return [SeatName(*row) for row in rows]


def seats_by_id(db: Session, ids: Sequence[UUID]) -> list[Membership]:
    """These memberships with their users, in the order given."""
    query = select(Membership).join(User).options(contains_eager(Membership.user))
    found = {seat.id: seat for seat in db.scalars(query.where(Membership.id.in_(ids)))}
    return [found[one] for one in ids if one in found]


def names_of(db: Session, user_ids: Collection[UUID]) -> dict[UUID, str]:
    """What colleagues call these users."""
    rows = db.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {user_id: name for user_id, name in rows}


def has_session(engine: Engine, row_id: bytes) -> bool:
    """Whether a session row stands; the shortest way there is, for pages that everybody gets."""
    raw = engine.raw_connection()
    try:
        cursor = raw.cursor()
        cursor.execute(_HAS_SESSION[engine.dialect.name], (row_id,))
        return cursor.fetchone() is not None
    except engine.dialect.loaded_dbapi.Error:
        return True  # the view behind makes a page of the trouble
    finally:
        raw.close()


_HAS_SESSION = {
    "sqlite": "SELECT 1 FROM sessions WHERE id_hash = ?",
    "postgresql": "SELECT 1 FROM sessions WHERE id_hash = %s",
}
