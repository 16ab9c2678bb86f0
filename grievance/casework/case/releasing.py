"""Two persons and a reason let an organization read a case without the worker's word.

Only where a life is at risk (U0, open), and she cannot be asked: whatever she does by her code ends
what was asked for. The organization that asks may release the key that waits for itself, by her
consent; one that accepted the case may make one for another, never for one that she sent away or
ruled out, that is kept away, or that the complaint is about (design.md 4, decisions/0025).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.closing import coordinators_above, workers_on
from grievance.casework.case.reading import DeskKeys, OpenedCase, accepted, answers_of, holds
from grievance.casework.case.reasons import keep_reason, start_reason
from grievance.casework.notices.notifying import notify_organization
from grievance.casework.referral.conflicting import in_conflict
from grievance.casework.referral.eligible import cannot_be_asked, may_be_asked
from grievance.casework.referral.granting import can_open, grant_epochs
from grievance.rules.lifecycle import ASKED, HOLDING
from grievance.rules.terms import CaseState, GrantKind, NoticeKind, Sharing, Urgency
from grievance.store.cases import Case, lock_case_if_free
from grievance.store.directory import Organization
from grievance.store.documents import organization_grants, release_grants
from grievance.store.events import SYSTEM, Actor, record
from grievance.store.referrals import referrals_of, standing_consent
from grievance.store.releases import (
    Release,
    ReleaseRequest,
    forget_release_request,
    named_in,
    refused_by_her,
    requests_past,
    standing_release,
)

LASTS: Final = timedelta(hours=24)


class CannotRelease(Exception):
    """Not in this case, not to this organization, or not by this person."""


class NobodySecond(Exception):
    """There is no second person: no colleague who works on cases, and no coordinator above."""


class SecondAgrees(Exception):
    """It is asked for; another person must press too. The request is to be kept."""


class AskedOtherwise(Exception):
    """A colleague asks for a release to another organization: that one ends first, or is agreed."""


@dataclass(frozen=True)
class Wanted:
    """Who shall read, and why."""

    organization_id: UUID
    reason: str


def release(
    db: Session, case: Case, wanted: Wanted, desk: DeskKeys, opened: OpenedCase, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """The first person asks, the second agrees by a press of her own, and then it is released.

    Raises SecondAgrees (commit that), CannotRelease, NobodySecond, AskedOtherwise, StaleKey.
    """
    asked = standing_request(db, case, now)
    if asked is None:
        forget_release_request(db, case.id)  # of one who left, or of yesterday
        _ask(db, case, wanted, desk, opened, actor, now)
        raise SecondAgrees
    if asked.organization_id != wanted.organization_id:
        raise AskedOtherwise
    keep_reason(db, case, asked.epoch, wanted.reason, desk, actor, now)
    if asked.by_user_id == actor.user_id:
        raise SecondAgrees
    if not may_second(db, case, asked, actor.user_id, actor.organization_id):
        raise CannotRelease
    _release(db, case, asked, desk, opened, actor, now)


def standing_request(db: Session, case: Case, now: datetime) -> ReleaseRequest | None:
    """What was asked for within a day by somebody who still works there, in a case in danger."""
    asked = db.get(ReleaseRequest, case.id)
    if asked is None or asked.asked_at <= now - LASTS or not _in_danger(case):
        return None
    return asked if asked.by_user_id in workers_on(db, case, asked.from_organization_id) else None


def may_second(
    db: Session, case: Case, asked: ReleaseRequest, user_id: UUID | None, at: UUID | None
) -> bool:
    """Whether she may be the second person, at this desk of hers."""
    people = _people(db, case, asked.from_organization_id)
    return user_id != asked.by_user_id and at is not None and user_id in people.get(at, set())


def targets(
    db: Session, case: Case, organization_id: UUID, opened: OpenedCase | None, now: datetime
) -> list[tuple[UUID, str, str]]:
    """To whom this desk may release the case: id, name and country, its own first."""
    if not _in_danger(case):
        return []
    found = [(o.id, o.name, o.country) for o in [db.get_one(Organization, organization_id)]]
    if not _own_waits(db, case, organization_id, now):
        found = []
    if opened is not None and _reads_answers(db, case, organization_id, opened):
        rows = may_be_asked(db, case, organization_id, now.date())
        known = named_in(db, case.id)  # the others have nothing in it that each would be asked for
        found += [row for row in rows if row[0] not in known or _is_free(db, case, row[0])]
    return found


def lapse_releases(db: Session, now: datetime, limit: int = 200) -> int:
    """Forget what was asked for a day ago and nobody agreed to; how many. Idempotent."""
    due = requests_past(db, now - LASTS, limit)
    return sum(_lapse(db, case_id, now) for case_id in due)


def _lapse(db: Session, case_id: UUID, now: datetime) -> bool:
    case = lock_case_if_free(db, case_id)
    asked = db.get(ReleaseRequest, case_id, populate_existing=True)
    if case is None or asked is None or asked.asked_at > now - LASTS:
        return False
    desk = asked.from_organization_id
    forget_release_request(db, case_id)
    record(db, "release_lapsed", SYSTEM, now, case_id=case_id, organization_id=desk)
    return True


def _ask(
    db: Session, case: Case, wanted: Wanted, desk: DeskKeys, opened: OpenedCase, actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Keep the wish, its reason sealed, and the key it would release: from above nobody could make
    that one."""
    here, to = desk.organization_id, wanted.organization_id
    if not _may_release(db, case, here, to, desk, opened, now):
        raise CannotRelease
    people = _people(db, case, here)
    if actor.user_id not in people.get(here, set()):
        raise CannotRelease
    if not set().union(*people.values()) - {actor.user_id}:
        raise NobodySecond
    if to != here:
        grant_epochs(db, case, to, opened.keys, now)
    holding = [r.organization_id for r in referrals_of(db, case.id) if r.state in HOLDING]
    readers = {here, *people, *holding}
    epoch = start_reason(db, case, readers, waiting={to} - readers, now=now)
    keep_reason(db, case, epoch, wanted.reason, desk, actor, now)
    db.add(
        ReleaseRequest(
            case_id=case.id, organization_id=to, from_organization_id=here,
            by_user_id=actor.user_id, epoch=epoch, asked_at=now,
        )
    )  # fmt: skip
    case.last_act_at = now
    record(db, "release_proposed", actor, now, case_id=case.id, details={"to": str(to)})
    for one in people:
        notify_organization(db, one, NoticeKind.ITEM_WAITS, now=now, about=case)


