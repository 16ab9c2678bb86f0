"""What a worker reads of an organization or a number."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from grievance.rules.terms import ServiceNeed
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


@dataclass(frozen=True)
class Country:
    """A country and its numbers; none where no source was found."""

    code: str
    name: str
    numbers: list[DangerNumber]


def entry(row: Organization) -> Entry:
    """An organization in the reader's language."""
    needs = sorted({need for service in row.services for need in service.needs})
    spoken = sorted({tag for service in row.services for tag in service.languages})
    return Entry(
        name=row.names.get(language()) or row.name,
        does=row.description.get(language()) or row.description.get("en", ""),
        helps_with=[label(ServiceNeed(need)) for need in needs],
        languages=[language_name(tag) for tag in spoken],
        website=row.website,
        partner=row.partner,
    )


def named(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Countries with their names, by name."""
    return sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1])


def numbers_by_country(rows: Sequence[DangerNumber]) -> list[Country]:
    """Numbers under their countries, by the country's name."""
    found: dict[str, list[DangerNumber]] = defaultdict(list)
    for row in rows:
        found[row.country].append(row)
    return [Country(code, name, found[code]) for code, name in named(found)]
