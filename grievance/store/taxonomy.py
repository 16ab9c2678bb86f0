"""The taxonomy as rules see it, built once for each time it was loaded."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from grievance.rules.terms import ServiceNeed, Urgency
from grievance.rules.urgency import Issue, Taxonomy
from grievance.store.reference import IssueCode, issue_codes

_built: list[tuple[Sequence[IssueCode], Taxonomy]] = []
_MOST_BUILT = 4


def taxonomy(db: Session) -> Taxonomy:
    """Every code that can be chosen, in the taxonomy's own order."""
    return taxonomy_of(issue_codes(db))


def taxonomy_of(rows: Sequence[IssueCode]) -> Taxonomy:
    """The same of rows that were read before (``issue_codes``)."""
    for known, built in _built:
        if known is rows:
            return built
    made = Taxonomy({row.code: _issue(row) for row in rows})
    _built.insert(0, (rows, made))
    del _built[_MOST_BUILT:]
    return made


def _issue(row: IssueCode) -> Issue:
    return Issue(
        code=row.code,
        group=row.group,
        needs=frozenset(ServiceNeed(need) for need in row.needs),
        urgency=Urgency(row.urgency),
        sealed=row.readable == "group",
    )
