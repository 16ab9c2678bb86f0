"""Entries whose time has come (a pause that ends, a confirmation that lapses), and what a desk
still holds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from grievance.rules.clocks import months_before
from grievance.rules.lifecycle import ASKED, HOLDING, OPEN_CASE
from grievance.rules.route import Terms
from grievance.rules.terms import NEVER_ASKED, ReferralState, Sharing, Urgency
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.queue import Reader, visible
from grievance.store.referrals import Referral
from grievance.store.releases import Release


@dataclass(frozen=True)
class Held:
    """Open cases of a desk, as far as the reader may know of them. ``alone``: it holds them, and
    nobody else waits whom the worker agreed to."""

    open: int
    alone: int


def pauses_over(db: Session, today: date) -> Sequence[UUID]:
    """Paused entries whose last day is before ``today``, the latest day there is anywhere."""
    return db.scalars(
        select(Organization.id)
        .where(Organization.paused, Organization.active, Organization.paused_until < today)
        .order_by(Organization.id)
    ).all()


def near_lapsing(db: Session, terms: Terms, soon: timedelta) -> Sequence[UUID]:
    """Partners whose confirmation has lapsed or does within a time, and who were not reminded
    today: the rule looks closer."""
    ahead = (terms.today + soon).replace(day=1)
    waits = or_(Organization.reminded_on.is_(None), Organization.reminded_on < terms.today)
    return db.scalars(
        select(Organization.id)
        .where(_agreed(), waits, _confirmed_before(months_before(ahead, terms.confirm_months)))
        .order_by(Organization.id)
    ).all()


def lapsing(
    db: Session, ids: Collection[UUID] | None, terms: Terms, soon: timedelta
) -> Sequence[tuple[UUID, str, date | None]]:
    """Id, name and last confirmation of these partners (None: of all) that have lapsed or do
    within a time: the longest ago first."""
    ahead = (terms.today + soon).replace(day=1)
    query = select(Organization.id, Organization.name, Organization.confirmed_on).where(
        _agreed(), _confirmed_before(months_before(ahead, terms.confirm_months))
    )
    query = query if ids is None else query.where(Organization.id.in_(ids))
    order = func.coalesce(Organization.confirmed_on, date.min)
    rows = db.execute(query.order_by(order, Organization.name, Organization.id))
    return [(one, name, day) for one, name, day in rows]


def lock_entry_if_free(db: Session, organization_id: UUID) -> Organization | None:
    """An entry as it is now, its row locked; None where somebody changes it this moment: the work
    loop leaves it for the next pass."""
    query = select(Organization).where(Organization.id == organization_id)
    query = query.with_for_update(skip_locked=True, key_share=True)
    return db.scalar(query.execution_options(populate_existing=True))


def left_behind(db: Session, limit: int) -> list[tuple[UUID, UUID]]:
    """Open cases that a closed organization owns, oversees, holds or was asked to take, with that
    organization: for the work loop, which moves them on. What a person is told is ``held_by``."""
    closed = db.scalars(
        select(Organization.id).where(Organization.closed_on.is_not(None), ~Organization.active)
    ).all()
    if not closed:
        return []
    open_case = (Case.state.in_(OPEN_CASE), Case.sharing == Sharing.CHOSEN)
    asked = (
        select(Case.id, Referral.organization_id)
        .join(Referral, Referral.case_id == Case.id)
        .where(Referral.organization_id.in_(closed), Referral.state.in_(ASKED | HOLDING))
    )
    owned = select(Case.id, Case.owner_id).where(Case.owner_id.in_(closed))
    overseen = select(Case.id, Case.overseer_id).where(Case.overseer_id.in_(closed))
    released = (
        select(Case.id, Release.organization_id)
        .join(Release, Release.case_id == Case.id)
        .where(Release.organization_id.in_(closed), Release.ended_at.is_(None))
    )
    found: set[tuple[UUID, UUID]] = set()
    for query in (asked, owned, overseen, released):  # each by an index of its own
        rows = db.execute(query.where(*open_case).limit(limit))
        found |= {(case_id, one) for case_id, one in rows if one is not None}
    return sorted(found)[:limit]


def held_by(db: Session, reader: Reader, organization_id: UUID) -> Held:
    """How many open cases a desk has, of those that the reader may know of."""
    asked = _with_referral(organization_id, *ASKED, *HOLDING)
    there = or_(Case.owner_id == organization_id, asked)
    others = exists().where(
        Referral.case_id == Case.id,
        Referral.organization_id != organization_id,
        Referral.state == ReferralState.WAITING,
    )
    alone = and_(Case.owner_id == organization_id, Case.accepted_at.is_not(None), ~others)
    known = (visible(reader), Case.state.in_(OPEN_CASE))
    count = select(func.count()).select_from(Case).where(*known)
    return Held(db.scalar(count.where(there)) or 0, db.scalar(count.where(alone)) or 0)


def danger_waits_at(db: Session, organization_id: UUID) -> bool:
    """Whether a desk owns an open case of danger, holds one or was asked to take one."""
    there = or_(Case.owner_id == organization_id, _with_referral(organization_id, *ASKED, *HOLDING))
    found = exists().where(Case.urgency == Urgency.U0, Case.state.in_(OPEN_CASE), there)
    return bool(db.scalar(select(found)))


def _with_referral(organization_id: UUID, *states: ReferralState) -> ColumnElement[bool]:
    return exists().where(
        Referral.case_id == Case.id,
        Referral.organization_id == organization_id,
        Referral.state.in_(states),
    )


def _agreed() -> ColumnElement[bool]:
    return and_(Organization.partner, Organization.active, Organization.kind.not_in(NEVER_ASKED))


def _confirmed_before(first: date) -> ColumnElement[bool]:
    return or_(Organization.confirmed_on.is_(None), Organization.confirmed_on < first)
