"""Runs the rules on the directory in force for nobody's case: nothing is stored, no case is read.

How many cases a partner has is not read either, or its getting full would tell of one to desks that
must find nothing of it: each counts as if it had none, and is full only where it carries none.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from grievance.casework.directory.version import load_directory
from grievance.casework.report.answers import Answers
from grievance.casework.routes.routing import Routed, against_of, decide, facets_of, readable_part
from grievance.rules.coverage import Coverage, coverage
from grievance.rules.loads import group_loads
from grievance.rules.route import Against, Terms
from grievance.rules.urgency import Taxonomy


def simulate(
    db: Session,
    supposed: Answers,
    respondents: Iterable[str],
    taxonomy: Taxonomy,
    *,
    today: date,
    confirm_months: int,
) -> Routed:
    """Where such a report would go now; ``respondents`` are ids of directory organizations."""
    directory = load_directory(db)
    return decide(
        facets_of(supposed, taxonomy),
        Against(
            against_of(supposed, directory).kinds, frozenset(respondents) & directory.bodies.keys()
        ),
        frozenset(supposed.rule_out),
        group_loads({}, directory.partners),
        Terms(today, confirm_months),
        directory,
        frozenset(),
    )


def as_plain(routed: Routed) -> dict[str, Any]:
    """Everything that came out, the conflicts too, by ids and codes."""
    shown, found = readable_part(routed), routed.route
    kept_away = dict(found.sealed) | dict(found.exclusions)
    return {
        "rule_version": found.rule_version,
        "directory_version": found.directory_version,
        "facets": shown["facets"],
        "candidates": shown["candidates"],
        "lines": shown["lines"],
        "further": found.further,
        "fallback": found.fallback,
        "overseer": routed.overseer,
        "exclusions": [[one, str(why)] for one, why in sorted(kept_away.items())],
        "counts": [[str(why), count] for why, count in (*found.sealed_counts, *found.counts)],
    }


def coverage_now(
    db: Session, countries: Iterable[str], *, today: date, confirm_months: int
) -> Coverage:
    """Which country, community and need has a partner, by the directory in force."""
    index = load_directory(db).partners
    return coverage(countries, index, group_loads({}, index), Terms(today, confirm_months))
