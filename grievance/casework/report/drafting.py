"""Drafts: a report that is not sent yet, readable to nobody but its worker's session or code.

A draft is no case, so it leaves no event: nothing tells that somebody began to write.
"""

import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from grievance.casework.report.answers import Answers
from grievance.rules.clocks import cut_to_hour
from grievance.rules.codes import new_code
from grievance.sealing import (
    CannotOpen,
    new_content_key,
    open_copy,
    open_document,
    seal_copy,
    seal_document,
)
from grievance.sealing.bindings import draft_binding
from grievance.store.cases import Draft, StoppedDraft

SESSION_COPY = "session"
CODE_COPY = "code"


@dataclass
class DraftState:
    """What a draft holds: answers, each step's revision, and which way she takes."""

    answers: Answers = field(default_factory=Answers)
    revisions: dict[str, int] = field(default_factory=dict)
    short: bool = False


@dataclass(frozen=True)
class DraftKeys:
    """Made with a draft; they live only inside the sealed session."""

    draft_id: UUID
    case_id: UUID
    key: bytes
    code: str | None


@dataclass(frozen=True)
class CodeCopy:
    """Where a stopped draft lies, and the public key that is enough to write it again."""

    lookup_id: bytes
    public_key: bytes


def new_draft(below: Callable[[int], int] = secrets.randbelow) -> DraftKeys:
    """Keys, case id and code of a new draft."""
    return DraftKeys(uuid4(), uuid4(), new_content_key(), new_code(below))


def save(
    db: Session, keys: DraftKeys, state: DraftState, *, copy: CodeCopy | None, now: datetime
) -> None:
    """Write a step into the session's draft, and into the stopped copy where there is one."""
    plain = _plain(state)
    row = db.get(Draft, keys.draft_id)
    if row is None:
        row = Draft(id=keys.draft_id)
        db.add(row)
    row.sealed = seal_document(keys.key, plain, draft_binding(keys.case_id, SESSION_COPY))
    row.updated_at = cut_to_hour(now)
    if copy is not None:
        stop(db, keys.case_id, state, copy=copy, now=now)


def still_open(db: Session, draft_id: UUID, now: datetime) -> None:
    """The session that alone can open a draft was used: the draft ends after it, not before."""
    row = update(Draft).where(Draft.id == draft_id, Draft.updated_at < cut_to_hour(now))
    db.execute(row.values(updated_at=cut_to_hour(now)))


def load(db: Session, keys: DraftKeys) -> DraftState | None:
    """The draft of a session; None when it is gone."""
    row = db.get(Draft, keys.draft_id)
    if row is None:
        return None
    return _state(open_document(keys.key, row.sealed, draft_binding(keys.case_id, SESSION_COPY)))


def stop(db: Session, case_id: UUID, state: DraftState, *, copy: CodeCopy, now: datetime) -> None:
    """Seal a draft to its code, so that it can be finished later on any phone."""
    row = db.get(StoppedDraft, copy.lookup_id)
    if row is None:
        row = StoppedDraft(lookup_id=copy.lookup_id, case_id=case_id, public_key=copy.public_key)
        db.add(row)
    info = draft_binding(case_id, CODE_COPY)
    row.sealed = seal_copy(copy.public_key, _plain(state), info)
    row.updated_at = cut_to_hour(now)


def reopen(db: Session, lookup_id: bytes, private_key: bytes) -> tuple[UUID, DraftState] | None:
    """A stopped draft opened by its code: its case id and what it holds."""
    row = db.get(StoppedDraft, lookup_id)
    if row is None:
        return None
    try:
        plain = open_copy(private_key, row.sealed, draft_binding(row.case_id, CODE_COPY))
    except CannotOpen:
        return None
    return row.case_id, _state(plain)


def drop_stopped_copy(db: Session, case_id: UUID) -> None:
    """Forget the code's copy: the report was sent. Another session's copy stays to its own end,
    for it may hold words that were kept there and not sent."""
    db.execute(delete(StoppedDraft).where(StoppedDraft.case_id == case_id))


def drop_session_copy(db: Session, draft_id: UUID) -> None:
    """Forget this session's copy; a stopped copy stays."""
    db.execute(delete(Draft).where(Draft.id == draft_id))


def _plain(state: DraftState) -> bytes:
    raw = {
        "answers": state.answers.to_json(),
        "revisions": state.revisions,
        "short": state.short,
    }
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode()


def _state(plain: bytes) -> DraftState:
    raw = json.loads(plain)
    return DraftState(Answers.from_json(raw["answers"]), raw["revisions"], raw["short"])
