"""Why a case was released, sealed under a key of its own.

Granted to the worker, to who asks and may agree, and to who holds the case: a second person from
above reads the reason and no word of the case.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import (
    Writer,
    grant_to_organization,
    grant_to_worker,
    keys_for_organization,
    keys_for_worker,
    open_all,
    organization_privates,
    refuse_stale,
    seal_words,
)
from grievance.casework.case.reading import DeskKeys, Words, holds
from grievance.rules.terms import ActorKind, DocumentKind, GrantKind
from grievance.sealing import new_content_key
from grievance.store.cases import Case, receipt_of
from grievance.store.directory import current_keys, lock_current_keys
from grievance.store.documents import documents, next_order, organization_grants, worker_grants
from grievance.store.events import Actor, record
from grievance.store.releases import next_release_epoch

_KEY = GrantKind.RELEASE


def start_reason(
    db: Session, case: Case, readers: Collection[UUID], *, waiting: Collection[UUID], now: datetime
) -> int:
    """Make the key; its number. Who is ``waiting`` reads with it once the case is released.

    Raises StaleKey when an organization's key changed this moment.
    """
    epoch, key = next_release_epoch(db, case.id), new_content_key()
    everybody = [*readers, *waiting]
    versions, to = lock_current_keys(db, everybody), current_keys(db, everybody)
    made = [
        grant_to_organization(
            case_id=case.id, kind=_KEY, epoch=epoch, key=key, to=to[one], made_at=now,
            released_at=now if one in readers else None,
        )
        for one in everybody
        if one in to
    ]  # fmt: skip
    refuse_stale(made, versions)
    public_key = receipt_of(db, case.id).public_key
    hers = grant_to_worker(
        case_id=case.id, kind=_KEY, epoch=epoch, key=key, public_key=public_key, made_at=now
    )
    db.add_all([hers, *made])
    db.flush()
    return epoch


def keep_reason(
    db: Session, case: Case, epoch: int, text: str, desk: DeskKeys, actor: Actor, now: datetime
) -> None:
    """Seal what one of the two wrote; blank is nothing, and so is a key that she does not have."""
    key = _keys(db, case, desk).get(epoch)
    if not text or key is None:
        return
    db.add(
        seal_words(
            case_id=case.id, kind=DocumentKind.RELEASE_REASON, epoch=epoch, key=key,
            words={"text": text}, made_at=now, key_kind=_KEY, order=next_order(db, case.id),
            writer=Writer(ActorKind.STAFF, actor.user_id, actor.organization_id),
        )
    )  # fmt: skip
    db.flush()


def read_reasons(
    db: Session, case: Case, desk: DeskKeys, actor: Actor, now: datetime
) -> list[Words]:
    """Every reason that this desk may read, the oldest first. Where it does not hold the case,
    whose opening is an event already, this is one."""
    found = _open(db, case, _keys(db, case, desk))
    if found and not holds(db, case, desk.organization_id):
        record(db, "release_reason_opened", actor, now, case_id=case.id)
    return found


def reasons_for_worker(db: Session, case: Case, private: bytes) -> list[Words]:
    """The same as she reads them by her code."""
    return _open(db, case, keys_for_worker(worker_grants(db, case.id), private, _KEY))


def _keys(db: Session, case: Case, desk: DeskKeys) -> dict[int, bytes]:
    grants = organization_grants(db, case.id, desk.organization_id, released_only=True)
    privates = organization_privates(
        db, user_id=desk.user_id, user_private=desk.private, organization_id=desk.organization_id
    )
    return keys_for_organization(grants, privates, _KEY)


def _open(db: Session, case: Case, keys: Mapping[int, bytes]) -> list[Words]:
    rows = documents(db, case.id, DocumentKind.RELEASE_REASON)
    return [Words(row, words) for row, words in open_all(rows, keys)]
