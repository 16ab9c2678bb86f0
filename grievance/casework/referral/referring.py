"""What becomes of a referral: seen, accepted, taken back (design.md 6).

Whoever is asked sees facets; her stored grant is released when she accepts.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.case.letting_go import let_go
from grievance.casework.case.timing import start_first_answer, start_first_answer_beside
from grievance.casework.notices.notifying import notify_organization
from grievance.casework.referral.chains import chains_of, owner_of, owners_needs
from grievance.casework.referral.granting import can_open
from grievance.rules.lifecycle import (
    ANSWERS,
    ASKED,
    HOLDING,
    NO,
    OPEN_REFERRAL,
    referral_may_become,
)
from grievance.rules.terms import (
    CaseState,
    NeedLine,
    NoticeKind,
    ReferralKind,
    ReferralState,
    Withdrawal,
)
from grievance.store.cases import Case, forget_closing_request
from grievance.store.clocks import drop_clocks
from grievance.store.documents import delete_grants, release_grants
from grievance.store.events import Actor, record
from grievance.store.opinions import end_opinions
from grievance.store.questions import end_idle_questions, end_questions
from grievance.store.referrals import (
    Consent,
    Referral,
    consents_of,
    drop_questions,
    referrals_of,
    settle_questions,
    standing_consent,
)
from grievance.store.releases import end_releases, forget_release_request


class NotAsked(Exception):
    """This organization has no open question to answer in this case."""


class SealedToAnOldKey(Exception):
    """The organization has a new key since; only the worker can seal the case to it anew."""


class CannotMove(Exception):
    """A referral cannot go from its state to the wanted one; somebody else was quicker."""


def mark_seen(db: Session, case: Case, organization_id: UUID, actor: Actor, now: datetime) -> None:
    """A member of the asked organization looked: the referral is seen, the case read."""
    referral = asked_referral(db, case.id, organization_id)
    if referral is not None and referral.state == ReferralState.SENT:
        move(referral, ReferralState.SEEN)
        referral.seen_at = now
        record(db, "referral_seen", actor, now, case_id=case.id, organization_id=organization_id)
    if referral or case.owner_id == organization_id:
        mark_read(case)


def mark_read(case: Case) -> None:
    """Somebody looked at it."""
    if case.state == CaseState.RECEIVED:
        case.state = CaseState.TRIAGED


def accept(
    db: Session, case: Case, organization_id: UUID, actor: Actor, now: datetime,
    *, clock_from: datetime | None = None,
) -> None:  # fmt: skip
    """The asked organization takes the case: its grant is released and, unless it shares the case,
    it becomes the owner. Its clock starts now, or at ``clock_from``: the next full hour after what
    a worker did.

    An owner that her consent still stands for may do so later too, when nobody else is asked.
    Raises NotAsked otherwise, or SealedToAnOldKey.
    """
    referral = asked_referral(db, case.id, organization_id)
    consent = standing_consent(db, case.id, organization_id)
    others = referrals_of(db, case.id)
    if referral is None and consent is not None and may_take(db, case, organization_id, others):
        own = (r for r in others if r.organization_id == organization_id)
        waiting = next((r for r in own if r.state == ReferralState.WAITING), None)
        needs = owners_needs(case, others)
        referral = waiting or add_referral(db, case, consent, now=now, actor=actor, needs=needs)
        move(referral, ReferralState.SENT)
    if referral is None or consent is None:
        raise NotAsked
    if not can_open(db, case, organization_id):
        raise SealedToAnOldKey
    asker = referral.from_organization_id or owner_of(case)  # who asked her on her page owns it
    _end_others(referral, others, now)
    move(referral, ReferralState.ACCEPTED, now)
    settle_questions(db, case.id, organization_id, now)
    release_grants(db, case.id, organization_id, now)
    if referral.kind == ReferralKind.SHARE:
        start_first_answer_beside(db, case, referral, clock_from or now)
        mark_read(case)
    else:
        _own(db, case, organization_id, now, clock_from or now)
    let_go(db, case, now)
    record(db, "referral_accepted", actor, now, case_id=case.id, organization_id=organization_id)
    if asker and asker != organization_id:
        notify_organization(db, asker, NoticeKind.ITEM_WAITS, now=now, about=case)


def _own(db: Session, case: Case, organization_id: UUID, now: datetime, start: datetime) -> None:
    """The case is this organization's from now on, and its clock starts."""
    forget_closing_request(db, case.id)
    forget_release_request(db, case.id)
    case.owner_id, case.assignee_id, case.accepted_at = organization_id, None, now
    case.worked_on, case.asked_all = False, False
    end_idle_questions(db, case, now)
    start_first_answer(db, case, organization_id, start)
    if case.state in {CaseState.RECEIVED, CaseState.ASSIGNED, CaseState.REOPENED}:
        case.state = CaseState.TRIAGED


