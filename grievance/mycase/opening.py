"""From a typed code to an open case, or to a draft that was stopped."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.referral.consenting import Hers, hers
from grievance.casework.report import drafting
from grievance.casework.report.drafting import CodeCopy, DraftKeys, DraftState
from grievance.casework.report.returning import note_code
from grievance.rules.codes import read_code
from grievance.sealing.keys import CodeKeys, code_keys
from grievance.store.cases import Case, Receipt, lock_case
from grievance.web import limits
from grievance.web.database import db
from grievance.web.service import now, settings
from grievance.web.sessions import pack, unpack, visit


@dataclass(frozen=True)
class OpenCase:
    """A case that this session's code opened."""

    case: Case
    her: Hers
    private: bytes  # her code's key, for what lies under other keys than the words


class AnotherIsOpen(Exception):
    """This session holds another report that is not finished, or whose code she has not yet."""


def derive(typed: str) -> CodeKeys | None:
    """Keys of a typed code. Raises Slowed; a wrong check digit costs no Argon2."""
    limits.check(limits.CODES)
    code = read_code(typed)
    if code is None:
        return None
    with limits.argon_codes:
        return code_keys(code, settings().pepper, settings().code_cost)


def open_case(keys: CodeKeys) -> bool:
    """Put the case of a code into a new session; False when there is none."""
    receipt = db().get(Receipt, keys.lookup_id)
    if receipt is None:
        return False
    note_code(receipt, now())
    visit().renew()
    if visit().get("case_id") == str(receipt.case_id):
        _has_the_code()
    visit()["opened"] = {
        "case_id": str(receipt.case_id),
        "private": pack(keys.pair.private),
        "public": pack(keys.pair.public),
    }
    return True


def _has_the_code() -> None:
    """A code that was typed is never shown again: she has it, as if she had said so."""
    for name in ("draft_id", "case_id", "draft_key", "code", "copy", "sent"):
        visit().pop(name, None)
    visit()["kept"] = True


def reopen_draft(keys: CodeKeys) -> DraftState | None:
    """Put a stopped draft into a new session: its own copy here, and the code's copy kept up.

    Raises AnotherIsOpen, so that nothing that only this session can open is put away unasked.
    """
    found = drafting.reopen(db(), keys.lookup_id, keys.pair.private)
    if found is None:
        return None
    case_id, state = found
    if visit().get("case_id") not in {None, str(case_id)}:
        raise AnotherIsOpen
    made = drafting.new_draft()
    held = DraftKeys(made.draft_id, case_id, made.key, None)
    copy = CodeCopy(keys.lookup_id, keys.pair.public)
    visit().renew()
    visit().update(
        {
            "draft_id": str(held.draft_id),
            "case_id": str(case_id),
            "draft_key": pack(held.key),
            "code": None,  # it was typed, so it is never shown again
            "copy": [pack(copy.lookup_id), pack(copy.public_key)],
            "sent": False,
            "kept": False,
        }
    )
    drafting.save(db(), held, state, copy=copy, now=now())
    return state


def opened(session: Session) -> OpenCase | None:
    """The case this session has open, with the keys it opens."""
    held = visit().get("opened")
    if not held:
        return None
    # Her look and her acts write: the row is locked first, as the desk and the clocks do it.
    case = lock_case(session, UUID(held["case_id"]))
    if case is None:
        return None
    private = unpack(held["private"])
    return OpenCase(case, hers(session, case.id, private, unpack(held["public"])), private)
