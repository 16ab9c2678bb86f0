"""A desk that cannot read her words yet asks the worker something, and she answers (design.md 4).

Question and answer lie under a key of their own. It is granted to who asks, to the worker, and to
everybody whose grant of the case stands, as that grant does: released to who holds the case, and
waiting for who may hold it later. Everything in a case holds its questions too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import (
    StaleKey,
    Writer,
    grant_to_organization,
    grant_to_worker,
    open_words,
    refuse_stale,
    seal_words,
)
from grievance.casework.case.reading import DeskKeys, holds, opened_keys
from grievance.casework.case.timing import pause_answer_clock, resume_answer_clock
from grievance.casework.notices.notifying import notify_organization
from grievance.casework.referral.consenting import Hers
from grievance.casework.referral.referring import NotAsked, asked_referral, mark_seen, move
from grievance.rules.clocks import cut_to_hour, next_full_hour
from grievance.rules.terms import (
    ActorKind,
    CaseState,
    DocumentKind,
    GrantKind,
    NoticeKind,
    ReferralState,
)
from grievance.sealing import new_content_key
from grievance.store.cases import Case, receipt_of
from grievance.store.directory import current_keys, lock_current_keys
from grievance.store.documents import Document, documents, grants_of_case, next_order
from grievance.store.events import WORKER, Actor, record
from grievance.store.questions import (
    Question,
    next_question_number,
    open_question,
    questions_of,
)


class OneWaits(Exception):
    """A question of this desk waits for her answer already: one at a time."""


class WriteToHer(Exception):
    """The desk holds the case: it writes her a message."""


class AskedNoMore(Exception):
    """Nobody waits for this answer any more, or it is there already."""


@dataclass(frozen=True)
class Thread:
    """A question and, once she answered, her answer."""

    question: Question
    asked: Mapping[str, Any]
    answered: Mapping[str, Any] | None


def may_ask(db: Session, case: Case, organization_id: UUID) -> bool:
    """Whether a desk may ask her: one that is asked to take the case, or its owner, while it cannot
    read her words. Nobody asks in a closed case."""
    if case.state == CaseState.CLOSED or holds(db, case, organization_id):
        return False
    asked = asked_referral(db, case.id, organization_id) is not None
    return asked or case.owner_id == organization_id


def ask(
    db: Session, case: Case, text: str, desk: DeskKeys, *, language: str, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Put a question on her page. The clock of who is asked waits for her: 72 hours at most of all
    its questions together, in danger not at all. The same words once more are one press.

    Raises WriteToHer, NotAsked, OneWaits or StaleKey.
    """
    asker = desk.organization_id
    if holds(db, case, asker):
        raise WriteToHer
    if not may_ask(db, case, asker):
        raise NotAsked
    waiting = open_question(db, case.id, asker)
    if waiting is not None:
        keys = opened_keys(db, case, desk).question_keys
        if not _says(db, waiting, ActorKind.STAFF, text, keys):
            raise OneWaits
        return
    mark_seen(db, case, asker, actor, now)
    question, key = _with_its_key(db, case, asker, actor, now)
    words = {"text": text, "language": language}
    db.add(_sealed(db, question, key, words, Writer(ActorKind.STAFF, actor.user_id, asker), now))
    referral = asked_referral(db, case.id, asker)
    if referral is not None:
        move(referral, ReferralState.INFO_REQUESTED)
        pause_answer_clock(db, case, referral, now)
    case.last_act_at = now
    record(db, "question_asked", actor, now, case_id=case.id, details={"question": question.number})


def answer(
    db: Session, case: Case, question: Question, text: str, her: Hers, *, language: str,
    now: datetime,
) -> None:  # fmt: skip
    """She answers. The clock of who asked runs again from the next full hour. The same words once
    more are one press. Raises AskedNoMore; her words are then the caller's to keep."""
    hour = cut_to_hour(now)
    if question.answered_at is not None and _says(
        db, question, ActorKind.WORKER, text, her.questions
    ):
        return
    key = her.questions.get(question.number)
    if not question.is_open or case.state == CaseState.CLOSED or key is None:
        raise AskedNoMore
    words = {"text": text, "language": language}
    db.add(_sealed(db, question, key, words, Writer(ActorKind.WORKER), hour))
    question.answered_at = case.last_act_at = hour
    referral = asked_referral(db, case.id, question.organization_id)
    if referral is not None and referral.state == ReferralState.INFO_REQUESTED:
        resume_answer_clock(db, case, referral, next_full_hour(now))
        move(referral, ReferralState.SEEN)
    record(
        db, "question_answered", WORKER, hour, case_id=case.id,
        organization_id=question.organization_id, details={"question": question.number},
    )  # fmt: skip
    notify_organization(
        db, question.organization_id, NoticeKind.ITEM_WAITS, now=now, caused_by_worker=True,
        about=case,
    )  # fmt: skip


