"""Who belongs to a desk: confirmed by fingerprint, given other roles, dismissed.

Every check here stands besides the page's own: keys alone never decide (design.md 4 and 7).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.directory.version import make_version
from grievance.casework.members.seats import (
    confirm_seat,
    drop_shares,
    holds_last_key,
    make_key_if_first,
    share_all,
)
from grievance.rules.members import holds_keys, may_take_herself
from grievance.rules.terms import MembershipState, Role
from grievance.sealing.keys import fingerprint
from grievance.store.accounts import (
    Membership,
    User,
    delete_invitations_of,
    end_sessions_of,
    members_of,
    membership_between,
    memberships_of,
)
from grievance.store.directory import (
    ancestors,
    current_key,
    key_shares_of,
    lock_organization,
    organization,
)
from grievance.store.events import Actor, record

_OPEN = (MembershipState.INVITED, MembershipState.ACTIVATED, MembershipState.CONFIRMED)


class NotWaiting(Exception):
    """This membership is not one that waits for confirmation."""


class KeyChanged(Exception):
    """Her key is not the one whose fingerprint was compared: somebody made the account anew."""


class MayNotConfirm(Exception):
    """Only a key holder confirms; for a desk's first members, a coordinator above."""


class NeedsKeyHolder(Exception):
    """A role that reads cases is given in the session of somebody who holds the key."""


class OwnRoles(Exception):
    """Nobody gives herself a role, or takes her own right to manage members: a colleague does."""


class OwnSeat(Exception):
    """Nobody dismisses herself: a desk could lose its last key by one press."""


class LastKeyHolder(Exception):
    """With her the desk loses a key that nobody else has; only an explicit word does that."""


@dataclass(frozen=True)
class Confirmer:
    """Who confirms, with the organization's private keys that her session can open."""

    user_id: UUID
    privates: Mapping[int, bytes]


def may_confirm(db: Session, membership: Membership, user_id: UUID) -> bool:
    """Whether this person may confirm: a key holder here, or, before there is one, above."""
    here = membership.organization_id
    if membership.user_id == user_id:
        return False
    if _is_key_holder(db, user_id, here):
        return True
    if any(holds_keys(m.roles) for m in members_of(db, here)):
        return False
    above = ancestors(db, here)
    return _can_wait_above(db, membership) and any(
        m.organization_id in above and Role.COORDINATOR in m.roles
        for m in memberships_of(db, user_id)
    )


