"""Whom the users page shows: members by desk, her own first; a page, or those looked for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from flask import abort
from sqlalchemy.orm import Session

from grievance.accounts.words import SHORT_ROLES, STATES
from grievance.casework.case.keyring import organization_privates
from grievance.casework.members.membership import Confirmer, may_confirm
from grievance.rules.members import manages
from grievance.rules.terms import MembershipState
from grievance.sealing.keys import fingerprint
from grievance.store.accounts import Membership, SeatName, seat_names, seats_by_id
from grievance.store.bounces import unreachable_among
from grievance.store.directory import Organization, lone_holders, organizations_by_id
from grievance.web.ids import place_of
from grievance.web.staff import Desk

ROWS: Final = 30
NOBODY: Final[Mapping[str, datetime]] = {}
_SHOWN: Final = (
    MembershipState.ACTIVATED,
    MembershipState.INVITED,
    MembershipState.CONFIRMED,
)


@dataclass(frozen=True)
class Person:
    """One member, as the users page shows her."""

    seat_id: UUID
    name: str
    email: str
    roles: tuple[str, ...]
    role_words: tuple[Any, ...]
    state: str
    state_words: Any
    fingerprint: str | None
    may_confirm: bool
    may_manage: bool
    is_me: bool
    last_key: bool  # with her the desk loses a key that nobody else has
    lost_since: datetime | None  # mail does not reach her


@dataclass(frozen=True)
class DeskPeople:
    """One organization with its members."""

    name: str
    rotation_due: bool
    people: tuple[Person, ...]


@dataclass(frozen=True)
class PeoplePage:
    """One page of members, and where it stands among all that fit."""

    desks: tuple[DeskPeople, ...]
    number: int
    last: int
    find: str


def people_page(db: Session, desk: Desk, find: str, page: str) -> PeoplePage:
    """Members by desk. Desks without anybody stand on the last page."""
    bodies = desks_in_scope(db, desk)
    fit = _fitting(db, bodies, find)
    last = max(1, -(-len(fit) // ROWS))
    number = max(1, min(place_of(page), last))
    seats = seats_by_id(db, [one.id for one in fit[(number - 1) * ROWS : number * ROWS]])
    shown = _by_desk(db, desk, bodies, seats)
    if number == last and not find:
        manned = {one.organization_id for one in fit}
        shown += [DeskPeople(b.name, b.rotation_due, ()) for b in bodies if b.id not in manned]
    return PeoplePage(tuple(shown), number, last, find)


def person(
    db: Session, desk: Desk, seat: Membership, lone: Collection[tuple[UUID, UUID]] = (),
    lost: Mapping[str, datetime] = NOBODY,
) -> Person:  # fmt: skip
    """One member; ``lone`` names who alone holds a key (organization, user), ``lost`` the addresses
    that mail does not reach."""
    user, confirmed = seat.user, seat.state == MembershipState.CONFIRMED
    waits = seat.state == MembershipState.ACTIVATED
    return Person(
        seat_id=seat.id,
        name=user.name,
        email=user.email,
        roles=tuple(seat.roles),
        role_words=tuple(SHORT_ROLES[role] for role in seat.roles if role in SHORT_ROLES),
        state=seat.state,
        state_words=STATES.get(seat.state, seat.state),
        fingerprint=fingerprint(user.public_key) if user.public_key else None,
        may_confirm=waits and may_confirm(db, seat, desk.user_id),
        may_manage=manages(desk.roles),
        is_me=user.id == desk.user_id,
        last_key=confirmed and (seat.organization_id, user.id) in lone,
        lost_since=lost.get(user.email) if manages(desk.roles) else None,
    )


def seat_in_scope(db: Session, desk: Desk, seat_id: UUID) -> Membership:
    """A membership she may act on; one outside her scope is as if it did not exist."""
    seat = db.get(Membership, seat_id)
    if seat is None or seat.organization_id not in _scope(desk):
        abort(404)
    return seat


def confirmer(db: Session, desk: Desk, private: bytes, seat: Membership) -> Confirmer:
    """The signed-in member, with the keys of a seat's desk which her session can open."""
    privates = organization_privates(
        db, user_id=desk.user_id, user_private=private, organization_id=seat.organization_id
    )
    return Confirmer(desk.user_id, privates)


def desks_in_scope(db: Session, desk: Desk) -> list[Organization]:
    """The desks whose members she sees: her own first, then by name."""
    bodies = [b for b in organizations_by_id(db, list(_scope(desk))).values() if b.has_desk]
    return sorted(bodies, key=lambda b: (b.id != desk.organization_id, b.name, b.id))


def _scope(desk: Desk) -> frozenset[UUID]:
    return desk.subtree if manages(desk.roles) else frozenset({desk.organization_id})


def _fitting(db: Session, bodies: Sequence[Organization], find: str) -> list[SeatName]:
    """By desk and name. Compared here: SQLite's own comparison folds case in ASCII alone."""
    place = {body.id: at for at, body in enumerate(bodies)}
    rows = seat_names(db, list(place), *_SHOWN)
    wanted = find.casefold()
    fit = [one for one in rows if wanted in f"{one.name} {one.email}".casefold()]
    return sorted(fit, key=lambda one: (place[one.organization_id], one.name.casefold(), one.id))


def _by_desk(
    db: Session, desk: Desk, bodies: Sequence[Organization], seats: Sequence[Membership]
) -> list[DeskPeople]:
    lone = lone_holders(db, {seat.organization_id for seat in seats})
    lost = unreachable_among(db, [seat.user.email for seat in seats])
    shown = []
    for body in bodies:
        here = tuple(person(db, desk, s, lone, lost) for s in seats if s.organization_id == body.id)
        if here:
            shown.append(DeskPeople(body.name, body.rotation_due, here))
    return shown