def _end_others(referral: Referral, others: Sequence[Referral], now: datetime) -> None:
    """Whoever served the same need serves it no more, and what the organization itself served goes
    with the new referral; those that still wait are her "if not, then" again."""
    chains = chains_of(referral)
    for other in others:
        meets = bool(chains & chains_of(other))
        own = other.organization_id == referral.organization_id
        if meets:
            other.hands_on = False
        if other.state in HOLDING and other is not referral and (meets or own):
            move(other, ReferralState.COMPLETED, now)
            other.first_due_at = other.first_missed_at = None
            if own:
                referral.needs = [one for one in NeedLine if one in {*referral.needs, *other.needs}]


def may_take(db: Session, case: Case, organization_id: UUID, referrals: Sequence[Referral]) -> bool:
    """Whether an owner that declined or let the clock run out may take the case after all: it
    stays owner with what her consent gives, until somebody else is asked or holds the case. One
    that she agreed to only if nobody answers waits until the others have answered; and where she
    took the case from one that had accepted, for what she says now."""
    if case.owner_id != organization_id or case.state == CaseState.CLOSED:
        return False
    referrals = [r for r in referrals if r.kind == ReferralKind.HAND_OVER]
    if any(r.state in ASKED | HOLDING for r in referrals):
        return False
    given = standing_consent(db, case.id, organization_id)
    if given is None:
        return False
    others = [r for r in referrals if r.organization_id != organization_id]
    waits = any(r.state == ReferralState.WAITING for r in others)
    return not given.if_nobody or not (waits or any(map(helped, others)))


def helped(referral: Referral) -> bool:
    """Whether it said yes, and did not give the case back: then she decides what comes next."""
    said_yes = referral.answered_at is not None and referral.state not in NO
    return said_yes and referral.reason != Withdrawal.GIVEN_BACK


def take_from(db: Session, case: Case, organization_id: UUID, now: datetime) -> None:
    """Take a case from an organization: keys, referral and consent end.

    Nobody is asked by itself. Where it owned the case the overseeing desk does, unless it is the
    one that lost it; others that serve a need of it stay. The caller writes the event.
    """
    end_consent(db, case, organization_id, now)
    drop_questions(db, case.id, organization_id, now)
    forget_closing_request(db, case.id)
    if case.owner_id == organization_id:
        above = case.overseer_id
        case.owner_id = above if above != organization_id else None
        case.assignee_id, case.accepted_at, case.worked_on = None, None, False
        drop_clocks(db, case.id)
        if case.state != CaseState.CLOSED:
            case.state = CaseState.TRIAGED
    db.flush()
    let_go(db, case, now)


def end_consent(db: Session, case: Case, organization_id: UUID, now: datetime) -> None:
    """What she agreed to stands no more, with the referral and the keys it gave; nor a release, or
    one that was asked for: she can be asked."""
    forget_release_request(db, case.id)
    end_releases(db, case.id, organization_id, now)
    for referral in referrals_of(db, case.id):
        if referral.organization_id == organization_id and referral.state in OPEN_REFERRAL:
            move(referral, ReferralState.WITHDRAWN, now)
            referral.first_due_at = referral.first_missed_at = None
    for consent in consents_of(db, case.id):
        if consent.organization_id == organization_id and consent.withdrawn_at is None:
            consent.withdrawn_at = now
    end_questions(db, case.id, organization_id, now)
    end_opinions(db, case.id, organization_id, now)
    delete_grants(db, case.id, organization_id)


def add_referral(
    db: Session,
    case: Case,
    consent: Consent,
    *,
    now: datetime,
    actor: Actor,
    oversees: bool = False,
    reason_document_id: UUID | None = None,
    kind: ReferralKind = ReferralKind.HAND_OVER,
    needs: Sequence[str] = (),
) -> Referral:
    """A further organization she agreed to, after those that wait already, for these needs."""
    places = [r.position for r in referrals_of(db, case.id) if not r.oversees]
    referral = Referral(
        case_id=case.id,
        organization_id=consent.organization_id,
        consent_id=consent.id,
        from_organization_id=actor.organization_id,
        by_user_id=actor.user_id,
        kind=kind,
        needs=list(needs),
        oversees=oversees,
        position=99 if oversees else max(places, default=-1) + 1,
        made_at=now,
        reason_document_id=reason_document_id,
    )
    db.add(referral)
    db.flush()
    return referral


def asked_referral(db: Session, case_id: UUID, organization_id: UUID) -> Referral | None:
    """The open question to an organization."""
    return db.scalar(
        select(Referral).where(
            Referral.case_id == case_id,
            Referral.organization_id == organization_id,
            Referral.state.in_(ASKED),
        )
    )


def move(referral: Referral, to: ReferralState, decided_at: datetime | None = None) -> None:
    """Change a referral's state, with the time where that decides it. Raises CannotMove."""
    if not referral_may_become(ReferralState(referral.state), to):
        raise CannotMove
    referral.state = to
    referral.decided_at = decided_at or referral.decided_at
    if to in ANSWERS:
        referral.answered_at = decided_at
