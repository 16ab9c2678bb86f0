"""Cases as a desk may list them: every finder takes the scope it reads for.

A case is in scope when an organization of the desk owns it or was asked. Reports shared with
nobody and held ones are in no list of an organizer; a coordinator of the root sees their country
and hour only. Cases that exclude the desk's own organization are in no list, count or export, and
neither are those about somebody whom the reader herself is tied to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from grievance.rules.lifecycle import ASKED, HOLDING, OPEN_CASE
from grievance.rules.terms import CaseState, ReferralState, Sharing
from grievance.store.cases import Case, CaseExclusion, CaseIssue, ClosingRequest
from grievance.store.clocks import CaseClock
from grievance.store.questions import Question
from grievance.store.referrals import Consent, Referral
from grievance.store.releases import Release, ReleaseRequest
from grievance.store.staff_ties import is_tied

_SEEN = [*ASKED, *HOLDING, ReferralState.COMPLETED, ReferralState.NOT_COMPLETED]
PAGE = 25
SOON = timedelta(hours=24)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # the place of cases that nobody is asked about
# What may wait beside a referral's state: the worker's word, her answer to a question of ours, what
# we must do within a day, another organization's answer, a second person in danger; or a promised
# time has passed.
WAITS = frozenset({"replied", "answered", "soon", "elsewhere", "closing", "missed"})
T = TypeVar("T")


@dataclass(frozen=True)
class Reader:
    """The desk a list is made for."""

    organization_id: UUID
    user_id: UUID
    scope: frozenset[UUID]
    at: datetime  # now, for clocks that run
    desks: frozenset[UUID] = frozenset()  # where she is a member too


@dataclass(frozen=True)
class Filters:
    """What the address asks for; None does not narrow."""

    state: str | None = None
    urgency: str | None = None
    country: str | None = None
    issue: str | None = None
    owner: str | None = None  # "me", "none" or a member's id
    referral: str | None = None
    sort: str = "urgency"
    after: tuple[str, datetime, UUID] | None = None


def visible(reader: Reader) -> ColumnElement[bool]:
    """The one condition that scopes every finder of staff."""
    return and_(may_know(reader), in_scope(reader))


def may_know(reader: Reader) -> ColumnElement[bool]:
    """Shared cases that are kept away neither from a desk of hers nor, by a tie, from herself."""
    excluded = exists().where(
        CaseExclusion.case_id == Case.id,
        CaseExclusion.organization_id.in_({reader.organization_id, *reader.desks}),
    )
    return and_(Case.sharing == Sharing.CHOSEN, ~excluded, ~is_tied(reader.user_id, Case.id))


def in_scope(reader: Reader) -> ColumnElement[bool]:
    """Cases that an organization in scope owns or was asked about."""
    asked = exists().where(
        Referral.case_id == Case.id,
        Referral.organization_id.in_(reader.scope),
        Referral.state.in_(_SEEN),
        Consent.id == Referral.consent_id,
        Consent.withdrawn_at.is_(None),  # who served once sees nothing after she took it back
    )
    released = exists().where(
        Release.case_id == Case.id,
        Release.organization_id.in_(reader.scope),
        Release.ended_at.is_(None),
    )
    return or_(Case.owner_id.in_(reader.scope), asked, released)


def find_case(db: Session, reader: Reader, case_id: UUID) -> Case | None:
    """One case, as far as it is in scope; one of others is as if it did not exist.

    Its row is locked: even a look at it writes, and whoever comes next waits for this request.
    """
    query = select(Case).where(Case.id == case_id, visible(reader))
    return db.scalar(query.with_for_update(of=Case))


def find_cases(db: Session, reader: Reader, filters: Filters, limit: int = PAGE) -> Sequence[Case]:
    """A page of the queue, from a place in it (paging by key: hours make ties)."""
    query = narrowed(select(Case).where(visible(reader)), reader, filters)
    if filters.after is not None:
        query = query.where(_past(reader, filters))
    return db.scalars(query.order_by(*_order(reader, filters.sort)).limit(limit)).all()


def count_cases(db: Session, reader: Reader, filters: Filters) -> tuple[int, datetime | None]:
    """How many cases a list holds, and since when the oldest waits."""
    inner = narrowed(select(Case.received_at).where(visible(reader)), reader, filters).subquery()
    number, oldest = db.execute(select(func.count(), func.min(inner.c.received_at))).one()
    return number, oldest


def narrowed(query: Select[T], reader: Reader, filters: Filters) -> Select[T]:
    """Put the filters on a query."""
    return query.where(*_conditions(reader, filters))


def _conditions(reader: Reader, filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.state is None:
        found.append(Case.state.in_(OPEN_CASE))
    elif filters.state != "all":
        found.append(Case.state == filters.state)
    if filters.urgency:
        found.append(Case.urgency == filters.urgency)
    if filters.country:
        found.append(Case.country == filters.country)
    if filters.issue:
        wanted = or_(CaseIssue.code == filters.issue, CaseIssue.group == filters.issue)
        found.append(exists().where(CaseIssue.case_id == Case.id, wanted))
    if filters.referral:
        found.append(_with_referral(reader, filters.referral))
    if filters.owner:
        found.append(_owned_by(reader, filters.owner))
    return found


def _with_referral(reader: Reader, wanted: str) -> ColumnElement[bool]:
    """A referral's state, as the case's page tells it: of desks in scope, and in cases that one of
    them owns of all who were asked; "we are asked" means a desk in scope. Or what waits."""
    of_it = Referral.case_id == Case.id
    ours, asked = Referral.organization_id.in_(reader.scope), Referral.state.in_(ASKED)
    if wanted == "replied":
        return Case.worker_waits.is_(True)
    if wanted == "answered":
        return _answered(reader)
    if wanted == "soon":
        late = Referral.due_at <= reader.at + SOON
        asked_here = exists().where(of_it, ours, asked, late)
        beside = exists().where(of_it, ours, Referral.first_due_at <= reader.at + SOON)
        return or_(asked_here, beside, _has_clock(reader, CaseClock.due_at <= reader.at + SOON))
    if wanted == "missed":
        beside = exists().where(of_it, ours, Referral.first_missed_at.is_not(None))
        return or_(beside, _has_clock(reader, CaseClock.missed_at.is_not(None)))
    if wanted == "elsewhere":
        other = Referral.organization_id != reader.organization_id
        return and_(Case.owner_id == reader.organization_id, exists().where(of_it, asked, other))
    if wanted == "closing":
        return _wants_a_second(reader)
    knows = ours if wanted in ASKED else or_(ours, Case.owner_id.in_(reader.scope))
    return exists().where(of_it, Referral.state == wanted, knows)


def _answered(reader: Reader) -> ColumnElement[bool]:
    """She answered a question of this desk, and nobody here has opened the answer."""
    return exists().where(
        Question.case_id == Case.id,
        Question.organization_id == reader.organization_id,
        Question.answered_at.is_not(None),
        Question.seen_at.is_(None),
        Question.ended_at.is_(None),
    )


def _wants_a_second(reader: Reader) -> ColumnElement[bool]:
    """Somebody else asks to close it, or a desk in scope to release it."""
    close = exists().where(
        ClosingRequest.case_id == Case.id, ClosingRequest.by_user_id != reader.user_id
    )
    release = exists().where(
        ReleaseRequest.case_id == Case.id,
        ReleaseRequest.by_user_id != reader.user_id,
        ReleaseRequest.from_organization_id.in_(reader.scope),
    )
    return or_(close, release)


def _has_clock(reader: Reader, like: ColumnElement[bool]) -> ColumnElement[bool]:
    """A promised time of a case that a desk in scope owns."""
    theirs = exists().where(CaseClock.case_id == Case.id, like)
    return and_(Case.owner_id.in_(reader.scope), theirs)


def _owned_by(reader: Reader, owner: str) -> ColumnElement[bool]:
    """Who works on a case at another desk is that desk's to know."""
    here = Case.owner_id.in_(reader.scope)
    if owner == "none":
        return or_(Case.assignee_id.is_(None), Case.owner_id.is_(None), ~here)
    return and_(here, Case.assignee_id == (reader.user_id if owner == "me" else _uuid(owner)))


