"""The clocks of a case: started, hurried, paused and stopped (design.md 6).

A referral's clock is its own row's; the times that a holder must keep are ``CaseClock`` rows. All
run by the calendar of the organization that must answer. A running clock keeps the time it was
given when the organization changes its hours: nobody is told a later time than before.
"""

from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from grievance.rules.calendar_words import kept
from grievance.rules.calendars import Calendar
from grievance.rules.clocks import (
    answer_due,
    answer_time,
    day_of,
    day_over,
    half_time,
    pause_left,
    when_there,
)
from grievance.rules.lifecycle import ASKED
from grievance.rules.terms import CaseState, ClockKind, Urgency
from grievance.store.cases import Case
from grievance.store.clocks import CaseClock, clock_of, drop_clocks
from grievance.store.directory import organization
from grievance.store.events import Actor, record
from grievance.store.referrals import Referral, referrals_of

FARTHEST_CONTACT = timedelta(days=366)
_DAY = timedelta(days=1)


class NotThatDay(Exception):
    """A next contact lies between today and a year from now."""


class NobodysCase(Exception):
    """A closed case has no next contact."""


def calendar_of(db: Session, organization_id: UUID | None) -> Calendar | None:
    """The hours of an organization; None where it named none, and elapsed time counts."""
    body = organization(db, organization_id) if organization_id else None
    return kept(body.calendar) if body else None


def urgency_of(case: Case) -> Urgency | None:
    """How soon the case must be looked at; None where nothing readable tells."""
    return Urgency(case.urgency) if case.urgency else None


def start_answer_clock(db: Session, case: Case, referral: Referral, start: datetime) -> None:
    """The organization is asked: by when it must answer, and when it is reminded."""
    calendar, urgency = calendar_of(db, referral.organization_id), urgency_of(case)
    referral.clock_ends_at = start + answer_time(urgency)
    referral.due_at = answer_due(urgency, start, calendar)
    referral.remind_at = half_time(urgency, start, referral.due_at, calendar)
    referral.reminded_at, referral.paused_at, referral.paused_seconds = None, None, 0


def pause_answer_clock(db: Session, case: Case, referral: Referral, now: datetime) -> None:
    """A question waits for the worker: her time is added, as much as is left of 72 hours; in danger
    none. Without an answer the clock runs out then, so nothing waits for ever."""
    given = pause_left(urgency_of(case), _used(referral))
    if referral.paused_at is not None or referral.clock_ends_at is None or not given:
        return
    referral.paused_at = now
    _move_end(db, case, referral, given)


def resume_answer_clock(db: Session, case: Case, referral: Referral, answered: datetime) -> None:
    """The worker answered: what she did not need is taken off again. ``answered`` is her answer's
    time where a clock may start, the next full hour."""
    if referral.paused_at is None or referral.clock_ends_at is None:
        return
    given = pause_left(urgency_of(case), _used(referral))
    took = min(given, max(timedelta(), answered - referral.paused_at))
    referral.paused_at = None
    referral.paused_seconds += int(took.total_seconds())
    _move_end(db, case, referral, took - given)


def hurry(db: Session, case: Case, to: Urgency, now: datetime) -> None:
    """Urgency rises: whoever must answer does so sooner; never later than was told."""
    for referral in referrals_of(db, case.id):
        if referral.state in ASKED and referral.due_at is not None:
            calendar = calendar_of(db, referral.organization_id)
            sooner = answer_due(to, now, calendar)
            if sooner < referral.due_at:
                referral.clock_ends_at, referral.due_at = now + answer_time(to), sooner
                referral.remind_at = half_time(to, now, sooner, calendar)
                referral.paused_at = None  # what is left of a pause went with the old time
        if referral.first_due_at is not None and referral.first_missed_at is None:
            calendar = calendar_of(db, referral.organization_id)
            referral.first_due_at = min(referral.first_due_at, answer_due(to, now, calendar))
    for kind in (ClockKind.FIRST_ANSWER, ClockKind.REPLY):
        clock = clock_of(db, case.id, kind)
        if clock is not None and clock.missed_at is None:
            calendar = calendar_of(db, case.owner_id)
            clock.due_at = min(clock.due_at, answer_due(to, now, calendar))


