"""Routes a report: from her answers to candidates, overseeing desk and a stored explanation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.directory.version import load_directory, loads_of
from grievance.casework.report.answers import Answers
from grievance.rules.conflicts import conflicts_of, overseer
from grievance.rules.loads import Loads, group_loads
from grievance.rules.network import Directory
from grievance.rules.partner_index import positions
from grievance.rules.route import (
    RULE_VERSION,
    Against,
    Candidate,
    Exclusion,
    Facets,
    Route,
    Terms,
)
from grievance.rules.routing import route
from grievance.rules.terms import Ask, RespondentKind
from grievance.rules.urgency import Taxonomy, needs_of, readable
from grievance.store.referrals import StoredRoute


@dataclass(frozen=True)
class Routed:
    """A decision with everything it stood on."""

    facets: Facets
    against: Against
    ruled_out: frozenset[str]
    loads: Loads
    terms: Terms
    directory: Directory
    route: Route
    conflicts: Mapping[str, Exclusion]
    overseer: str | None

    def allows(self, organization: str) -> bool:
        """Whether an organization may be asked: a candidate, or the overseeing desk."""
        return organization in self.route.named or organization == self.overseer


def route_answers(
    db: Session, answers: Answers, taxonomy: Taxonomy, *, today: date, confirm_months: int
) -> Routed:
    """Run the route for these answers on the directory version in force."""
    directory = load_directory(db)
    facets = facets_of(answers, taxonomy)
    near = directory.partners_near(facets.country)
    return decide(
        facets,
        against_of(answers, directory),
        frozenset(answers.rule_out),
        group_loads(loads_of(db, near, today), directory.partners),
        Terms(today, confirm_months),
        directory,
        frozenset(answers.recipients),
    )


def decide(
    facets: Facets,
    against: Against,
    ruled_out: frozenset[str],
    loads: Loads,
    terms: Terms,
    directory: Directory,
    asked: frozenset[str],
) -> Routed:
    """The decision with its overseeing desk: the same for the same inputs, now and at a replay."""
    found = route(facets, ruled_out, against, directory, loads, terms, asked)
    conflicts = conflicts_of(facets, ruled_out, against, directory)
    above = overseer(found, directory, conflicts)
    return Routed(facets, against, ruled_out, loads, terms, directory, found, conflicts, above)


def facets_of(answers: Answers, taxonomy: Taxonomy) -> Facets:
    """What routing may know: readable codes, never a sealed one."""
    issues = readable(taxonomy, (one for one in answers.issues if taxonomy.knows(one)))
    return Facets(
        issues=issues,
        groups=frozenset(taxonomy.group_of(one) for one in issues),
        needs=needs_of(taxonomy, issues),
        country=answers.country,
        city=answers.city,
        nationality=answers.nationality,
        sector=answers.sector,
        languages=frozenset(answers.languages),
        age_band=answers.age_band,
        sex=answers.sex,
    )


def against_of(answers: Answers, directory: Directory) -> Against:
    """Who it is about: kinds, and directory bodies that a name means or may mean.

    Everything hangs below the root: where a name only may mean it, it is kept away alone.
    """
    names = [directory.names.match(name) for name in answers.respondent_names.values()]
    sure = frozenset().union(*(one.sure for one in names))
    matched = sure.union(*(one.unsure for one in names))
    alone = frozenset({directory.root} if directory.root else ()) & (matched - sure)
    kinds = frozenset(RespondentKind(kind) for kind in answers.respondent_kind)
    if Ask.COMPLAIN_CONSULATE in answers.asks:
        kinds |= {RespondentKind.CONSULATE}  # what she wants says whom it is about
    return Against(kinds, matched - alone, alone)


def readable_part(routed: Routed) -> dict[str, Any]:
    """The part of a route that is kept readable: enough to replay it but for her own wishes."""
    facets, found = routed.facets, routed.route
    return {
        "facets": {
            "issues": list(facets.issues),
            "groups": sorted(facets.groups),
            "needs": sorted(facets.needs),
            "country": facets.country,
            "city": facets.city,
            "nationality": facets.nationality,
            "sector": facets.sector,
            "languages": sorted(facets.languages),
            "age_band": facets.age_band,
            "sex": facets.sex,
        },
        "kinds": sorted(routed.against.kinds),
        "today": routed.terms.today.isoformat(),
        "confirm_months": routed.terms.confirm_months,
        # By place among the version's partners: among very many, ids would fill the database.
        "loads": [
            [load.open_cases, load.answer_hours, list(positions(alike))]
            for load, alike in routed.loads.alike.items()
        ],
        "candidates": _candidates(found.candidates),
        "fallback": found.fallback,
        "exclusions": [[one, str(reason)] for one, reason in found.exclusions],
        "counts": [[str(reason), count] for reason, count in found.counts],
        "further": found.further,
        "overseer": routed.overseer,
        "lines": [
            [str(each.line), _candidates(each.candidates), list(each.too)] for each in found.lines
        ],
    }


def _candidates(some: Iterable[Candidate]) -> list[list[Any]]:
    return [[one.organization, one.service, [str(r) for r in one.reasons]] for one in some]


def sealed_part(routed: Routed) -> dict[str, Any]:
    """The part that is sealed: matched respondent, what she ruled out, and what these exclude."""
    return {
        "matched": sorted(routed.against.matched),
        "alone": sorted(routed.against.alone),
        "ruled_out": sorted(routed.ruled_out),
        "exclusions": [[one, str(reason)] for one, reason in routed.route.sealed],
        "counts": [[str(reason), count] for reason, count in routed.route.sealed_counts],
    }


def route_words(routed: Routed, *, readable: bool) -> dict[str, Any]:
    """The words of a route's document. What stands readable beside it stays out: a thief could
    take its length away and see what is left.
    """
    words = {"sealed": sealed_part(routed)}
    return words if readable else words | {"readable": readable_part(routed)}


def stored_route(
    case_id: UUID, routed: Routed, made_at: datetime, document_id: UUID, *, readable: bool
) -> StoredRoute:
    """The row of a route; its readable part only where facets are readable."""
    return StoredRoute(
        case_id=case_id,
        made_at=made_at,
        rule_version=RULE_VERSION,
        directory_version=routed.directory.version,
        readable=readable_part(routed) if readable else None,
        sealed_document_id=document_id,
    )
