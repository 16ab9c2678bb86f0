"""What a worker reads of an organization or a number."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from grievance.casework.directory.contacts import public_contacts
from grievance.directory.contact_words import KINDS
from grievance.directory.hours import lines
from grievance.rules.contacts import is_shelter
from grievance.rules.terms import ContactKind, ServiceNeed
from grievance.store.contacts import OrganizationContact
from grievance.store.directory import Organization
from grievance.store.reference import DangerNumber
from grievance.web.labels import label
from grievance.web.locale import country_name, language, language_name


@dataclass(frozen=True)
class Entry:
    """One organization on the public page."""

    name: str
    does: str
    helps_with: list[Any]
    languages: list[str]
    website: str | None
    partner: bool
    hours: list[tuple[str, str]]  # a day and its times
    contacts: list["Contact"]


@dataclass(frozen=True)
class Contact:
    """One way to reach it; ``call`` is the number for a phone's own keys."""

    kind: Any
    value: str
    call: str | None
    languages: list[str]
    hours: str | None


@dataclass(frozen=True)
class Country:
    """A country and its numbers; none where no source was found."""

    code: str
    name: str
    numbers: list[DangerNumber]


def entry(row: Organization) -> Entry:
    """An organization in the reader's language."""
    services = [service for service in row.services if service.active]
    needs = sorted({need for service in services for need in service.needs})
    spoken = sorted({tag for service in services for tag in service.languages})
    return Entry(
        name=row.names.get(language()) or row.name,
        does=row.description.get(language()) or row.description.get("en", ""),
        helps_with=[label(ServiceNeed(need)) for need in needs],
        languages=[language_name(tag) for tag in spoken],
        website=None if is_shelter(row.kind) else row.website,
        partner=row.partner,
        hours=lines(row.calendar),
        contacts=[_contact(one) for one in sorted(public_contacts(row), key=_in_other_words)],
    )


def _in_other_words(one: OrganizationContact) -> bool:
    """Whether nobody there speaks the reader's language: such a line comes after hers."""
    return language() not in one.languages


def _contact(one: OrganizationContact) -> Contact:
    plain = one.value.replace(" ", "") if one.kind == ContactKind.PHONE else None
    spoken = [language_name(tag) for tag in one.languages]
    return Contact(KINDS[ContactKind(one.kind)], one.value, plain, spoken, one.hours)


def named(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Countries with their names, by name."""
    return sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1])


def numbers_by_country(rows: Sequence[DangerNumber]) -> list[Country]:
    """Numbers under their countries, by the country's name."""
    found: dict[str, list[DangerNumber]] = defaultdict(list)
    for row in rows:
        found[row.country].append(row)
    return [Country(code, name, found[code]) for code, name in named(found)]
