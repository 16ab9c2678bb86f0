"""What the worker allows later, and takes back: consent, epochs, answers to organizers.

Her request holds her private key (from the code): it alone opens every epoch's key.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grievance.casework.case.closing import open_again
from grievance.casework.case.keyring import (
    Writer,
    grant_to_organization,
    grant_to_worker,
    keys_for_worker,
    refuse_stale,
    seal_words,
)
from grievance.casework.case.reading import answers_of
from grievance.casework.notices.notifying import notify_organization
from grievance.casework.referral.adding import add_hers
from grievance.casework.referral.asking import ask_next, ask_now
from grievance.casework.referral.chains import chains_of
from grievance.casework.referral.eligible import cannot_be_asked
from grievance.casework.referral.granting import grant_epochs, grant_questions
from grievance.casework.referral.referring import take_from
from grievance.casework.report.answers import Answers
from grievance.casework.report.returning import answer_question
from grievance.casework.routes.routing import Routed
from grievance.rules.clocks import cut_to_hour
from grievance.rules.lifecycle import HOLDING, OPEN_REFERRAL
from grievance.rules.terms import (
    ActorKind,
    ConsentScope,
    DocumentKind,
    GrantKind,
    HolderKind,
    NoticeKind,
    ReferralKind,
    ReferralState,
)
from grievance.sealing import new_content_key
from grievance.store.cases import Case
from grievance.store.directory import current_keys, lock_current_keys
from grievance.store.documents import (
    Document,
    delete_content_grants,
    grants_of_case,
    worker_grants,
)
from grievance.store.events import WORKER, record
from grievance.store.questions import delete_keys_of_others
from grievance.store.referrals import (
    Consent,
    Referral,
    open_questions,
    referrals_of,
    standing_consent,
)
from grievance.store.releases import standing_release

_FROM_WORKER = Writer(ActorKind.WORKER)


class NotOffered(Exception):
    """This organization cannot be asked in this case: it does not fit, or has a conflict."""


@dataclass(frozen=True)
class Hers:
    """What a worker's request holds after the code: her key pair and what it opens."""

    public: bytes
    keys: Mapping[int, bytes]  # epoch -> content key
    questions: Mapping[int, bytes] = field(default_factory=dict)  # number of a question -> key


def hers(db: Session, case_id: UUID, private: bytes, public: bytes) -> Hers:
    """Open every key granted to her code."""
    grants = worker_grants(db, case_id)
    asked = keys_for_worker(grants, private, GrantKind.QUESTION)
    return Hers(public, keys_for_worker(grants, private), asked)


def read_answers(db: Session, case_id: UUID, her: Hers) -> Answers:
    """Her own words, with how she may be contacted as she said it last."""
    return answers_of(db, case_id, her.keys) or Answers()


@dataclass(frozen=True)
class Choice:
    """What she agrees to now."""

    organization_id: UUID
    scope: ConsentScope
    language: str
    oversees: bool = False
    kind: ReferralKind | None = None  # as an organizer asked; None: by the needs that are open


def consent(
    db: Session,
    case: Case,
    choice: Choice,
    her: Hers,
    routed: Routed,
    now: datetime,
    *,
    asked_by_staff: bool = False,
    waits: bool = False,
) -> None:
    """She agrees that one more organization is asked, or is asked again. A closed case opens.

    Where her consent stands already, the keys it gives are made whole and one that waits is asked
    now; another scope ends it and begins anew. ``waits``: only where nobody else serves its need.
    An organization that an organizer named need not be a candidate; a conflict is refused always.
    Raises NotOffered or StaleKey.
    """
    one, hour = choice.organization_id, cut_to_hour(now)
    given = standing_consent(db, case.id, one)
    fits = routed.allows(str(one)) or asked_by_staff or given is not None
    if not fits or str(one) in routed.conflicts or not current_keys(db, [one]):
        raise NotOffered
    if cannot_be_asked(db, case, one, now.date(), oversees=True) is not None:
        raise NotOffered
    open_again(db, case, now, caused_by_worker=True, asks=False)
    _oversees_again(case, one, routed)
    for question in open_questions(db, case.id):
        if question.organization_id == one:  # it is asked no more
            answer_question(db, case, question, True, now)
    given = _as_chosen(db, case, given, choice, hour) or _agree(db, case, choice, her, hour)
    open_one = next((r for r in _referrals_to(db, case, one) if r.state in OPEN_REFERRAL), None)
    if open_one is not None:
        open_one.consent_id = given.id
    holds = open_one is not None and open_one.state in HOLDING
    grant_epochs(db, case, one, _from(her, given.from_epoch), hour, released=holds)
    grant_questions(db, case, one, her.questions, given.from_epoch, hour, released=holds)
    if open_one is not None and open_one.state != ReferralState.WAITING:
        return
    referral = open_one or add_hers(
        db, case, given, routed.route, hour, kind=choice.kind, oversees=choice.oversees
    )
    owns = referral.kind == ReferralKind.HAND_OVER
    case.asked_all, case.last_act_at = case.asked_all and not owns, hour
    if waits:
        ask_next(db, case, now, caused_by_worker=True, chains=chains_of(referral))
    else:
        ask_now(db, case, referral, now, caused_by_worker=True)


