"""Writes notices into the outbox, in the transaction of what they tell of.

A notice names no case, issue or person: its mail says only that something waits (design.md 7).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.notices.keeping import coordinators_at, line_above, untied, workers_at
from grievance.rules.clocks import cut_to_hour
from grievance.rules.terms import NoticeKind
from grievance.store.accounts import User
from grievance.store.cases import CaseExclusion
from grievance.store.directory import organization, root
from grievance.store.outbox import Notice


def notify_organization(
    db: Session,
    organization_id: UUID,
    kind: NoticeKind,
    *,
    now: datetime,
    about: UUID | None = None,
    caused_by_worker: bool = False,
) -> int:
    """One notice to each confirmed organizer or coordinator; how many were written. Members who
    must find nothing of the case it is ``about`` get none; where that is everybody, somebody above
    is told instead.

    An organization whose members have none gets it at its own address, where it named one.
    """
    members = workers_at(db, organization_id)
    may_hear = untied(db, members, about)
    if about is not None and members and not may_hear:
        return tell_above(db, organization_id, about, now, caused_by_worker=caused_by_worker)
    for member in may_hear:
        notify_user(
            db, member.user, kind, organization_id=organization_id, now=now,
            caused_by_worker=caused_by_worker,
        )  # fmt: skip
    body = organization(db, organization_id)
    if members or body is None or not body.notify_email:
        return len(members)
    db.add(_notice(kind, body.notify_email, "en", organization_id, None, now, caused_by_worker))
    return 1


def tell_above(
    db: Session, organization_id: UUID, about: UUID, now: datetime, *,
    caused_by_worker: bool = False,
) -> int:  # fmt: skip
    """Everybody of a desk is tied: the coordinators of the nearest desk above that may see the case
    are told that something waits; how many."""
    for desk in line_above(db, organization_id):
        people = coordinators_at(db, desk, about)
        if people and db.get(CaseExclusion, (about, desk)) is None:
            for one in people:
                notify_user(
                    db, one.user, NoticeKind.ITEM_WAITS, organization_id=desk, now=now,
                    caused_by_worker=caused_by_worker,
                )  # fmt: skip
            return len(people)
    return 0


def notify_root_coordinators(
    db: Session, kind: NoticeKind, *, now: datetime, about: UUID | None = None,
    caused_by_worker: bool = False,
) -> int:  # fmt: skip
    """Tell the secretariat's coordinators, when nobody has taken a case."""
    top = root(db)
    if top is None:
        return 0
    coordinators = coordinators_at(db, top.id, about)
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
