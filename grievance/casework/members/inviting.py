"""Offers a seat at a desk."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.members.activation import code_hash, new_one_time_code
from grievance.casework.members.seats import take_seat
from grievance.casework.members.signing_in import may_sign_in
from grievance.casework.notices.notifying import notify_user
from grievance.rules.email import normal_email
from grievance.rules.terms import MembershipState, NoticeKind, Role
from grievance.store.accounts import (
    Invitation,
    Membership,
    User,
    delete_invitations_of,
    membership_between,
    user_at,
)
from grievance.store.directory import lock_organization, organization
from grievance.store.events import Actor, record

INVITATION_LASTS = timedelta(days=7)


class NoDeskThere(Exception):
    """Only an active partner of the directory, or one that was invited to be, has a desk."""


class AlreadyMember(Exception):
    """She belongs to this desk already."""


@dataclass(frozen=True)
class Invited:
    """Who was invited; the code is shown once, and None when her account stands already."""

    user: User
    membership: Membership
    code: str | None


def invite(
    db: Session, *, email: str, name: str, roles: Collection[Role], organization_id: UUID,
    actor: Actor, now: datetime, language: str = "en", notify: bool = False,
) -> Invited:  # fmt: skip
    """Offer a seat; the code is handed over by voice or paper, the mail holds none.

    Raises NoDeskThere, AlreadyMember.
    """
    body = organization(db, organization_id)
    if body is None or not body.has_desk or not body.active:
        raise NoDeskThere
    lock_organization(db, organization_id)  # two who invite her here at once make one seat
    user = user_at(db, normal_email(email), name.strip(), language, now)
    membership = _seat(db, user, organization_id, roles, actor)
    # One who was dismissed and comes back starts anew, with new keys and a new factor.
    code = None if may_sign_in(user) else _new_code(db, user, actor, now)
    if code is None:
        take_seat(db, user, membership, now)
    if notify or code is None:  # a seat that she did not ask for, and that opens no page of hers
        notify_user(db, user, NoticeKind.INVITATION, organization_id=organization_id, now=now)
    details = {"user": str(user.id), "roles": membership.roles}
    record(db, "user_invited", actor, now, organization_id=organization_id, details=details)
    return Invited(user, membership, code)


def _seat(
    db: Session, user: User, organization_id: UUID, roles: Collection[Role], actor: Actor
) -> Membership:
    seat = membership_between(db, user.id, organization_id)
    if seat is None:
        seat = Membership(user_id=user.id, organization_id=organization_id, roles=[])
        db.add(seat)
    elif seat.state not in (MembershipState.INVITED, MembershipState.ENDED):
        raise AlreadyMember
    seat.state, seat.roles = MembershipState.INVITED, sorted({*roles})
    seat.invited_by = actor.user_id
    seat.confirmed_by = seat.confirmed_at = seat.ended_at = None
    db.flush()
    return seat


def _new_code(db: Session, user: User, actor: Actor, now: datetime) -> str:
    delete_invitations_of(db, user.id)
    code = new_one_time_code()
    db.add(
        Invitation(
            user_id=user.id, code_hash=code_hash(code), made_by=actor.user_id, made_at=now,
            expires_at=now + INVITATION_LASTS,
        )
    )  # fmt: skip
    db.flush()
    return code
