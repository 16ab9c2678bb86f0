"""Reads the directory form (YAML): every value as text, so that Norway's NO stays NO.

The form is documented in docs/directory-form.md. Each organization becomes an ``Entry`` or a list
of problems with the line they stand in; one bad row never stops the others.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from grievance.casework.directory.form_calendar import calendar_of_form
from grievance.casework.directory.form_reader import Reader
from grievance.casework.lists.text_yaml import UnreadableYaml, read_yaml
from grievance.rules.regions import REGIONS
from grievance.rules.terms import AgeBand, AreaLevel, OrganizationKind, Sector, ServiceNeed, Sex
from grievance.store.subdivisions import is_part

FORM_VERSION = "1"


class FormError(Exception):
    """The file as a whole cannot be read; the message says where and why."""


@dataclass(frozen=True)
class AreaEntry:
    """Where a service reaches."""

    level: AreaLevel
    country: str | None
    city: str | None
    region: str | None
    subdivision: str | None = None


@dataclass(frozen=True)
class ServiceEntry:
    """One kind of help."""

    id: str
    name: str
    names: dict[str, str]
    needs: tuple[str, ...]
    groups: tuple[str, ...]
    areas: tuple[AreaEntry, ...]
    communities: tuple[str, ...]
    languages: tuple[str, ...]
    sectors: tuple[str, ...]
    age_bands: tuple[str, ...]
    sexes: tuple[str, ...]
    free: bool | None


@dataclass(frozen=True)
class Entry:
    """One organization of the form."""

    line: int
    id: str
    name: str
    names: dict[str, str]
    aliases: tuple[str, ...]
    description: dict[str, str]
    parent: str | None
    kind: OrganizationKind
    partner: bool
    paused: bool | None  # None: as it was
    capacity: int | None
    country: str
    website: str | None
    led_by_migrants: bool
    origin_of: tuple[str, ...]
    tied_to: tuple[str, ...]
    accept_at_once: bool
    duty_rota: bool | None  # None: as it was
    names_calendar: bool  # without: as it was
    calendar: dict[str, Any] | None
    notify_email: str | None
    confirmed_on: date | None
    sources: tuple[dict[str, str], ...]
    services: tuple[ServiceEntry, ...]


@dataclass
class Row:
    """One organization as it stands in the file, with what is wrong in it."""

    line: int
    id: str
    entry: Entry | None = None
    problems: list[str] = field(default_factory=list)


def read_form(text: str) -> list[Row]:
    """Every organization of the form, in its order. Raises FormError when it is no such form."""
    try:
        document = read_yaml(text)
    except UnreadableYaml as error:
        raise FormError(str(error)) from error
    if not isinstance(document, dict) or document.get("directory") != FORM_VERSION:
        raise FormError('The file must begin with "directory: 1".')
    if document["__odd__"]:
        raise FormError("{} {}.".format(*document["__odd__"][0]))
    rows = document.get("organizations")
    if not isinstance(rows, list):
        raise FormError('The file must have a list "organizations:".')
    return [_row(raw, number) for number, raw in enumerate(rows, 1)]


def _row(raw: object, number: int) -> Row:
    if not isinstance(raw, dict):
        words = "must be a map with id, name, kind, country"
        return Row(0, f"organization {number} of the file", problems=[words])
    reader = Reader(raw)
    entry = _entry(raw["__line__"], reader)
    reader.rest()
    problems = reader.problems
    return Row(entry.line, entry.id, None if problems else entry, problems)


def _entry(line: int, read: Reader) -> Entry:
    names_calendar, calendar = calendar_of_form(read)
    return Entry(
        line=line,
        id=read.needed("id"),
        name=read.needed("name"),
        names=read.by_language("names"),
        aliases=read.many("aliases"),
        description=read.by_language("description"),
        parent=read.text("parent"),
        kind=OrganizationKind(read.word("kind", OrganizationKind, OrganizationKind.OTHER)),
        partner=read.truth("partner") or False,
        paused=read.truth("paused"),
        capacity=read.number("capacity"),
        country=read.country("country") or "ZZ",
        website=read.address("website"),
        led_by_migrants=read.truth("led_by_migrants") or False,
        origin_of=read.countries("origin_of"),
        tied_to=read.many("tied_to"),
        accept_at_once=read.truth("accept_at_once") or False,
        duty_rota=read.truth("duty_rota"),
        names_calendar=names_calendar,
        calendar=calendar,
        notify_email=read.email("notify_email"),
        confirmed_on=read.day("confirmed_on"),
        sources=read.sources("sources"),
        services=_services(read),
    )


def _services(read: Reader) -> tuple[ServiceEntry, ...]:
    made = tuple(_service(inner, read.problems) for inner in read.maps("services"))
    for name, times in Counter(one.id for one in made).items():
        if times > 1:
            read.say("services", f'the id "{name}" stands twice')
    return made


def _service(raw: Mapping[str, Any], problems: list[str]) -> ServiceEntry:
    read = Reader(raw, problems, f"services ({raw.get('id', '?')}): ")
    made = ServiceEntry(
        id=read.needed("id"),
        name=read.needed("name"),
        names=read.by_language("names"),
        needs=read.words("needs", ServiceNeed),
        groups=read.many("groups"),
        areas=tuple(_area(inner, read.problems) for inner in read.maps("areas")),
        communities=read.countries("communities", also="any"),
        languages=read.languages("languages"),
        sectors=read.words("sectors", Sector, also="all"),
        age_bands=read.words("age_bands", AgeBand),
        sexes=read.words("sexes", Sex),
        free=read.truth("free"),
    )
    read.rest()
    return made


def _area(raw: Mapping[str, Any], problems: list[str]) -> AreaEntry:
    read = Reader(raw, problems, "areas: ")
    level = AreaLevel(read.word("level", AreaLevel, AreaLevel.COUNTRY))
    area = AreaEntry(
        level, read.country("country"), read.text("city"), read.text("region"),
        read.text("subdivision"),
    )  # fmt: skip
    if level in (AreaLevel.CITY, AreaLevel.COUNTRY, AreaLevel.SUBDIVISION) and not area.country:
        read.say("country", "an area of a city, subdivision or country needs its country")
    elif level == AreaLevel.SUBDIVISION and not is_part(area.country, area.subdivision):
        read.say("subdivision", "write a code of ISO 3166-2 in this country, such as MY-10")
    if level == AreaLevel.CITY and not area.city:
        read.say("city", "an area of a city needs the city's name")
    if level == AreaLevel.REGION and area.region not in REGIONS:
        read.say("region", f"write one of: {', '.join(REGIONS)}")
    read.rest()
    return area
