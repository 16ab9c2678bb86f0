"""Ends a case with an outcome, and opens it again. Closing a U0 case takes two persons.

The second is another member of the desk that holds it; where there is none, a coordinator above
it in the network; where nobody could be, she herself a day later (design.md 7).
"""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import Writer, seal_words
from grievance.casework.case.reading import OpenedCase
from grievance.casework.case.timing import start_reply_clock
from grievance.casework.notices.keeping import coordinators_at, untied, workers_at
from grievance.casework.notices.notifying import notify_organization
from grievance.casework.referral.asking import ask_next
from grievance.casework.referral.referring import helped, move
from grievance.rules.clocks import next_full_hour
from grievance.rules.lifecycle import ASKED
from grievance.rules.terms import (
    ActorKind,
    CaseState,
    ClosingKind,
    DocumentKind,
    NoticeKind,
    Outcome,
    ReferralKind,
    ReferralState,
    Urgency,
    Withdrawal,
)
from grievance.store.cases import Case, CaseExclusion, ClosingRequest, forget_closing_request
from grievance.store.clocks import drop_clocks
from grievance.store.directory import ancestors
from grievance.store.documents import unseen_from_worker
from grievance.store.events import Actor, events_of_verb, record
from grievance.store.questions import end_idle_questions, end_questions
from grievance.store.referrals import referrals_of
from grievance.store.releases import forget_release_request

ALONE = timedelta(hours=24)


class SecondPersonNeeded(Exception):
    """A U0 case was marked to close; somebody else (or, alone, she a day later) confirms."""


class NewWords(Exception):
    """She wrote something that nobody has read; it would be buried with the case."""


class AlreadyClosed(Exception):
    """Somebody closed it meanwhile, opened it again, or asks for it no more."""


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
    """Close it. Raises SecondPersonNeeded (commit that: the first word counts), AlreadyClosed or,
    for those who could read what she wrote meanwhile, NewWords.

    Whoever is still asked is asked no more. A second person from above confirms what was asked
    for, whatever her form says: she knows number, urgency and outcome only.
    """
    if case.state == CaseState.CLOSED:
        raise AlreadyClosed
    if opened and unseen_from_worker(db, case.id, opened.keys):
        raise NewWords
    may, asked = _may_close(db, case), standing_request(db, case)
    from_above = actor.organization_id != case.owner_id
    if from_above and (asked is None or actor.user_id not in may):
        raise AlreadyClosed
    if _takes_two(db, case, actor) and not _is_second(asked, may, actor, now):
        _ask_for_second(db, case, closing, asked, opened, actor, now)
        raise SecondPersonNeeded
    if asked is not None and from_above:
        closing = Closing(
            Outcome(asked.outcome), ClosingKind(asked.kind), asked.amount, asked.currency, ""
        )
    case.state, case.closed_at, case.last_act_at = CaseState.CLOSED, now, now
    case.outcome, case.closing_kind = closing.outcome, closing.kind
    case.amount, case.currency = closing.amount, closing.currency
    case.worker_waits = False
    drop_clocks(db, case.id)
    _keep_words(db, case, closing.words, opened, actor, now)
    forget_closing_request(db, case.id)
    forget_release_request(db, case.id)
    for referral in referrals_of(db, case.id):
        referral.first_due_at = referral.first_missed_at = None
        if referral.state in ASKED:
            move(referral, ReferralState.WITHDRAWN, now)
            referral.reason = Withdrawal.CASE_CLOSED
            owns = referral.organization_id == case.owner_id
            end_questions(db, case.id, referral.organization_id, now, keys=not owns)
    end_idle_questions(db, case, now)
    record(db, "case_closed", actor, now, case_id=case.id, details={"outcome": closing.outcome})


def reopen(db: Session, case: Case, actor: Actor, now: datetime) -> None:
    """Open a closed case again; owner and assignee stay as they were. Raises AlreadyClosed."""
    if case.state != CaseState.CLOSED:
        raise AlreadyClosed
    open_again(db, case, now)
    case.last_act_at = now
    record(db, "case_reopened", actor, now, case_id=case.id)


