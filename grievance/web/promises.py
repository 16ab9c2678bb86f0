"""What a worker is told of time: only what an organization keeps by its own hours (design.md 6).

The time is the very clock that staff see and that the work loop runs; nothing is worked out anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from grievance.rules.calendar_words import kept
from grievance.rules.clocks import keeps_promise
from grievance.rules.lifecycle import ASKED, HOLDING
from grievance.rules.terms import CaseState, ClockKind, Urgency
from grievance.store.cases import Case
from grievance.store.clocks import CaseClock, clocks_of
from grievance.store.directory import Organization, organizations_by_id
from grievance.store.referrals import referrals_of
from grievance.web.locale import by_when, day
from grievance.web.service import settings


@dataclass(frozen=True)
class Told:
    """The times she may rely on, in words; nothing where nobody keeps one."""

    answers: Mapping[UUID, str] = field(default_factory=dict)  # who is asked -> answers before
    begins: str | None = None  # who said yes begins to help before
    beside: Mapping[UUID, str] = field(default_factory=dict)  # who shares the case begins before
    replies: str | None = None  # who holds the case answers what she wrote before
    contact: str | None = None  # the day it means to be in touch
    passed: bool = False  # a time she was told has passed, and a person was alerted
    not_tonight: bool = False  # danger, and nobody who keeps a time is awake


def told(db: Session, case: Case, now: datetime) -> Told:
    """What may be said of time in this case now."""
    if case.state == CaseState.CLOSED:
        return Told()
    every = referrals_of(db, case.id)
    rows = [r for r in every if r.state in ASKED and r.due_at]
    shares = [r for r in every if r.state in HOLDING and r.first_due_at]
    bodies = organizations_by_id(
        db,
        [
            *(r.organization_id for r in (*rows, *shares)),
            *([case.owner_id] if case.owner_id else []),
        ],
    )
    keeping = {one: body for one, body in bodies.items() if _keeps(case, body)}
    answers = _ahead({r.organization_id: r.due_at for r in rows}, keeping, now)
    beside = _ahead({r.organization_id: r.first_due_at for r in shares}, keeping, now)
    late = any(r.first_missed_at and r.organization_id in keeping for r in shares)
    owner = keeping.get(case.owner_id) if case.owner_id and case.accepted_at else None
    clocks = clocks_of(db, [case.id]) if owner else []
    first = _of_kind(clocks, ClockKind.FIRST_ANSWER)
    planned = _of_kind(clocks, ClockKind.NEXT_CONTACT)
    reply = _of_kind(clocks, ClockKind.REPLY)
    begins, replies = (
        by_when(one.due_at, _zone(owner)) if owner and one and one.due_at > now else None
        for one in (first, reply)
    )
    ahead = planned is not None and planned.due_at > now
    return Told(
        answers=answers,
        begins=begins,
        beside=beside,
        replies=replies,
        contact=day(planned.on_day) if planned and planned.on_day and ahead else None,
        passed=late or any(one.missed_at for one in (first, reply, planned) if one),
        not_tonight=_in_danger(case) and not (answers or begins or beside),
    )


def _ahead(
    due: Mapping[UUID, datetime | None], keeping: Mapping[UUID, Organization], now: datetime
) -> dict[UUID, str]:
    """The times that are still to come, of those who keep one, in words."""
    return {
        one: by_when(at, _zone(keeping[one]))
        for one, at in due.items()
        if at and at > now and one in keeping
    }


def _in_danger(case: Case) -> bool:
    return case.urgency == Urgency.U0 and not case.worked_on


def _keeps(case: Case, body: Organization) -> bool:
    urgency = Urgency(case.urgency) if case.urgency else None
    has_calendar = kept(body.calendar) is not None
    return keeps_promise(urgency, has_calendar=has_calendar, duty_rota=body.duty_rota)


def _zone(body: Organization) -> ZoneInfo:
    calendar = kept(body.calendar)
    return calendar.zone if calendar else settings().zone


def _of_kind(clocks: Sequence[CaseClock], kind: ClockKind) -> CaseClock | None:
    return next((one for one in clocks if one.kind == kind), None)
