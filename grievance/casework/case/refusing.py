"""The second person says no: what was asked for ends at once, and who asked is told (0025).

Her reason is one of a few and stands in the event, so that no free words leave with a refusal.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from grievance.casework.case.releasing import may_second, standing_request
from grievance.casework.notices.notifying import notify_organization, notify_user
from grievance.rules.terms import NoticeKind, ReleaseRefusal
from grievance.store.accounts import User
from grievance.store.cases import Case
from grievance.store.events import Actor, Event, events_of_verb, record
from grievance.store.releases import forget_release_request, releases_of


class NothingToRefuse(Exception):
    """Nobody asks any more, or for another one than she saw; or she is not who may agree."""


def refuse_release(
    db: Session, case: Case, reason: ReleaseRefusal, actor: Actor, now: datetime, *, seen: str = ""
) -> None:
    """End what was asked for, its words and keys with it. ``seen``: for which organization (its
    id), as her page said. Raises NothingToRefuse."""
    asked = standing_request(db, case, now)
    if asked is None or seen not in {"", str(asked.organization_id)}:
        raise NothingToRefuse
    if not may_second(db, case, asked, actor.user_id, actor.organization_id):
        raise NothingToRefuse
    here, first = asked.from_organization_id, db.get_one(User, asked.by_user_id)
    details = {"to": str(asked.organization_id), "reason": str(reason)}
    forget_release_request(db, case.id)
    case.last_act_at = now
    record(
        db, "release_refused", actor, now, case_id=case.id, organization_id=here, details=details
    )
    waits = NoticeKind.ITEM_WAITS
    if not notify_user(db, first, waits, organization_id=here, now=now, about=case):
        notify_organization(db, here, waits, now=now, about=case)


def last_refusal(db: Session, case: Case) -> Event | None:
    """The last no, until something was released after it."""
    found = events_of_verb(db, case.id, "release_refused")
    refused = max(found, key=lambda one: one.at, default=None)
    if refused is None or any(r.released_at >= refused.at for r in releases_of(db, case.id)):
        return None
    return refused
