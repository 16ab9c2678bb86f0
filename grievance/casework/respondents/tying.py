"""A member is tied to somebody complained about: from then on she finds nothing of these cases.

She may say so herself, or a coordinator or administrator of her desk writes it down. Only another
person takes it back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grievance.casework.case.reading import DeskKeys
from grievance.casework.case.working import NotAllowed
from grievance.casework.notices.alerting import tell_where_nobody_sees
from grievance.casework.respondents.marking import digests, keep_from
from grievance.casework.respondents.naming import (
    NoSuchRecord,
    lock_cases_of,
    readable_entries,
    settle_ties,
)
from grievance.casework.respondents.register import entries, open_register
from grievance.rules.names import normal_name
from grievance.rules.respondents import name_form
from grievance.rules.terms import MembershipState, StaffTieReason
from grievance.store.accounts import membership_between
from grievance.store.directory import Organization, organization
from grievance.store.events import Actor, record
from grievance.store.respondents import cases_marked
from grievance.store.staff_ties import (
    StaffTie,
    cases_by_tie,
    cases_kept_from,
    drop_case_ties,
    lock_tie,
    same_tie,
)


class NotAMember(Exception):
    """She is not in office at this desk."""


class NoSuchBody(Exception):
    """The directory has no such organization."""


class NoSuchTie(Exception):
    """This desk has no such tie, or it was ended already."""


class OwnTie(Exception):
    """Nobody takes her own tie back: a colleague does."""


@dataclass(frozen=True)
class Declared:
    """Who is tied, why, and who says so, at which desk."""

    user_id: UUID
    organization_id: UUID
    reason: StaffTieReason
    actor: Actor
    now: datetime


def tie_to_record(db: Session, declared: Declared, record_id: UUID, desk: DeskKeys) -> StaffTie:
    """To a record of this desk; ``desk`` is whose session opens it. The same tie twice is one.

    Raises NotAMember, or NoSuchRecord for one that the actor may not read.
    """
    _expect_member(db, declared)
    register = open_register(db, desk)
    entry = readable_entries(db, register, desk.user_id).get(record_id)
    if entry is None:
        raise NoSuchRecord
    lock_cases_of(db, register, entry.ids)  # first, as whoever changes the record does
    tie = same_tie(db, declared.user_id, respondent_id=record_id, body_id=None)
    tie = tie or _made(db, declared, respondent_id=record_id)
    new = settle_ties(db, register, entries(db, register), [record_id])
    tell_where_nobody_sees(db, new, declared.now)
    record(db, "staff_tie_recorded", declared.actor, declared.now, details=_told(tie))
    return tie


def tie_to_body(db: Session, declared: Declared, body_id: UUID, *, name_secret: bytes) -> StaffTie:
    """To an organization of the directory: every case that is kept from it, now and later, and
    those that name a company or office so. Raises NotAMember or NoSuchBody."""
    _expect_member(db, declared)
    body = organization(db, body_id)
    if body is None:
        raise NoSuchBody
    tie = same_tie(db, declared.user_id, respondent_id=None, body_id=body_id)
    tie = tie or _made(db, declared, body_id=body_id)
    forms = [name_form(form) for name in _names(body) if (form := normal_name(name))]
    about = cases_kept_from(db, body_id) | cases_marked(db, digests(name_secret, forms))
    new = keep_from(db, tie, about)
    tell_where_nobody_sees(db, new, declared.now)
    record(db, "staff_tie_recorded", declared.actor, declared.now, details=_told(tie))
    return tie


def tie_to_case(db: Session, declared: Declared, case_id: UUID) -> StaffTie:
    """To whoever one case is about, where no name is known; it is kept from her alone."""
    _expect_member(db, declared)
    tie = _made(db, declared)
    new = keep_from(db, tie, [case_id])
    tell_where_nobody_sees(db, new, declared.now)
    record(
        db, "staff_tie_recorded", declared.actor, declared.now, case_id=case_id, details=_told(tie)
    )
    return tie


def end_tie(db: Session, tie_id: UUID, actor: Actor, now: datetime) -> None:
    """It was a mistake, or is over: the cases are hers to see again. Raises NoSuchTie or OwnTie."""
    if actor.organization_id is None or actor.user_id is None:
        raise NotAllowed
    tie = lock_tie(db, actor.organization_id, tie_id)
    if tie is None:
        raise NoSuchTie
    if tie.user_id == actor.user_id:
        raise OwnTie
    tie.ended_by, tie.ended_at = actor.user_id, now
    cases: Collection[UUID] = cases_by_tie(db, tie.id)
    drop_case_ties(db, tie.id)
    record(db, "staff_tie_ended", actor, now, details=_told(tie) | {"cases": len(cases)})


def _made(
    db: Session, declared: Declared, *, respondent_id: UUID | None = None,
    body_id: UUID | None = None,
) -> StaffTie:  # fmt: skip
    if declared.actor.user_id is None:
        raise NotAllowed
    tie = StaffTie(
        id=uuid4(), user_id=declared.user_id, organization_id=declared.organization_id,
        respondent_id=respondent_id, body_id=body_id, reason=declared.reason,
        made_by=declared.actor.user_id, made_at=declared.now,
    )  # fmt: skip
    db.add(tie)
    db.flush()
    return tie


def _expect_member(db: Session, declared: Declared) -> None:
    seat = membership_between(db, declared.user_id, declared.organization_id)
    if seat is None or seat.state != MembershipState.CONFIRMED:
        raise NotAMember


def _names(body: Organization) -> list[str]:
    return [body.name, *body.names.values(), *body.aliases]


def _told(tie: StaffTie) -> dict[str, object]:
    """What the trail keeps: ids and the reason's code."""
    return {"tie": str(tie.id), "member": str(tie.user_id), "reason": tie.reason}
