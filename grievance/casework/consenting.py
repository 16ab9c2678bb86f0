"""What the worker allows later, takes back, or says again: consent, epochs, contact, replies.

Her request holds her private key (from the code): it alone opens every epoch's key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grievance.casework.answers import Answers
from grievance.casework.keyring import (
    Writer,
    grant_to_organization,
    grant_to_worker,
    keys_for_worker,
    open_all,
    refuse_stale,
    seal_words,
)
from grievance.casework.notifying import notify_organization
from grievance.casework.referring import add_referral, ask_next, hand_on, take_from
from grievance.casework.reporting import (
    CONTACT_FIELDS,
    exclusions,
    facets_of_case,
    marks,
    write_facets,
)
from grievance.casework.routing import Routed, readable_part, sealed_part, stored_route
from grievance.rules.clocks import cut_to_hour
from grievance.rules.lifecycle import ASKED, HOLDING
from grievance.rules.terms import (
    ActorKind,
    CaseState,
    ConsentScope,
    DocumentKind,
    GrantKind,
    HolderKind,
    NoticeKind,
    Sharing,
)
from grievance.rules.urgency import Taxonomy
from grievance.sealing import new_content_key
from grievance.store.cases import Case
from grievance.store.directory import current_keys, lock_current_keys
from grievance.store.documents import (
    Document,
    Grant,
    documents,
    grants_of_case,
    worker_grants,
)
from grievance.store.events import WORKER, record
from grievance.store.referrals import Consent, ConsentQuestion, referrals_of, standing_consent

_FROM_WORKER = Writer(ActorKind.WORKER)


class NotOffered(Exception):
    """This organization cannot be asked in this case: it does not fit, or has a conflict."""


@dataclass(frozen=True)
class Hers:
    """What a worker's request holds after the code: her key pair and what it opens."""

    public: bytes
    keys: Mapping[int, bytes]  # epoch -> content key


def hers(db: Session, case_id: UUID, private: bytes, public: bytes) -> Hers:
    """Open every content key granted to her code."""
    return Hers(public, keys_for_worker(worker_grants(db, case_id), private))


def read_answers(db: Session, case_id: UUID, her: Hers) -> Answers:
    """Her own words, with how she may be contacted as she said it last."""
    found = open_all(documents(db, case_id, DocumentKind.ANSWERS, DocumentKind.CONTACT), her.keys)
    merged: dict[str, Any] = {}
    for _document, words in found:
        merged |= words
    return Answers.from_json(merged)


@dataclass(frozen=True)
class Choice:
    """What she agrees to now."""

    organization_id: UUID
    scope: ConsentScope
    language: str
    oversees: bool = False


def consent(
    db: Session,
    case: Case,
    choice: Choice,
    her: Hers,
    routed: Routed,
    now: datetime,
    *,
    asked_by_staff: bool = False,
) -> None:
    """She agrees that one more organization is asked. Raises NotOffered or StaleKey.

    An organization that an organizer named need not be a candidate; a conflict is refused always.
    """
    one, hour = choice.organization_id, cut_to_hour(now)
    keys = current_keys(db, [one])
    fits = routed.allows(str(one)) or asked_by_staff
    if not fits or str(one) in routed.conflicts or one not in keys:
        raise NotOffered
    if standing_consent(db, case.id, one) is not None:
        return
    if choice.scope == ConsentScope.FROM_NOW:
        start_epoch(db, case, her, hour)
    first = case.epoch if choice.scope == ConsentScope.FROM_NOW else 0
    given = Consent(
        id=uuid4(), case_id=case.id, organization_id=one, scope=choice.scope, from_epoch=first,
        language=choice.language, given_at=hour, if_nobody=choice.oversees,
    )  # fmt: skip
    db.add(given)
    db.flush()
    _grant_epochs(db, case, her, one, first, hour)
    referral = add_referral(db, case, given, now=hour, actor=WORKER, oversees=choice.oversees)
    record(db, "consent_given", WORKER, hour, case_id=case.id, organization_id=one)
    case.asked_all, case.last_act_at = False, hour
    states = {r.state for r in referrals_of(db, case.id) if r is not referral}
    if states & HOLDING and not states & ASKED:
        hand_on(db, case, referral, now, worker=True)
    else:
        ask_next(db, case, now, caused_by_worker=True)


def share_first_time(
    db: Session,
    case: Case,
    answers: Answers,
    taxonomy: Taxonomy,
    routed: Routed,
    her: Hers,
    *,
    name_secret: bytes,
    now: datetime,
) -> None:
    """A report that nobody could see becomes one that is shared: its facets stand readable."""
    hour = cut_to_hour(now)
    write_facets(case, facets_of_case(answers, taxonomy, routed))
    case.sharing = Sharing.CHOSEN
    case.owner_id = case.overseer_id = UUID(routed.overseer) if routed.overseer else None
    words = {"readable": readable_part(routed), "sealed": sealed_part(routed)}
    document = _seal(case, DocumentKind.ROUTE, words, her, hour)
    db.add(document)
    db.flush()
    db.add(stored_route(case.id, routed, hour, document.id, readable=True))
    db.add_all(exclusions(case.id, routed))
    db.add_all(marks(case.id, answers, name_secret))
    record(db, "report_shared", WORKER, hour, case_id=case.id, organization_id=case.owner_id)


