"""No street address of a shelter is kept: no field is for one, and its words may hold none."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from grievance.casework.directory.form import ServiceEntry
from grievance.rules.addresses import tells_a_street
from grievance.rules.hsds.bodies import is_shelter
from grievance.rules.terms import OrganizationKind, ServiceNeed


def told_streets(
    kind: str, words: Mapping[str, Iterable[str]], services: Iterable[ServiceEntry]
) -> list[str]:
    """The fields that tell a street, of an entry that is or gives a shelter by its kind, needs or
    words; of others none. ``words``: field -> texts; a service's field is ``service`` and its id.
    """
    given = list(services)
    told = {name: list(texts) for name, texts in words.items()}
    told |= {f"service {one.id}": list(_words_of(one)) for one in given}
    if not _shelters(kind, told, given):
        return []
    return [name for name, texts in told.items() if any(map(tells_a_street, texts))]


class Worded(Protocol):
    """What has names and says something of itself."""

    @property
    def name(self) -> str: ...
    @property
    def names(self) -> Mapping[str, str]: ...
    @property
    def aliases(self) -> Iterable[str]: ...
    @property
    def description(self) -> Mapping[str, str]: ...


def words_of(entry: Worded) -> dict[str, list[str]]:
    """What an entry calls itself and says, by field."""
    return {
        "name": [entry.name],
        "names": list(entry.names.values()),
        "aliases": list(entry.aliases),
        "description": list(entry.description.values()),
    }


def _shelters(kind: str, told: Mapping[str, list[str]], services: list[ServiceEntry]) -> bool:
    if kind == OrganizationKind.SHELTER or any(ServiceNeed.SHE in one.needs for one in services):
        return True
    names = [text for field, texts in told.items() if field != "description" for text in texts]
    return is_shelter(names, told.get("description", ()))


def _words_of(service: ServiceEntry) -> Iterator[str]:
    yield from (service.name, *service.names.values())
    yield from (area.city for area in service.areas if area.city)