def _release(
    db: Session, case: Case, asked: ReleaseRequest, desk: DeskKeys, opened: OpenedCase,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """The key is released, and everybody whom it concerns is told: who reads, who asked, who owns.
    All is looked at anew; from above, without the words, as far as it stands readable."""
    here, to = asked.from_organization_id, asked.organization_id
    first, second = asked.by_user_id, actor.user_id
    if second is None or not _may_release(db, case, here, to, desk, opened, now, again=True):
        raise CannotRelease
    if to != here and opened.keys:
        grant_epochs(db, case, to, opened.keys, now)  # a new epoch or a new key since
    if not can_open(db, case, to):
        raise CannotRelease
    release_grants(db, case.id, to, now)
    db.add(
        Release(
            case_id=case.id, organization_id=to, from_organization_id=here, by_user_id=first,
            second_user_id=second, epoch=asked.epoch, released_at=now,
        )
    )  # fmt: skip
    db.delete(asked)
    db.flush()
    case.last_act_at = now
    details = {"to": str(to), "first": str(first), "second": str(second)}
    concerned = dict.fromkeys(
        one for one in (actor.organization_id, here, to, case.owner_id) if one
    )
    for one in concerned:
        record(
            db, "case_released", actor, now, case_id=case.id, organization_id=one, details=details
        )
        notify_organization(db, one, NoticeKind.ITEM_WAITS, now=now, about=case)


def _in_danger(case: Case) -> bool:
    is_open = case.state != CaseState.CLOSED and case.sharing == Sharing.CHOSEN
    return is_open and case.urgency == Urgency.U0


def _may_release(
    db: Session, case: Case, here: UUID, to: UUID, desk: DeskKeys, opened: OpenedCase,
    now: datetime, *, again: bool = False,
) -> bool:  # fmt: skip
    """``again``: the second person, who from above reads no answers; the first has checked them."""
    if not _in_danger(case):
        return False
    if to == here:
        return _own_waits(db, case, here, now)
    if cannot_be_asked(db, case, to, now.date()) is not None or not _is_free(db, case, to):
        return False
    if again and not opened.keys:
        return accepted(db, case, here)
    return _reads_answers(db, case, here, opened) and not in_conflict(db, case, to, opened, desk)


def _own_waits(db: Session, case: Case, here: UUID, now: datetime) -> bool:
    """A key for this organization lies stored by her consent, and is not released."""
    if holds(db, case, here) or standing_consent(db, case.id, here) is None:
        return False
    if cannot_be_asked(db, case, here, now.date(), oversees=True) is not None:
        return False
    grants = organization_grants(db, case.id, here, released_only=False)
    waits = any(g.released_at is None and g.kind == GrantKind.CONTENT for g in grants)
    return waits and can_open(db, case, here)


def _reads_answers(db: Session, case: Case, here: UUID, opened: OpenedCase) -> bool:
    """It accepted the case and reads whom she complains about: who only reads by a release passes
    it on to nobody, and without her answers nobody could be checked against them."""
    if not accepted(db, case, here) or case.epoch not in opened.keys:
        return False
    answers = opened.answers or answers_of(db, case.id, opened.keys)
    return answers is not None and answers.says_something


def _is_free(db: Session, case: Case, to: UUID) -> bool:
    """Not refused by her, not agreed to (then it is asked by her word), not reading already."""
    taken: Sequence[bool] = [
        r.organization_id == to and r.state in ASKED | HOLDING for r in referrals_of(db, case.id)
    ]
    if any(taken) or refused_by_her(db, case.id, to):
        return False
    agreed = standing_consent(db, case.id, to) is not None
    return not agreed and standing_release(db, case.id, to) is None


def _people(db: Session, case: Case, here: UUID) -> dict[UUID, set[UUID]]:
    """Desk -> who there may be one of the two: those who work on cases here; where that is one
    person, coordinators of desks above too, but for desks that she sent away."""
    own = workers_on(db, case, here)
    if len(own) > 1:
        return {here: own}
    above = coordinators_above(db, case, here)
    return {here: own} | {
        one: people for one, people in above.items() if not refused_by_her(db, case.id, one)
    }
