"""Refers a case on to another organization: with the worker's recorded word, or by asking her."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grievance.casework.directory_version import load_directory
from grievance.casework.keyring import (
    Writer,
    grant_to_organization,
    open_all,
    refuse_stale,
    seal_words,
)
from grievance.casework.reading import OpenedCase
from grievance.casework.referring import add_referral, ask_next
from grievance.rules.lifecycle import ASKED, HOLDING
from grievance.rules.route import Against, Facets
from grievance.rules.routing import conflicts_of
from grievance.rules.terms import (
    OFFICIAL_KINDS,
    OFFICIAL_RESPONDENTS,
    ActorKind,
    ConsentVia,
    DocumentKind,
    GrantKind,
    ReferralState,
    RespondentKind,
)
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization, current_key, lock_current_keys
from grievance.store.documents import documents, grants_of_case
from grievance.store.events import Actor, record
from grievance.store.referrals import (
    Consent,
    ConsentQuestion,
    open_questions,
    referrals_of,
    standing_consent,
)


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
    """True where the organization is asked, now or after one that is asked already; False where
    the worker is asked first.

    Raises CannotReferThere, also where her word was recorded by somebody who has no key to grant.
    """
    to = db.get(Organization, onward.organization_id)
    if to is None or not _may_receive(db, case, to, opened, actor):
        raise CannotReferThere
    reason_id = keep_reason(db, case, onward.reason, opened, actor, now)
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
    _offer(db, case, given, reason_id, actor, now)
    record(db, "referred_on", actor, now, case_id=case.id, details={"to": str(to.id)})
    ask_next(db, case, now)
    return True


def _may_receive(
    db: Session, case: Case, to: Organization, opened: OpenedCase, actor: Actor
) -> bool:
    states = {r.state for r in referrals_of(db, case.id) if r.organization_id == to.id}
    if not (to.partner and to.active) or to.id == actor.organization_id:
        return False
    if states & (ASKED | HOLDING) or db.get(CaseExclusion, (case.id, to.id)) is not None:
        return False
    return current_key(db, to.id) is not None and not _in_conflict(db, case, to, opened)


def _in_conflict(db: Session, case: Case, to: Organization, opened: OpenedCase) -> bool:
    """By the directory as it stands now: an organization may have joined after the report.

    What the worker named and ruled out lies sealed; without a key only its kinds are known, and
    her own request checks the rest when she agrees.
    """
    if to.kind in OFFICIAL_KINDS and OFFICIAL_RESPONDENTS.intersection(case.respondent_kinds):
        return True
    sealed: dict[str, list[str]] = {}
    for _row, words in open_all(documents(db, case.id, DocumentKind.ROUTE), opened.keys):
        sealed = words["sealed"]
    named = Against(
        frozenset(RespondentKind(kind) for kind in case.respondent_kinds),
        frozenset(sealed.get("matched", ())),
    )
    facets = Facets(
        issues=tuple(i.code for i in case.issues), groups=frozenset(i.group for i in case.issues)
    )
    ruled_out = frozenset(sealed.get("ruled_out", ()))
    return str(to.id) in conflicts_of(facets, ruled_out, named, load_directory(db))


def _offer(
    db: Session, case: Case, given: Consent, reason_id: UUID | None, actor: Actor, now: datetime
) -> None:
    """One that waits by the worker's earlier word is the one now referred to, not a second."""
    for waiting in referrals_of(db, case.id):
        if (
            waiting.organization_id == given.organization_id
            and waiting.state == ReferralState.WAITING
        ):
            waiting.from_organization_id, waiting.by_user_id = actor.organization_id, actor.user_id
            waiting.reason_document_id = reason_id
            return
    add_referral(db, case, given, now=now, actor=actor, reason_document_id=reason_id)


def _recorded(
    db: Session, case: Case, onward: Onward, opened: OpenedCase, actor: Actor, now: datetime
) -> Consent:
    """Her word by voice or paper, written down: her page shows it and she can take it back."""
    if not opened.keys:
        raise CannotReferThere  # nothing to grant: the worker herself is asked
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
