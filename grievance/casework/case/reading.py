"""Opens a case for the desk of the organization that accepted it. Each opening is one event."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import (
    keys_for_organization,
    open_all,
    open_words,
    organization_privates,
)
from grievance.casework.referral.referring import mark_seen
from grievance.casework.report.answers import Answers
from grievance.rules.lifecycle import HOLDING
from grievance.rules.terms import ActorKind, DocumentKind, GrantKind, ReferralState
from grievance.store.cases import Case
from grievance.store.documents import Document, documents, organization_grants
from grievance.store.events import Actor, record
from grievance.store.referrals import referrals_of, standing_consent
from grievance.store.releases import standing_release

_ANSWERS = (DocumentKind.ANSWERS, DocumentKind.CONTACT)
_SERVED = frozenset({ReferralState.COMPLETED, ReferralState.NOT_COMPLETED})


@dataclass(frozen=True)
class DeskKeys:
    """What a signed-in member holds: her private key, for her organization's keys."""

    user_id: UUID
    organization_id: UUID
    private: bytes


@dataclass(frozen=True)
class Words:
    """One opened document."""

    document: Document
    words: Mapping[str, Any]


@dataclass(frozen=True)
class OpenedCase:
    """What a desk may read of a case after acceptance."""

    keys: Mapping[int, bytes]
    notes_keys: Mapping[int, bytes]
    answers: Answers | None = None
    messages: list[Words] = field(default_factory=list)
    notes: list[Words] = field(default_factory=list)
    outcome: Mapping[str, Any] | None = None
    reasons: list[Words] = field(default_factory=list)  # why it was passed on
    dates: list[Words] = field(default_factory=list)  # days that times in law are counted from
    question_keys: Mapping[int, bytes] = field(default_factory=dict)  # number of a question -> key

    @property
    def current(self) -> bytes | None:
        """The newest content key this desk holds."""
        return self.keys[max(self.keys)] if self.keys else None


def holds(db: Session, case: Case, organization_id: UUID) -> bool:
    """Whether this organization may read the words: it accepted the case, or two persons released
    it to it where a life is at risk."""
    return (
        accepted(db, case, organization_id)
        or standing_release(db, case.id, organization_id) is not None
    )


def accepted(db: Session, case: Case, organization_id: UUID) -> bool:
    """Whether this organization accepted the case and still holds it: by an open service, or as
    its owner after the service ended."""
    own = [r for r in referrals_of(db, case.id) if r.organization_id == organization_id]
    if any(r.state in HOLDING for r in own):
        return True
    served = any(r.state in _SERVED for r in own) and case.owner_id == organization_id
    return served and standing_consent(db, case.id, organization_id) is not None


def open_case(
    db: Session, case: Case, desk: DeskKeys, actor: Actor, now: datetime
) -> OpenedCase | None:
    """Look at a case: it is seen; and where the desk holds it, its words are opened.

    None before acceptance: then only facets show, and nothing sealed was opened.
    """
    mark_seen(db, case, desk.organization_id, actor, now)
    if not holds(db, case, desk.organization_id):
        return None
    opened = opened_keys(db, case, desk)
    if not opened.keys:
        return None
    record(db, "case_opened", actor, now, case_id=case.id)
    return _read(db, case, desk, opened, now)


def opened_keys(db: Session, case: Case, desk: DeskKeys) -> OpenedCase:
    """The keys of a case that this member's organization holds released."""
    privates = organization_privates(
        db, user_id=desk.user_id, user_private=desk.private, organization_id=desk.organization_id
    )
    grants = organization_grants(db, case.id, desk.organization_id, released_only=True)
    return OpenedCase(
        keys_for_organization(grants, privates),
        keys_for_organization(grants, privates, GrantKind.NOTES),
        question_keys=keys_for_organization(grants, privates, GrantKind.QUESTION),
    )


def answers_of(db: Session, case_id: UUID, keys: Mapping[int, bytes]) -> Answers | None:
    """Her answers, with how she may be contacted as she said it last; None without a key.

    Who may read from a later epoch on finds only what she changed since.
    """
    return _answers(words for _, words in open_all(documents(db, case_id, *_ANSWERS), keys))


def _answers(parts: Iterable[Mapping[str, Any]]) -> Answers | None:
    found: dict[str, Any] = {}
    for part in parts:
        found |= part
    return Answers.from_json(found) if found else None


def _read(db: Session, case: Case, desk: DeskKeys, opened: OpenedCase, now: datetime) -> OpenedCase:
    found: dict[str, list[Words]] = defaultdict(list)
    answered: list[Mapping[str, Any]] = []
    for row in documents(db, case.id):
        words = _words(row, desk, opened)
        if words is not None and row.kind in _ANSWERS:
            answered.append(words)
        elif words is not None:
            found[row.kind].append(Words(row, words))
    owns = case.accepted_at is None or case.owner_id == desk.organization_id
    for one in found[DocumentKind.MESSAGE] if owns else ():  # else her owner would not see them new
        if one.document.author == ActorKind.WORKER and one.document.seen_at is None:
            one.document.seen_at = now
    outcomes = found[DocumentKind.OUTCOME_WORDS]
    return OpenedCase(
        opened.keys,
        opened.notes_keys,
        _answers(answered),
        found[DocumentKind.MESSAGE],
        found[DocumentKind.NOTE],
        outcomes[-1].words if outcomes else None,
        found[DocumentKind.REASON],
        found[DocumentKind.DATES],
        opened.question_keys,
    )


def _words(row: Document, desk: DeskKeys, opened: OpenedCase) -> Mapping[str, Any] | None:
    """The words of one document, as far as this desk may open it: notes only its own. What lies
    under a key of another kind is opened where that key is."""
    if row.key == GrantKind.CONTENT:
        return open_words(row, opened.keys)
    own = row.key == GrantKind.NOTES and row.organization_id == desk.organization_id
    return open_words(row, opened.notes_keys) if own else None
