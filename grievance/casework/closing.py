"""Ends a case with an outcome, and opens it again. Closing a U0 case takes two persons."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.keyring import Writer, seal_words
from grievance.casework.reading import OpenedCase
from grievance.rules.terms import (
    ActorKind,
    CaseState,
    ClosingKind,
    DocumentKind,
    MembershipState,
    Outcome,
    Role,
    Urgency,
)
from grievance.store.accounts import members_of
from grievance.store.cases import Case
from grievance.store.events import Actor, Event, record

ALONE = timedelta(hours=24)
_WORKS = frozenset({Role.ORGANIZER, Role.COORDINATOR})
_ABOUT_CLOSING = ("closing_proposed", "case_closed")


class SecondPersonNeeded(Exception):
    """A U0 case was marked to close; another member (or, alone, she a day later) confirms."""


class AlreadyClosed(Exception):
    """Somebody closed it meanwhile."""


@dataclass(frozen=True)
class Closing:
    """How a case ends."""

    outcome: Outcome
    kind: ClosingKind
    amount: str | None
    currency: str | None
    words: str  # hers


def close(
    db: Session, case: Case, closing: Closing, opened: OpenedCase | None, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Close it. Raises SecondPersonNeeded (commit that: the first word counts), AlreadyClosed."""
    if case.state == CaseState.CLOSED:
        raise AlreadyClosed
    if case.urgency == Urgency.U0 and not _second_person(db, case, actor, now):
        record(db, "closing_proposed", actor, now, case_id=case.id)
        raise SecondPersonNeeded
    case.state, case.closed_at, case.last_act_at = CaseState.CLOSED, now, now
    case.outcome, case.closing_kind = closing.outcome, closing.kind
    case.amount, case.currency = closing.amount, closing.currency
    case.worker_waits = False
    key = opened.keys.get(case.epoch) if opened else None
    if closing.words and key is not None:
        db.add(
            seal_words(
                case_id=case.id, kind=DocumentKind.OUTCOME_WORDS, epoch=case.epoch, key=key,
                words={"text": closing.words}, made_at=now,
                writer=Writer(ActorKind.STAFF, actor.user_id, actor.organization_id),
            )
        )  # fmt: skip
    record(db, "case_closed", actor, now, case_id=case.id, details={"outcome": closing.outcome})


def reopen(db: Session, case: Case, actor: Actor, now: datetime) -> None:
    """Open a closed case again; owner and assignee stay as they were."""
    if case.state != CaseState.CLOSED:
        raise AlreadyClosed
    case.state, case.closed_at, case.last_act_at = CaseState.REOPENED, None, now
    case.outcome = case.closing_kind = case.amount = case.currency = None
    record(db, "case_reopened", actor, now, case_id=case.id)


def _second_person(db: Session, case: Case, actor: Actor, now: datetime) -> bool:
    """Whether somebody else proposed it before; or, where she is alone, she did a day ago.

    A word given for an earlier closing does not count for this one.
    """
    proposals = _proposals(db, case)
    if any(event.user_id != actor.user_id for event in proposals):
        return True
    alone = len(closers(db, case.owner_id)) < 2
    return alone and any(event.at <= now - ALONE for event in proposals)


def _proposals(db: Session, case: Case) -> list[Event]:
    told = db.scalars(
        select(Event)
        .where(Event.case_id == case.id, Event.verb.in_(_ABOUT_CLOSING))
        .order_by(Event.at)
    ).all()
    ended = max((e.at for e in told if e.verb == "case_closed"), default=None)
    proposed = [e for e in told if e.verb == "closing_proposed"]
    return [e for e in proposed if ended is None or e.at > ended]


def closers(db: Session, organization_id: UUID | None) -> list[UUID]:
    """The members who may close a case at all: an administrator is no second one."""
    if organization_id is None:
        return []
    members = members_of(db, organization_id, MembershipState.CONFIRMED)
    return [one.user_id for one in members if _WORKS.intersection(one.roles)]
