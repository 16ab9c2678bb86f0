"""A report that nobody could see is shared for the first time: its facets stand readable."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.referral.consenting import Hers, seal_hers
from grievance.casework.report.answers import Answers
from grievance.casework.report.reporting import exclusions, facets_of_case, write_facets
from grievance.casework.respondents.marking import keep_from_tied, marks
from grievance.casework.routes.routing import Routed, route_words, stored_route
from grievance.rules.clocks import cut_to_hour
from grievance.rules.terms import DocumentKind, Sharing
from grievance.rules.urgency import Taxonomy
from grievance.store.cases import Case
from grievance.store.events import WORKER, record


def share_first_time(
    db: Session,
    case: Case,
    answers: Answers,
    taxonomy: Taxonomy,
    routed: Routed,
    her: Hers,
    *,
    name_secret: bytes,
    now: datetime,
) -> None:
    """A report that nobody could see becomes one that is shared: its facets stand readable."""
    hour = cut_to_hour(now)
    write_facets(case, facets_of_case(answers, taxonomy, routed))
    case.sharing = Sharing.CHOSEN
    case.owner_id = case.overseer_id = UUID(routed.overseer) if routed.overseer else None
    words = route_words(routed, readable=True)
    document = seal_hers(case, DocumentKind.ROUTE, words, her, hour)
    db.add(document)
    db.flush()
    db.add(stored_route(case.id, routed, hour, document.id, readable=True))
    db.add_all(exclusions(case.id, routed))
    db.add_all(marks(case.id, answers, name_secret))
    db.flush()
    keep_from_tied(db, case.id, routed.conflicts.keys())
    record(db, "report_shared", WORKER, hour, case_id=case.id, organization_id=case.owner_id)
