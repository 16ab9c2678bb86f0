"""Asks one organization after the other, only those the worker agreed to (design.md 6).

Whoever changes a case or one of its referrals locks the case's row first, so that two who meet
wait for each other in the same order.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.timing import note_missed_answer, start_answer_clock
from grievance.casework.notices.alerting import alert
from grievance.casework.notices.notifying import notify_organization
from grievance.casework.referral.chains import (
    chains_of,
    may_be_asked_for,
    narrow,
    owner_of,
    stopped_by_her,
)
from grievance.casework.referral.eligible import cannot_be_asked
from grievance.casework.referral.granting import can_open
from grievance.casework.referral.leaving import say_who_is_left
from grievance.casework.referral.referring import NotAsked, accept, asked_referral, move
from grievance.rules.clocks import cut_to_hour, next_full_hour
from grievance.rules.lifecycle import ASKED
from grievance.rules.route import Reason
from grievance.rules.terms import (
    CaseState,
    ConsentVia,
    DeclineReason,
    NoticeKind,
    PassedOver,
    ReferralState,
)
from grievance.rules.turns import OWNER, Chains
from grievance.store.cases import Case, lock_case_if_free
from grievance.store.clocks import answers_overdue
from grievance.store.directory import Organization
from grievance.store.documents import delete_waiting_grants
from grievance.store.events import SYSTEM, Actor, record
from grievance.store.questions import end_questions
from grievance.store.referrals import (
    Consent,
    Referral,
    latest_route,
    referrals_of,
    settle_questions,
)
from grievance.store.releases import withhold_again


def ask_next(
    db: Session, case: Case, now: datetime, *, caused_by_worker: bool = False,
    chains: Chains | None = None,
) -> Referral | None:  # fmt: skip
    """Ask whoever comes next in each need's chain, or in these ``chains`` alone; the overseeing
    desk last, for no further need that she stopped herself. The first one asked; None: nobody is.

    One that is paused, lapsed, without keys or no partner any more is passed over, and says why.
    While somebody serves a need, only those are asked whom it is to be handed on to.
    """
    referrals = referrals_of(db, case.id)
    asked: list[Referral] = []
    ended = set(chains or ())
    stopped = stopped_by_her(referrals) if chains is None else frozenset()
    for referral in referrals:
        if chains is not None and not chains & chains_of(referral):
            continue
        found = may_be_asked_for(case, referral, referrals) - stopped
        if not found or (referral.oversees and OWNER not in found):
            continue
        reason = _why_not(db, case, referral, now.date())
        if reason is None:
            narrow(referral, found)
            _ask(db, case, referral, now, caused_by_worker)
            asked.append(referral)
        else:
            ended |= chains_of(referral)
            _pass_over(db, case, referral, reason, now)
    if chains is None:
        ended.add(OWNER)
    say_who_is_left(db, case, referrals, ended, now, caused_by_worker=caused_by_worker)
    return asked[0] if asked else None


def ask_now(
    db: Session, case: Case, referral: Referral, now: datetime, *, caused_by_worker: bool = False
) -> None:
    """Ask this one before the others that wait, also while somebody serves its need.

    Where another is asked for it already it waits its turn: one at a time.
    """
    referral.hands_on = True
    if not may_be_asked_for(case, referral, referrals_of(db, case.id)):
        return
    reason = _why_not(db, case, referral, now.date())
    if reason is None:
        _ask(db, case, referral, now, caused_by_worker)
        return
    _pass_over(db, case, referral, reason, now)
    chains = chains_of(referral)
    ask_next(db, case, now, caused_by_worker=caused_by_worker, chains=chains)


def decline(
    db: Session,
    case: Case,
    organization_id: UUID,
    reason: DeclineReason,
    actor: Actor,
    now: datetime,
) -> None:
    """The asked organization cannot take it; the next one is asked. Raises NotAsked."""
    referral = asked_referral(db, case.id, organization_id)
    if referral is None:
        raise NotAsked
    move(referral, ReferralState.DECLINED, now)
    referral.reason = reason
    withhold_again(db, case.id, organization_id, now)
    record(
        db, "referral_declined", actor, now, case_id=case.id, organization_id=organization_id,
        details={"reason": reason},
    )  # fmt: skip
    _after_no(db, case, referral, now)


def expire_due(db: Session, now: datetime, limit: int = 200) -> int:
    """End every question whose answer is overdue and ask on; how many. Idempotent.

    A case that somebody changes this moment is left for the next pass.
    """
    due = answers_overdue(db, now, limit)
    return sum(_expire(db, case_id, referral_id, now) for referral_id, case_id in due)


def _expire(db: Session, case_id: UUID, referral_id: UUID, now: datetime) -> bool:
    case = lock_case_if_free(db, case_id)
    referral = db.get_one(Referral, referral_id, populate_existing=True)
    due = referral.due_at
    if case is None or referral.state not in ASKED or due is None or due > now:
        return False
    move(referral, ReferralState.EXPIRED, now)
    told = alert(db, case, referral.organization_id, now)
    record(
        db, "referral_expired", SYSTEM, now, case_id=case.id,
        organization_id=referral.organization_id, details={"told": told},
    )  # fmt: skip
    if case.accepted_at is None and OWNER in chains_of(referral):
        note_missed_answer(db, case, due, now)
    _after_no(db, case, referral, now)
    return True


def _why_not(db: Session, case: Case, referral: Referral, today: date) -> PassedOver | None:
    """As ``cannot_be_asked``; and a desk with a new key could open nothing by its old grants."""
    one = referral.organization_id
    reason = cannot_be_asked(db, case, one, today, referral.oversees)
    return reason or (None if can_open(db, case, one) else PassedOver.NO_KEYS)


def _ask(
    db: Session, case: Case, referral: Referral, now: datetime, caused_by_worker: bool
) -> None:
    referral.sent_at = cut_to_hour(now) if caused_by_worker else now
    move(referral, ReferralState.SENT)
    settle_questions(db, case.id, referral.organization_id, referral.sent_at)
    start = next_full_hour(now) if caused_by_worker else now
    start_answer_clock(db, case, referral, start)
    record(
        db, "referral_sent", SYSTEM, referral.sent_at, case_id=case.id,
        organization_id=referral.organization_id,
    )  # fmt: skip
    body = db.get_one(Organization, referral.organization_id)
    if body.accept_at_once and _is_her_word(db, referral) and _fits(db, case, body.id):
        here = Actor(SYSTEM.kind, None, body.id)
        accept(db, case, body.id, here, referral.sent_at, clock_from=start)
    notify_organization(
        db, body.id, NoticeKind.ITEM_WAITS, now=now, about=case, caused_by_worker=caused_by_worker
    )


def _is_her_word(db: Session, referral: Referral) -> bool:
    """Whether she chose it on her page. A slip of a desk that wrote her word down can be taken back
    only while nobody has said yes."""
    given = db.get(Consent, referral.consent_id) if referral.consent_id else None
    return given is not None and given.via == ConsentVia.WEB


def _fits(db: Session, case: Case, organization_id: UUID) -> bool:
    """Whether the route found a service of it that takes this kind of problem: what a partner takes
    without a press. Where it is asked for another reason (nobody fitted, it oversees), a
    person there must say yes."""
    route = latest_route(db, case.id)
    part = route.readable if route and route.readable else {}
    rows = [
        *part.get("candidates", ()),
        *(one for line in part.get("lines", ()) for one in line[1]),
    ]
    wanted = str(organization_id)
    return any(
        one == wanted and service is not None and Reason.TAKES_PROBLEM in reasons
        for one, service, reasons in rows
    )


def _pass_over(
    db: Session, case: Case, referral: Referral, reason: PassedOver, now: datetime
) -> None:
    move(referral, ReferralState.PASSED_OVER, now)
    referral.reason = reason
    record(
        db, "referral_passed_over", SYSTEM, now, case_id=case.id, organization_id=case.owner_id,
        details={"reason": reason, "to": str(referral.organization_id)},
    )  # fmt: skip


def _after_no(db: Session, case: Case, referral: Referral, now: datetime) -> None:
    """Whoever said no keeps no key, but for the owner, who may take the case after all."""
    if referral.organization_id != case.owner_id:
        delete_waiting_grants(db, case.id, referral.organization_id)
        end_questions(db, case.id, referral.organization_id, now)
    asker = referral.from_organization_id or owner_of(case)  # who asked her on her page owns it
    if asker and asker != referral.organization_id:
        notify_organization(db, asker, NoticeKind.ITEM_WAITS, now=now, about=case)
    if case.state != CaseState.CLOSED:
        ask_next(db, case, now, chains=chains_of(referral))
