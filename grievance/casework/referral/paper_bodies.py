"""Which bodies outside may be given a printed form at all (decisions/0026)."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.directory.version import load_directory
from grievance.casework.referral.conflicting import conflicts_by
from grievance.casework.report.answers import Answers
from grievance.rules.paper import never_gets_one
from grievance.rules.respondents import Details
from grievance.rules.terms import NEVER_ASKED, OrganizationKind
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.paper import body_for_paper
from grievance.store.staff_ties import exclusions_of


class NeverOnPaper(Exception):
    """An official body, an agency, or somebody whom the report is about or whom she keeps away."""


def names_of_body(db: Session, case: Case, listing_id: UUID | None, typed: str) -> list[str]:
    """The names of a listing, its own first, or the one that was typed. Raises NeverOnPaper for a
    listing that gets none: a partner is asked here, others never."""
    if listing_id is None:
        return [typed]
    body = body_for_paper(db, case.id, listing_id)
    if body is None:
        raise NeverOnPaper
    return [body.name, *body.names.values(), *body.aliases]


def never_gets_paper(
    db: Session, case: Case, answers: Answers, names: list[str], listing_id: UUID | None,
    records: Collection[Details],
) -> bool:  # fmt: skip
    """By what the name reads like; by the directory, for a listing and for whatever body of it the
    name means or may mean; and by whom she named or keeps away, or the desk's ``records`` say that
    the case is about."""
    recorded = [name for one in records for name in one.every_name]
    if never_gets_one(names, [*answers.respondent_names.values(), *recorded]):
        return True
    directory = load_directory(db)
    away = conflicts_by(case, answers, records, directory)
    listing = db.get(Organization, listing_id) if listing_id else None
    meant = {str(listing.id)} if listing else set()
    matches = [directory.names.match(one) for one in names]
    sure = meant.union(*(one.sure for one in matches))
    kinds = {directory.bodies[one].kind for one in sure & directory.bodies.keys()}
    kinds |= {OrganizationKind(listing.kind)} if listing else set()
    unsure = frozenset().union(*(one.unsure for one in matches))
    kept = {str(one) for one in exclusions_of(db, case.id)}  # by what a desk named before, too
    return bool(kinds & NEVER_ASKED or (kept | away.keys()) & (sure | unsure))
