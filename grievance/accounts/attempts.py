"""Tries with a secret, before any write: slowed by source, Argon2 in bounds, wrong ones counted."""

from grievance.casework.members.activation import (
    NewAccount,
    NoSuchInvitation,
    Wrapped,
    find_invitation,
    prepare_account,
)
from grievance.casework.members.signing_in import (
    Opened,
    WrongSecret,
    open_by_password,
    prepare_recovery,
)
from grievance.rules.email import normal_email
from grievance.store.accounts import user_by_email
from grievance.web import limits
from grievance.web.database import read_db
from grievance.web.service import now, settings


def by_password(email: str, password: str) -> Opened:
    """Open with a password. Raises WrongSecret, Slowed."""
    limits.check(limits.PASSWORDS)
    with read_db() as db:
        user = user_by_email(db, normal_email(email))
    try:
        with limits.argon_passwords:
            return open_by_password(user, password, settings().password_cost)
    except WrongSecret:
        limits.count_wrong(limits.PASSWORDS)
        raise


def by_recovery_key(email: str, recovery_key: str, password: str) -> tuple[Opened, Wrapped]:
    """Open with the key from paper, and wrap by a new password. Raises WrongSecret, Slowed."""
    limits.check(limits.PASSWORDS)
    with read_db() as db:
        user = user_by_email(db, normal_email(email))
    try:
        with limits.argon_passwords:
            return prepare_recovery(user, recovery_key, password, settings().password_cost)
    except WrongSecret:
        limits.count_wrong(limits.PASSWORDS)
        raise


def new_account(email: str, code: str, password: str) -> NewAccount:
    """Make the keys for an invited person. Raises NoSuchInvitation, Slowed."""
    limits.check(limits.PASSWORDS)
    try:
        with read_db() as db:
            user_id = find_invitation(db, email=email, code=code, now=now()).user_id
    except NoSuchInvitation:
        limits.count_wrong(limits.PASSWORDS)
        raise
    with limits.argon_passwords:
        return prepare_account(user_id, password, settings().password_cost)
