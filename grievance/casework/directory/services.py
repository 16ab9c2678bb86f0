"""Services of an entry: what a row says, as the directory form and the desk say it, and back."""

from collections.abc import Sequence
from dataclasses import replace

from grievance.casework.directory.form import AreaEntry, ServiceEntry
from grievance.rules.terms import AreaLevel
from grievance.store.directory import Organization, Service, ServiceArea

LISTS = ("needs", "groups", "communities", "languages", "sectors", "age_bands", "sexes")


def facts_of(service: Service) -> ServiceEntry:
    """What a kept service says."""
    areas = [
        AreaEntry(AreaLevel(a.level), a.country, a.city, a.region, a.subdivision)
        for a in service.areas
    ]
    return ServiceEntry(
        id=service.slug,
        name=service.name,
        names=dict(service.names),
        needs=tuple(service.needs),
        groups=tuple(service.groups),
        areas=in_order(areas),
        communities=tuple(service.communities),
        languages=tuple(service.languages),
        sectors=tuple(service.sectors),
        age_bands=tuple(service.age_bands),
        sexes=tuple(service.sexes),
        free=service.free,
    )


def in_order(areas: Sequence[AreaEntry]) -> tuple[AreaEntry, ...]:
    """Areas from near to far, then by name: rows come in no order of their own."""
    levels = list(AreaLevel)
    return tuple(sorted(areas, key=lambda area: (levels.index(area.level), str(area))))


def write_services(body: Organization, wanted: Sequence[ServiceEntry]) -> bool:
    """Give an entry these services; what they do not name ends. Whether anything changed.

    A service that its file called inactive is shown to nobody. It stays as it is unless named.
    """
    idle = [service for service in body.services if not service.active]
    before = {one.slug: facts_of(one) for one in body.services if one.active}
    after = {one.id: replace(one, areas=in_order(one.areas)) for one in wanted}
    if before == after:
        return False
    kept = {service.slug: service for service in body.services}
    body.services = [
        kept[slug] if before.get(slug) == facts else write_service(kept.get(slug), facts)
        for slug, facts in after.items()
    ] + [service for service in idle if service.slug not in after]
    return True


def write_service(found: Service | None, facts: ServiceEntry) -> Service:
    """Write these facts over a service, or into a new one; it is given from now on."""
    service = found or Service(slug=facts.id)
    service.name, service.names, service.free = facts.name, facts.names, facts.free
    service.active = True
    for name in LISTS:
        setattr(service, name, list(getattr(facts, name)))
    service.areas = [
        ServiceArea(
            level=one.level, country=one.country, city=one.city, region=one.region,
            subdivision=one.subdivision,
        )
        for one in facts.areas
    ]  # fmt: skip
    return service
