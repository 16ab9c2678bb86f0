"""Runs the rules on the directory in force for nobody's case: nothing is stored, no case is read.

Of a partner it is not known here how many cases it has: each counts as if it had none.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from grievance.casework.answers import Answers
from grievance.casework.directory_version import load_directory, loads_of
from grievance.casework.routing import Routed, against_of, decide, facets_of, readable_part
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
        {},
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
    loads = loads_of(db, (body.id for body in index.bodies), today)
    terms = Terms(today, confirm_months)
    return coverage(countries, index, group_loads(loads, index), terms)
