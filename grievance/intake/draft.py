"""The draft of this session: how views reach it, and which keys it lives under."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.report import drafting
from grievance.casework.report.drafting import CodeCopy, DraftKeys, DraftState
from grievance.sealing.keys import code_keys
from grievance.web.limits import argon_codes
from grievance.web.service import settings
from grievance.web.sessions import pack, unpack, visit


@dataclass(frozen=True)
class OpenDraft:
    """A draft with its keys; ``copy`` is where a stopped one lies."""

    keys: DraftKeys
    state: DraftState
    copy: CodeCopy | None


def keys() -> DraftKeys | None:
    """The keys this session holds, if it has a draft."""
    held = visit()
    if "draft_key" not in held:
        return None
    return DraftKeys(
        UUID(held["draft_id"]), UUID(held["case_id"]), unpack(held["draft_key"]), held.get("code")
    )


def copy() -> CodeCopy | None:
    """Where the code's copy of this session's draft lies."""
    held = visit().get("copy")
    return CodeCopy(unpack(held[0]), unpack(held[1])) if held else None


def current(db: Session) -> OpenDraft | None:
    """The draft of this session as it is kept now."""
    held = keys()
    state = drafting.load(db, held) if held else None
    return OpenDraft(held, state, copy()) if held and state else None


def hold(held: DraftKeys, where: CodeCopy | None) -> None:
    """Put a draft's keys into the session."""
    values = {
        "draft_id": str(held.draft_id),
        "case_id": str(held.case_id),
        "draft_key": pack(held.key),
        "code": held.code,
        "copy": [pack(where.lookup_id), pack(where.public_key)] if where else None,
        "sent": False,
        "kept": False,
    }
    visit().update(values)


def code_copy(code: str | None) -> CodeCopy | None:
    """Lookup id and public key of a code. One Argon2id call, unless the session knows them."""
    known = copy()
    if known or not code:
        return known
    with argon_codes:
        derived = code_keys(code, settings().pepper, settings().code_cost)
    return CodeCopy(derived.lookup_id, derived.pair.public)


def remember_copy(where: CodeCopy) -> None:
    """Keep where the code's copy lies, so that later steps write it too."""
    visit()["copy"] = [pack(where.lookup_id), pack(where.public_key)]
