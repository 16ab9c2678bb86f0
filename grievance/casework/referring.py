"""Offers a case to one organization after the other, only to those the worker agreed to.

States: design.md 6. Whoever is asked sees facets; her stored grant is released when she accepts.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.notifying import notify_organization, notify_root_coordinators
from grievance.rules.clocks import answer_due, cut_to_hour, next_full_hour
from grievance.rules.lifecycle import ASKED, HOLDING, OPEN_REFERRAL, referral_may_become
from grievance.rules.route import Terms
from grievance.rules.routing import lapsed
from grievance.rules.terms import (
    CaseState,
    DeclineReason,
    NoticeKind,
    PassedOver,
    ReferralState,
    Urgency,
)
from grievance.store.cases import Case
from grievance.store.directory import Organization, current_key
from grievance.store.documents import delete_grants, release_grants
from grievance.store.events import SYSTEM, Actor, record
from grievance.store.referrals import (
    Consent,
    Referral,
    latest_route,
    referrals_of,
    standing_consent,
)

_CONFIRM_MONTHS = 12


class NotAsked(Exception):
    """This organization has no open question to answer in this case."""


class CannotMove(Exception):
    """A referral cannot go from its state to the wanted one; somebody else was quicker."""


def ask_next(
    db: Session, case: Case, now: datetime, *, caused_by_worker: bool = False
) -> Referral | None:
    """Ask the next organization she agreed to; the overseeing desk last. None: nobody is left.

    One that is paused, lapsed, without keys or no partner any more is passed over, and says why.
    While somebody holds the case, only those are asked whom a holder referred it on to.
    """
    referrals = referrals_of(db, case.id)
    if any(r.state in ASKED for r in referrals):
        return None
    held = any(r.state in HOLDING for r in referrals)
    for referral in referrals:
        if referral.state != ReferralState.WAITING or (held and not referral.by_user_id):
            continue
        reason = _cannot_be_asked(db, case, referral, now.date())
        if reason is None:
            _ask(db, case, referral, now, caused_by_worker)
            return referral
        _pass_over(db, case, referral, reason, now)
    if not held:
        _nobody_left(db, case, now, caused_by_worker)
    return None


def mark_seen(db: Session, case: Case, organization_id: UUID, actor: Actor, now: datetime) -> None:
    """A member of the asked organization looked: the referral is seen, the case read."""
    referral = asked_referral(db, case.id, organization_id)
    if referral is not None and referral.state == ReferralState.SENT:
        _move(referral, ReferralState.SEEN)
        referral.seen_at = now
        record(db, "referral_seen", actor, now, case_id=case.id, organization_id=organization_id)
    if case.state == CaseState.RECEIVED and (referral or case.owner_id == organization_id):
        case.state = CaseState.TRIAGED


def accept(db: Session, case: Case, organization_id: UUID, actor: Actor, now: datetime) -> None:
    """The asked organization takes the case: its grant is released and it becomes the owner.

    Raises NotAsked when it is not asked (any more).
    """
    referral = asked_referral(db, case.id, organization_id)
    if referral is None or standing_consent(db, case.id, organization_id) is None:
        raise NotAsked
    for other in referrals_of(db, case.id):
        if other.state in HOLDING and other.organization_id != organization_id:
            _move(other, ReferralState.COMPLETED)
            other.decided_at = now
    _move(referral, ReferralState.ACCEPTED)
    referral.decided_at = now
    release_grants(db, case.id, organization_id, now)
    case.owner_id, case.assignee_id, case.accepted_at = organization_id, None, now
    case.worked_on, case.asked_all = False, False
    if case.state in {CaseState.RECEIVED, CaseState.ASSIGNED, CaseState.REOPENED}:
        case.state = CaseState.TRIAGED
    record(db, "referral_accepted", actor, now, case_id=case.id, organization_id=organization_id)
    if referral.from_organization_id:
        _tell(db, referral.from_organization_id, now)


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
    _move(referral, ReferralState.DECLINED)
    referral.reason, referral.decided_at = reason, now
    record(
        db, "referral_declined", actor, now, case_id=case.id, organization_id=organization_id,
        details={"reason": reason},
    )  # fmt: skip
    _after_no(db, case, referral, now)


def expire_due(db: Session, now: datetime, limit: int = 200) -> int:
    """End every question whose answer is overdue and ask on; how many. Idempotent."""
    due = db.scalars(
        select(Referral)
        .where(Referral.state.in_([ReferralState.SENT, ReferralState.SEEN]), Referral.due_at <= now)
        .order_by(Referral.due_at, Referral.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for referral in due:
        case = db.get_one(Case, referral.case_id)
        _move(referral, ReferralState.EXPIRED)
        referral.decided_at = now
        record(
            db, "referral_expired", SYSTEM, now, case_id=case.id,
            organization_id=referral.organization_id,
        )  # fmt: skip
        _after_no(db, case, referral, now)
    return len(due)


def take_from(db: Session, case: Case, organization_id: UUID, now: datetime) -> None:
    """Take a case from an organization: keys, referral and consent end; nobody is asked by itself.

    The caller writes the event and starts a new epoch for later words.
    """
    for referral in referrals_of(db, case.id):
        if referral.organization_id == organization_id and referral.state in OPEN_REFERRAL:
            _move(referral, ReferralState.WITHDRAWN)
            referral.decided_at = now
    for consent in db.scalars(
        select(Consent).where(
            Consent.case_id == case.id,
            Consent.organization_id == organization_id,
            Consent.withdrawn_at.is_(None),
        )
    ):
        consent.withdrawn_at = now
    delete_grants(db, case.id, organization_id)
    if case.owner_id == organization_id:
        above = case.overseer_id
        case.owner_id = above if above != organization_id else None
        case.assignee_id, case.accepted_at, case.worked_on = None, None, False
        if case.state != CaseState.CLOSED:
            case.state = CaseState.TRIAGED


def add_referral(
    db: Session,
    case: Case,
    consent: Consent,
    *,
    now: datetime,
    actor: Actor,
    oversees: bool = False,
    reason_document_id: UUID | None = None,
) -> Referral:
    """A further organization she agreed to, after those that wait already."""
    places = [r.position for r in referrals_of(db, case.id) if not r.oversees]
    referral = Referral(
        case_id=case.id,
        organization_id=consent.organization_id,
        consent_id=consent.id,
        from_organization_id=actor.organization_id,
        by_user_id=actor.user_id,
        oversees=oversees,
        position=99 if oversees else max(places, default=-1) + 1,
        made_at=now,
        reason_document_id=reason_document_id,
    )
    db.add(referral)
    db.flush()
    return referral


def hand_on(db: Session, case: Case, referral: Referral, now: datetime, *, worker: bool) -> None:
    """Ask one organization now although the owner still holds the case (a hand-over)."""
    reason = _cannot_be_asked(db, case, referral, now.date())
    if reason is None:
        _ask(db, case, referral, now, worker)
    else:
        _pass_over(db, case, referral, reason, now)


def asked_referral(db: Session, case_id: UUID, organization_id: UUID) -> Referral | None:
    """The open question to an organization, its row locked."""
    return db.scalar(
        select(Referral)
        .where(
            Referral.case_id == case_id,
            Referral.organization_id == organization_id,
            Referral.state.in_(ASKED),
        )
        .with_for_update()
    )


def _ask(
    db: Session, case: Case, referral: Referral, now: datetime, caused_by_worker: bool
) -> None:
    _move(referral, ReferralState.SENT)
    start = next_full_hour(now) if caused_by_worker else now
    referral.sent_at = cut_to_hour(now) if caused_by_worker else now
    urgency = Urgency(case.urgency) if case.urgency else None
    referral.due_at = answer_due(urgency, start)
    record(
        db, "referral_sent", SYSTEM, referral.sent_at, case_id=case.id,
        organization_id=referral.organization_id,
    )  # fmt: skip
    body = db.get_one(Organization, referral.organization_id)
    if body.accept_at_once:
        accept(db, case, body.id, Actor(SYSTEM.kind, None, body.id), referral.sent_at)
    notify_organization(
        db, body.id, NoticeKind.ITEM_WAITS, now=now, caused_by_worker=caused_by_worker
    )


def _cannot_be_asked(db: Session, case: Case, referral: Referral, today: date) -> PassedOver | None:
    body = db.get_one(Organization, referral.organization_id)
    if not (body.partner and body.active):
        return PassedOver.NOT_A_PARTNER
    if current_key(db, body.id) is None:
        return PassedOver.NO_KEYS
    if referral.oversees:
        return None
    if body.paused:
        return PassedOver.PAUSED
    route = latest_route(db, case.id)
    months = (route.readable or {}).get("confirm_months") if route else None
    terms = Terms(today, months or _CONFIRM_MONTHS)
    is_lapsed = not body.is_root and lapsed(body.confirmed_on, terms)
    return PassedOver.LAPSED if is_lapsed else None


def _pass_over(
    db: Session, case: Case, referral: Referral, reason: PassedOver, now: datetime
) -> None:
    _move(referral, ReferralState.PASSED_OVER)
    referral.reason, referral.decided_at = reason, now
    record(
        db, "referral_passed_over", SYSTEM, now, case_id=case.id,
        organization_id=referral.organization_id, details={"reason": reason},
    )  # fmt: skip


def _after_no(db: Session, case: Case, referral: Referral, now: datetime) -> None:
    if referral.from_organization_id:
        _tell(db, referral.from_organization_id, now)
    if case.state != CaseState.CLOSED:
        ask_next(db, case, now)


def _nobody_left(db: Session, case: Case, now: datetime, caused_by_worker: bool) -> None:
    if case.asked_all:
        return
    case.asked_all = True
    at = cut_to_hour(now) if caused_by_worker else now
    record(db, "nobody_took_it", SYSTEM, at, case_id=case.id, organization_id=case.owner_id)
    notify_root_coordinators(
        db, NoticeKind.NOBODY_TOOK_IT, now=now, caused_by_worker=caused_by_worker
    )


def _tell(db: Session, organization_id: UUID, now: datetime) -> None:
    notify_organization(db, organization_id, NoticeKind.ITEM_WAITS, now=now)


def _move(referral: Referral, to: ReferralState) -> None:
    if not referral_may_become(ReferralState(referral.state), to):
        raise CannotMove
    referral.state = to
