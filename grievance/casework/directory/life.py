"""A listing becomes a partner, and an entry is closed and opened again.

What may be done when is ``rules.entry_life.acts``; each verb looks again, since a page may be old.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.directory.entries import keep_by_people, locked_entry
from grievance.casework.directory.history import noted
from grievance.casework.directory.version import make_version
from grievance.casework.members.inviting import Invited, invite
from grievance.rules.entry_life import TERMS_VERSION, Facts, acts
from grievance.rules.terms import EntryAct, Role
from grievance.store.accounts import can_read
from grievance.store.directory import Organization, root
from grievance.store.entries import bodies_above
from grievance.store.events import Actor, record


class NotNow(Exception):
    """The entry stands otherwise by now: somebody was quicker, or it may never be done with it."""


@dataclass(frozen=True)
class FirstMember:
    """Who is invited to begin the desk of an organization."""

    email: str
    name: str
    role: Role
    language: str
    notify: bool


def facts_of(db: Session, body: Organization) -> Facts:
    """What the rules look at."""
    return Facts(
        kind=body.kind,
        active=body.active,
        is_root=body.is_root,
        invited=body.invited_on is not None,
        partner=body.partner,
        has_keys=can_read(db, body.id),
        paused=body.paused,
        confirmed_on=body.confirmed_on,
        terms_version=body.terms_version,
    )


def invite_entry(
    db: Session, organization_id: UUID, first: FirstMember, *, actor: Actor, now: datetime
) -> Invited:
    """Invite a listing to become a partner: its first member gets a code, handed over by a person.
    It is asked nothing until she has accepted the terms.

    Raises NotNow, or inviting.AlreadyMember.
    """
    body = _may(db, organization_id, EntryAct.INVITE, above=True)
    with noted(db, body, actor, now):
        if body.invited_on is None:
            body.invited_on = now.date()
        keep_by_people(db, body)
        _hang_below_root(db, body)
    record(db, "entry_invited", actor, now, organization_id=body.id)
    db.flush()
    made = invite(
        db, email=first.email, name=first.name, roles=[first.role], organization_id=body.id,
        actor=actor, now=now, language=first.language, notify=first.notify,
    )  # fmt: skip
    make_version(db, now)
    return made


def accept_terms(db: Session, organization_id: UUID, actor: Actor, now: datetime) -> None:
    """A coordinator or administrator says yes for her organization, and that its entry is right.
    From now on it may be asked, once somebody there holds its key. Raises NotNow."""
    body = _may(db, organization_id, EntryAct.ACCEPT, own=True)
    with noted(db, body, actor, now):
        body.partner = True
        body.terms_version, body.terms_on, body.terms_by = TERMS_VERSION, now.date(), actor.user_id
        body.confirmed_on = now.date()
    details = {"version": TERMS_VERSION}
    record(db, "terms_accepted", actor, now, organization_id=body.id, details=details)
    make_version(db, now)


def close_entry(db: Session, organization_id: UUID, actor: Actor, now: datetime) -> None:
    """Take an entry out of every route and listing. Its open cases move on as its workers agreed,
    in the next passes of the work loop (``leaving``). Raises NotNow."""
    body = _may(db, organization_id, EntryAct.CLOSE, own=True)
    with noted(db, body, actor, now):
        body.active, body.closed_on = False, now.date()
        body.listed_from = None  # no file opens it again
    record(db, "entry_closed", actor, now, organization_id=body.id)
    make_version(db, now)


def reopen_entry(db: Session, organization_id: UUID, actor: Actor, now: datetime) -> None:
    """Show a closed entry again, as what it was. Its cases do not come back. Raises NotNow."""
    body = _may(db, organization_id, EntryAct.REOPEN, above=True)
    with noted(db, body, actor, now):
        body.active, body.closed_on = True, None
        keep_by_people(db, body)
    record(db, "entry_reopened", actor, now, organization_id=body.id)
    make_version(db, now)


def _may(
    db: Session, organization_id: UUID, act: EntryAct, *, own: bool = False, above: bool = False
) -> Organization:
    """The entry, where this is possible now. Who acts is the page's to know."""
    body = locked_entry(db, organization_id)
    if act not in acts(facts_of(db, body), own=own, above=above):
        raise NotNow
    return body


def _hang_below_root(db: Session, body: Organization) -> None:
    """Else nobody above could confirm its first member. What it hangs on goes with it."""
    top, last = root(db), [body, *bodies_above(db, body)][-1]
    if top is not None and last.id != top.id:
        last.parent_id = top.id
