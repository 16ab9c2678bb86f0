"""Signing in: the password opens the private key, then a second factor counts once.

The slow part (Argon2id) runs before any write transaction, and runs as long for an unknown
address as for a known one.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pyotp
from sqlalchemy.orm import Session

from grievance.casework.members.activation import (
    Factor,
    Wrapped,
    new_factor,
    recovery_code_hash,
    wrap_by_password,
    write_factor,
    write_password,
)
from grievance.casework.notices.notifying import notify_user
from grievance.rules.terms import ActorKind, NoticeKind
from grievance.sealing import CannotOpen, KeyPair, Sealed, open_document, open_key
from grievance.sealing.bindings import user_binding
from grievance.sealing.keys import Cost, normal_secret, password_key, recovery_key_key
from grievance.store.accounts import (
    User,
    end_sessions_of,
    lock_user,
    members_of,
    memberships_of,
)
from grievance.store.events import Actor, record

STEP_SECONDS = 30
FACTOR_RESET_LASTS = timedelta(days=1)
_NO_SALT = bytes(16)  # an unknown address costs the same Argon2id


class WrongSecret(Exception):
    """Address, password, recovery key or code does not fit; which one is not said."""


@dataclass(frozen=True)
class Opened:
    """Whose private key a password or recovery key has opened."""

    user_id: UUID
    private: bytes


def open_by_password(user: User | None, password: str, cost: Cost) -> Opened:
    """The private key of a user who may sign in. Raises WrongSecret; costs the same always."""
    salt = user.password_salt if user is not None and user.password_salt else _NO_SALT
    key = password_key(password, salt, cost)
    if user is None or not may_sign_in(user) or user.private_by_password is None:
        raise WrongSecret
    return _opened(user, key, user.private_by_password, "password")


def open_by_recovery_key(user: User | None, recovery_key: str) -> Opened:
    """The private key by the recovery key that was written down. Raises WrongSecret."""
    key = recovery_key_key(recovery_key)
    if user is None or not may_sign_in(user) or user.private_by_recovery is None:
        raise WrongSecret
    return _opened(user, key, user.private_by_recovery, "recovery")


def may_sign_in(user: User) -> bool:
    """Activated and not dismissed."""
    return user.activated_at is not None and user.dismissed_at is None


def prepare_recovery(
    user: User | None, recovery_key: str, password: str, cost: Cost
) -> tuple[Opened, Wrapped]:
    """Open by recovery key and wrap by a new password; costs the same when nothing fits."""
    try:
        opened = open_by_recovery_key(user, recovery_key)
    except WrongSecret:
        password_key(password, _NO_SALT, cost)
        raise
    return opened, wrap_by_password(opened.user_id, opened.private, password, cost)


def recover(db: Session, user_id: UUID, wrapped: Wrapped, *, now: datetime) -> None:
    """Keep the newly wrapped key, end every session; the second factor stays as it was."""
    user = _locked(db, user_id)
    write_password(user, wrapped)
    end_sessions_of(db, user.id)
    record(db, "account_recovered", _actor(db, user), now)


def sign_in(db: Session, opened: Opened, typed: str, *, now: datetime) -> str:
    """Count a TOTP or recovery code once; says which it was. Raises WrongSecret.

    A recovery code has letters or more than six digits, so nothing else need be asked.
    """
    user = _locked(db, opened.user_id)
    used = _spend_totp(user, opened.private, typed, now) or _spend_code(user, opened.private, typed)
    if not used:
        raise WrongSecret
    db.flush()
    details: dict[str, object] = {"factor": used, "codes_left": len(user.recovery_codes)}
    record(db, "signed_in", _actor(db, user), now, details=details)
    return used


def sign_out(db: Session, user_id: UUID, *, now: datetime) -> None:
    """She leaves; the session itself is ended by its owner, the web."""
    record(db, "signed_out", _actor(db, db.get_one(User, user_id)), now)


def reset_factor(db: Session, user: User, *, actor: Actor, now: datetime) -> datetime:
    """Let her password set up a factor once, within a day; every desk of hers is told."""
    user.factor_reset_until = now + FACTOR_RESET_LASTS
    end_sessions_of(db, user.id)
    for membership in memberships_of(db, user.id):
        for colleague in members_of(db, membership.organization_id):
            notify_user(
                db, colleague.user, NoticeKind.FACTOR_RESET,
                organization_id=membership.organization_id, now=now,
            )  # fmt: skip
        details = {"user": str(user.id)}
        desk = membership.organization_id
        record(db, "factor_reset", actor, now, organization_id=desk, details=details)
    return user.factor_reset_until


def may_set_factor(user: User, now: datetime) -> bool:
    """Whether an operator let her password set up a factor once."""
    return user.factor_reset_until is not None and user.factor_reset_until > now


def set_factor(db: Session, opened: Opened, secret: str, typed: str, *, now: datetime) -> Factor:
    """After a reset: keep a new TOTP secret once a code of it was typed. Raises WrongSecret."""
    user = _locked(db, opened.user_id)
    step = fitting_step(secret, typed, now, 0)
    if not may_set_factor(user, now) or step is None:
        raise WrongSecret
    factor = new_factor(user.id, KeyPair.from_private(opened.private), secret)
    write_factor(user, factor)
    user.last_totp_step = step
    record(db, "factor_set", _actor(db, user), now)
    return factor


def fitting_step(secret: str, typed: str, now: datetime, last_step: int) -> int | None:
    """The step of a code that fits now, one step before or after, and later than the last used.

    Blanks, dashes and digits of any script are read; a code typed twice fits no more.
    """
    digits, totp = normal_secret(typed), pyotp.TOTP(secret)
    current = int(now.timestamp()) // STEP_SECONDS
    for step in (current, current - 1, current + 1):
        if step > last_step and hmac.compare_digest(totp.generate_otp(step), digits):
            return step
    return None


def _spend_totp(user: User, private: bytes, typed: str, now: datetime) -> str | None:
    if user.totp_sealed is None:
        return None
    secret = open_key(private, user.totp_sealed, user_binding(user.id, "totp")).decode()
    step = fitting_step(secret, typed, now, user.last_totp_step)
    if step is None:
        return None
    user.last_totp_step = step
    return "totp"


def _spend_code(user: User, private: bytes, typed: str) -> str | None:
    spent = recovery_code_hash(private, typed)
    if spent not in user.recovery_codes:
        return None
    user.recovery_codes = [kept for kept in user.recovery_codes if kept != spent]
    return "recovery_code"


def _opened(user: User, key: bytes, sealed: Sealed, what: str) -> Opened:
    try:
        return Opened(user.id, open_document(key, sealed, user_binding(user.id, what)))
    except CannotOpen:
        raise WrongSecret from None


def _locked(db: Session, user_id: UUID) -> User:
    user = lock_user(db, user_id)
    if user is None or not may_sign_in(user):
        raise WrongSecret
    return user


def _actor(db: Session, user: User) -> Actor:
    seats = memberships_of(db, user.id)
    return Actor(ActorKind.STAFF, user.id, seats[0].organization_id if seats else None)
