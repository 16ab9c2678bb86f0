"""Writes notices into the outbox, in the transaction of what they tell of.

A notice names no case, issue or person: its mail says only that something waits (design.md 7). The
case it is about decides one thing: where a life is at risk, it waits for no digest and no morning.
An address that mail comes back from gets none; the others of its desk do.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.notices.keeping import coordinators_at, line_above, untied, workers_at
from grievance.rules.clocks import cut_to_hour
from grievance.rules.email import normal_email
from grievance.rules.notice_times import NoticeTimes
from grievance.rules.terms import NoticeKind, Urgency
from grievance.store.accounts import Membership, User
from grievance.store.bounces import unreachable_among
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import organization, root
from grievance.store.notice_times import times_of
from grievance.store.outbox import Notice

_NEVER_WAITS: Final = frozenset({NoticeKind.FACTOR_RESET})  # somebody may be signing in as her


def notify_organization(
    db: Session, organization_id: UUID, kind: NoticeKind, *, now: datetime,
    about: Case | None = None, caused_by_worker: bool = False,
) -> int:  # fmt: skip
    """One notice to each confirmed organizer or coordinator whom mail reaches; how many. Members
    who must find nothing of the case it is ``about`` get none; where that is everybody, somebody
    above is told instead.

    Where it reaches none of them, or there are none, it goes to the organization's own address, if
    it named one. In danger a coordinator above hears that mail does not reach this desk.
    """
    if about is not None and db.get(CaseExclusion, (about.id, organization_id)) is not None:
        return 0  # it must find nothing of the case
    members = workers_at(db, organization_id)
    may_hear = untied(db, members, about.id if about else None)
    if about is not None and members and not may_hear:
        return tell_above(db, organization_id, about, now, caused_by_worker=caused_by_worker)
    urgent = in_danger(about)
    written = _to_members(db, may_hear, kind, now, urgent, caused_by_worker)
    told = written or tell_own_address(
        db, organization_id, kind, now=now, urgent=urgent, caused_by_worker=caused_by_worker
    )
    if told:
        return told
    if members and urgent:
        tell_not_reached(
            db, organization_id, now=now, about=about, urgent=True,
            caused_by_worker=caused_by_worker,
        )  # fmt: skip
    return 0


def tell_own_address(
    db: Session, organization_id: UUID, kind: NoticeKind, *, now: datetime, urgent: bool,
    caused_by_worker: bool, but: str = "",
) -> int:  # fmt: skip
    """One notice to the address that an organization named as its own, where mail reaches it."""
    body = organization(db, organization_id)
    email = normal_email(body.notify_email) if body and body.notify_email else ""
    if body is None or email in {"", normal_email(but)} or unreachable_among(db, [email]):
        return 0
    to = (body.notify_email or "", "en", None)
    db.add(_notice(kind, to, organization_id, now, urgent, caused_by_worker, None))
    return 1


def tell_above(
    db: Session, organization_id: UUID, about: Case, now: datetime, *,
    caused_by_worker: bool = False,
) -> int:  # fmt: skip
    """Everybody of a desk is tied: the coordinators of the nearest desk above that may see the case
    are told that something waits; how many."""
    urgent = in_danger(about)
    for desk in line_above(db, organization_id):
        if db.get(CaseExclusion, (about.id, desk)) is not None:
            continue
        people = coordinators_at(db, desk, about.id)
        told = _to_members(db, people, NoticeKind.ITEM_WAITS, now, urgent, caused_by_worker)
        if told:
            return told
    return 0


def notify_root_coordinators(
    db: Session, kind: NoticeKind, *, now: datetime, about: Case | None = None,
    caused_by_worker: bool = False,
) -> int:  # fmt: skip
    """Tell the secretariat's coordinators, when nobody has taken a case; how many mail reaches."""
    top = root(db)
    if top is None:
        return 0
    urgent, people = in_danger(about), coordinators_at(db, top.id, about.id if about else None)
    return _to_members(db, people, kind, now, urgent, caused_by_worker)


def notify_user(
    db: Session, user: User, kind: NoticeKind, *, organization_id: UUID | None, now: datetime,
    about: Case | None = None, caused_by_worker: bool = False,
) -> bool:  # fmt: skip
    """One notice to one person, in her language; False where mail does not reach her."""
    if unreachable_among(db, [user.email]):
        return False
    times = times_of(db, [user.id]).get(user.id)
    to = (user.email, user.language, user.id)
    urgent = in_danger(about)
    db.add(_notice(kind, to, organization_id, now, urgent, caused_by_worker, times))
    return True


def tell_not_reached(
    db: Session, organization_id: UUID, *, now: datetime, about: Case | None = None,
    urgent: bool = False, caused_by_worker: bool = False,
) -> int:  # fmt: skip
    """Tell the coordinators of the nearest desk above that mail reaches nobody here; how many.
    ``urgent`` where something of danger waits there.

    A desk that must find nothing of the case it is ``about`` does not hear of it.
    """
    for desk in line_above(db, organization_id):
        if about is not None and db.get(CaseExclusion, (about.id, desk)) is not None:
            continue
        people = coordinators_at(db, desk, about.id if about else None)
        told = _to_members(db, people, NoticeKind.DESK_UNREACHABLE, now, urgent, caused_by_worker)
        if told:
            return told
    return 0


def in_danger(about: Case | None) -> bool:
    """Whether a life is at risk: such a notice goes at once."""
    return about is not None and about.urgency == Urgency.U0


def is_reached(db: Session, organization_id: UUID) -> bool:
    """Whether a notice to this organization goes to anybody."""
    body = organization(db, organization_id)
    members = workers_at(db, organization_id)
    emails = {m.user.email for m in members}
    if body is not None and body.notify_email:
        emails.add(normal_email(body.notify_email))
    return len(emails) > len(unreachable_among(db, emails))


def _to_members(
    db: Session, members: Sequence[Membership], kind: NoticeKind, now: datetime,
    urgent: bool, caused_by_worker: bool,
) -> int:  # fmt: skip
    lost = unreachable_among(db, [m.user.email for m in members])
    reached = [m for m in members if m.user.email not in lost]
    times = times_of(db, [m.user_id for m in reached])
    for m in reached:
        to = (m.user.email, m.user.language, m.user_id)
        wish = times.get(m.user_id)
        db.add(_notice(kind, to, m.organization_id, now, urgent, caused_by_worker, wish))
    return len(reached)


def _notice(
    kind: NoticeKind, to: tuple[str, str, UUID | None], organization_id: UUID | None,
    now: datetime, urgent: bool, caused_by_worker: bool, times: NoticeTimes | None,
) -> Notice:  # fmt: skip
    """Due in the hour of a worker's act, or when its reader wants her mail: never to the minute."""
    made = cut_to_hour(now) if caused_by_worker else now  # it still leaves at once
    urgent = urgent or kind in _NEVER_WAITS
    waits = times is not None and not urgent
    leaves = times.next_time(now) if times is not None and waits else now
    email, language, user_id = to
    return Notice(
        kind=kind, to_email=email, user_id=user_id, organization_id=organization_id,
        language=language, made_at=made, not_before=made if leaves == now else leaves,
        urgent=urgent, digest=times is not None and times.is_digest and not urgent,
    )  # fmt: skip