def start_first_answer(db: Session, case: Case, organization_id: UUID, start: datetime) -> None:
    """It said yes: within the same time again it must do something for her. What was promised by
    others before is nobody's any more."""
    drop_clocks(db, case.id)
    due = answer_due(urgency_of(case), start, calendar_of(db, organization_id))
    db.merge(CaseClock(case_id=case.id, kind=ClockKind.FIRST_ANSWER, due_at=due))


def start_reply_clock(db: Session, case: Case, start: datetime) -> None:
    """She wrote, or the case is open again: whoever holds it must do something for her within the
    time of its urgency. A time that runs or was missed stands: more words bring no later one."""
    if case.accepted_at is None or case.owner_id is None or case.state == CaseState.CLOSED:
        return  # who is asked has a clock of its own
    running = (clock_of(db, case.id, kind) for kind in (ClockKind.FIRST_ANSWER, ClockKind.REPLY))
    if any(clock is not None for clock in running):
        return
    due = answer_due(urgency_of(case), start, calendar_of(db, case.owner_id))
    db.merge(CaseClock(case_id=case.id, kind=ClockKind.REPLY, due_at=due))


def start_first_answer_beside(db: Session, case: Case, referral: Referral, start: datetime) -> None:
    """One that shares the case said yes: the same promise, kept with its referral. The owner's own
    times stand."""
    calendar = calendar_of(db, referral.organization_id)
    referral.first_due_at = answer_due(urgency_of(case), start, calendar)
    referral.first_missed_at = None


def keep_first_answer_beside(
    db: Session, case: Case, organization_id: UUID | None, now: datetime
) -> None:
    """One that shares the case did something for her."""
    for referral in referrals_of(db, case.id):
        if referral.organization_id == organization_id:
            referral.first_due_at = referral.first_missed_at = None
    case.last_act_at = now


def note_missed_answer(db: Session, case: Case, due: datetime, now: datetime) -> None:
    """A referral ran out: the case stands as missed until somebody takes it."""
    db.merge(CaseClock(case_id=case.id, kind=ClockKind.ANSWER, due_at=due, missed_at=now))


def plan_contact(
    db: Session, case: Case, on: date | None, *, zone: ZoneInfo, actor: Actor, now: datetime
) -> None:
    """Say on which day somebody is in touch with her next; None takes the day away.

    It is missed when that day is over and, where hours are known, the organization is there again.
    ``zone`` is the network's, for who named none. Raises NotThatDay or NobodysCase.
    """
    if case.state == CaseState.CLOSED:
        raise NobodysCase
    drop_clocks(db, case.id, ClockKind.NEXT_CONTACT)
    if on is not None:
        calendar = calendar_of(db, case.owner_id)
        own = calendar.zone if calendar else zone
        if not timedelta() <= on - day_of(now, own) <= FARTHEST_CONTACT:
            raise NotThatDay
        due = when_there(urgency_of(case), day_over(on, own), calendar)
        db.merge(CaseClock(case_id=case.id, kind=ClockKind.NEXT_CONTACT, on_day=on, due_at=due))
    case.last_act_at = now
    details = {"on": on.isoformat() if on else None}
    record(db, "contact_planned", actor, now, case_id=case.id, details=details)


def contacted(db: Session, case: Case, now: datetime) -> None:
    """A message went to her: the contact that was planned for today, or missed, is made."""
    planned = clock_of(db, case.id, ClockKind.NEXT_CONTACT)
    if planned is None or planned.on_day is None:
        return
    calendar = calendar_of(db, case.owner_id)
    # Without hours the time is up when the day is over, on the clock it was planned by.
    today = now >= planned.due_at - _DAY
    if calendar is not None:
        today = day_of(now, calendar.zone) >= planned.on_day
    if today or planned.missed_at is not None:
        drop_clocks(db, case.id, ClockKind.NEXT_CONTACT)


def _used(referral: Referral) -> timedelta:
    return timedelta(seconds=referral.paused_seconds)


def _move_end(db: Session, case: Case, referral: Referral, by: timedelta) -> None:
    """The end moves, and with it a reminder that nobody has had yet."""
    if referral.clock_ends_at is None:
        return
    referral.clock_ends_at += by
    calendar = calendar_of(db, referral.organization_id)
    referral.due_at = when_there(urgency_of(case), referral.clock_ends_at, calendar)
    if referral.remind_at is not None and referral.reminded_at is None:
        middle = referral.remind_at + by
        there = when_there(urgency_of(case), middle, calendar)
        referral.remind_at = there if there < referral.due_at else middle