def _order(reader: Reader, sort: str) -> list[Any]:
    if sort == "newest":
        return [Case.received_at.desc(), Case.id.desc()]
    if sort == "due":
        return [_due(reader), Case.id]
    if sort == "urgency":
        return [Case.urgency, Case.received_at, Case.id]
    return [Case.received_at, Case.id]


def _due(reader: Reader) -> Any:
    """When the first open question about a case must be answered, or the first time that its owner
    promised is up; without either, never. Another desk's promises are its own."""
    asked = select(func.min(Referral.due_at)).where(
        Referral.case_id == Case.id, Referral.state.in_(ASKED)
    )
    ours = select(func.min(CaseClock.due_at)).where(
        CaseClock.case_id == Case.id, Case.owner_id.in_(reader.scope)
    )
    first, second = (func.coalesce(one.scalar_subquery(), NEVER) for one in (asked, ours))
    return case((first <= second, first), else_=second)


def _past(reader: Reader, filters: Filters) -> ColumnElement[bool]:
    urgency, at, case_id = filters.after  # type: ignore[misc]
    if filters.sort == "due":
        return or_(_due(reader) > at, and_(_due(reader) == at, Case.id > case_id))
    later = or_(Case.received_at > at, and_(Case.received_at == at, Case.id > case_id))
    if filters.sort == "newest":
        return or_(Case.received_at < at, and_(Case.received_at == at, Case.id < case_id))
    if filters.sort == "urgency":
        return or_(Case.urgency > urgency, and_(Case.urgency == urgency, later))
    return later


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def unshared_by_country(db: Session) -> Sequence[tuple[str | None, int]]:
    """Reports shared with nobody, by country: all that a root's coordinator sees of them."""
    rows = db.execute(
        select(Case.country, func.count())
        .where(Case.sharing == Sharing.NOBODY, Case.state != CaseState.CLOSED)
        .group_by(Case.country)
        .order_by(Case.country)
    )
    return [(country, count) for country, count in rows]