def read_threads(
    db: Session, case: Case, desk: DeskKeys, actor: Actor, now: datetime
) -> list[Thread]:
    """The questions and answers that this desk may read: its own, and, where it holds the case,
    those of others. One event where a desk that does not hold the case opened something (to open a
    case is an event of its own); an answer to its own counts as seen."""
    holding = holds(db, case, desk.organization_id)
    found = [
        one
        for one in threads(db, case.id, opened_keys(db, case, desk).question_keys)
        if holding or one.question.organization_id == desk.organization_id
    ]
    if not found:
        return []
    for one in found:
        own = one.question.organization_id == desk.organization_id
        if own and one.answered is not None and one.question.seen_at is None:
            one.question.seen_at = now
    _mark_answers(db, case.id, found, now)
    if not holding:
        record(db, "question_read", actor, now, case_id=case.id)
    return found


def threads(db: Session, case_id: UUID, keys: Mapping[int, bytes]) -> list[Thread]:
    """Every question that these keys (number -> key) open, in the order asked."""
    rows = documents(db, case_id, DocumentKind.QUESTION)
    said = {(row.epoch, row.author): words for row in rows if (words := open_words(row, keys))}
    return [
        Thread(one, asked, said.get((one.number, ActorKind.WORKER)))
        for one in questions_of(db, case_id)
        if (asked := said.get((one.number, ActorKind.STAFF))) is not None
    ]


def _mark_answers(db: Session, case_id: UUID, found: list[Thread], now: datetime) -> None:
    numbers = {one.question.number for one in found}
    for row in documents(db, case_id, DocumentKind.QUESTION):
        hers = row.author == ActorKind.WORKER and row.epoch in numbers
        if hers and row.seen_at is None:
            row.seen_at = now


def _says(
    db: Session, question: Question, author: ActorKind, text: str, keys: Mapping[int, bytes]
) -> bool:
    """Whether this side of a question says these words already: the button was pressed twice."""
    for row in documents(db, question.case_id, DocumentKind.QUESTION):
        if row.epoch == question.number and row.author == author:
            words = open_words(row, keys)
            return words is not None and words["text"] == text
    return False


def _with_its_key(
    db: Session, case: Case, asker: UUID, actor: Actor, now: datetime
) -> tuple[Question, bytes]:
    """A new question with its key, granted. Raises StaleKey where the asker has none, or an
    organization's key changed meanwhile."""
    key, number = new_content_key(), next_question_number(db, case.id)
    released = {
        g.organization_id: g.released_at
        for g in grants_of_case(db, case.id, GrantKind.CONTENT)
        if g.organization_id is not None and g.epoch == case.epoch
    } | {asker: now}
    versions = lock_current_keys(db, list(released))
    keys = current_keys(db, list(released))
    if asker not in keys:
        raise StaleKey
    made = [
        grant_to_organization(
            case_id=case.id, kind=GrantKind.QUESTION, epoch=number, key=key, to=keys[one],
            made_at=now, released_at=now if at else None,
        )
        for one, at in released.items()
        if one in keys
    ]  # fmt: skip
    refuse_stale(made, versions)
    hers = receipt_of(db, case.id).public_key
    made.append(
        grant_to_worker(
            case_id=case.id, kind=GrantKind.QUESTION, epoch=number, key=key, public_key=hers,
            made_at=now,
        )
    )  # fmt: skip
    question = Question(
        case_id=case.id, number=number, epoch=case.epoch, organization_id=asker,
        by_user_id=actor.user_id, made_at=now,
    )  # fmt: skip
    db.add_all([question, *made])
    db.flush()
    return question, key


def _sealed(
    db: Session, question: Question, key: bytes, words: Mapping[str, Any], writer: Writer,
    at: datetime,
) -> Document:  # fmt: skip
    return seal_words(
        case_id=question.case_id, kind=DocumentKind.QUESTION, epoch=question.number, key=key,
        words=words, writer=writer, made_at=at, key_kind=GrantKind.QUESTION,
        order=next_order(db, question.case_id),
    )  # fmt: skip
