"""Which partners fit a report, in what order, and why (design.md 5). Pure: no clock, no database.

``route`` gives the same answer for the same inputs for ever, so a stored route can be replayed.
"""

from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Final

from grievance.rules.clocks import months_before
from grievance.rules.network import ALL, ANY, Area, Body, Directory, Service
from grievance.rules.regions import region_of
from grievance.rules.route import (
    SEALED_REASONS,
    Against,
    Candidate,
    Exclusion,
    Facets,
    Load,
    Reason,
    Route,
    Terms,
)
from grievance.rules.terms import (
    NEVER_ASKED,
    OFFICIAL_RESPONDENTS,
    AreaLevel,
)

SHOWN: Final = 3
_KEPT_EXCLUSIONS: Final = 50
_CONSULAR_GROUP: Final = "CNS"
_AREA_ORDER: Final = list(AreaLevel)
_AREA_REASON: Final = {
    AreaLevel.CITY: Reason.IN_CITY,
    AreaLevel.COUNTRY: Reason.IN_COUNTRY,
    AreaLevel.REGION: Reason.IN_REGION,
    AreaLevel.WORLD: Reason.WORLDWIDE,
}


def route(
    facets: Facets,
    ruled_out: frozenset[str],
    against: Against,
    directory: Directory,
    loads: Mapping[str, Load],
    terms: Terms,
) -> Route:
    """Which partners fit, best first. ``loads`` names those that have open cases."""
    conflicts = conflicts_of(facets, ruled_out, against, directory)
    found: list[tuple[tuple[object, ...], Candidate]] = []
    excluded: list[tuple[str, Exclusion]] = []
    for organization in directory.partners_near(facets.country):
        body = directory.bodies[organization]
        load = loads.get(organization, Load())
        fits = _judge(body, facets, conflicts, load, terms)
        if isinstance(fits, Exclusion):
            excluded.append((organization, fits))
        else:
            found.append((_order(body, fits, facets, load), _candidate(body, fits, facets)))
    found.sort(key=lambda pair: pair[0])
    candidates = tuple(candidate for _, candidate in found)
    fallback = not candidates
    if fallback:
        candidates = _fallback(facets, conflicts, directory)
    return _route(directory, candidates, fallback, excluded, conflicts)


def conflicts_of(
    facets: Facets, ruled_out: frozenset[str], against: Against, directory: Directory
) -> dict[str, Exclusion]:
    """Every body that conflict of interest or her wish keeps away, with the first reason."""
    found: dict[str, Exclusion] = {}
    matched = sorted(against.matched & directory.bodies.keys())
    for group, reason in (
        (matched, Exclusion.RESPONDENT),
        (_parents(matched, directory), Exclusion.ABOVE_RESPONDENT),
        (_all_below(matched, directory), Exclusion.BELOW_RESPONDENT),
        (_tied(matched, directory), Exclusion.TIED_TO_RESPONDENT),
        (directory.officials if _about_office(facets, against) else (), Exclusion.OFFICIAL_BODY),
        (sorted(ruled_out), Exclusion.RULED_OUT),
    ):
        for organization in group:
            found.setdefault(organization, reason)
    return found


def _parents(matched: list[str], directory: Directory) -> list[str]:
    return [parent for one in matched if (parent := directory.bodies[one].parent)]


def _all_below(matched: list[str], directory: Directory) -> list[str]:
    return sorted({below for one in matched for below in directory.below(one)})


def _tied(matched: list[str], directory: Directory) -> list[str]:
    names_it = {one for other in matched for one in directory.tied.get(other, ())}
    it_names = {one for other in matched for one in directory.bodies[other].tied_to}
    return sorted((names_it | it_names) & directory.bodies.keys())


def _about_office(facets: Facets, against: Against) -> bool:
    return bool(against.kinds & OFFICIAL_RESPONDENTS) or _CONSULAR_GROUP in facets.groups


def overseer(route_: Route, directory: Directory, conflicts: Mapping[str, Exclusion]) -> str | None:
    """The overseeing desk: the nearest ancestor of the first candidate that has keys, has no
    conflict and is not ruled out; a root candidate is its own; without a candidate the root."""
    first = route_.organizations[0] if route_.candidates else directory.root
    if first is None:
        return None
    line = [first] if first == directory.root else directory.ancestors(first)
    return next((one for one in line if _may_oversee(one, directory, conflicts)), None)


def why_not(
    organization: str,
    facets: Facets,
    ruled_out: frozenset[str],
    against: Against,
    directory: Directory,
    load: Load,
    terms: Terms,
) -> Exclusion | None:
    """Why one body is not offered, computed when somebody asks; None when it fits."""
    conflicts = conflicts_of(facets, ruled_out, against, directory)
    body = directory.bodies[organization]
    fits = _judge(body, facets, conflicts, load, terms)
    return fits if isinstance(fits, Exclusion) else None


def _may_oversee(one: str, directory: Directory, conflicts: Mapping[str, Exclusion]) -> bool:
    body = directory.bodies.get(one)
    if body is None or one in conflicts:
        return False
    return body.partner and body.has_keys and body.kind not in NEVER_ASKED


def _judge(
    body: Body, facets: Facets, conflicts: Mapping[str, Exclusion], load: Load, terms: Terms
) -> Exclusion | tuple[Service, Area]:
    closed = conflicts.get(body.id) or _closed(body, load, terms)
    if closed:
        return closed
    worst = Exclusion.OUTSIDE_AREA
    fitting: list[tuple[Service, Area]] = []
    for service in body.services:
        area = _area(service, facets)
        if area is None:
            continue
        refusal = _refuses(service, facets)
        if refusal is None:
            fitting.append((service, area))
        else:
            worst = refusal
    if not fitting:
        return worst
    return min(fitting, key=lambda pair: _service_order(pair, facets))


