"""Seals and opens a desk's records of respondents and their links to cases.

All lie under one random key of the desk, sealed to its organization alone as a notes' key is.
"""

import hashlib
import hmac
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import organization_privates
from grievance.casework.case.reading import DeskKeys
from grievance.casework.case.working import NotAllowed
from grievance.rules.respondents import Details, merged
from grievance.rules.terms import RespondentKind
from grievance.sealing import (
    Sealed,
    new_content_key,
    open_document,
    open_key,
    seal_document,
    seal_key,
)
from grievance.sealing.bindings import register_info, respondent_binding
from grievance.sealing.keys import subkey
from grievance.store.directory import current_key, lock_organization
from grievance.store.respondents import (
    Respondent,
    RespondentKey,
    RespondentLink,
    family_of,
    links_by_tag,
    links_of,
    next_key_number,
    register_keys,
    respondents_of,
)


@dataclass(frozen=True)
class Register:
    """A desk's records as far as a member's session opens them: key number -> key."""

    organization_id: UUID
    keys: Mapping[int, bytes]
    whole: bool  # no key of the desk is closed to her

    def tags(self, case_id: UUID) -> dict[int, bytes]:
        """By which a case's links are found, for each key."""
        return {number: _tag(key, case_id) for number, key in self.keys.items()}


@dataclass(frozen=True)
class Part:
    """One opened record, as it was written."""

    id: UUID
    details: Details
    merged_into: UUID | None


@dataclass(frozen=True)
class Entry:
    """A record with those that were merged into it, read as one; ``parts`` begins with itself."""

    id: UUID
    details: Details
    parts: tuple[Part, ...]

    @property
    def ids(self) -> frozenset[UUID]:
        """Its own id and those of what was merged into it."""
        return frozenset(part.id for part in self.parts)

    @property
    def name(self) -> str:
        """How the desk calls it."""
        return self.details.names[0]


@dataclass(frozen=True)
class Link:
    """One case that a record is about."""

    id: UUID
    respondent_id: UUID
    case_id: UUID


def open_register(db: Session, desk: DeskKeys) -> Register:
    """The keys of this desk's records that her session opens; none where no record was made."""
    rows = register_keys(db, desk.organization_id)
    if not rows:
        return Register(desk.organization_id, {}, True)
    privates = organization_privates(
        db, user_id=desk.user_id, user_private=desk.private, organization_id=desk.organization_id
    )
    keys = _opened(rows, privates)
    return Register(desk.organization_id, keys, len(keys) == len(rows))


def register_to_write(db: Session, desk: DeskKeys, now: datetime) -> Register:
    """The same, with a key that can be written under: the first record makes it. Where the
    organization has a newer key than the one it is sealed to, it is sealed to that; for these two
    alone the organization's row is locked. Raises NotAllowed for a desk without keys.

    Who writes has locked a case, and whoever changes the desk locks its row first: else two who
    meet could wait for each other."""
    found = open_register(db, desk)
    if found.keys and _is_current(db, found):
        return found
    lock_organization(db, desk.organization_id)  # two who make the first record make one key
    to = current_key(db, desk.organization_id)
    if to is None:
        raise NotAllowed
    found = open_register(db, desk)
    if not found.keys:
        number, key = next_key_number(db, desk.organization_id), new_content_key()
        db.add(_key_row(desk.organization_id, number, key, to.version, to.public_key, now))
        db.flush()
        return Register(desk.organization_id, {number: key}, found.whole)
    seal_again(db, found, now)
    return found


def _is_current(db: Session, register: Register) -> bool:
    """Whether what opens lies under the organization's key in force."""
    to = current_key(db, register.organization_id)
    rows = register_keys(db, register.organization_id)
    opened = [row for row in rows if row.number in register.keys]
    return to is not None and all(row.key_version == to.version for row in opened)


def follow_rotation(
    db: Session, organization_id: UUID, privates: Mapping[int, bytes], now: datetime
) -> None:
    """A new version of the organization's key is in force: what these private keys (by version)
    open is sealed to it, so that the old version can go. The organization's row is locked."""
    rows = register_keys(db, organization_id)
    keys = _opened(rows, privates)
    seal_again(db, Register(organization_id, keys, len(keys) == len(rows)), now)


def seal_again(db: Session, register: Register, now: datetime) -> None:
    """Seal what lies under an older version of the organization's key to the one in force."""
    to = current_key(db, register.organization_id)
    for row in register_keys(db, register.organization_id):
        key = register.keys.get(row.number)
        if to is not None and key is not None and row.key_version != to.version:
            info = register_info(row.organization_id, row.number, to.version)
            row.key_version, row.made_at = to.version, now
            row.sealed = seal_key(to.public_key, key, info)


def entries(db: Session, register: Register) -> dict[UUID, Entry]:
    """Every record that opens, by id, merged ones read with the one they went into."""
    return _grouped(respondents_of(db, register.organization_id), register)


