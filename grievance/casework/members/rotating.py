"""A new key for an organization, after somebody who held the old one has left.

A holder's session makes the new version, gives it to those in office who hold the old one, and
seals the grants anew, some cases at a time; it may stop and go on at any time, in anybody's
session. An old version goes with the last grant of it (design.md 4, decisions/0025). The key of
the desk's records of respondents goes along with the first portion.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import organization_privates, seal_anew, share_with_member
from grievance.casework.case.reading import DeskKeys
from grievance.casework.members.seats import new_key_version
from grievance.casework.respondents.register import follow_rotation
from grievance.sealing import CannotOpen
from grievance.store.directory import (
    OrganizationKey,
    current_key,
    key_versions,
    lock_organization,
    organization,
)
from grievance.store.documents import Grant
from grievance.store.events import Actor, record
from grievance.store.key_versions import (
    cases_left,
    delete_version,
    grants_in,
    grants_left,
    holders_in_office,
    older_versions,
)
from grievance.store.respondents import register_keys_left

PORTION: Final = 100  # cases at a time: others who write wait about a tenth of a second


class NothingDue(Exception):
    """The key is new, and nothing is sealed to an older one that anybody holds."""


class HoldsNoKey(Exception):
    """She does not hold the key in force: another member must make the new one."""


@dataclass(frozen=True)
class Standing:
    """How far the rotation of one organization's key is."""

    due: bool  # a new version must be made
    under_way: bool  # an older one is still kept
    left: int  # grants still sealed to an older one


@dataclass(frozen=True)
class Portion:
    """What one step of a rotation did."""

    sealed: int
    left: int
    finished: bool


def standing(db: Session, organization_id: UUID) -> Standing:
    """How far an organization's rotation is. A version that nobody holds any more does not count:
    nobody can seal its grants anew."""
    body, old = organization(db, organization_id), older_versions(db, organization_id)
    left = grants_left(db, organization_id, old) if old else 0
    left += register_keys_left(db, organization_id, old) if old else 0
    return Standing(body is not None and body.rotation_due, bool(old), left)


def rotate(
    db: Session, desk: DeskKeys, actor: Actor, now: datetime, *, portion: int = PORTION
) -> Portion:
    """Make the new version where one is due, and seal the keys of at most ``portion`` cases anew.

    Those that wait for acceptance too; nothing is released or opened by it. A case that somebody
    works on this moment is left for the next portion, and a grant that does not open stays as it
    is: neither is ever lost. Two at once follow each other. Raises NothingDue or HoldsNoKey.
    """
    body = lock_organization(db, desk.organization_id)
    db.refresh(body)
    current = _held(db, desk)
    due = body.rotation_due
    if not due and not standing(db, body.id).under_way:
        raise NothingDue
    if due:
        current = _begin(db, current, actor, now)
    privates = organization_privates(
        db, user_id=desk.user_id, user_private=desk.private, organization_id=body.id
    )
    sealed = _seal_some(db, privates, current, portion)
    follow_rotation(db, body.id, privates, now)
    db.flush()
    _drop_empty(db, current)
    left = standing(db, body.id)
    if not left.under_way:
        record(db, "rotation_finished", actor, now, details={"keys": sealed})
    elif not due:
        record(db, "rotation_continued", actor, now, details={"keys": sealed, "left": left.left})
    return Portion(sealed, left.left, not left.under_way)


def _held(db: Session, desk: DeskKeys) -> OrganizationKey:
    """The version in force, which she holds as it is kept now: a dismissal may have come first."""
    key = current_key(db, desk.organization_id)
    if key is None or desk.user_id not in holders_in_office(db, key):
        raise HoldsNoKey
    return key


def _begin(db: Session, old: OrganizationKey, actor: Actor, now: datetime) -> OrganizationKey:
    """The new version goes to those in office who hold the old one, and gives nobody more than
    she could open before."""
    holders = holders_in_office(db, old)
    key, private = new_key_version(db, old.organization_id, old, now)
    db.add_all(
        share_with_member(
            key=key, private=private, user_id=one, public_key=public, made_at=now
        )
        for one, public in holders.items()
    )  # fmt: skip
    db.flush()
    details = {"version": key.version, "holders": len(holders)}
    record(db, "rotation_begun", actor, now, details=details)
    return key


def _seal_some(
    db: Session, privates: Mapping[int, bytes], to: OrganizationKey, portion: int
) -> int:
    old = {version: private for version, private in privates.items() if version != to.version}
    cases = cases_left(db, to.organization_id, old, portion)
    grants = grants_in(db, to.organization_id, cases)
    place = {_place(g): g for g in grants if g.key_version == to.version}
    sealed = 0
    for grant in grants:
        if grant.key_version in old:
            sealed += _seal_one(db, grant, old[grant.key_version], to, place)
    return sealed


def _seal_one(
    db: Session, grant: Grant, private: bytes, to: OrganizationKey,
    place: dict[tuple[UUID, str, int], Grant],
) -> bool:  # fmt: skip
    """Where the same key was granted to the new version meanwhile, that one stays: released where
    either was."""
    newer = place.get(_place(grant))
    if newer is not None:
        newer.released_at = newer.released_at or grant.released_at
        db.delete(grant)
        return True
    try:
        seal_anew(grant, private, to)
    except CannotOpen:
        return False  # damaged: it keeps its version, which is what is left at the end
    place[_place(grant)] = grant
    return True


def _place(grant: Grant) -> tuple[UUID, str, int]:
    return grant.case_id, grant.kind, grant.epoch


def _drop_empty(db: Session, current: OrganizationKey) -> None:
    """Delete older versions that no grant is sealed to. None can come: whoever grants keeps the
    version in force until she commits."""
    for key in key_versions(db, current.organization_id):
        here, version = key.organization_id, {key.version}
        left = grants_left(db, here, version) + register_keys_left(db, here, version)
        if not key.current and not left:
            delete_version(db, key)