def withdraw(db: Session, case: Case, organization_id: UUID, her: Hers, now: datetime) -> None:
    """She takes a case back from one organization; her later words get a new epoch."""
    hour = cut_to_hour(now)
    take_from(db, case, organization_id, hour)
    start_epoch(db, case, her, hour)
    case.last_act_at = hour
    record(db, "consent_withdrawn", WORKER, hour, case_id=case.id, organization_id=organization_id)


def start_epoch(db: Session, case: Case, her: Hers, hour: datetime) -> bytes:
    """A new content key, granted to the worker and to everybody whose grant stands."""
    key, before = new_content_key(), case.epoch
    case.epoch += 1
    db.add(
        grant_to_worker(
            case_id=case.id, epoch=case.epoch, key=key, public_key=her.public, made_at=hour
        )
    )
    standing = [
        g
        for g in grants_of_case(db, case.id, GrantKind.CONTENT)
        if g.holder == HolderKind.ORGANIZATION and g.epoch == before
    ]
    released = {g.organization_id: g.released_at for g in standing if g.organization_id}
    versions = lock_current_keys(db, list(released))
    keys = current_keys(db, list(released))
    made = [
        grant_to_organization(
            case_id=case.id, epoch=case.epoch, key=key, to=keys[one], made_at=hour,
            released_at=hour if released[one] else None,
        )
        for one in released
    ]  # fmt: skip
    refuse_stale(made, versions)
    db.add_all(made)
    db.flush()
    if isinstance(her.keys, dict):
        her.keys[case.epoch] = key
    return key


def reply(
    db: Session, case: Case, text: str, her: Hers, *, language: str, now: datetime
) -> Document:
    """She adds words to her case. A closed case opens again."""
    hour = cut_to_hour(now)
    document = _seal(case, DocumentKind.MESSAGE, {"text": text}, her, hour, language=language)
    document.order = next_place(db, case.id)
    db.add(document)
    case.worker_waits, case.last_act_at = True, hour
    if case.state == CaseState.CLOSED:
        case.state, case.closed_at = CaseState.REOPENED, None
    elif case.state == CaseState.WAITING_WORKER:
        case.state = CaseState.IN_PROGRESS
    record(db, "worker_replied", WORKER, hour, case_id=case.id, organization_id=case.owner_id)
    if case.owner_id is not None:
        notify_organization(
            db, case.owner_id, NoticeKind.ITEM_WAITS, now=now, caused_by_worker=True
        )
    return document


def change_contact(
    db: Session, case: Case, words: dict[str, Any], her: Hers, *, language: str, now: datetime
) -> None:
    """She says anew whether and how she may be contacted; the last word counts."""
    hour = cut_to_hour(now)
    kept = {name: words.get(name) for name in CONTACT_FIELDS}
    document = _seal(case, DocumentKind.CONTACT, kept, her, hour, language=language)
    document.order = next_place(db, case.id)
    db.add(document)
    case.last_act_at = hour
    record(db, "contact_changed", WORKER, hour, case_id=case.id, organization_id=case.owner_id)


def answer_question(
    db: Session, case: Case, question: ConsentQuestion, agreed: bool, now: datetime
) -> None:
    """She answers an organizer's question; a yes is followed by ``consent``."""
    hour = cut_to_hour(now)
    question.answered_at, question.agreed = hour, agreed
    record(
        db, "consent_question_answered", WORKER, hour, case_id=case.id,
        organization_id=question.from_organization_id, details={"agreed": agreed},
    )  # fmt: skip
    notify_organization(
        db, question.from_organization_id, NoticeKind.ITEM_WAITS, now=now, caused_by_worker=True
    )


def next_place(db: Session, case_id: UUID) -> int:
    """Where a new document stands: hours alone would make ties."""
    return max((row.order for row in documents(db, case_id)), default=0) + 1


def _seal(
    case: Case,
    kind: DocumentKind,
    words: dict[str, Any],
    her: Hers,
    hour: datetime,
    *,
    language: str | None = None,
) -> Document:
    return seal_words(
        case_id=case.id, kind=kind, epoch=case.epoch, key=her.keys[case.epoch], words=words,
        writer=_FROM_WORKER, made_at=hour, language=language,
    )  # fmt: skip


def _grant_epochs(
    db: Session, case: Case, her: Hers, organization_id: UUID, first: int, hour: datetime
) -> None:
    versions = lock_current_keys(db, [organization_id])
    to = current_keys(db, [organization_id])[organization_id]
    held = {
        g.epoch
        for g in grants_of_case(db, case.id, GrantKind.CONTENT)
        if g.organization_id == organization_id
    }
    made: list[Grant] = [
        grant_to_organization(case_id=case.id, epoch=epoch, key=key, to=to, made_at=hour)
        for epoch, key in her.keys.items()
        if epoch >= first and epoch not in held
    ]
    refuse_stale(made, versions)
    db.add_all(made)
    db.flush()
