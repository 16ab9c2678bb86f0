"""What a worker reads of an organization or a number."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from grievance.casework.hsds.reaching import Reach, reach_of
from grievance.rules.terms import ServiceNeed
from grievance.store.directory import Organization
from grievance.store.reference import DangerNumber
from grievance.web.labels import label
from grievance.web.locale import country_name, language, language_name
from grievance.web.reaching import Ways, ways
from grievance.web.service import today

_MOST_WORDS = 300  # bytes of a listing's description: files hold long ones
_ROOM = 8000  # bytes of words of their own on one page, which must load on a slow line


@dataclass(frozen=True)
class Entry:
    """One organization on the public page."""

    name: str
    does: str
    helps_with: list[Any]
    languages: list[str]
    partner: bool
    ways: Ways


@dataclass(frozen=True)
class Country:
    """A country and its numbers; none where no source was found."""

    code: str
    name: str
    numbers: list[DangerNumber]


def entries(db: Session, rows: Sequence[Organization]) -> list[Entry]:
    """Organizations in the reader's language, with what files tell of them."""
    reach = reach_of(db, rows, today())
    return [_entry(row, reach.get(row.id)) for row in rows]


def _entry(row: Organization, reach: Reach | None) -> Entry:
    services = [service for service in row.services if service.active]
    needs = sorted({need for service in services for need in service.needs})
    spoken = sorted({tag for service in services for tag in service.languages})
    does = row.description.get(language()) or row.description.get("en", "")
    return Entry(
        name=row.names.get(language()) or row.name,
        does=does if row.partner else _shortened(does),
        helps_with=[label(ServiceNeed(need)) for need in needs],
        languages=[language_name(tag) for tag in spoken],
        partner=row.partner,
        ways=ways(row, reach),
    )


def that_fit(found: Sequence[Entry]) -> list[Entry]:
    """As many of these, the first at least, as one page has room for."""
    room, kept = _ROOM, list[Entry]()
    for one in found:
        told = [one.name, one.does, one.ways.says, *(hours.of for hours in one.ways.hours)]
        room -= sum(len(words.encode()) for words in told)
        if kept and room < 0:
            break
        kept.append(one)
    return kept


def _shortened(words: str) -> str:
    kept = words.encode()[:_MOST_WORDS].decode(errors="ignore")
    return words if kept == words else f"{kept.rstrip()}…"


def named(codes: Iterable[str]) -> list[tuple[str, str]]:
    """Countries with their names, by name."""
    return sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1])


def numbers_by_country(rows: Sequence[DangerNumber]) -> list[Country]:
    """Numbers under their countries, by the country's name."""
    found: dict[str, list[DangerNumber]] = defaultdict(list)
    for row in rows:
        found[row.country].append(row)
    return [Country(code, name, found[code]) for code, name in named(found)]
