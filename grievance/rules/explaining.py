"""Why one body was proposed or not: worked out when somebody asks (design.md 5). Pure.

What she named or ruled out must not show to whoever may not read it, nor by its absence. So the
open answer is worked out as if there were no such wishes, and is the same whatever they were.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from grievance.rules.conflicts import conflicts_of
from grievance.rules.loads import Loads
from grievance.rules.network import Directory
from grievance.rules.route import KEPT, Against, Candidate, Exclusion, Facets, Reason, Route, Terms
from grievance.rules.routing import route, sort_out

NOTHING: Final[frozenset[str]] = frozenset()


class Answer(StrEnum):
    """What there is to say of one body."""

    UNKNOWN = "unknown"  # not in that version of the directory
    NOT_A_PARTNER = "not_a_partner"
    KEPT_AWAY = "kept_away"
    PROPOSED = "proposed"
    FITS = "fits"  # as far as one may know: proposed, lower in the order, or kept away by her
    NETWORK = "network"  # nobody was found to fit; nothing is said of one alone


@dataclass(frozen=True)
class WhyNot:
    """The answer for one body. ``place`` counts from one; None stands behind the first fifty."""

    answer: Answer
    exclusion: Exclusion | None = None
    reasons: tuple[Reason, ...] = ()
    place: int | None = None
    first: Candidate | None = None  # who stands first instead


def why_not(
    one: str,
    facets: Facets,
    ruled_out: frozenset[str],
    against: Against,
    directory: Directory,
    loads: Loads,
    terms: Terms,
) -> WhyNot:
    """The whole answer for one body of the directory, its conflicts and her wishes too."""
    body = directory.bodies.get(one)
    if body is None:
        return WhyNot(Answer.UNKNOWN)
    conflicts = conflicts_of(facets, ruled_out, against, directory)
    if one in conflicts:
        return WhyNot(Answer.KEPT_AWAY, conflicts[one])
    if not body.partner:
        return WhyNot(Answer.NOT_A_PARTNER)
    found = route(facets, ruled_out, against, directory, loads, terms, frozenset({one}))
    if one in found.organizations:
        return _proposed(one, found)
    return WhyNot(Answer.KEPT_AWAY, _kept_away(one, facets, conflicts, directory, loads, terms))


def why_not_openly(
    one: str,
    facets: Facets,
    against: Against,
    directory: Directory,
    loads: Loads,
    terms: Terms,
    *,
    fallback: bool,
) -> WhyNot:
    """The answer for whoever may not read what she named or ruled out.

    Where the route found nobody (``fallback``), that may be her doing: beside it, a body that fits
    would be one she keeps away. So then nothing is said of one alone, whoever it is.
    """
    kinds = Against(against.kinds)
    found = why_not(one, facets, NOTHING, kinds, directory, loads, terms)
    if found.answer in {Answer.UNKNOWN, Answer.NOT_A_PARTNER}:
        return found
    if fallback:
        body = directory.bodies[one]
        return WhyNot(Answer.NETWORK if body.partner else Answer.NOT_A_PARTNER)
    if found.answer == Answer.PROPOSED:
        return WhyNot(Answer.FITS, reasons=found.reasons)
    return found


def _proposed(one: str, found: Route) -> WhyNot:
    number = found.organizations.index(one)
    first = found.candidates[0]
    return WhyNot(
        Answer.PROPOSED,
        reasons=found.candidates[number].reasons,
        place=number + 1 if number < KEPT else None,
        first=first if number else None,
    )


def _kept_away(
    one: str,
    facets: Facets,
    conflicts: Mapping[str, Exclusion],
    directory: Directory,
    loads: Loads,
    terms: Terms,
) -> Exclusion:
    """The first reason of a partner that is no candidate; one that never was near is outside."""
    index = directory.partners
    bit, around = index.mask_of([one]), index.around(facets.country)
    kept_away = sort_out(around, facets, conflicts, index, loads, terms).kept_away
    found = (why for why, mask in kept_away.items() if mask & bit)
    return next(found, Exclusion.OUTSIDE_AREA)