def entries_about(db: Session, register: Register, case_id: UUID) -> dict[UUID, Entry]:
    """The records that a case is about, without opening the others."""
    linked = {one.respondent_id for one in links_from(db, register, case_id)}
    return _grouped(family_of(db, register.organization_id, linked), register) if linked else {}


def details_about(db: Session, desk: DeskKeys, case_id: UUID) -> list[Details]:
    """Whom a case is about, by the records of a desk that her session opens."""
    return [one.details for one in entries_about(db, open_register(db, desk), case_id).values()]


def _grouped(rows: Iterable[Respondent], register: Register) -> dict[UUID, Entry]:
    parts = [_part(row, register) for row in rows]
    known = {part.id: part for part in parts if part is not None}
    groups: dict[UUID, list[Part]] = defaultdict(list)
    for part in known.values():
        groups[_top(part, known).id].append(part)
    return {one: _entry(known[one], some) for one, some in groups.items()}


def sealed_record(register: Register, record_id: UUID, details: Details) -> tuple[int, Sealed]:
    """The number of the key, and the details under it. Raises NotAllowed without a key."""
    number, key = _newest(register)
    words = {name: value for name, value in asdict(details).items()}
    place = respondent_binding(register.organization_id, record_id, "record", number)
    return number, seal_document(key, _plain(words), place)


def new_link(register: Register, respondent_id: UUID, case_id: UUID) -> RespondentLink:
    """A row that says that a case is about a record. Raises NotAllowed without a key."""
    number, key = _newest(register)
    link_id = uuid4()
    place = respondent_binding(register.organization_id, link_id, "link", number)
    return RespondentLink(
        id=link_id,
        respondent_id=respondent_id,
        number=number,
        tag=_tag(key, case_id),
        sealed=seal_document(key, _plain({"case": str(case_id)}), place),
    )


def links_to(db: Session, register: Register, record_ids: Iterable[UUID]) -> list[Link]:
    """The cases that these records are about, as far as their links open."""
    return _links(register, links_of(db, list(record_ids)))


def links_from(db: Session, register: Register, case_id: UUID) -> list[Link]:
    """The records that a case is about."""
    tags = register.tags(case_id)
    return _links(register, links_by_tag(db, register.organization_id, list(tags.values())))


def _links(register: Register, rows: Sequence[RespondentLink]) -> list[Link]:
    found = []
    for row in rows:
        key = register.keys.get(row.number)
        if key is not None:
            place = respondent_binding(register.organization_id, row.id, "link", row.number)
            words = json.loads(open_document(key, row.sealed, place))
            found.append(Link(row.id, row.respondent_id, UUID(words["case"])))
    return found


def _part(row: Respondent, register: Register) -> Part | None:
    key = register.keys.get(row.number)
    if key is None:
        return None
    place = respondent_binding(register.organization_id, row.id, "record", row.number)
    words: dict[str, Any] = json.loads(open_document(key, row.sealed, place))
    details = Details(
        RespondentKind(words["kind"]),
        tuple(words["names"]),
        tuple(words["aliases"]),
        tuple(words["licences"]),
        bool(words["company"]),
    )
    return Part(row.id, details, row.merged_into_id)


def _top(part: Part, known: Mapping[UUID, Part]) -> Part:
    """The record that one is read with; one whose record stays closed is read alone."""
    while part.merged_into is not None and part.merged_into in known:
        part = known[part.merged_into]
    return part


def _entry(top: Part, parts: Iterable[Part]) -> Entry:
    ordered = (top, *(part for part in parts if part.id != top.id))
    return Entry(top.id, merged(part.details for part in ordered), ordered)


def _opened(rows: Iterable[RespondentKey], privates: Mapping[int, bytes]) -> dict[int, bytes]:
    return {
        row.number: open_key(
            privates[row.key_version],
            row.sealed,
            register_info(row.organization_id, row.number, row.key_version),
        )
        for row in rows
        if row.key_version in privates
    }


def _key_row(
    organization_id: UUID, number: int, key: bytes, version: int, public_key: bytes, now: datetime
) -> RespondentKey:
    info = register_info(organization_id, number, version)
    return RespondentKey(
        organization_id=organization_id, number=number, key_version=version,
        sealed=seal_key(public_key, key, info), made_at=now,
    )  # fmt: skip


def _newest(register: Register) -> tuple[int, bytes]:
    if not register.keys:
        raise NotAllowed
    return max(register.keys.items())


def _tag(key: bytes, case_id: UUID) -> bytes:
    return hmac.digest(subkey(key, "case tag"), case_id.bytes, hashlib.sha256)


def _plain(words: Mapping[str, Any]) -> bytes:
    return json.dumps(words, ensure_ascii=False, separators=(",", ":")).encode()
