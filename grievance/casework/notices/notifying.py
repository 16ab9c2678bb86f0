"""Writes notices into the outbox, in the transaction of what they tell of.

A notice names no case, issue or person: its mail says only that something waits (design.md 7).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.rules.clocks import cut_to_hour
from grievance.rules.terms import NoticeKind, Role
from grievance.store.accounts import User, members_of
from grievance.store.directory import organization, root
from grievance.store.outbox import Notice


def notify_organization(
    db: Session,
    organization_id: UUID,
    kind: NoticeKind,
    *,
    now: datetime,
    caused_by_worker: bool = False,
) -> int:
    """One notice to each confirmed organizer or coordinator; how many were written.

    An organization whose members have none gets it at its own address, where it named one.
    """
    members = [m for m in members_of(db, organization_id) if _works_cases(m.roles)]
    for member in members:
        notify_user(
            db, member.user, kind, organization_id=organization_id, now=now,
            caused_by_worker=caused_by_worker,
        )  # fmt: skip
    body = organization(db, organization_id)
    if members or body is None or not body.notify_email:
        return len(members)
    db.add(_notice(kind, body.notify_email, "en", organization_id, None, now, caused_by_worker))
    return 1


def notify_root_coordinators(
    db: Session, kind: NoticeKind, *, now: datetime, caused_by_worker: bool = False
) -> int:
    """Tell the secretariat's coordinators, when nobody has taken a case."""
    top = root(db)
    if top is None:
        return 0
    coordinators = [m for m in members_of(db, top.id) if Role.COORDINATOR in m.roles]
    for member in coordinators:
        notify_user(
            db, member.user, kind, organization_id=top.id, now=now,
            caused_by_worker=caused_by_worker,
        )  # fmt: skip
    return len(coordinators)


def notify_user(
    db: Session,
    user: User,
    kind: NoticeKind,
    *,
    organization_id: UUID | None,
    now: datetime,
    caused_by_worker: bool = False,
) -> None:
    """One notice to one person, in her language."""
    db.add(
        _notice(kind, user.email, user.language, organization_id, user.id, now, caused_by_worker)
    )


def _works_cases(roles: list[str]) -> bool:
    return Role.ORGANIZER in roles or Role.COORDINATOR in roles


def _notice(
    kind: NoticeKind,
    email: str,
    language: str,
    organization_id: UUID | None,
    user_id: UUID | None,
    now: datetime,
    caused_by_worker: bool,
) -> Notice:
    made = cut_to_hour(now) if caused_by_worker else now  # it still leaves at once
    return Notice(
        kind=kind,
        to_email=email,
        user_id=user_id,
        organization_id=organization_id,
        language=language,
        made_at=made,
        not_before=made,
    )
