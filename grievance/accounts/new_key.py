"""The new key of an organization, as its members meet it: at sign-in, and on the users page."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from grievance.casework.case.reading import DeskKeys
from grievance.casework.members import rotating
from grievance.store.directory import current_key
from grievance.store.key_versions import holders_in_office
from grievance.web.service import now
from grievance.web.staff import Desk


@dataclass(frozen=True)
class KeyPanel:
    """How far it is, and whether this member can do something about it."""

    due: bool
    left: int
    holds: bool


def panel(db: Session, desk: Desk) -> KeyPanel | None:
    """What the users page says of the own organization's key; None where nothing is to do."""
    stands = rotating.standing(db, desk.organization_id)
    if not stands.due and not stands.under_way:
        return None
    key = current_key(db, desk.organization_id)
    holds = key is not None and desk.user_id in holders_in_office(db, key)
    return KeyPanel(stands.due, stands.left, holds)


def press(db: Session, desk: Desk, private: bytes) -> str:
    """One portion; the word of ``words.DONE`` that says what came of it."""
    keys = DeskKeys(desk.user_id, desk.organization_id, private)
    try:
        done = rotating.rotate(db, keys, desk.actor, now())
    except rotating.NothingDue:
        return "key_done"
    except rotating.HoldsNoKey:
        return "key_not_yours"
    if done.finished:
        return "key_done"
    return "key_left" if done.sealed else "key_stuck"


def at_sign_in(db: Session, desk: Desk, private: bytes) -> None:
    """The next session of a holder begins what is due, and takes one portion of what is left."""
    found = panel(db, desk)
    if found is not None and found.holds:
        press(db, desk, private)