def confirm(
    db: Session, membership: Membership, by: Confirmer, *, compared: str, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Put a membership in effect and give it every key version kept.

    The confirmer has ``compared`` this fingerprint with her. Raises NotWaiting, KeyChanged,
    MayNotConfirm, NeedsKeyHolder.
    """
    _settle(db, membership)
    if membership.state != MembershipState.ACTIVATED:
        raise NotWaiting
    if not may_confirm(db, membership, by.user_id):
        raise MayNotConfirm
    _expect_key(db, membership, compared)
    if holds_keys(membership.roles) and _is_key_holder(db, by.user_id, membership.organization_id):
        _give_keys(db, membership, by, now)
    confirm_seat(membership, by.user_id, now)
    _recorded(db, "membership_confirmed", membership, actor, now)


def change_roles(
    db: Session, membership: Membership, roles: Collection[Role], by: Confirmer,
    *, actor: Actor, now: datetime, lose_key: bool = False,
) -> None:  # fmt: skip
    """Give exactly these roles: an explicit act.

    Raises NotWaiting, OwnRoles, NeedsKeyHolder, and LastKeyHolder unless told to lose the key.
    """
    _settle(db, membership, actor)
    if membership.user_id == by.user_id and not may_take_herself(membership.roles, roles):
        raise OwnRoles
    reads, will_read = holds_keys(membership.roles), holds_keys(roles)
    if reads and not will_read and not lose_key and holds_last_key(db, membership):
        raise LastKeyHolder
    confirmed = membership.state == MembershipState.CONFIRMED
    if will_read and not reads and membership.state != MembershipState.INVITED:
        if confirmed:
            _give_keys(db, membership, by, now)
        else:
            make_key_if_first(db, membership.user, membership.organization_id, now)
    if reads and not will_read:
        drop_shares(db, membership)
    before, membership.roles = membership.roles, sorted({*roles})
    details = {"before": before, "after": membership.roles}
    _recorded(db, "roles_changed", membership, actor, now, details)


def dismiss(
    db: Session, membership: Membership, *, actor: Actor, now: datetime, lose_key: bool = False
) -> None:
    """End a membership: her copy of the key goes, her sessions end, rotation is due.

    What she has read cannot be taken back. Raises OwnSeat, NotWaiting when it has ended, and
    LastKeyHolder unless told to lose the key.
    """
    if membership.user_id == actor.user_id:
        raise OwnSeat
    _settle(db, membership, actor)
    if not lose_key and holds_last_key(db, membership):
        raise LastKeyHolder
    membership.state, membership.ended_at = MembershipState.ENDED, now
    had_keys = drop_shares(db, membership)
    end_sessions_of(db, membership.user_id)
    user = db.get_one(User, membership.user_id)
    db.flush()
    if not any(memberships_of(db, user.id, state=state) for state in _OPEN):
        user.dismissed_at = now
        delete_invitations_of(db, user.id)
    _recorded(db, "membership_ended", membership, actor, now, {"had_keys": had_keys})


def confirm_by_operator(
    db: Session, membership: Membership, *, compared: str, actor: Actor, now: datetime
) -> None:
    """Where the root has lost its last key holder, the person at the server stands in.

    No old key comes back by this: only the version that the new member made herself.
    Raises NotWaiting, KeyChanged, MayNotConfirm while there is a key holder or a desk above.
    """
    _settle(db, membership)
    if membership.state != MembershipState.ACTIVATED:
        raise NotWaiting
    body = organization(db, membership.organization_id)
    keyed = any(holds_keys(m.roles) for m in members_of(db, membership.organization_id))
    if body is None or not body.is_root or keyed or not _can_wait_above(db, membership):
        raise MayNotConfirm
    _expect_key(db, membership, compared)
    confirm_seat(membership, membership.user_id, now)
    _recorded(db, "membership_confirmed", membership, actor, now, {"by_operator": True})


def _settle(db: Session, membership: Membership, actor: Actor | None = None) -> None:
    """Wait for others who change this desk; read anew what they left. Raises NotWaiting at an end.

    Else two who dismiss each other at once would both go, and two last key holders with them; and
    one who is confirmed while she is dismissed would be back.
    """
    lock_organization(db, membership.organization_id)
    db.refresh(membership)
    by = actor.user_id if actor else None
    gone = by is not None and not memberships_of(db, by)
    if gone or membership.state not in _OPEN:
        raise NotWaiting


def _expect_key(db: Session, membership: Membership, compared: str) -> None:
    """Whoever invites the same address anew after the comparison would get the keys."""
    user = db.get_one(User, membership.user_id, populate_existing=True)
    if fingerprint(user.public_key or b"") != compared:
        raise KeyChanged


def _is_key_holder(db: Session, user_id: UUID, organization_id: UUID) -> bool:
    seat = membership_between(db, user_id, organization_id)
    confirmed = seat is not None and seat.state == MembershipState.CONFIRMED
    return confirmed and bool(key_shares_of(db, user_id, organization_id))


def _can_wait_above(db: Session, membership: Membership) -> bool:
    """A coordinator above has no key to give: she confirms who holds one, or needs none."""
    has_share = bool(key_shares_of(db, membership.user_id, membership.organization_id))
    return has_share or not holds_keys(membership.roles)


def _give_keys(db: Session, membership: Membership, by: Confirmer, now: datetime) -> None:
    """Every version that ``by`` opens, the one in force among them: else a rotation has begun since
    she opened them, and its new version would be missing."""
    current = current_key(db, membership.organization_id)
    has_current = current is not None and current.version in by.privates
    if not has_current or not _is_key_holder(db, by.user_id, membership.organization_id):
        raise NeedsKeyHolder
    share_all(db, membership, dict(by.privates), now)


def _recorded(
    db: Session, verb: str, membership: Membership, actor: Actor, now: datetime,
    details: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    """The event, and a new directory version: a desk may have got or lost its last key."""
    db.flush()
    make_version(db, now)
    told = {"user": str(membership.user_id), **(details or {})}
    record(db, verb, actor, now, organization_id=membership.organization_id, details=told)
