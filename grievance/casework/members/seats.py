"""A member's seat at a desk: who is its first, who holds its key, and how a share is given.

Steps of the verbs in ``activation`` and ``membership``; they write no event of their own.
"""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import share_with_member
from grievance.rules.members import holds_keys
from grievance.rules.terms import MembershipState
from grievance.sealing import KeyPair
from grievance.store.accounts import Membership, User, members_of
from grievance.store.cases import unassign
from grievance.store.directory import (
    Organization,
    OrganizationKey,
    any_share,
    current_key,
    delete_shares_of,
    key_versions,
    lock_organization,
    lone_holders,
)


def take_seat(db: Session, user: User, membership: Membership, now: datetime) -> bool:
    """An activated user comes to a desk: makes its key where none lives; True if confirmed.

    The root has nobody above it: its first member, and the first to hold its key, confirm
    themselves. All others wait for a key holder.
    """
    # Locked, so that two who activate at once do not both become the first.
    body = lock_organization(db, membership.organization_id)
    confirmed = body.is_root and is_first(db, membership)
    membership.state = MembershipState.ACTIVATED
    if holds_keys(membership.roles):
        make_key_if_first(db, user, membership.organization_id, now)
    if confirmed:
        confirm_seat(membership, user.id, now)
    return confirmed


def confirm_seat(membership: Membership, by: UUID, now: datetime) -> None:
    """From now on the membership has effect."""
    membership.state = MembershipState.CONFIRMED
    membership.confirmed_by, membership.confirmed_at = by, now


def is_first(db: Session, membership: Membership) -> bool:
    """Whether no key was ever made here (for a key holder), or nobody is confirmed yet."""
    if holds_keys(membership.roles):
        return current_key(db, membership.organization_id) is None
    return not members_of(db, membership.organization_id)


def make_key_if_first(db: Session, user: User, organization_id: UUID, now: datetime) -> None:
    """Make a key version, sealed to her alone, where no member can open the one in force.

    A version left behind by a refused first member is never used again: she has seen its key.
    """
    old = current_key(db, organization_id)
    if user.public_key is None or (old is not None and any_share(db, old.id)):
        return
    key, private = new_key_version(db, organization_id, old, now)
    share_key(db, key, private, user, now)


def new_key_version(
    db: Session, organization_id: UUID, old: OrganizationKey | None, now: datetime
) -> tuple[OrganizationKey, bytes]:
    """A key version in the place of the one in force, and its private half, not shared yet.

    Whoever seals to the old one this moment is waited for (``lock_current_keys``). Rotation is
    due no more: nobody who has left ever saw the new one.
    """
    if old is not None:
        old.current = False
        db.flush()
    pair, version = KeyPair.generate(), 1 if old is None else old.version + 1
    key = OrganizationKey(
        id=uuid4(), organization_id=organization_id, version=version,
        public_key=pair.public, made_at=now,
    )  # fmt: skip
    db.add(key)
    db.get_one(Organization, organization_id).rotation_due = False
    db.flush()
    return key, pair.private


def share_key(db: Session, key: OrganizationKey, private: bytes, user: User, now: datetime) -> None:
    """Seal one version to one activated member."""
    public_key = user.public_key or b""  # sealing refuses one who has not activated
    db.add(
        share_with_member(
            key=key, private=private, user_id=user.id, public_key=public_key, made_at=now
        )
    )
    db.flush()


def share_all(
    db: Session, membership: Membership, privates: dict[int, bytes], now: datetime
) -> None:
    """A joining member gets every version kept that the key holder's session can open."""
    user = db.get_one(User, membership.user_id)
    delete_shares_of(db, user.id, membership.organization_id)
    for key in key_versions(db, membership.organization_id):
        if key.version in privates:
            share_key(db, key, privates[key.version], user, now)


def holds_last_key(db: Session, membership: Membership) -> bool:
    """Whether a confirmed member alone can open a key of her desk, and so cases sealed to it."""
    her = (membership.organization_id, membership.user_id)
    confirmed = membership.state == MembershipState.CONFIRMED
    return confirmed and her in lone_holders(db, [membership.organization_id])


def drop_shares(db: Session, membership: Membership) -> bool:
    """Delete a member's copies, mark rotation due, unassign her; whether she had any."""
    unassign(db, membership.organization_id, membership.user_id)
    gone = delete_shares_of(db, membership.user_id, membership.organization_id)
    if gone:
        db.get_one(Organization, membership.organization_id).rotation_due = True
    return bool(gone)
