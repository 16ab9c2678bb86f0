"""Grants a case's keys to an organization the worker agreed to; they wait until it accepts."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import StaleKey, grant_to_organization, refuse_stale
from grievance.rules.terms import GrantKind
from grievance.store.cases import Case
from grievance.store.directory import OrganizationKey, current_key, lock_current_keys
from grievance.store.documents import grants_of_case
from grievance.store.key_versions import versions_in_office
from grievance.store.questions import questions_of


def grant_epochs(
    db: Session,
    case: Case,
    organization_id: UUID,
    keys: Mapping[int, bytes],
    at: datetime,
    *,
    released: bool = False,
    kind: GrantKind = GrantKind.CONTENT,
) -> None:
    """Grant these epochs (epoch -> key), but for those its current key opens already.

    ``released``: it holds the case, so nothing waits. Raises StaleKey when its key changed.
    """
    versions = lock_current_keys(db, [organization_id])
    to = current_key(db, organization_id)
    if to is None:
        raise StaleKey
    has = _granted(db, case, organization_id, to, kind)
    made = [
        grant_to_organization(
            case_id=case.id, kind=kind, epoch=epoch, key=key, to=to, made_at=at,
            released_at=at if released else None,
        )
        for epoch, key in keys.items()
        if epoch not in has
    ]  # fmt: skip
    refuse_stale(made, versions)
    db.add_all(made)
    db.flush()


def grant_questions(
    db: Session,
    case: Case,
    organization_id: UUID,
    keys: Mapping[int, bytes],
    since: int,
    at: datetime,
    *,
    released: bool = False,
) -> None:
    """Grant what others asked her before they could read the case (number -> key), as far as these
    keys reach: all of it, or what was asked from the epoch ``since`` on. Raises StaleKey."""
    covered = {one.number for one in questions_of(db, case.id) if one.epoch >= since}
    some = {number: key for number, key in keys.items() if number in covered}
    if some:
        grant_epochs(
            db, case, organization_id, some, at, released=released, kind=GrantKind.QUESTION
        )


def can_open(db: Session, case: Case, organization_id: UUID) -> bool:
    """Whether a grant of this case fits a key that somebody in office there holds: the one in
    force, or an older one whose grants a rotation has not reached yet."""
    versions = versions_in_office(db, organization_id)
    return any(
        g.organization_id == organization_id and g.key_version in versions
        for g in grants_of_case(db, case.id, GrantKind.CONTENT)
    )


def _granted(
    db: Session, case: Case, organization_id: UUID, key: OrganizationKey, kind: GrantKind
) -> set[int]:
    return {
        g.epoch
        for g in grants_of_case(db, case.id, kind)
        if g.organization_id == organization_id and g.key_version == key.version
    }
