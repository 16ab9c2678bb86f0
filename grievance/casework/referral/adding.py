"""Adds a referral that she asks for on her page, for the needs that are open."""

from datetime import datetime

from sqlalchemy.orm import Session

from grievance.casework.referral.chains import (
    busy_chains,
    is_owned,
    line_for,
    needs_now,
    owners_needs,
)
from grievance.casework.referral.referring import add_referral
from grievance.rules.route import Route
from grievance.rules.terms import ReferralKind
from grievance.store.cases import Case
from grievance.store.events import WORKER
from grievance.store.referrals import Consent, Referral, referrals_of


def add_hers(
    db: Session,
    case: Case,
    given: Consent,
    found: Route,
    now: datetime,
    *,
    kind: ReferralKind | None,
    oversees: bool,
) -> Referral:
    """A referral by her consent: as an organizer asked her (``kind``), else for the needs that this
    organization is proposed for on her page. It hands the case over, unless somebody owns it or is
    to own it and it is for a further need."""
    rows, one = referrals_of(db, case.id), given.organization_id
    owners = owners_needs(case, rows)
    if kind == ReferralKind.SHARE:
        needs = line_for(db, case, one, busy_chains(case, rows))
    elif kind == ReferralKind.HAND_OVER or oversees:
        needs, kind = owners, ReferralKind.HAND_OVER
    else:
        needs = needs_now(case, rows, found, str(one))
        further = is_owned(case, rows) and needs and not set(needs) & set(owners)
        kind = ReferralKind.SHARE if further else ReferralKind.HAND_OVER
    return add_referral(
        db, case, given, now=now, actor=WORKER, oversees=oversees, kind=kind, needs=needs
    )