def _oversees_again(case: Case, organization_id: UUID, routed: Routed) -> None:
    """The overseeing desk that she had sent away: without it a "no" would leave nobody who sees
    the case."""
    if case.overseer_id is None and routed.overseer == str(organization_id):
        case.overseer_id = organization_id
        case.owner_id = case.owner_id or organization_id


def _as_chosen(
    db: Session, case: Case, given: Consent | None, choice: Choice, hour: datetime
) -> Consent | None:
    """The consent that stands, where it says what she chooses now; another scope ends it."""
    if given is None:
        return None
    if given.scope == choice.scope:
        given.if_nobody = False  # she asks it herself now
        return given
    given.withdrawn_at = hour
    delete_content_grants(db, case.id, choice.organization_id)
    delete_keys_of_others(db, case.id, choice.organization_id)
    db.flush()
    return None


def _agree(db: Session, case: Case, choice: Choice, her: Hers, hour: datetime) -> Consent:
    from_now = choice.scope == ConsentScope.FROM_NOW
    if from_now:
        start_epoch(db, case, her, hour)
    given = Consent(
        id=uuid4(), case_id=case.id, organization_id=choice.organization_id, scope=choice.scope,
        from_epoch=case.epoch if from_now else 0, language=choice.language, given_at=hour,
    )  # fmt: skip
    db.add(given)
    db.flush()
    record(
        db, "consent_given", WORKER, hour, case_id=case.id, organization_id=case.owner_id,
        details={"to": str(choice.organization_id)},
    )  # fmt: skip
    return given


def _from(her: Hers, first: int) -> dict[int, bytes]:
    return {epoch: key for epoch, key in her.keys.items() if epoch >= first}


def _referrals_to(db: Session, case: Case, organization_id: UUID) -> list[Referral]:
    return [r for r in referrals_of(db, case.id) if r.organization_id == organization_id]


def withdraw(db: Session, case: Case, organization_id: UUID, her: Hers, now: datetime) -> None:
    """She takes a case back from one organization; her later words get a new epoch."""
    hour, before = cut_to_hour(now), case.owner_id
    knew = before == organization_id or any(
        r.sent_at for r in _referrals_to(db, case, organization_id)
    )
    knew = knew or standing_release(db, case.id, organization_id) is not None
    take_from(db, case, organization_id, hour)
    if case.overseer_id == organization_id:
        case.overseer_id = None  # it does not come back to a desk that she sent away
    if case.owner_id not in {None, before}:
        notify_organization(
            db, case.owner_id, NoticeKind.ITEM_WAITS, now=now, about=case, caused_by_worker=True
        )
    start_epoch(db, case, her, hour)
    case.last_act_at = hour
    record(
        db, "consent_withdrawn", WORKER, hour, case_id=case.id,
        # One that was never asked learns nothing of the case, nor that it is taken from it.
        organization_id=organization_id if knew else case.owner_id,
        details={"from": str(organization_id)},
    )  # fmt: skip


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


def seal_hers(
    case: Case,
    kind: DocumentKind,
    words: dict[str, Any],
    her: Hers,
    hour: datetime,
) -> Document:
    """A document of hers under the newest key."""
    return seal_words(
        case_id=case.id, kind=kind, epoch=case.epoch, key=her.keys[case.epoch], words=words,
        writer=_FROM_WORKER, made_at=hour,
    )  # fmt: skip
