"""A desk that holds a case asks another for advice, without saying whose case it is.

No referral, no consent and no grant of the case: the other desk reads what was written to it and
nothing else, not even the case's number (decisions/0024). The words lie under a key of their own,
granted to both desks.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import (
    Writer,
    grant_to_organization,
    keys_for_organization,
    open_words,
    organization_privates,
    refuse_stale,
    seal_words,
)
from grievance.casework.case.reading import DeskKeys, OpenedCase, answers_of, holds, opened_keys
from grievance.casework.case.working import NotAllowed
from grievance.casework.directory.version import load_directory
from grievance.casework.notices.notifying import notify_organization
from grievance.casework.referral.conflicting import conflicts_by, in_conflict
from grievance.casework.referral.eligible import may_be_asked
from grievance.casework.respondents.register import details_about
from grievance.rules.terms import (
    ActorKind,
    CaseState,
    DeclineReason,
    DocumentKind,
    GrantKind,
    NoticeKind,
    OpinionState,
    ReferralState,
)
from grievance.sealing import new_content_key
from grievance.store.cases import Case
from grievance.store.directory import current_keys, lock_current_keys
from grievance.store.documents import Document, documents, next_order, organization_grants
from grievance.store.events import Actor, record
from grievance.store.opinions import Opinion, next_opinion_number, opinions_of_case
from grievance.store.referrals import consents_of, referrals_of
from grievance.store.staff_ties import exclusions_of

COUNTRY: Final = "country"
PROBLEM: Final = "problem"
URGENCY: Final = "urgency"


class CannotAdvise(Exception):
    """This desk must not be asked about the case, or cannot be."""


class AdviceWaits(Exception):
    """This desk is asked about the case already: that thread goes on."""


class AdviceOver(Exception):
    """Nobody waits for these words any more."""


@dataclass(frozen=True)
class Asking:
    """What goes out: the words, and codes of the case that somebody ticked, none by itself."""

    to: UUID
    text: str
    tell: Collection[str]
    language: str


@dataclass(frozen=True)
class Turn:
    """What one side wrote."""

    document: Document
    words: Mapping[str, Any]


def advisers(
    db: Session, case: Case, keys: Mapping[int, bytes], desk: DeskKeys, today: date
) -> list[tuple[UUID, str, str]]:
    """Id, name and country of desks that may be asked for advice, by name.

    None that is kept away, in conflict by the directory of today, that she sent away, or that said
    it has a conflict of interest. Nobody where these keys do not open whom she named or ruled out:
    no later word of hers would check it.
    """
    answers = answers_of(db, case.id, keys)
    if answers is None or not answers.says_something:
        return []
    about = details_about(db, desk, case.id)
    away = conflicts_by(case, answers, about, load_directory(db))
    consents, left = consents_of(db, case.id), set()
    for one in consents:
        stands = any(
            c.withdrawn_at is None for c in consents if c.organization_id == one.organization_id
        )
        left |= set() if stands else {one.organization_id}
    left |= {
        r.organization_id
        for r in referrals_of(db, case.id)
        if r.state == ReferralState.DECLINED and r.reason == DeclineReason.CONFLICT_OF_INTEREST
    }
    return [
        row
        for row in may_be_asked(db, case, desk.organization_id, today)
        if row[0] not in left and str(row[0]) not in away
    ]


def ask_opinion(
    db: Session, case: Case, asking: Asking, opened: OpenedCase, desk: DeskKeys, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Ask another desk. The same words to the same desk once more are one press.

    Raises NotAllowed, CannotAdvise, AdviceWaits or StaleKey.
    """
    if case.state == CaseState.CLOSED or not holds(db, case, desk.organization_id):
        raise NotAllowed
    allowed = advisers(db, case, opened.keys, desk, now.date())
    if asking.to not in {one for one, _name, _country in allowed}:
        raise CannotAdvise
    for one in opinions_of_case(db, case.id, desk.organization_id):
        if one.to_organization_id == asking.to and one.state != OpinionState.DECLINED:
            if any(turn.words["text"] == asking.text for turn in thread(db, one, desk)):
                return
            raise AdviceWaits
    opinion, key = _with_its_key(db, case, asking.to, desk, actor, now)
    words = {"text": asking.text, "language": asking.language, "told": _told(case, asking.tell)}
    db.add(_sealed(db, opinion, key, words, actor, now))
    case.last_act_at = now
    record(
        db, "opinion_asked", actor, now, case_id=case.id,
        details={"to": str(asking.to), "told": sorted(asking.tell)},
    )  # fmt: skip
    notify_organization(db, asking.to, NoticeKind.ITEM_WAITS, now=now, about=case)


