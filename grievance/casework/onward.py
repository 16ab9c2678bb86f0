"""Refers a case on to another organization: with the worker's recorded word, or by asking her."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grievance.casework.keyring import (
    Writer,
    grant_to_organization,
    refuse_stale,
    seal_words,
)
from grievance.casework.reading import OpenedCase
from grievance.casework.referring import add_referral, hand_on
from grievance.rules.terms import ActorKind, ConsentVia, DocumentKind, GrantKind
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization, current_key, lock_current_keys
from grievance.store.documents import grants_of_case
from grievance.store.events import Actor, record
from grievance.store.referrals import Consent, ConsentQuestion, open_questions, standing_consent


class CannotReferThere(Exception):
    """No partner, no keys, excluded from this case, or the same organization."""


@dataclass(frozen=True)
class Onward:
    """Where to, why, and how the worker said yes (None: she is asked on her page)."""

    organization_id: UUID
    reason: str
    consent: ConsentVia | None
    language: str


def refer_on(
    db: Session, case: Case, onward: Onward, opened: OpenedCase, actor: Actor, now: datetime
) -> bool:
    """True where the organization is asked now; False where the worker is asked first."""
    to = db.get(Organization, onward.organization_id)
    if to is None or not _may_receive(db, case, to, actor):
        raise CannotReferThere
    reason_id = _reason(db, case, onward, opened, actor, now)
    given = standing_consent(db, case.id, to.id)
    if onward.consent is None and given is None:
        if not any(q.organization_id == to.id for q in open_questions(db, case.id)):
            db.add(
                ConsentQuestion(
                    case_id=case.id, organization_id=to.id, by_user_id=actor.user_id,
                    from_organization_id=actor.organization_id, reason_document_id=reason_id,
                    made_at=now,
                )
            )  # fmt: skip
        record(db, "consent_asked", actor, now, case_id=case.id, details={"to": str(to.id)})
        return False
    if given is None:
        given = _recorded(db, case, onward, opened, actor, now)
    referral = add_referral(db, case, given, now=now, actor=actor, reason_document_id=reason_id)
    record(db, "referred_on", actor, now, case_id=case.id, details={"to": str(to.id)})
    hand_on(db, case, referral, now, worker=False)
    return True


def _may_receive(db: Session, case: Case, to: Organization, actor: Actor) -> bool:
    excluded = db.get(CaseExclusion, (case.id, to.id))
    fits = to.partner and to.active and to.id != actor.organization_id
    return fits and excluded is None and current_key(db, to.id) is not None


def _recorded(
    db: Session, case: Case, onward: Onward, opened: OpenedCase, actor: Actor, now: datetime
) -> Consent:
    """Her word by voice or paper, written down: her page shows it and she can take it back."""
    consent = Consent(
        id=uuid4(), case_id=case.id, organization_id=onward.organization_id,
        via=onward.consent or ConsentVia.VOICE, language=onward.language, given_at=now,
        spoken_on=now.date(), recorded_by=actor.user_id,
    )  # fmt: skip
    db.add(consent)
    db.flush()
    versions = lock_current_keys(db, [onward.organization_id])
    to = current_key(db, onward.organization_id)
    if to is None:
        raise CannotReferThere
    held = {
        g.epoch
        for g in grants_of_case(db, case.id, GrantKind.CONTENT)
        if g.organization_id == onward.organization_id
    }
    made = [
        grant_to_organization(case_id=case.id, epoch=epoch, key=key, to=to, made_at=now)
        for epoch, key in opened.keys.items()
        if epoch not in held
    ]
    refuse_stale(made, versions)
    db.add_all(made)
    db.flush()
    return consent


def _reason(
    db: Session, case: Case, onward: Onward, opened: OpenedCase, actor: Actor, now: datetime
) -> UUID | None:
    key = opened.keys.get(case.epoch)
    if not onward.reason or key is None:
        return None
    document = seal_words(
        case_id=case.id, kind=DocumentKind.REASON, epoch=case.epoch, key=key,
        words={"text": onward.reason}, made_at=now,
        writer=Writer(ActorKind.STAFF, actor.user_id, actor.organization_id),
    )  # fmt: skip
    db.add(document)
    db.flush()
    return document.id