def open_again(
    db: Session, case: Case, now: datetime, *, caused_by_worker: bool = False, asks: bool = True
) -> None:
    """What a new word does too: a closed case is open, without an outcome; a closing that was
    asked for is asked for no more, nor a release where she came back. Where nobody took the case
    those who still wait are asked on, but where she names somebody herself (``asks`` is False) or
    sent away who helped her; whoever holds it has the time of its urgency to act."""
    forget_closing_request(db, case.id)
    if caused_by_worker:
        forget_release_request(db, case.id)
    if case.state != CaseState.CLOSED:
        return
    case.state, case.closed_at = CaseState.REOPENED, None
    case.outcome = case.closing_kind = case.amount = case.currency = None
    to_own = [r for r in referrals_of(db, case.id) if r.kind == ReferralKind.HAND_OVER]
    if asks and case.accepted_at is None and not any(map(helped, to_own)):
        ask_next(db, case, now, caused_by_worker=caused_by_worker)
    start_reply_clock(db, case, next_full_hour(now) if caused_by_worker else now)


def closers(db: Session, case: Case) -> set[UUID]:
    """The members who may close a case at all."""
    return workers_on(db, case, case.owner_id) if case.owner_id else set()


def workers_on(db: Session, case: Case, organization_id: UUID) -> set[UUID]:
    """The members of a desk who may be one of two persons: an administrator is none, and neither
    is one who is tied to whom the case is about."""
    return {one.user_id for one in untied(db, workers_at(db, organization_id), case.id)}


def closers_above(db: Session, case: Case) -> dict[UUID, set[UUID]]:
    """Coordinators of each desk above the owner who may be the second person: where the owner has
    one member only, and but for desks that must find nothing of the case."""
    if case.owner_id is None or len(closers(db, case)) > 1:
        return {}
    return coordinators_above(db, case, case.owner_id)


def coordinators_above(db: Session, case: Case, organization_id: UUID) -> dict[UUID, set[UUID]]:
    """Coordinators of each desk above an organization that is not kept away from the case."""
    above = ancestors(db, organization_id)
    seeing = [one for one in above if db.get(CaseExclusion, (case.id, one)) is None]
    found = {one: {m.user_id for m in coordinators_at(db, one, case.id)} for one in seeing}
    return {one: people for one, people in found.items() if people}


def _takes_two(db: Session, case: Case, actor: Actor) -> bool:
    """A danger case; also one that the same person called less urgent before she closes it."""
    if case.urgency == Urgency.U0:
        return True
    changes = events_of_verb(db, case.id, "urgency_set")
    return any(e.user_id == actor.user_id and e.details.get("from") == Urgency.U0 for e in changes)


def standing_request(db: Session, case: Case) -> ClosingRequest | None:
    """The first person's word. Who may not close it any more, since she left, is as if she had
    not asked."""
    asked = db.get(ClosingRequest, case.id)
    return asked if asked is not None and asked.by_user_id in _may_close(db, case) else None


def _may_close(db: Session, case: Case) -> set[UUID]:
    return closers(db, case).union(*closers_above(db, case).values())


def _is_second(asked: ClosingRequest | None, may: set[UUID], actor: Actor, now: datetime) -> bool:
    if asked is None:
        return False
    if asked.by_user_id != actor.user_id:
        return actor.user_id in may
    return not may - {actor.user_id} and asked.asked_at <= now - ALONE


def _ask_for_second(
    db: Session, case: Case, closing: Closing, asked: ClosingRequest | None,
    opened: OpenedCase | None, actor: Actor, now: datetime,
) -> None:  # fmt: skip
    values = asdict(closing)
    words = values.pop("words")
    if asked is None:
        forget_closing_request(db, case.id)  # of one who left
        db.add(
            ClosingRequest(case_id=case.id, by_user_id=actor.user_id, asked_at=now, **values)
        )  # a second try of the same person does not start her day anew
        for above in closers_above(db, case):
            notify_organization(db, above, NoticeKind.ITEM_WAITS, now=now, about=case)
    else:
        for name, value in values.items():
            setattr(asked, name, value)
    _keep_words(db, case, words, opened, actor, now)
    record(db, "closing_proposed", actor, now, case_id=case.id)


def _keep_words(
    db: Session, case: Case, words: str, opened: OpenedCase | None, actor: Actor, now: datetime
) -> None:
    key = opened.keys.get(case.epoch) if opened else None
    if words and key is not None:
        db.add(
            seal_words(
                case_id=case.id, kind=DocumentKind.OUTCOME_WORDS, epoch=case.epoch, key=key,
                words={"text": words}, made_at=now,
                writer=Writer(ActorKind.STAFF, actor.user_id, actor.organization_id),
            )
        )  # fmt: skip
