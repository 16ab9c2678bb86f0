"""Which organizations a desk may still refer one case on to."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from grievance.rules.lifecycle import ASKED, HOLDING
from grievance.rules.terms import NEVER_ASKED, ReferralKind
from grievance.store.accounts import desks_that_read
from grievance.store.cases import CaseExclusion
from grievance.store.directory import Organization
from grievance.store.referrals import Referral


class Askable(NamedTuple):
    """What is shown of a partner, and by what it may have lapsed."""

    id: UUID
    name: str
    country: str
    confirmed_on: date | None
    is_root: bool


def askable(db: Session, case_id: UUID, desk: UUID) -> list[Askable]:
    """Partners with keys that are not kept away from the case, are not asked already and do not own
    it (one that shares it may be given it); by name, without the ``desk`` that asks."""
    excluded = select(CaseExclusion.organization_id).where(CaseExclusion.case_id == case_id)
    owns = and_(Referral.state.in_(HOLDING), Referral.kind == ReferralKind.HAND_OVER)
    taken = select(Referral.organization_id).where(
        Referral.case_id == case_id, or_(Referral.state.in_(ASKED), owns)
    )
    rows = db.execute(
        select(
            Organization.id, Organization.name, Organization.country, Organization.confirmed_on,
            Organization.is_root,
        )
        .where(
            Organization.partner, Organization.active, ~Organization.paused,
            Organization.kind.not_in(NEVER_ASKED), Organization.id.in_(desks_that_read()),
            Organization.id.not_in(excluded), Organization.id.not_in(taken),
            Organization.id != desk,
        )
        .order_by(Organization.name, Organization.id)
    )  # fmt: skip
    return [Askable(*row) for row in rows]


def further_names(db: Session) -> dict[UUID, list[str]]:
    """What else partners are called: names in other languages and aliases."""
    rows = db.execute(
        select(Organization.id, Organization.names, Organization.aliases).where(
            Organization.partner, Organization.active
        )
    )
    return {one: [*names.values(), *aliases] for one, names, aliases in rows}
