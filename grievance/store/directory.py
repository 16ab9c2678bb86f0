"""Organizations as a tree, their services and areas, their keys, and directory versions."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Select,
    UniqueConstraint,
    bindparam,
    exists,
    func,
    select,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, relationship

from grievance.rules.terms import NEVER_ASKED
from grievance.sealing import Sealed
from grievance.store.base import Base, uuid_pk

if TYPE_CHECKING:
    from grievance.store.contacts import OrganizationContact

NOWHERE = "ZZ"  # a country that nobody told


class Organization(Base):
    """A body in the directory; only a partner may be asked to take a case."""

    __tablename__ = "organizations"
    id: Mapped[uuid_pk]
    slug: Mapped[str] = mapped_column(unique=True)  # the ``id`` of the directory form
    name: Mapped[str]
    names: Mapped[dict[str, str]] = mapped_column(default=dict)  # language tag -> name
    aliases: Mapped[list[str]] = mapped_column(default=list)
    description: Mapped[dict[str, str]] = mapped_column(default=dict)  # language tag -> sentence
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("organizations.id"), index=True)
    kind: Mapped[str]  # terms.OrganizationKind
    partner: Mapped[bool] = mapped_column(default=False)
    is_root: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    paused: Mapped[bool] = mapped_column(default=False)
    capacity: Mapped[int | None]  # open cases it can hold; None is no limit
    country: Mapped[str]
    website: Mapped[str | None]
    led_by_migrants: Mapped[bool] = mapped_column(default=False)
    origin_of: Mapped[list[str]] = mapped_column(default=list)  # communities it stands for
    tied_to: Mapped[list[str]] = mapped_column(default=list)  # slugs; each tie is a conflict
    accept_at_once: Mapped[bool] = mapped_column(default=False)
    duty_rota: Mapped[bool] = mapped_column(default=False)
    calendar: Mapped[dict[str, Any] | None]  # as rules.calendar_words writes it
    notify_email: Mapped[str | None]
    confirmed_on: Mapped[date | None]
    sources: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    rotation_due: Mapped[bool] = mapped_column(default=False)
    listed_from: Mapped[str | None]  # the HSDS source that keeps this listing; None: people do
    invited_on: Mapped[date | None]
    terms_version: Mapped[str | None]  # accepted at the desk; None: agreed before, or by the form
    terms_on: Mapped[date | None]
    terms_by: Mapped[UUID | None]
    paused_until: Mapped[date | None]  # the last day of a pause
    reminded_on: Mapped[date | None]  # to confirm its entry
    closed_on: Mapped[date | None]
    tie_reasons: Mapped[dict[str, str]] = mapped_column(default=dict, server_default="{}")
    services: Mapped[list["Service"]] = relationship(
        back_populates="organization", cascade="all, delete-orphan", order_by="Service.slug"
    )
    contacts: Mapped[list["OrganizationContact"]] = relationship(
        cascade="all, delete-orphan", order_by="OrganizationContact.made_at"
    )

    @property
    def has_desk(self) -> bool:
        """Whether it may have members: it agreed to receive cases, or was invited to."""
        return self.partner or self.invited_on is not None


class Service(Base):
    """One kind of help an organization gives (HSDS service)."""

    __tablename__ = "services"
    __table_args__ = (UniqueConstraint("organization_id", "slug"),)
    id: Mapped[uuid_pk]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    slug: Mapped[str]
    name: Mapped[str]
    names: Mapped[dict[str, str]] = mapped_column(default=dict)
    needs: Mapped[list[str]]  # terms.ServiceNeed
    groups: Mapped[list[str]] = mapped_column(default=list)  # issue groups; none = by needs
    communities: Mapped[list[str]]  # ISO 3166 alpha-2, or "any"
    languages: Mapped[list[str]]
    sectors: Mapped[list[str]]  # terms.Sector, or "all"
    age_bands: Mapped[list[str]] = mapped_column(default=list)  # none = everyone
    sexes: Mapped[list[str]] = mapped_column(default=list)  # none = everyone
    free: Mapped[bool | None]
    active: Mapped[bool] = mapped_column(default=True)
    organization: Mapped[Organization] = relationship(back_populates="services")
    areas: Mapped[list["ServiceArea"]] = relationship(
        cascade="all, delete-orphan", order_by="ServiceArea.id"
    )


class ServiceArea(Base):
    """Where a service reaches (HSDS service_area)."""

    __tablename__ = "service_areas"
    id: Mapped[uuid_pk]
    service_id: Mapped[UUID] = mapped_column(ForeignKey("services.id"), index=True)
    level: Mapped[str]  # terms.AreaLevel
    country: Mapped[str | None]
    city: Mapped[str | None]
    region: Mapped[str | None]
    subdivision: Mapped[str | None]  # ISO 3166-2, such as MY-10


class DirectoryVersion(Base):
    """An immutable picture of the directory that routes refer to; made when an entry changes."""

    __tablename__ = "directory_versions"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    made_at: Mapped[datetime]
    digest: Mapped[str]
    content: Mapped[dict[str, Any]]


class OrganizationKey(Base):
    """One version of an organization's key pair; the private half lies in its shares."""

    __tablename__ = "organization_keys"
    __table_args__ = (UniqueConstraint("organization_id", "version"),)
    id: Mapped[uuid_pk]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    version: Mapped[int]
    public_key: Mapped[bytes]
    current: Mapped[bool] = mapped_column(default=True)
    made_at: Mapped[datetime]


