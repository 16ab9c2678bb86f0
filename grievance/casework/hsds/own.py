"""What this directory itself says, as rows of HSDS: its listings, their services, their needs."""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from babel import Locale

from grievance.casework.hsds.gathering import Key
from grievance.casework.hsds.own_contacts import contact_rows
from grievance.casework.hsds.own_hours import closed_rows, opening_rows
from grievance.rules.calendar_words import kept
from grievance.rules.calendars import Calendar
from grievance.rules.contacts import houses, is_shelter
from grievance.rules.hsds.rows import Values, made_id
from grievance.rules.terms import AreaLevel, ServiceNeed
from grievance.store.directory import Organization, Service, ServiceArea
from grievance.store.subdivisions import subdivision_name

_NEEDS: Final = {
    ServiceNeed.WCL: "Wage and compensation claims",
    ServiceNeed.REC: "Recruitment and agency fees",
    ServiceNeed.LEG: "Legal help",
    ServiceNeed.IMM: "Visa and stay",
    ServiceNeed.SHE: "Shelter",
    ServiceNeed.HEA: "Health",
    ServiceNeed.COU: "Someone to talk to",
    ServiceNeed.GBV: "Help after sexual violence",
    ServiceNeed.TRA: "Trafficking",
    ServiceNeed.CNA: "Consular accountability",
    ServiceNeed.UNI: "Union and organizing",
    ServiceNeed.INF: "Information",
}


def own_id(*parts: str) -> UUID:
    """The id of something that only an export makes a row of."""
    return made_id("grievance", *parts)


TAXONOMY: Final = own_id("taxonomy", "casework-need")
TERMS: Final = {str(need): own_id("term", str(need)) for need in ServiceNeed}
SERVED: Final = own_id("term", "nationality served")
OWN_TABLES: Final = frozenset(  # of which ``listing_rows`` has rows
    {"organization", "service", "phone", "contact", "url", "language", "attribute", "schedule",
     "service_area"}
)  # fmt: skip
OWN_WORDS: Final = frozenset({TAXONOMY, SERVED, *TERMS.values()})


def word_rows() -> dict[Key, Values]:
    """The taxonomy of needs, and the term under which communities stand."""
    rows: dict[Key, Values] = {
        ("taxonomy", TAXONOMY): {
            "name": "casework-need", "description": "What kind of help a service gives.",
        },
        ("taxonomy_term", SERVED): {
            "name": "nationality served", "code": "nationality",
            "description": "ISO 3166-1, two letters, in the attribute's value.",
        },
    }  # fmt: skip
    for need, words in _NEEDS.items():
        rows["taxonomy_term", TERMS[str(need)]] = {
            "code": str(need), "name": words, "description": words,
            "taxonomy": "casework-need", "taxonomy_id": str(TAXONOMY),
        }  # fmt: skip
    return rows


def body_values(body: Organization) -> Values:
    """An organization's own row, as the public page has it."""
    values: Values = {"name": body.name}
    says = body.description.get("en") or next(iter(body.description.values()), "")
    website = None if is_shelter(body.kind) else body.website  # as of its contacts
    for name, value in (("description", says), ("website", website)):
        if value:
            values[name] = value
    return values


def exported_values(body: Organization) -> Values:
    """An organization's own row for an export, with its other names."""
    also: Values = {"alternate_name": " · ".join(body.aliases)} if body.aliases else {}
    return body_values(body) | also


def listing_rows(body: Organization, *, parent: UUID | None, full: bool) -> dict[Key, Values]:
    """A listing with its public contacts and services. ``full`` adds what the public page does not
    show: other names, areas and communities."""
    own = exported_values(body) if full else body_values(body)
    if parent is not None:
        own["parent_organization_id"] = str(parent)
    rows: dict[Key, Values] = {("organization", body.id): own, **dict(contact_rows(body))}
    calendar = kept(body.calendar)
    for service in body.services:
        rows |= dict(service_rows(service, body, calendar))
        if full:
            rows |= dict(_reach(service)) | dict(closed_rows(calendar, service.id))
    return rows


def service_rows(
    service: Service, body: Organization, calendar: Calendar | None
) -> Iterator[tuple[Key, Values]]:
    """A service, when its organization was last confirmed and is open, its languages and needs."""
    here = str(service.id)
    own: Values = {
        "name": service.name, "organization_id": str(body.id),
        "status": "active" if service.active else "inactive",
    }  # fmt: skip
    if body.confirmed_on is not None:
        own["assured_date"] = body.confirmed_on.isoformat()
    yield ("service", service.id), own
    yield from opening_rows(calendar, service.id)
    names = Locale("en").languages
    for tag in service.languages:
        language: Values = {"service_id": here, "code": tag}
        if name := names.get(tag.replace("-", "_")):
            language["name"] = name
        yield ("language", own_id("language", here, tag)), language
    for need in service.needs:
        yield ("attribute", own_id("attribute", here, need)), {
            "link_id": here, "link_entity": "service", "taxonomy_term_id": str(TERMS[need]),
        }  # fmt: skip


def _reach(service: Service) -> Iterator[tuple[Key, Values]]:
    here = str(service.id)
    for code in service.communities:
        yield ("attribute", own_id("served", here, code)), {
            "link_id": here, "link_entity": "service", "taxonomy_term_id": str(SERVED),
            "value": code,
        }  # fmt: skip
    for name in sorted({_area_name(service, area) for area in service.areas}):
        yield ("service_area", own_id("area", here, name)), {
            "service_id": here, "name": name, "extent_type": "text",
        }  # fmt: skip


def _area_name(service: Service, area: ServiceArea) -> str:
    """A city or part of a country with its country, a country, a region, or the world. Of a
    shelter no more than the country is told."""
    told = not houses(service.organization.kind, service.needs)
    if told and area.level == AreaLevel.CITY and area.city:
        return f"{area.city}, {area.country}"
    if told and area.level == AreaLevel.SUBDIVISION and area.subdivision:
        return f"{subdivision_name(area.subdivision) or area.subdivision}, {area.country}"
    return area.country or area.region or str(AreaLevel.WORLD)
