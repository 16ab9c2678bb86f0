"""Routing as design.md 5 tells it, partner after partner: slow, and what ``route`` must say."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from grievance.rules.bodies import Area, Body, Service
from grievance.rules.conflicts import conflicts_of
from grievance.rules.needs import KEPT_A_LINE, lines_of
from grievance.rules.network import Directory
from grievance.rules.regions import region_of
from grievance.rules.route import (
    KEPT,
    SEALED_REASONS,
    Against,
    Candidate,
    Exclusion,
    Facets,
    Load,
    Reason,
    Route,
    Served,
    Terms,
)
from grievance.rules.routing import lapsed
from grievance.rules.terms import NEVER_ASKED, AreaLevel

AREAS = [Reason.IN_CITY, Reason.IN_COUNTRY, Reason.IN_REGION, Reason.WORLDWIDE]
FURTHEST = [Exclusion.OUTSIDE_AREA, Exclusion.COMMUNITY, Exclusion.SECTOR, Exclusion.PERSON]
FALLBACK = [Reason.ORIGIN_GROUP, Reason.CHAPTER, Reason.REGIONAL_BODY, Reason.SECRETARIAT]


def naive_route(
    facets: Facets,
    ruled_out: frozenset[str],
    against: Against,
    directory: Directory,
    loads: Mapping[str, Load],
    terms: Terms,
    asked: frozenset[str] = frozenset(),
) -> Route:
    conflicts = conflicts_of(facets, ruled_out, against, directory)
    ranked, excluded = [], []
    for body in sorted(directory.bodies.values(), key=lambda one: one.id):
        if not body.partner or not is_near(body, facets.country):
            continue
        load = loads.get(body.id, Load())
        why = conflicts.get(body.id) or closed(body, load, terms) or refused(body, facets)
        if why:
            excluded.append((body.id, why))
        else:
            ranked.append(ranking(body, facets, load))
    found = [candidate for _, candidate in sorted(ranked, key=lambda pair: pair[0])]
    fitting = bool(found)
    if not fitting:
        found = fallback(facets, conflicts, directory)
    kept = [
        one
        for n, one in enumerate(found)
        if n < KEPT or one.organization in asked or one.reasons == (Reason.SECRETARIAT,)
    ]
    exclusions, counts = cut([pair for pair in excluded if pair[1] not in SEALED_REASONS])
    sealed, more = cut(sorted((k, v) for k, v in conflicts.items() if v in SEALED_REASONS))
    fit = [one for one in directory.bodies.values() if one.id in {c.organization for c in found}]
    lines = served(fit, facets, loads, kept) if fitting else ()
    return Route(
        directory.version, tuple(kept), not fitting, exclusions, counts, sealed, more,
        len(found) - len(kept), lines=lines,
    )  # fmt: skip


def served(
    fit: list[Body], facets: Facets, loads: Mapping[str, Load], named: list[Candidate]
) -> tuple[Served, ...]:
    """Line by line: who takes it, by the same order with its needs in their place."""
    lines = lines_of(facets.needs)
    of = {line: replace(facets, needs=needs) for line, needs in lines.items()}
    takes = {line: {b.id for b in fit if any(map(able(f), b.services))} for line, f in of.items()}
    ranked = {}
    for number, (line, mine) in enumerate(of.items()):
        some = []
        for one in fit:
            services = tuple(filter(able(mine), one.services))
            if not services and not number and not any(one.id in ids for ids in takes.values()):
                services = one.services
            if services:
                load = loads.get(one.id, Load())
                some.append(ranking(replace(one, services=services), mine, load))
        ranked[line] = [one for _, one in sorted(some, key=lambda pair: pair[0])][:KEPT_A_LINE]
    every = {c.organization for some in (named, *ranked.values()) for c in some}
    return tuple(
        Served(
            line, tuple(some),
            tuple(sorted(takes[line] & every - {one.organization for one in some})),
        )
        for line, some in ranked.items()
    )  # fmt: skip


def able(facets: Facets):
    """Whether a service fits her and takes this."""
    return lambda service: refusal(service, facets) is None and not place(service, facets)[0]


def cut(pairs: list[tuple[str, Exclusion]]) -> tuple[tuple, tuple]:
    return tuple(pairs[:KEPT]), tuple(sorted(Counter(why for _, why in pairs[KEPT:]).items()))


def is_near(body: Body, country: str | None) -> bool:
    areas = [area for service in body.services for area in service.areas]
    region = region_of(country)
    return (
        any(area.level == AreaLevel.WORLD for area in areas)
        or (country is not None and country in {body.country, *(area.country for area in areas)})
        or (region is not None and region in {area.region for area in areas})
    )


def closed(body: Body, load: Load, terms: Terms) -> Exclusion | None:
    if body.kind in NEVER_ASKED:
        return Exclusion.NEVER_ASKED
    if not body.has_keys:
        return Exclusion.NO_KEYS
    if body.paused:
        return Exclusion.PAUSED
    if body.capacity is not None and load.open_cases >= body.capacity:
        return Exclusion.FULL
    return Exclusion.LAPSED if lapsed(body.confirmed_on, terms) else None


def reach(area: Area, facets: Facets) -> int | None:
    if area.level == AreaLevel.WORLD:
        return 3
    if area.level == AreaLevel.REGION:
        return 2 if area.region and area.region == region_of(facets.country) else None
    if facets.country is None or area.country != facets.country:
        return None
    if area.level == AreaLevel.COUNTRY or facets.city is None:
        return 1
    return 0 if area.city == facets.city else None


def closest(service: Service, facets: Facets) -> int | None:
    found = [level for area in service.areas if (level := reach(area, facets)) is not None]
    return min(found, default=None)


def refusal(service: Service, facets: Facets) -> Exclusion | None:
    if closest(service, facets) is None:
        return Exclusion.OUTSIDE_AREA
    if facets.nationality and not service.communities & {facets.nationality, "any"}:
        return Exclusion.COMMUNITY
    if facets.sector and not service.sectors & {facets.sector, "all"}:
        return Exclusion.SECTOR
    ages, sexes = service.age_bands, service.sexes
    wrong_age = facets.age_band and ages and facets.age_band not in ages
    wrong_sex = facets.sex and sexes and facets.sex not in sexes
    return Exclusion.PERSON if wrong_age or wrong_sex else None


def refused(body: Body, facets: Facets) -> Exclusion | None:
    """Why no service fits: what stopped the one that came furthest."""
    found = [refusal(service, facets) for service in body.services]
    if None in found:
        return None
    return max(found, key=FURTHEST.index, default=Exclusion.OUTSIDE_AREA)


def place(service: Service, facets: Facets) -> tuple:
    by_group = not service.groups or service.groups & facets.groups
    return (
        not (by_group and service.needs & facets.needs),
        closest(service, facets),
        facets.nationality not in service.communities,
        not service.languages & facets.languages,
        service.id,
    )


def ranking(body: Body, facets: Facets, load: Load) -> tuple[tuple, Candidate]:
    fitting = [service for service in body.services if refusal(service, facets) is None]
    best = min(fitting, key=lambda service: place(service, facets))
    other, area, not_own, silent, _ = place(best, facets)
    said = [
        (not other, Reason.TAKES_PROBLEM),
        (True, AREAS[area]),
        (not not_own, Reason.OWN_COMMUNITY),
        (not silent, Reason.SPEAKS_LANGUAGE),
        (body.led_by_migrants, Reason.LED_BY_MIGRANTS),
        (body.capacity is not None, Reason.HAS_ROOM),
    ]
    order = (
        other, area, not_own, silent, not body.led_by_migrants,
        0.0 if body.capacity is None else load.open_cases / max(body.capacity, 1),
        load.answer_hours if load.answer_hours is not None else float("inf"),
        body.id,
    )  # fmt: skip
    return order, Candidate(body.id, best.id, tuple(reason for holds, reason in said if holds))


def fallback(
    facets: Facets, conflicts: Mapping[str, Exclusion], directory: Directory
) -> list[Candidate]:
    found = []
    for body in directory.bodies.values():
        able = body.partner and body.has_keys and body.kind not in NEVER_ASKED
        reason = fallback_reason(body, facets, directory.root)
        if able and reason and body.id not in conflicts:
            found.append((FALLBACK.index(reason), body.id, reason))
    return [Candidate(one, None, (reason,)) for _, one, reason in sorted(found)]


def fallback_reason(body: Body, facets: Facets, root: str | None) -> Reason | None:
    if body.id == root:
        return Reason.SECRETARIAT
    if body.paused:
        return None
    if facets.nationality and facets.nationality in body.origin_of:
        return Reason.ORIGIN_GROUP
    if facets.country and body.country == facets.country:
        return Reason.CHAPTER
    region = region_of(facets.country)
    return Reason.REGIONAL_BODY if region and region_of(body.country) == region else None
