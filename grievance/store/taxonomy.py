"""The taxonomy as rules see it, read from its rows once a request."""

from sqlalchemy.orm import Session

from grievance.rules.terms import ServiceNeed, Urgency
from grievance.rules.urgency import Issue, Taxonomy
from grievance.store.reference import issue_codes


def taxonomy(db: Session) -> Taxonomy:
    """Every code that can be chosen, in the taxonomy's own order."""
    return Taxonomy(
        {
            row.code: Issue(
                code=row.code,
                group=row.group,
                needs=frozenset(ServiceNeed(need) for need in row.needs),
                urgency=Urgency(row.urgency),
                sealed=row.readable == "group",
            )
            for row in issue_codes(db)
        }
    )
