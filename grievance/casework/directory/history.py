"""The history of an entry: what a change did to its fields, as texts that people read.

Whatever changes an entry does so inside ``noted``, also what changes many (``Watch``).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from grievance.casework.directory.form import AreaEntry
from grievance.casework.directory.services import LISTS, facts_of
from grievance.rules.terms import AreaLevel
from grievance.store.directory import Organization, Service
from grievance.store.entries import EntryChange
from grievance.store.events import Actor

# What the desk's form of an entry holds, and what its organization and others set elsewhere.
OF_THE_FORM: Final = (
    "name", "names", "aliases", "description", "kind", "parent_id", "country", "website",
    "led_by_migrants", "origin_of", "sources", "accept_at_once", "notify_email",
)  # fmt: skip
_ELSEWHERE: Final = (
    "partner", "active", "paused", "capacity", "duty_rota", "calendar", "confirmed_on", "tied_to",
    "listed_from", "invited_on", "terms_on", "paused_until", "closed_on",
)  # fmt: skip
OF_A_SERVICE: Final = ("name", "names", *LISTS, "areas", "free")
_NOT_TOLD: Final = {"notify_email"}  # a person's address: the history says only that there is one
YES: Final = "yes"
Picture = Mapping[tuple[str, str], list[str]]  # service (none: ""), field -> texts


def picture(body: Organization) -> Picture:
    """Every field of an entry and of its services, as texts; an empty list is nothing."""
    fields = {("", name): texts(getattr(body, name)) for name in (*OF_THE_FORM, *_ELSEWHERE)}
    for service in body.services:
        fields |= {(service.slug, name): value for name, value in service_texts(service).items()}
    return fields


def service_texts(service: Service) -> dict[str, list[str]]:
    """Every field of a service, as texts."""
    facts = facts_of(service)
    found = {name: texts(getattr(facts, name)) for name in OF_A_SERVICE}
    return found | {"active": texts(service.active)}


def revision_of(body: Organization) -> str:
    """What the desk's form of an entry held, in a few letters: another one means that somebody
    changed it meanwhile."""
    return _digest({name: texts(getattr(body, name)) for name in OF_THE_FORM})


def service_revision(service: Service | None) -> str:
    """The same of a service; nothing for one that is not there."""
    return _digest(service_texts(service)) if service else ""


def _digest(fields: Mapping[str, list[str]]) -> str:
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:16]


def texts(value: object) -> list[str]:
    """A value as texts. A yes is one word, a no is nothing; what has parts is one text a part."""
    if value is None or value is False or value == "":
        return []
    if value is True:
        return [YES]
    if isinstance(value, AreaEntry):
        return [area_text(value)]
    if isinstance(value, Mapping):
        return [f"{key}: {' '.join(texts(value[key]))}" for key in sorted(value)]
    if isinstance(value, list | tuple):
        return [" ".join(texts(one)) for one in value]
    return [value.isoformat() if isinstance(value, date) else str(value)]


def area_text(area: AreaEntry) -> str:
    """An area in codes: ``city HK Hong Kong``, ``subdivision MY-10``, ``region gulf``."""
    places = {
        AreaLevel.CITY: (area.country, area.city),
        AreaLevel.SUBDIVISION: (area.subdivision,),
        AreaLevel.COUNTRY: (area.country,),
        AreaLevel.REGION: (area.region,),
        AreaLevel.WORLD: (),
    }[area.level]
    return " ".join([str(area.level), *(place for place in places if place)])


class Watch:
    """What some entries said before a change of many."""

    def __init__(self, bodies: Iterable[Organization]) -> None:
        self.before = {body.id: (picture(body), _names(body)) for body in bodies}

    def note(
        self, db: Session, bodies: Iterable[Organization], actor: Actor, now: datetime
    ) -> list[str]:
        """Write down what is different now; the fields that are. A new entry is its name alone."""
        fields: list[str] = []
        for body in bodies:
            old, names = self.before.get(body.id, ({}, {}))
            new = picture(body) if old else {("", "added"): [body.name]}
            rows = _differences(old, new, names | _names(body))
            db.add_all(
                EntryChange(
                    organization_id=body.id, at=now, actor=actor.kind, by_id=actor.user_id,
                    for_id=actor.organization_id, **row,
                )
                for row in rows
            )  # fmt: skip
            fields += [str(row["field"]) for row in rows]
        return sorted(set(fields))


@contextmanager
def noted(db: Session, body: Organization, actor: Actor, now: datetime) -> Iterator[list[str]]:
    """Note in the history what happens inside; the list has the changed fields afterwards."""
    watch, fields = Watch([body]), list[str]()
    yield fields
    db.flush()
    fields += watch.note(db, [body], actor, now)


def _names(body: Organization) -> dict[str, str]:
    return {service.slug: service.name for service in body.services}


def _differences(old: Picture, new: Picture, names: Mapping[str, str]) -> list[dict[str, Any]]:
    rows = []
    for service, field in sorted(old.keys() | new.keys()):
        before, after = old.get((service, field), []), new.get((service, field), [])
        came_or_went = bool(service) and ((service, field) in old) != ((service, field) in new)
        if before != after and not (came_or_went and field == "active"):
            if field in _NOT_TOLD:
                before, after = texts(bool(before)), texts(bool(after))
            name = names[service] if service else None
            rows.append({"service": name, "field": field, "before": before, "after": after})
    return rows
