"""Which partners fit a report, in what order, and why (design.md 5). Pure: no clock, no database.

``route`` gives the same answer for the same inputs for ever, so a stored route can be replayed.
It never looks at one partner after the other: each step takes a whole set (a mask of
``partner_index``) and leaves a smaller one, so that 10,000 in one country cost little. What each
step means for one partner, in plain loops, is ``tests/rules/naive.py``; a test holds both equal.

Where the rules of design.md 5 stand: hard exclusions, ``closed`` and ``_stages`` here, conflicts
of interest in ``conflicts``; the order, ``ranking.Ranks`` and ``rooms``; several
needs, ``needs``; nobody fits, ``ranking.fallback``; the overseeing desk, ``conflicts.overseer``;
urgency, ``urgency``.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from heapq import nsmallest
from operator import and_

from grievance.rules.bodies import ALL, ANY
from grievance.rules.clocks import months_before
from grievance.rules.conflicts import conflicts_of
from grievance.rules.loads import Loads
from grievance.rules.needs import served
from grievance.rules.network import Directory
from grievance.rules.partner_index import (
    PartnerIndex,
    Trait,
    any_of,
    key,
    lowest,
)
from grievance.rules.ranking import Planes, Ranks, areas_of, by_problem, candidates_of, fallback
from grievance.rules.rooms import Rooms
from grievance.rules.route import (
    KEPT,
    SEALED_REASONS,
    Against,
    Exclusion,
    Facets,
    Route,
    Terms,
)

Named = tuple[tuple[str, Exclusion], ...]
Counted = tuple[tuple[Exclusion, int], ...]


@dataclass
class Sorted:
    """Partners near a worker: those kept away by reason, and the services that fit by plane."""

    kept_away: dict[Exclusion, int] = field(default_factory=dict)
    services: Planes = field(default_factory=list)
    fit: int = 0

    def keep_away(self, reason: Exclusion, mask: int) -> None:
        """Take partners out, for one reason more."""
        self.kept_away[reason] = self.kept_away.get(reason, 0) | self.fit & mask
        self.fit &= ~mask


def route(
    facets: Facets,
    ruled_out: frozenset[str],
    against: Against,
    directory: Directory,
    loads: Loads,
    terms: Terms,
    asked: frozenset[str] = frozenset(),
) -> Route:
    """Which partners fit, best first: the first fifty, and any that was ``asked``."""
    index = directory.partners
    conflicts = conflicts_of(facets, ruled_out, against, directory)
    around = index.around(facets.country)
    found = sort_out(around, facets, conflicts, index, loads, terms)
    wanted = index.mask_of(asked)
    ranks = Ranks(found.services, facets, index)
    rooms = Rooms.among(found.fit, loads.by_room)
    candidates = candidates_of(found.fit, by_problem(facets, index), ranks, index, rooms, wanted)
    further = found.fit.bit_count() - len(candidates)
    lines = served(found.services, facets, ranks, index, rooms, candidates)
    if not found.fit:
        candidates, further = fallback(facets, conflicts, directory, wanted)
    exclusions, counts = _first_exclusions(found.kept_away, index)
    sealed, sealed_counts = _first_wishes(conflicts)
    return Route(
        directory.version, candidates, not found.fit, exclusions, counts, sealed, sealed_counts,
        further, lines=lines,
    )  # fmt: skip


def lapsed(confirmed_on: date | None, terms: Terms) -> bool:
    """Whether an entry's confirmation is older than the configured months, or missing."""
    if confirmed_on is None:
        return True
    oldest = months_before(terms.today.replace(day=1), terms.confirm_months)
    return confirmed_on.replace(day=1) < oldest


def sort_out(
    around: int,
    facets: Facets,
    conflicts: Mapping[str, Exclusion],
    index: PartnerIndex,
    loads: Loads,
    terms: Terms,
) -> Sorted:
    """The first reason that keeps each away, and the services that are left."""
    found = Sorted(fit=around)
    for reason, mask in closed(conflicts, index, loads, terms):
        found.keep_away(reason, mask)
    found.services = [found.fit] * len(index.planes)
    for reason, allowed in _stages(facets, index):
        if allowed is not None:
            found.services = list(map(and_, found.services, allowed))
            found.keep_away(reason, ~any_of(found.services))
    return found


def closed(
    conflicts: Mapping[str, Exclusion],
    index: PartnerIndex,
    loads: Loads,
    terms: Terms,
) -> Iterator[tuple[Exclusion, int]]:
    """Partners that are not open to this report, whatever their services; conflicts first."""
    for reason in dict.fromkeys(conflicts.values()):
        yield reason, index.mask_of(one for one, why in conflicts.items() if why == reason)
    yield Exclusion.NEVER_ASKED, index.has(Trait.NEVER_ASKED)
    yield Exclusion.NO_KEYS, index.has(Trait.NO_KEYS)
    yield Exclusion.PAUSED, index.has(Trait.PAUSED)
    yield Exclusion.FULL, loads.full
    months = index.confirmed.items()
    yield Exclusion.LAPSED, any_of(mask for month, mask in months if lapsed(month, terms))


def _stages(facets: Facets, index: PartnerIndex) -> Iterator[tuple[Exclusion, Planes | None]]:
    """What one service must pass, one after the other; None where she gave no answer."""
    yield Exclusion.OUTSIDE_AREA, _reaching(facets, index)
    for trait, value, every, reason in (
        (Trait.COMMUNITY, facets.nationality, ANY, Exclusion.COMMUNITY),
        (Trait.SECTOR, facets.sector, ALL, Exclusion.SECTOR),
        (Trait.AGE_BAND, facets.age_band, "", Exclusion.PERSON),
        (Trait.SEX, facets.sex, "", Exclusion.PERSON),
    ):
        yield reason, index.serves(key(trait, value), key(trait, every)) if value else None


def _reaching(facets: Facets, index: PartnerIndex) -> Planes:
    areas = [planes for _, planes in areas_of(facets, index)]
    return [any_of(masks) for masks in zip(*areas, strict=True)]


def _first_exclusions(
    kept_away: Mapping[Exclusion, int], index: PartnerIndex
) -> tuple[Named, Counted]:
    """The readable ones: the first fifty by id, and how many more for each reason."""
    readable = {why: mask for why, mask in kept_away.items() if why not in SEALED_REASONS}
    first = lowest(any_of(readable.values()), KEPT)
    low = (1 << first[-1] + 1) - 1 if first else 0
    whys = {n: why for why, mask in readable.items() for n in lowest(mask & low, KEPT)}
    counts = {why: (mask & ~low).bit_count() for why, mask in readable.items()}
    return (
        tuple((index.bodies[n].id, whys[n]) for n in first),
        tuple(sorted((why, count) for why, count in counts.items() if count)),
    )


def _first_wishes(conflicts: Mapping[str, Exclusion]) -> tuple[Named, Counted]:
    """What follows from whom she named or ruled out, wherever it is: as the readable ones."""
    sealed = {one: why for one, why in conflicts.items() if why in SEALED_REASONS}
    first = nsmallest(KEPT, sealed)
    counts = Counter(sealed.values()) - Counter(sealed[one] for one in first)
    return tuple((one, sealed[one]) for one in first), tuple(sorted(counts.items()))
