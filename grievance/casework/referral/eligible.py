"""Who may be asked in a case today."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.directory.version import load_directory
from grievance.rules.conflicts import is_about_office
from grievance.rules.route import Terms
from grievance.rules.routing import lapsed
from grievance.rules.terms import NEVER_ASKED, Ask, PassedOver
from grievance.store.accounts import can_read
from grievance.store.askable import askable
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization
from grievance.store.referrals import latest_route

_CONFIRM_MONTHS = 12  # for a case whose route says nothing


def may_be_asked(db: Session, case: Case, desk: UUID, today: date) -> list[tuple[UUID, str, str]]:
    """Id, name and country of the partners, by name and without the ``desk`` that asks, that are
    not asked already and of which ``cannot_be_asked`` says nothing: with no query for each."""
    offices, terms = _offices_kept_away(db, case), _terms(db, case, today)
    return [
        (row.id, row.name, row.country)
        for row in askable(db, case.id, desk)
        if str(row.id) not in offices and (row.is_root or not lapsed(row.confirmed_on, terms))
    ]


def cannot_be_asked(
    db: Session, case: Case, organization_id: UUID, today: date, oversees: bool = False
) -> PassedOver | None:
    """Why an organization must not be asked in this case today; None when it may be.

    Consulates, government, police and agencies never are, whatever the directory says.
    """
    body = db.get_one(Organization, organization_id)
    if body.kind in NEVER_ASKED or _is_kept_away(db, case, body.id):
        return PassedOver.CONFLICT
    if not (body.partner and body.active):
        return PassedOver.NOT_A_PARTNER
    if not can_read(db, body.id):
        return PassedOver.NO_KEYS
    if oversees:
        return None
    if body.paused:
        return PassedOver.PAUSED
    is_lapsed = not body.is_root and lapsed(body.confirmed_on, _terms(db, case, today))
    return PassedOver.LAPSED if is_lapsed else None


def _terms(db: Session, case: Case, today: date) -> Terms:
    route = latest_route(db, case.id)
    months = (route.readable or {}).get("confirm_months") if route else None
    return Terms(today, months or _CONFIRM_MONTHS)


def _is_kept_away(db: Session, case: Case, organization_id: UUID) -> bool:
    """By what was found when she sent; and by what stands readable against offices, looked at
    anew: an entry may have moved below one, or been tied to one, since."""
    if db.get(CaseExclusion, (case.id, organization_id)) is not None:
        return True
    return str(organization_id) in _offices_kept_away(db, case)


def _offices_kept_away(db: Session, case: Case) -> Collection[str]:
    kinds, groups = set(case.respondent_kinds), {issue.group for issue in case.issues}
    about = is_about_office(kinds, groups) or Ask.COMPLAIN_CONSULATE in case.asks
    return load_directory(db).offices if about else ()