class OrganizationKeyShare(Base):
    """An organization's private key, sealed to one member's public key."""

    __tablename__ = "organization_key_shares"
    key_id: Mapped[UUID] = mapped_column(ForeignKey("organization_keys.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    sealed: Mapped[Sealed]
    made_at: Mapped[datetime]


def root(db: Session) -> Organization | None:
    """The secretariat: the root of the network's tree."""
    return db.scalar(select(Organization).where(Organization.is_root))


def lock_organization(db: Session, organization_id: UUID) -> Organization:
    """Wait for others who change this desk's members. Whoever adds rows that point to it, as work
    on a case does, is not kept waiting (PostgreSQL: FOR NO KEY UPDATE)."""
    return db.get_one(Organization, organization_id, with_for_update={"key_share": True})


def organization(db: Session, organization_id: UUID) -> Organization | None:
    """One organization by id."""
    return db.get(Organization, organization_id)


def organizations_by_id(db: Session, ids: Sequence[UUID]) -> dict[UUID, Organization]:
    """Several at once, in one query."""
    found = db.scalars(select(Organization).where(Organization.id.in_(ids)))
    return {one.id: one for one in found}


def body_names(db: Session, ids: Collection[UUID]) -> dict[UUID, str]:
    """What the desk calls these organizations."""
    rows = db.execute(select(Organization.id, Organization.name).where(Organization.id.in_(ids)))
    return {one: name for one, name in rows}


def subtree(db: Session, organization_id: UUID) -> frozenset[UUID]:
    """What an organization's coordinators look after: itself and everything below it in the tree.

    An official body or agency looks after itself alone, whatever hangs below it; so does one that
    is closed.
    """
    return frozenset(db.scalars(_SUBTREE, {"top": organization_id})) | {organization_id}


# Built once: every page of the desk asks it.
_TOP = select(Organization.id).where(
    Organization.id == bindparam("top"), Organization.kind.not_in(NEVER_ASKED), Organization.active
)
_LINE = _TOP.cte(recursive=True)
_BELOW = select(Organization.id).join(_LINE, Organization.parent_id == _LINE.c.id)
_SUBTREE = select(_LINE.union_all(_BELOW).c.id)


def latest_version_number(db: Session) -> int | None:
    """The number of the directory version in force."""
    return db.scalar(select(func.max(DirectoryVersion.number)))


def lock_versions(db: Session) -> None:
    """Wait for others who make a version. The first one's row stands for all; routes that name it
    do not wait (PostgreSQL: FOR NO KEY UPDATE)."""
    first = select(DirectoryVersion.number).order_by(DirectoryVersion.number).limit(1)
    db.execute(first.with_for_update(key_share=True))


def current_key(db: Session, organization_id: UUID) -> OrganizationKey | None:
    """The key version that new grants are made to."""
    return db.scalar(_current_keys().where(OrganizationKey.organization_id == organization_id))


def current_keys(db: Session, ids: Sequence[UUID]) -> dict[UUID, OrganizationKey]:
    """The current key versions of several organizations, by organization id."""
    found = db.scalars(_current_keys().where(OrganizationKey.organization_id.in_(ids)))
    return {key.organization_id: key for key in found}


def lock_current_keys(db: Session, ids: Sequence[UUID]) -> dict[UUID, int]:
    """Keep the current version rows until commit; organization id -> version in force now. Others
    who grant do not wait, so their order makes no deadlock; whoever makes a new version does."""
    query = _current_keys().where(OrganizationKey.organization_id.in_(ids))
    rows = db.scalars(query.order_by(OrganizationKey.id).with_for_update(read=True))
    return {key.organization_id: key.version for key in rows}


def key_shares_of(
    db: Session, user_id: UUID, organization_id: UUID
) -> Sequence[tuple[OrganizationKey, OrganizationKeyShare]]:
    """Every key version of an organization that this user has a share of."""
    rows = db.execute(
        select(OrganizationKey, OrganizationKeyShare)
        .join(OrganizationKeyShare, OrganizationKeyShare.key_id == OrganizationKey.id)
        .where(
            OrganizationKeyShare.user_id == user_id,
            OrganizationKey.organization_id == organization_id,
        )
        .order_by(OrganizationKey.version)
    )
    return [(key, share) for key, share in rows]


def key_versions(db: Session, organization_id: UUID) -> Sequence[OrganizationKey]:
    """Every key version kept, oldest first."""
    return db.scalars(
        select(OrganizationKey)
        .where(OrganizationKey.organization_id == organization_id)
        .order_by(OrganizationKey.version)
    ).all()


def any_share(db: Session, key_id: UUID) -> bool:
    """Whether anybody can open this key version."""
    query = select(OrganizationKeyShare.key_id).where(OrganizationKeyShare.key_id == key_id)
    return db.scalar(query.limit(1)) is not None


def lone_holders(db: Session, organization_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """Who alone can open some key version: pairs of organization and user."""
    other = aliased(OrganizationKeyShare)
    shared = exists().where(
        other.key_id == OrganizationKeyShare.key_id, other.user_id != OrganizationKeyShare.user_id
    )
    rows = db.execute(
        select(OrganizationKey.organization_id, OrganizationKeyShare.user_id)
        .join(OrganizationKeyShare, OrganizationKeyShare.key_id == OrganizationKey.id)
        .where(OrganizationKey.organization_id.in_(organization_ids), ~shared)
    )
    return {(organization_id, user_id) for organization_id, user_id in rows}


def delete_shares_of(db: Session, user_id: UUID, organization_id: UUID) -> int:
    """Delete a user's copies of an organization's keys; how many there were."""
    shares = key_shares_of(db, user_id, organization_id)
    for _, share in shares:
        db.delete(share)
    db.flush()
    return len(shares)


def ancestors(db: Session, organization_id: UUID) -> frozenset[UUID]:
    """What has a say over an organization: everything above it in the tree but official bodies,
    agencies and what is closed."""
    own = select(Organization.id, Organization.parent_id).where(Organization.id == organization_id)
    line = own.cte(recursive=True)
    above = select(Organization.id, Organization.parent_id).join(
        line, Organization.id == line.c.parent_id
    )
    ids = select(line.union_all(above).c.id)
    found = select(Organization.id).where(
        Organization.id.in_(ids), Organization.kind.not_in(NEVER_ASKED), Organization.active
    )
    return frozenset(db.scalars(found)) - {organization_id}


def _current_keys() -> Select[OrganizationKey]:
    return select(OrganizationKey).where(OrganizationKey.current)
