"""Who is kept away from a case by the directory as it stands now, for a desk that reads it."""

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.reading import DeskKeys, OpenedCase, answers_of
from grievance.casework.directory.version import load_directory
from grievance.casework.report.answers import Answers
from grievance.casework.respondents.register import details_about
from grievance.casework.routes.routing import against_of
from grievance.rules.conflicts import conflicts_of
from grievance.rules.network import Directory
from grievance.rules.respondents import Details, kinds_of
from grievance.rules.route import Exclusion, Facets
from grievance.store.cases import Case


def in_conflict(db: Session, case: Case, to: UUID, opened: OpenedCase, desk: DeskKeys) -> bool:
    """Whether one is among ``conflicts_now``."""
    return str(to) in conflicts_now(db, case, opened, desk)


def conflicts_now(
    db: Session, case: Case, opened: OpenedCase, desk: DeskKeys
) -> dict[str, Exclusion]:
    """By her answers, as far as these keys open them, and this desk's records of whom the case is
    about: an organization may have joined, or tied itself to one of these, after the report."""
    answers, about = answers_of(db, case.id, opened.keys), details_about(db, desk, case.id)
    return conflicts_by(case, answers, about, load_directory(db))


def conflicts_by(
    case: Case, answers: Answers | None, about: Iterable[Details], directory: Directory
) -> dict[str, Exclusion]:
    """Ids of organizations that conflict or her wish keeps away, by her own words and every name of
    these records. Where a desk reads from a later word on, by what stands readable instead."""
    told = answers if answers and answers.says_something else _told_openly(case)
    records = list(about)
    names = [name for one in records for name in one.every_name]
    told = replace(
        told,
        respondent_names=told.respondent_names | {f"named {n}": x for n, x in enumerate(names)},
        respondent_kind=[*told.respondent_kind, *sorted(kinds_of(records))],
    )
    facets = Facets(
        issues=tuple(i.code for i in case.issues), groups=frozenset(i.group for i in case.issues)
    )
    return conflicts_of(facets, frozenset(told.rule_out), against_of(told, directory), directory)


def _told_openly(case: Case) -> Answers:
    return Answers(respondent_kind=list(case.respondent_kinds), asks=list(case.asks))