def _closed(body: Body, load: Load, terms: Terms) -> Exclusion | None:
    checks = (
        (body.kind in NEVER_ASKED, Exclusion.NEVER_ASKED),
        (not body.partner, Exclusion.NOT_A_PARTNER),
        (not body.has_keys, Exclusion.NO_KEYS),
        (body.paused, Exclusion.PAUSED),
        (body.capacity is not None and load.open_cases >= body.capacity, Exclusion.FULL),
        (lapsed(body.confirmed_on, terms), Exclusion.LAPSED),
    )
    return next((reason for closed, reason in checks if closed), None)


def lapsed(confirmed_on: date | None, terms: Terms) -> bool:
    """Whether an entry's confirmation is older than the configured months, or missing."""
    if confirmed_on is None:
        return True
    oldest = months_before(terms.today.replace(day=1), terms.confirm_months)
    return confirmed_on.replace(day=1) < oldest


def _area(service: Service, facets: Facets) -> Area | None:
    reaching = [area for area in service.areas if area.reaches(facets.country, facets.city)]
    return min(reaching, key=lambda area: _AREA_ORDER.index(area.level), default=None)


def _refuses(service: Service, facets: Facets) -> Exclusion | None:
    if facets.nationality and not service.communities & {facets.nationality, ANY}:
        return Exclusion.COMMUNITY
    if facets.sector and not service.sectors & {facets.sector, ALL}:
        return Exclusion.SECTOR
    if facets.age_band and service.age_bands and facets.age_band not in service.age_bands:
        return Exclusion.PERSON
    if facets.sex and service.sexes and facets.sex not in service.sexes:
        return Exclusion.PERSON
    return None


def _takes(service: Service, facets: Facets) -> bool:
    by_group = not service.groups or bool(service.groups & facets.groups)
    return by_group and bool(service.needs & facets.needs)


def _service_order(pair: tuple[Service, Area], facets: Facets) -> tuple[object, ...]:
    service, area = pair
    return (
        not _takes(service, facets),
        _AREA_ORDER.index(area.level),
        facets.nationality not in service.communities,
        not service.languages & facets.languages,
        service.id,
    )


def _order(
    body: Body, fits: tuple[Service, Area], facets: Facets, load: Load
) -> tuple[object, ...]:
    service, area = fits
    room = 0.0 if body.capacity is None else load.open_cases / max(body.capacity, 1)
    return (
        not _takes(service, facets),
        _AREA_ORDER.index(area.level),
        facets.nationality not in service.communities,
        not service.languages & facets.languages,
        not body.led_by_migrants,
        room,
        load.answer_hours if load.answer_hours is not None else float("inf"),
        body.id,
    )


def _candidate(body: Body, fits: tuple[Service, Area], facets: Facets) -> Candidate:
    service, area = fits
    said = (
        (_takes(service, facets), Reason.TAKES_PROBLEM),
        (True, _AREA_REASON[area.level]),
        (facets.nationality in service.communities, Reason.OWN_COMMUNITY),
        (bool(service.languages & facets.languages), Reason.SPEAKS_LANGUAGE),
        (body.led_by_migrants, Reason.LED_BY_MIGRANTS),
        (body.capacity is not None, Reason.HAS_ROOM),
    )
    return Candidate(body.id, service.id, tuple(reason for holds, reason in said if holds))


def _fallback(
    facets: Facets, conflicts: Mapping[str, Exclusion], directory: Directory
) -> tuple[Candidate, ...]:
    """Nobody fits: group of origin, chapter, region, secretariat, whatever their area."""
    found: dict[str, Reason] = {}
    for body in sorted(directory.bodies.values(), key=lambda one: one.id):
        if not _may_oversee(body.id, directory, conflicts):
            continue
        reason = _fallback_reason(body, facets, directory)
        if reason:
            found[body.id] = reason
    order = [Reason.ORIGIN_GROUP, Reason.CHAPTER, Reason.REGIONAL_BODY, Reason.SECRETARIAT]
    ranked = sorted(found.items(), key=lambda pair: (order.index(pair[1]), pair[0]))
    return tuple(Candidate(one, None, (reason,)) for one, reason in ranked)


def _fallback_reason(body: Body, facets: Facets, directory: Directory) -> Reason | None:
    if body.id == directory.root:
        return Reason.SECRETARIAT
    if body.paused:
        return None
    if facets.nationality and facets.nationality in body.origin_of:
        return Reason.ORIGIN_GROUP
    if facets.country and body.country == facets.country:
        return Reason.CHAPTER
    region = region_of(facets.country)
    return Reason.REGIONAL_BODY if region and region_of(body.country) == region else None


def _route(
    directory: Directory,
    candidates: tuple[Candidate, ...],
    fallback: bool,
    excluded: list[tuple[str, Exclusion]],
    conflicts: Mapping[str, Exclusion],
) -> Route:
    readable = [pair for pair in excluded if pair[1] not in SEALED_REASONS]
    sealed = tuple(sorted((k, v) for k, v in conflicts.items() if v in SEALED_REASONS))
    counts: Counter[Exclusion] = Counter(reason for _, reason in readable[_KEPT_EXCLUSIONS:])
    return Route(
        directory.version,
        candidates,
        fallback,
        tuple(readable[:_KEPT_EXCLUSIONS]),
        tuple(sorted(counts.items())),
        sealed,
    )
