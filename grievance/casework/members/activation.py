"""A member's account begins: her key pair, what wraps it, her second factor, her codes.

What is slow (Argon2id) or random is prepared before the write transaction; ``activate`` only
writes. What is shown once (recovery key, TOTP secret, codes) is never stored readable.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
from sqlalchemy.orm import Session

from grievance.casework.directory.version import make_version
from grievance.casework.members.seats import take_seat
from grievance.rules.email import normal_email
from grievance.rules.terms import ActorKind, MembershipState
from grievance.sealing import KeyPair, Sealed, seal_document, seal_key
from grievance.sealing.bindings import user_binding
from grievance.sealing.keys import (
    Cost,
    new_recovery_key,
    normal_secret,
    password_key,
    recovery_key_key,
    subkey,
)
from grievance.store.accounts import Invitation, User, invitation_by_hash, memberships_of
from grievance.store.events import Actor, record

SALT_BYTES = 16
RECOVERY_CODES = 10
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans("ILO", "110")


class NoSuchInvitation(Exception):
    """The code fits no open invitation of this address: unknown, spent or too old."""


@dataclass(frozen=True)
class Wrapped:
    """A private key as its user's row keeps it after a password was set."""

    salt: bytes
    by_password: Sealed


@dataclass(frozen=True)
class Factor:
    """A second factor: what the row keeps, and what its owner sees once."""

    sealed: Sealed
    code_hashes: list[str]
    secret: str
    codes: list[str]


@dataclass(frozen=True)
class NewAccount:
    """Everything an activation writes, and what the page shows once."""

    pair: KeyPair
    wrapped: Wrapped
    by_recovery: Sealed
    recovery_key: str
    factor: Factor


def new_one_time_code() -> str:
    """Eighty random bits as four groups of four letters, to hand over by voice or paper."""
    return _grouped(16)


def code_hash(typed: str) -> bytes:
    """How an invitation's code is found; blanks, dashes and case do not matter."""
    return hashlib.blake2b(_spoken(typed), digest_size=32, person=b"one-time code").digest()


def find_invitation(db: Session, *, email: str, code: str, now: datetime) -> Invitation:
    """The open invitation of this address with this code. Raises NoSuchInvitation."""
    found = invitation_by_hash(db, code_hash(code))
    if found is None or found.used_at is not None or found.expires_at <= now:
        raise NoSuchInvitation
    user = db.get(User, found.user_id)
    if user is None or user.email != normal_email(email):
        raise NoSuchInvitation
    return found


def prepare_account(user_id: UUID, password: str, cost: Cost) -> NewAccount:
    """Make an account's keys. Slow, and writes nothing: call it before the transaction."""
    pair, recovery_key = KeyPair.generate(), new_recovery_key()
    return NewAccount(
        pair=pair,
        wrapped=wrap_by_password(user_id, pair.private, password, cost),
        by_recovery=seal_document(
            recovery_key_key(recovery_key), pair.private, user_binding(user_id, "recovery")
        ),
        recovery_key=recovery_key,
        factor=new_factor(user_id, pair, pyotp.random_base32()),
    )


def wrap_by_password(user_id: UUID, private: bytes, password: str, cost: Cost) -> Wrapped:
    """A user's private key under a key that only her password gives, with a salt of its own."""
    salt = secrets.token_bytes(SALT_BYTES)
    key = password_key(password, salt, cost)
    return Wrapped(salt, seal_document(key, private, user_binding(user_id, "password")))


def new_factor(user_id: UUID, pair: KeyPair, secret: str) -> Factor:
    """A TOTP secret sealed to the user's own key, and ten codes for the day the phone is lost.

    The codes are hashed under a key that follows from her private key, so a thief of the
    database cannot try them one by one.
    """
    codes = [_grouped(10, 5) for _ in range(RECOVERY_CODES)]
    sealed = seal_key(pair.public, secret.encode(), user_binding(user_id, "totp"))
    return Factor(sealed, [recovery_code_hash(pair.private, c) for c in codes], secret, codes)


def recovery_code_hash(private: bytes, typed: str) -> str:
    """How a recovery code is kept: only a session that opened the private key can test one."""
    key = subkey(private, "recovery codes")
    return hashlib.blake2b(_spoken(typed), key=key, digest_size=16).hexdigest()


def activate(db: Session, invitation: Invitation, account: NewAccount, *, now: datetime) -> User:
    """Spend the invitation and write the account; the first of a desk makes its key.

    The root's first member confirms herself; all others wait for a key holder.
    """
    user = db.get_one(User, invitation.user_id)
    invitation.used_at = now
    _write(user, account, now)
    confirmed = False
    for membership in memberships_of(db, user.id, state=MembershipState.INVITED):
        confirmed = take_seat(db, user, membership, now) or confirmed
        actor = Actor(ActorKind.STAFF, user.id, membership.organization_id)
        details = {"confirmed": membership.state == MembershipState.CONFIRMED}
        record(db, "user_activated", actor, now, details=details)
    if confirmed:
        db.flush()
        make_version(db, now)
    return user


def _write(user: User, account: NewAccount, now: datetime) -> None:
    user.activated_at, user.dismissed_at = now, None
    user.public_key = account.pair.public
    user.private_by_recovery = account.by_recovery
    write_password(user, account.wrapped)
    write_factor(user, account.factor)


def write_password(user: User, wrapped: Wrapped) -> None:
    """Keep a newly wrapped private key; the old password opens nothing any more."""
    user.password_salt, user.private_by_password = wrapped.salt, wrapped.by_password


def write_factor(user: User, factor: Factor) -> None:
    """Keep a new second factor; the old one and its codes end."""
    user.totp_sealed, user.recovery_codes = factor.sealed, factor.code_hashes
    user.last_totp_step, user.factor_reset_until = 0, None


def _grouped(letters: int, size: int = 4) -> str:
    raw = "".join(secrets.choice(_LETTERS) for _ in range(letters))
    return "-".join(raw[i : i + size] for i in range(0, letters, size))


def _spoken(typed: str) -> bytes:
    return normal_secret(typed).translate(_LOOK_ALIKES).encode("ascii")
