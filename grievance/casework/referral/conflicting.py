"""Who is kept away from a case by the directory as it stands now, for a desk that reads it."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from grievance.casework.case.reading import answers_of
from grievance.casework.directory.version import load_directory
from grievance.casework.routes.routing import against_of
from grievance.rules.conflicts import conflicts_of
from grievance.rules.route import Facets
from grievance.store.cases import Case


def conflicts_now(db: Session, case: Case, keys: Mapping[int, bytes]) -> frozenset[str] | None:
    """Ids of organizations that conflict or her wish keeps away: one may have joined after the
    report. None where these keys do not open her answers: then nothing can be said."""
    answers = answers_of(db, case.id, keys)
    if answers is None or not answers.says_something:
        return None
    directory = load_directory(db)
    facets = Facets(
        issues=tuple(i.code for i in case.issues), groups=frozenset(i.group for i in case.issues)
    )
    against = against_of(answers, directory)
    return frozenset(conflicts_of(facets, frozenset(answers.rule_out), against, directory))
