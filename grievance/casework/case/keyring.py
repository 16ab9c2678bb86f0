"""Seals and opens what belongs to a case: documents, and the keys granted to their readers.

Everything here is composed from ``sealing``; bindings tie each envelope to its one place.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grievance.rules.terms import ActorKind, DocumentKind, GrantKind, HolderKind
from grievance.sealing import CannotOpen, open_document, open_key, seal_document, seal_key
from grievance.sealing.bindings import document_binding, grant_info, organization_key_info
from grievance.store.directory import OrganizationKey, OrganizationKeyShare, key_shares_of
from grievance.store.documents import Document, Grant

WORKER_KEY_VERSION = 0


class StaleKey(Exception):
    """An organization's key version changed between sealing and writing: seal again."""


@dataclass(frozen=True)
class Writer:
    """Who writes a document, for its row."""

    kind: ActorKind
    user_id: UUID | None = None
    organization_id: UUID | None = None


def seal_words(
    *,
    case_id: UUID,
    kind: DocumentKind,
    epoch: int,
    key: bytes,
    words: Mapping[str, Any],
    writer: Writer,
    made_at: datetime,
    key_kind: GrantKind = GrantKind.CONTENT,
    order: int = 0,
) -> Document:
    """A new document row, its words (JSON values) sealed under ``key`` of ``epoch``."""
    document_id = uuid4()
    plain = json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()
    binding = document_binding(case_id, document_id, kind, epoch)
    return Document(
        id=document_id,
        case_id=case_id,
        kind=kind,
        key=key_kind,
        epoch=epoch,
        organization_id=writer.organization_id,
        author=writer.kind,
        author_id=writer.user_id,
        made_at=made_at,
        order=order,
        sealed=seal_document(key, plain, binding),
    )


def open_words(document: Document, keys: Mapping[int, bytes]) -> dict[str, Any] | None:
    """The words of a document; None when its epoch's key is not among ``keys``.

    Raises CannotOpen when the key is there and the envelope does not fit: that is never normal.
    """
    key = keys.get(document.epoch)
    if key is None:
        return None
    binding = document_binding(
        document.case_id, document.id, DocumentKind(document.kind), document.epoch
    )
    words = json.loads(open_document(key, document.sealed, binding))
    if not isinstance(words, dict):
        raise CannotOpen("a document holds an object of words")
    return words


def open_all(
    rows: Sequence[Document], keys: Mapping[int, bytes]
) -> list[tuple[Document, dict[str, Any]]]:
    """Every document these keys open, in order."""
    opened = ((row, open_words(row, keys)) for row in rows)
    return [(row, words) for row, words in opened if words is not None]


def grant_to_worker(
    *,
    case_id: UUID,
    kind: GrantKind = GrantKind.CONTENT,
    epoch: int,
    key: bytes,
    public_key: bytes,
    made_at: datetime,
) -> Grant:
    """A key sealed to the worker's code; it is always released."""
    info = _info(kind, case_id, epoch, HolderKind.WORKER, case_id, WORKER_KEY_VERSION)
    return Grant(
        case_id=case_id,
        kind=kind,
        epoch=epoch,
        holder=HolderKind.WORKER,
        organization_id=None,
        key_version=WORKER_KEY_VERSION,
        sealed=seal_key(public_key, key, info),
        made_at=made_at,
        released_at=made_at,
    )


def grant_to_organization(
    *,
    case_id: UUID,
    kind: GrantKind = GrantKind.CONTENT,
    epoch: int,
    key: bytes,
    to: OrganizationKey,
    made_at: datetime,
    released_at: datetime | None = None,
) -> Grant:
    """A key sealed to one version of an organization's key; it waits until released."""
    holder_id = to.organization_id
    info = _info(kind, case_id, epoch, HolderKind.ORGANIZATION, holder_id, to.version)
    return Grant(
        case_id=case_id,
        kind=kind,
        epoch=epoch,
        holder=HolderKind.ORGANIZATION,
        organization_id=holder_id,
        key_version=to.version,
        sealed=seal_key(to.public_key, key, info),
        made_at=made_at,
        released_at=released_at,
    )


def keys_for_worker(
    grants: Sequence[Grant], private_key: bytes, kind: GrantKind = GrantKind.CONTENT
) -> dict[int, bytes]:
    """Epoch -> key, for every grant of this kind sealed to the worker's code."""
    return {
        g.epoch: open_key(
            private_key,
            g.sealed,
            _info(kind, g.case_id, g.epoch, HolderKind.WORKER, g.case_id, g.key_version),
        )
        for g in grants
        if g.kind == kind and g.holder == HolderKind.WORKER
    }


def keys_for_organization(
    grants: Sequence[Grant], privates: Mapping[int, bytes], kind: GrantKind = GrantKind.CONTENT
) -> dict[int, bytes]:
    """Epoch -> key, for released grants to an organization whose private keys are at hand.

    ``privates`` maps the organization's key versions to private keys (``organization_privates``).
    """
    opened: dict[int, bytes] = {}
    for g in grants:
        if g.kind != kind or g.organization_id is None or g.released_at is None:
            continue
        private = privates.get(g.key_version)
        if private is not None:
            holder = HolderKind.ORGANIZATION
            info = _info(kind, g.case_id, g.epoch, holder, g.organization_id, g.key_version)
            opened[g.epoch] = open_key(private, g.sealed, info)
    return opened


def organization_privates(
    db: Session, *, user_id: UUID, user_private: bytes, organization_id: UUID
) -> dict[int, bytes]:
    """Key version -> private key, as far as this member has a share of each."""
    return {
        key.version: open_key(
            user_private, share.sealed, organization_key_info(organization_id, key.version, user_id)
        )
        for key, share in key_shares_of(db, user_id, organization_id)
    }


def share_with_member(
    *, key: OrganizationKey, private: bytes, user_id: UUID, public_key: bytes, made_at: datetime
) -> OrganizationKeyShare:
    """An organization's private key of one version, sealed to one member."""
    info = organization_key_info(key.organization_id, key.version, user_id)
    return OrganizationKeyShare(
        key_id=key.id, user_id=user_id, sealed=seal_key(public_key, private, info), made_at=made_at
    )


def seal_anew(grant: Grant, private: bytes, to: OrganizationKey) -> None:
    """Seal a grant's key to another version of its organization's key: from key to key, and no
    word is opened. Raises CannotOpen."""
    kind, holder = GrantKind(grant.kind), HolderKind.ORGANIZATION
    of, case_id, epoch = to.organization_id, grant.case_id, grant.epoch
    key = open_key(
        private, grant.sealed, _info(kind, case_id, epoch, holder, of, grant.key_version)
    )
    info = _info(kind, case_id, epoch, holder, of, to.version)
    grant.sealed, grant.key_version = seal_key(to.public_key, key, info), to.version


def refuse_stale(grants: Sequence[Grant], versions: Mapping[UUID, int]) -> None:
    """Raise StaleKey unless every grant is made to the version in force (locked by the caller)."""
    for g in grants:
        if g.organization_id is not None and versions.get(g.organization_id) != g.key_version:
            raise StaleKey


def _info(
    kind: GrantKind, case_id: UUID, epoch: int, holder: HolderKind, holder_id: UUID, version: int
) -> bytes:
    return grant_info(
        kind=kind,
        case_id=case_id,
        epoch=epoch,
        holder=holder,
        holder_id=holder_id.bytes,
        key_version=version,
    )