def write_opinion(
    db: Session, opinion: Opinion, text: str, desk: DeskKeys, *, language: str, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Answer, or ask further: it is the other's turn then. The same words once more are one press.
    Who asks further asks none that has come into conflict since. Raises AdviceOver, or NotAllowed
    where this member has no key."""
    if opinion.state in {OpinionState.ENDED, OpinionState.DECLINED}:
        raise AdviceOver
    if {opinion.from_organization_id, opinion.to_organization_id} & exclusions_of(
        db, opinion.case_id
    ):
        raise AdviceOver
    if desk.organization_id == opinion.from_organization_id and _in_conflict(db, opinion, desk):
        raise AdviceOver
    key = _key(db, opinion, desk)
    if key is None:
        raise NotAllowed
    said = thread(db, opinion, desk)
    mine = said and said[-1].document.organization_id == desk.organization_id
    if mine and said[-1].words["text"] == text:
        return
    db.add(_sealed(db, opinion, key, {"text": text, "language": language}, actor, now))
    asked = desk.organization_id == opinion.to_organization_id
    _turn(db, opinion, OpinionState.ANSWERED if asked else OpinionState.ASKED, desk, now)
    record(db, "opinion_written", actor, now, **_where(opinion, desk))


def decline_opinion(
    db: Session, opinion: Opinion, desk: DeskKeys, actor: Actor, now: datetime
) -> None:
    """The asked desk cannot advise. Raises AdviceOver."""
    if opinion.state == OpinionState.ENDED or desk.organization_id != opinion.to_organization_id:
        raise AdviceOver
    if opinion.state == OpinionState.DECLINED:
        return
    _turn(db, opinion, OpinionState.DECLINED, desk, now)
    record(db, "opinion_declined", actor, now, **_where(opinion, desk))


def read_opinion(
    db: Session, opinion: Opinion, desk: DeskKeys, actor: Actor, now: datetime
) -> list[Turn]:
    """What both wrote, for one of the two desks: one event, and read from now on where it is its
    turn. Nothing where this member has no key, or the thread has ended."""
    found = thread(db, opinion, desk)
    if not found:
        return []
    mark_read(opinion, desk, now)
    record(db, "opinion_read", actor, now, **_where(opinion, desk))
    return found


def mark_read(opinion: Opinion, desk: DeskKeys, now: datetime) -> None:
    """Read from now on, where it is this desk's turn."""
    turn_of_asked = opinion.state == OpinionState.ASKED
    mine = turn_of_asked == (desk.organization_id == opinion.to_organization_id)
    if mine and opinion.read_at is None:
        opinion.read_at = now


def thread(db: Session, opinion: Opinion, desk: DeskKeys) -> list[Turn]:
    """Every word of a thread, in order, as far as this member holds its key."""
    key = _key(db, opinion, desk)
    if key is None:
        return []
    rows = documents(db, opinion.case_id, DocumentKind.OPINION)
    opened = ((row, open_words(row, {opinion.number: key})) for row in rows)
    return [Turn(row, words) for row, words in opened if words is not None]


def _in_conflict(db: Session, opinion: Opinion, desk: DeskKeys) -> bool:
    case = db.get_one(Case, opinion.case_id)
    opened = opened_keys(db, case, desk)
    return in_conflict(db, case, opinion.to_organization_id, opened, desk)


def _told(case: Case, tell: Collection[str]) -> dict[str, Any]:
    """Codes of the case, as they stand now: a country, groups of problems, an urgency."""
    groups = sorted({issue.group for issue in case.issues})
    every = {COUNTRY: case.country, PROBLEM: groups, URGENCY: case.urgency}
    return {name: value for name, value in every.items() if name in tell and value}


def _with_its_key(
    db: Session, case: Case, to: UUID, desk: DeskKeys, actor: Actor, now: datetime
) -> tuple[Opinion, bytes]:
    key, number = new_content_key(), next_opinion_number(db, case.id)
    both = [desk.organization_id, to]
    versions, keys = lock_current_keys(db, both), current_keys(db, both)
    if desk.organization_id not in keys or to not in keys:
        raise CannotAdvise
    made = [
        grant_to_organization(
            case_id=case.id, kind=GrantKind.OPINION, epoch=number, key=key, to=keys[one],
            made_at=now, released_at=now,
        )
        for one in both
    ]  # fmt: skip
    refuse_stale(made, versions)
    opinion = Opinion(
        case_id=case.id, number=number, from_organization_id=desk.organization_id,
        to_organization_id=to, by_user_id=actor.user_id, state=OpinionState.ASKED, made_at=now,
        turned_at=now,
    )  # fmt: skip
    db.add_all([opinion, *made])
    db.flush()
    return opinion, key


def _key(db: Session, opinion: Opinion, desk: DeskKeys) -> bytes | None:
    privates = organization_privates(
        db, user_id=desk.user_id, user_private=desk.private, organization_id=desk.organization_id
    )
    grants = organization_grants(db, opinion.case_id, desk.organization_id, released_only=True)
    return keys_for_organization(grants, privates, GrantKind.OPINION).get(opinion.number)


def _sealed(
    db: Session, opinion: Opinion, key: bytes, words: Mapping[str, Any], actor: Actor, now: datetime
) -> Document:
    return seal_words(
        case_id=opinion.case_id, kind=DocumentKind.OPINION, epoch=opinion.number, key=key,
        words=words, writer=Writer(ActorKind.STAFF, actor.user_id, actor.organization_id),
        made_at=now, key_kind=GrantKind.OPINION, order=next_order(db, opinion.case_id),
    )  # fmt: skip


def _turn(db: Session, opinion: Opinion, to: OpinionState, desk: DeskKeys, now: datetime) -> None:
    opinion.state, opinion.turned_at, opinion.read_at = to, now, None
    other = opinion.from_organization_id
    if desk.organization_id == other:
        other = opinion.to_organization_id
    case = db.get_one(Case, opinion.case_id)
    notify_organization(db, other, NoticeKind.ITEM_WAITS, now=now, about=case)


def _where(opinion: Opinion, desk: DeskKeys) -> dict[str, Any]:
    """For the event: the trail of who is asked knows no case."""
    asker = desk.organization_id == opinion.from_organization_id
    return {
        "case_id": opinion.case_id if asker else None,
        "details": {"opinion": str(opinion.id)},
    }
