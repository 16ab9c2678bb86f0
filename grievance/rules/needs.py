"""Which needs of a report one organization commonly serves together, who fits each line of them,
and whom to propose for it (design.md 5, rule 3). Pure.

A place of safety is one line, everything else that paid casework does another. Health, somebody to
talk to and information come along with either: alone they make no line, and beside a real one they
put nobody first. A line is ranked as a whole report is, with its own needs in their place.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from operator import and_, or_
from typing import Final

from grievance.rules.partner_index import PartnerIndex, any_of, lowest
from grievance.rules.ranking import Planes, Ranks, Step, candidates_of, taking
from grievance.rules.rooms import Rooms
from grievance.rules.route import Candidate, Facets, Reason, Route, Served
from grievance.rules.terms import NeedLine, ServiceNeed

SHOWN: Final = 3  # organizations that are proposed for each line
KEPT_A_LINE: Final = 12
_SAFE: Final = frozenset({ServiceNeed.SHE, ServiceNeed.GBV})
_ALONG: Final = frozenset({ServiceNeed.HEA, ServiceNeed.COU, ServiceNeed.INF})
Needs = frozenset[ServiceNeed]
_NOBODY: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True)
class Proposal:
    """Organizations that are proposed for the same lines (none: for all the report needs)."""

    lines: tuple[NeedLine, ...]
    candidates: tuple[Candidate, ...]


def lines_of(needs: Collection[ServiceNeed]) -> dict[NeedLine, Needs]:
    """The lines of a report with several needs, in their order; empty where one organization
    commonly serves all of them."""
    safe = _SAFE.intersection(needs)
    claim = frozenset(needs) - _SAFE - _ALONG
    return {NeedLine.CLAIM: claim, NeedLine.SAFE: safe} if safe and claim else {}


def served(
    services: Planes,
    facets: Facets,
    ranks: Ranks,
    index: PartnerIndex,
    rooms: Rooms,
    named: Sequence[Candidate],
) -> tuple[Served, ...]:
    """For each line the first twelve that take it. In the first line whoever fits and takes none
    stands behind them, as in a report with one need: it may still help with the rest. ``ranks``:
    those of the whole report."""
    lines = lines_of(facets.needs)
    if not lines or not any(services):
        return ()
    fitting = {line: _taking(line, lines, services, facets, index) for line in lines}
    takes = {line: any_of(planes) for line, planes in fitting.items()}
    others = ~any_of(takes.values())
    found: dict[NeedLine, tuple[Candidate, ...]] = {}
    for number, (line, planes) in enumerate(fitting.items()):
        behind = [plane & others for plane in services] if not number else None
        ways: Step = [(Reason.TAKES_PROBLEM, planes), (None, behind)][: 1 if number else 2]
        able = planes if behind is None else list(map(or_, planes, behind))
        found[line] = candidates_of(any_of(able), ways, ranks, index, rooms, 0, KEPT_A_LINE)
    every = index.mask_of(one.organization for one in chain(named, *found.values()))
    return tuple(_served(line, some, takes[line] & every, index) for line, some in found.items())


def _taking(
    line: NeedLine, lines: Mapping[NeedLine, Needs], services: Planes, facets: Facets,
    index: PartnerIndex,
) -> Planes:  # fmt: skip
    return list(map(and_, services, taking(replace(facets, needs=lines[line]), index)))


def _served(
    line: NeedLine, ranked: tuple[Candidate, ...], serving: int, index: PartnerIndex
) -> Served:
    behind = serving & ~index.mask_of(one.organization for one in ranked)
    return Served(
        line, ranked, tuple(index.bodies[n].id for n in lowest(behind, behind.bit_count()))
    )


def proposals(
    found: Route,
    leave_out: Collection[str] = _NOBODY,
    last: Collection[str] = _NOBODY,
    busy: Collection[NeedLine] = (),
) -> list[Proposal]:
    """At most three organizations for each line, each named once: those for all lines first, then
    line by line; a line that nobody is there for says so by holding nobody.

    ``last``: who said no before. While a line is ``busy``, since somebody is asked for it or serves
    it, who stands in another one too is proposed for that one alone.
    """
    if not found.lines:
        return [Proposal((), _first(found.candidates, leave_out, last))]
    shown = {each.line: _first(each.candidates, leave_out, last) for each in found.lines}
    names = dict.fromkeys(one.organization for some in shown.values() for one in some)
    of = {name: _lines_with(name, shown, busy) for name in names}
    ways = [tuple(shown), *((line,) for line in shown)]
    made = [Proposal(way, tuple(_once(way, shown, of))) for way in ways]
    return [one for one in made if one.candidates or not any(shown[line] for line in one.lines)]


def _lines_with(
    name: str, shown: dict[NeedLine, tuple[Candidate, ...]], busy: Collection[NeedLine]
) -> tuple[NeedLine, ...]:
    lines = tuple(line for line, some in shown.items() if name in {o.organization for o in some})
    return tuple(line for line in lines if line not in busy) or lines


def _once(
    way: tuple[NeedLine, ...],
    shown: dict[NeedLine, tuple[Candidate, ...]],
    of: dict[str, tuple[NeedLine, ...]],
) -> Iterable[Candidate]:
    return (one for one in shown[way[0]] if of[one.organization] == way)


def _first(
    some: Sequence[Candidate], leave_out: Collection[str], last: Collection[str]
) -> tuple[Candidate, ...]:
    fitting = [one for one in some if one.organization not in leave_out]
    return tuple(sorted(fitting, key=lambda one: one.organization in last)[:SHOWN])


def in_order(found: Route, chosen: Collection[str]) -> list[tuple[str, tuple[NeedLine, ...]]]:
    """Whom she chose of those that the route names, as the page shows them, each with its lines.

    Who does not stand on the page comes behind, for every line that it serves, else for the first.
    """
    asked: dict[str, tuple[NeedLine, ...]] = {
        one.organization: each.lines
        for each in proposals(found)
        for one in each.candidates
        if one.organization in chosen
    }
    behind = [*found.organizations, *sorted(found.named.difference(found.organizations))]
    for one in behind:
        if one in chosen and one not in asked:
            asked[one] = lines_served(found, one)
    return list(asked.items())


def lines_served(found: Route, organization: str) -> tuple[NeedLine, ...]:
    """Every line that an organization serves; the first where it serves none."""
    serves = tuple(each.line for each in found.lines if organization in each.names)
    return serves or tuple(each.line for each in found.lines[:1])
