"""Mail that came back: what is noted of its address, who hears of it, and the way back.

A hard bounce stops all mail to an address; a soft one is counted, and mail goes on. Whoever is not
reached does not lose what waits: her notices are held, and leave as one mail when she is.
"""

from collections.abc import Set
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.notices.notifying import is_reached, tell_not_reached, tell_own_address
from grievance.rules.clocks import cut_to_hour
from grievance.rules.email import normal_email
from grievance.rules.terms import NoticeKind, NoticeState
from grievance.store.bounces import BouncedAddress, bounced, desks_of_address, users_at
from grievance.store.directory import lock_organization
from grievance.store.entry_life import danger_waits_at
from grievance.store.events import Actor, record
from grievance.store.notice_times import times_of
from grievance.store.outbox import notices_to, others_told, refused_since

_REFUSED_LATELY = timedelta(days=1)


class Bounce(StrEnum):
    """What a bounce came to."""

    UNKNOWN = "unknown"  # nobody here has this address
    UNREACHABLE = "unreachable"
    KNOWN = "known"  # it was marked before
    COUNTED = "counted"


def note_bounce(
    db: Session, address: str, status: str, actor: Actor, now: datetime, *, hard: bool,
    urgent: bool = False,
) -> Bounce:  # fmt: skip
    """Mail to an address came back: for good (``hard``), or for now.

    ``status`` is that of RFC 3463. Where with this address the last of a desk is lost, a
    coordinator above is told, once; at once where what came back, or is held now, was ``urgent``,
    or somebody in danger waits for this desk: a mail that has left is not known as urgent any more.
    """
    email, hour = normal_email(address), cut_to_hour(now)
    desks, users = _locked(db, email)
    if not desks and not users:
        return Bounce.UNKNOWN
    row = bounced(db, email)
    if row is None:
        row = BouncedAddress(email=email, soft=0, last_at=hour, status=status)
        db.add(row)
    if row.unreachable_since is not None:
        return Bounce.KNOWN
    row.last_at, row.status = hour, status
    if not hard:
        row.soft += 1
        db.flush()
        for desk in desks:
            record(db, "mail_came_back", actor, hour, organization_id=desk, details=_who(users))
        return Bounce.COUNTED
    lost = _go_silent(db, row, desks, hour)
    for desk in desks:
        record(db, "address_unreachable", actor, hour, organization_id=desk, details=_who(users))
    urgent = urgent or any(one.urgent for one in notices_to(db, email, NoticeState.HELD))
    for desk in lost:  # in the hour: the mail left in the minute a worker wrote
        danger = urgent or danger_waits_at(db, desk)
        tell_not_reached(db, desk, now=now, urgent=danger, caused_by_worker=True)
    # Where it was urgent, whoever sent it looks at the others of its desks.
    _tell_where_it_was_hope(db, set() if urgent else set(desks) - set(lost), email, now)
    return Bounce.UNREACHABLE


def note_refused(
    db: Session, organization_id: UUID, address: str, made_at: datetime, now: datetime
) -> int:
    """A mail server refused a mail about danger for good, yet may take the next one: the address
    is not marked. Where nobody else of its desk was told, or may be yet, its own address and a
    coordinator above are, at once; how many.

    The caller has locked the desk (``lock_organization``): the last of its mails to fail tells.
    """
    if others_told(db, organization_id, address, cut_to_hour(made_at), now=now):
        return 0
    kind = NoticeKind.ITEM_WAITS
    own = tell_own_address(
        db, organization_id, kind, now=now, but=address, urgent=True, caused_by_worker=True
    )
    return own + tell_not_reached(db, organization_id, now=now, urgent=True, caused_by_worker=True)


def _tell_where_it_was_hope(db: Session, desks: Set[UUID], address: str, now: datetime) -> None:
    """A mail about danger had left to this address, and the others of its desk were refused."""
    for desk in sorted(desks):
        made_at = refused_since(db, desk, now - _REFUSED_LATELY)
        if made_at is not None and danger_waits_at(db, desk):
            note_refused(db, desk, address, made_at, now)


def reachable_again(db: Session, address: str, actor: Actor, now: datetime) -> bool:
    """Mail to this address arrives again, somebody says. What was held or given up leaves as she
    wants her mail. False where nothing had come back from it."""
    email = normal_email(address)
    desks, users = _locked(db, email)
    row = bounced(db, email)
    if row is None:
        return False
    db.delete(row)
    times = times_of(db, users)
    for notice in notices_to(db, email, NoticeState.HELD, NoticeState.GIVEN_UP):
        wish = times.get(notice.user_id) if notice.user_id else None
        notice.state, notice.attempts, notice.error = NoticeState.WAITING, 0, None
        notice.not_before = wish.next_time(now) if wish and not notice.urgent else now
    for desk in desks:
        record(db, "address_reachable", actor, now, organization_id=desk, details=_who(users))
    return True


def _go_silent(db: Session, row: BouncedAddress, desks: list[UUID], since: datetime) -> list[UUID]:
    """Hold what waits for this address; the desks that lose their last with it."""
    reached = [desk for desk in desks if is_reached(db, desk)]
    row.unreachable_since = since
    db.flush()
    for notice in notices_to(db, row.email, NoticeState.WAITING):
        notice.state, notice.leased_until = NoticeState.HELD, None
    return [desk for desk in reached if not is_reached(db, desk)]


def _locked(db: Session, email: str) -> tuple[list[UUID], list[UUID]]:
    """The desks and the user of an address. Desks first, as whoever changes their members does."""
    desks = desks_of_address(db, email)
    for desk in desks:
        lock_organization(db, desk)
    return desks, users_at(db, email)


def _who(users: list[UUID]) -> dict[str, list[str]]:
    """For the trail: who, never at which address."""
    return {"users": [str(one) for one in users]}
