"""Versions of an organization's key: who in office holds one, and what is still sealed to it."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, delete, func, select
from sqlalchemy.orm import Session

from grievance.rules.members import holds_keys
from grievance.rules.terms import MembershipState
from grievance.store.accounts import Membership, User
from grievance.store.cases import Case
from grievance.store.directory import OrganizationKey, OrganizationKeyShare
from grievance.store.documents import Grant


def holders_in_office(db: Session, key: OrganizationKey) -> dict[UUID, bytes]:
    """User id -> public key of every confirmed member who reads cases and holds this version."""
    rows = db.execute(
        select(User.id, User.public_key, Membership.roles)
        .join(Membership, Membership.user_id == User.id)
        .join(OrganizationKeyShare, OrganizationKeyShare.user_id == User.id)
        .where(
            OrganizationKeyShare.key_id == key.id,
            Membership.organization_id == key.organization_id,
            Membership.state == MembershipState.CONFIRMED,
        )
        .order_by(User.id)
    )
    return {one: public for one, public, roles in rows if public and holds_keys(roles)}


def versions_in_office(db: Session, organization_id: UUID) -> set[int]:
    """The key versions that some confirmed member holds: the one in force, and during a rotation
    the older ones whose grants are not sealed anew yet."""
    return set(db.scalars(_held(organization_id).with_only_columns(OrganizationKey.version)))


def older_versions(db: Session, organization_id: UUID) -> set[int]:
    """Those of them that are not in force any more: none, where no rotation is under way."""
    held = _held(organization_id).where(~OrganizationKey.current)
    return set(db.scalars(held.with_only_columns(OrganizationKey.version)))


def rotating(db: Session) -> set[UUID]:
    """The organizations where a rotation is under way."""
    held = _with_holders().where(~OrganizationKey.current)
    return set(db.scalars(held.with_only_columns(OrganizationKey.organization_id)))


def grants_left(db: Session, organization_id: UUID, versions: Collection[int]) -> int:
    """How many grants of these versions there are."""
    of_these = _of(organization_id, versions)
    return db.scalar(select(func.count()).select_from(Grant).where(of_these)) or 0


def cases_left(
    db: Session, organization_id: UUID, versions: Collection[int], limit: int
) -> Sequence[UUID]:
    """Some cases with a grant of these versions, their rows locked. Those that somebody works on
    this moment are left out: whoever holds a case's row finds its grants as they were."""
    some = select(Grant.case_id).where(_of(organization_id, versions))
    free = select(Case.id).where(Case.id.in_(some)).order_by(Case.id).limit(limit)
    return db.scalars(free.with_for_update(skip_locked=True)).all()


def grants_in(db: Session, organization_id: UUID, case_ids: Collection[UUID]) -> Sequence[Grant]:
    """Every key of these cases that is granted to this organization, as it is kept now."""
    return db.scalars(
        select(Grant)
        .where(Grant.organization_id == organization_id, Grant.case_id.in_(case_ids))
        .order_by(Grant.case_id, Grant.kind, Grant.epoch, Grant.key_version)
        .execution_options(populate_existing=True)
    ).all()


def delete_version(db: Session, key: OrganizationKey) -> None:
    """Delete a key version and every copy of its private half."""
    db.execute(delete(OrganizationKeyShare).where(OrganizationKeyShare.key_id == key.id))
    db.delete(key)
    db.flush()


def _of(organization_id: UUID, versions: Collection[int]) -> ColumnElement[bool]:
    return and_(Grant.organization_id == organization_id, Grant.key_version.in_(versions))


def _held(organization_id: UUID) -> Select[OrganizationKey]:
    return _with_holders().where(OrganizationKey.organization_id == organization_id)


def _with_holders() -> Select[OrganizationKey]:
    """Versions, once for each confirmed member who holds them."""
    seat = and_(
        Membership.organization_id == OrganizationKey.organization_id,
        Membership.user_id == OrganizationKeyShare.user_id,
        Membership.state == MembershipState.CONFIRMED,
    )
    return (
        select(OrganizationKey)
        .join(OrganizationKeyShare, OrganizationKeyShare.key_id == OrganizationKey.id)
        .join(Membership, seat)
    )
