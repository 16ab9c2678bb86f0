"""Refers a case on to another organization: with the worker's recorded word, or by asking her."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import Writer, seal_words
from grievance.casework.case.reading import DeskKeys, OpenedCase, answers_of
from grievance.casework.referral.asking import ask_now
from grievance.casework.referral.chains import busy_chains, line_for, owners_needs
from grievance.casework.referral.conflicting import in_conflict
from grievance.casework.referral.eligible import cannot_be_asked
from grievance.casework.referral.granting import can_open, grant_epochs, grant_questions
from grievance.casework.referral.referring import add_referral
from grievance.rules.lifecycle import ASKED, HOLDING
from grievance.rules.terms import (
    ActorKind,
    CaseState,
    ConsentVia,
    DocumentKind,
    ReferralKind,
    ReferralState,
)
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.events import Actor, record
from grievance.store.referrals import (
    Consent,
    ConsentQuestion,
    Referral,
    open_questions,
    referrals_of,
    settle_questions,
    standing_consent,
)


class CannotReferThere(Exception):
    """Not to be asked in this case: no partner, paused, in conflict, asked already, or oneself."""


class AskHerFirst(Exception):
    """Her word was recorded by somebody who cannot read the case: there is nothing to grant, and
    no name to check the organization against. The question on her page does both."""


@dataclass(frozen=True)
class Onward:
    """Where to, why, how the worker said yes (None: she is asked on her page), and whether to hand
    the case over or to share it: for a need that nobody serves, or a second opinion."""

    organization_id: UUID
    reason: str
    consent: ConsentVia | None
    language: str
    kind: ReferralKind = ReferralKind.HAND_OVER


def refer_on(
    db: Session, case: Case, onward: Onward, opened: OpenedCase, desk: DeskKeys, actor: Actor,
    now: datetime,
) -> bool:  # fmt: skip
    """True where the organization is asked, now or after one that is asked already; False where
    the worker is asked first. Raises CannotReferThere or AskHerFirst.
    """
    to = db.get(Organization, onward.organization_id)
    closed = case.state == CaseState.CLOSED
    if to is None or closed or not _may_receive(db, case, to, onward.kind, opened, desk, now):
        raise CannotReferThere
    given = _given(db, case, to.id, opened, now)
    if given is None and onward.consent is None:
        _ask_her(db, case, onward, opened, actor, now)
        return False
    given = given or _recorded(db, case, onward, opened, actor, now)
    reason_id = keep_reason(db, case, onward.reason, opened, actor, now)
    referral = _offer(db, case, given, onward.kind, reason_id, actor, now)
    record(db, "referred_on", actor, now, case_id=case.id, details={"to": str(to.id)})
    ask_now(db, case, referral, now)
    return True


def _given(db: Session, case: Case, to: UUID, opened: OpenedCase, now: datetime) -> Consent | None:
    """Her consent, where it stands for this and the organization has a key by it: one that said
    no before is granted it anew. "If nobody answers" is no consent once somebody did."""
    given = standing_consent(db, case.id, to)
    if given is None or (given.if_nobody and case.accepted_at is not None):
        return None
    keys = {epoch: key for epoch, key in opened.keys.items() if epoch >= given.from_epoch}
    grant_epochs(db, case, to, keys, now)
    grant_questions(db, case, to, opened.question_keys, given.from_epoch, now)
    return given if can_open(db, case, to) else None


def _may_receive(
    db: Session, case: Case, to: Organization, kind: ReferralKind, opened: OpenedCase,
    desk: DeskKeys, now: datetime,
) -> bool:  # fmt: skip
    """One that shares the case may be given it whole; a case may not be shared before it is owned,
    for who accepts it then would have no owner beside it."""
    theirs = [r for r in referrals_of(db, case.id) if r.organization_id == to.id]
    holds = any(r.state in HOLDING and kind in {r.kind, ReferralKind.SHARE} for r in theirs)
    if to.id == desk.organization_id or holds or any(r.state in ASKED for r in theirs):
        return False
    if kind == ReferralKind.SHARE and case.accepted_at is None:
        return False
    allowed = cannot_be_asked(db, case, to.id, now.date()) is None
    return allowed and not in_conflict(db, case, to.id, opened, desk)


def _ask_her(
    db: Session, case: Case, onward: Onward, opened: OpenedCase, actor: Actor, now: datetime
) -> None:
    to = onward.organization_id
    if not any(q.organization_id == to for q in open_questions(db, case.id)):
        db.add(
            ConsentQuestion(
                case_id=case.id, organization_id=to, by_user_id=actor.user_id,
                from_organization_id=actor.organization_id, made_at=now,
                kind=onward.kind,
                reason_document_id=keep_reason(db, case, onward.reason, opened, actor, now),
            )
        )  # fmt: skip
    record(db, "consent_asked", actor, now, case_id=case.id, details={"to": str(to)})


def _offer(
    db: Session, case: Case, given: Consent, kind: ReferralKind, reason_id: UUID | None,
    actor: Actor, now: datetime,
) -> Referral:  # fmt: skip
    """One that waits by the worker's earlier word is the one now referred to, not a second. Who
    takes the case over serves what its owner did; who shares it, a need that nobody serves."""
    rows = referrals_of(db, case.id)
    needs = owners_needs(case, rows)
    if kind == ReferralKind.SHARE:
        needs = line_for(db, case, given.organization_id, busy_chains(case, rows))
    for waiting in rows:
        theirs = waiting.organization_id == given.organization_id
        if theirs and waiting.state == ReferralState.WAITING:
            waiting.from_organization_id, waiting.by_user_id = actor.organization_id, actor.user_id
            waiting.reason_document_id, waiting.consent_id = reason_id, given.id
            waiting.kind, waiting.needs = kind, needs
            return waiting
    return add_referral(
        db, case, given, now=now, actor=actor, reason_document_id=reason_id, kind=kind, needs=needs
    )


def _recorded(
    db: Session, case: Case, onward: Onward, opened: OpenedCase, actor: Actor, now: datetime
) -> Consent:
    """Her word by voice or paper, written down: her page shows it and she can take it back."""
    answers = answers_of(db, case.id, opened.keys)
    if case.epoch not in opened.keys or answers is None or not answers.says_something:
        raise AskHerFirst
    before = standing_consent(db, case.id, onward.organization_id)
    if before is not None:
        before.withdrawn_at = now  # what she says now stands in its place
    consent = Consent(
        id=uuid4(), case_id=case.id, organization_id=onward.organization_id,
        via=onward.consent or ConsentVia.VOICE, language=onward.language, given_at=now,
        spoken_on=now.date(), recorded_by=actor.user_id,
    )  # fmt: skip
    db.add(consent)
    settle_questions(db, case.id, consent.organization_id, now)  # she said it another way
    db.flush()
    grant_epochs(db, case, consent.organization_id, opened.keys, now)
    grant_questions(db, case, consent.organization_id, opened.question_keys, 0, now)
    return consent


def keep_reason(
    db: Session, case: Case, reason: str, opened: OpenedCase, actor: Actor, now: datetime
) -> UUID | None:
    """Seal why a case is passed on, for the next one who holds it; None without a key."""
    key = opened.keys.get(case.epoch)
    if not reason or key is None:
        return None
    document = seal_words(
        case_id=case.id, kind=DocumentKind.REASON, epoch=case.epoch, key=key,
        words={"text": reason}, made_at=now,
        writer=Writer(ActorKind.STAFF, actor.user_id, actor.organization_id),
    )  # fmt: skip
    db.add(document)
    db.flush()
    return document.id
