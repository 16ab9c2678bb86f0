"""Writes the directory form (YAML): what people keep, so that an import of it changes nothing.

Listings that a file of another directory keeps are left out: named in a form, they would be
people's (decisions/0019). Private to the network: the form has the addresses that notices go to.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import yaml
from sqlalchemy.orm import Session

from grievance.casework.directory.form import FORM_VERSION, AreaEntry, ServiceEntry
from grievance.casework.directory.form_calendar import NO_CALENDAR
from grievance.casework.directory.services import LISTS, facts_of
from grievance.store.directory import Organization
from grievance.store.entries import kept_by_people, slugs
from grievance.store.events import Actor, record

_TRUTHS = ("partner", "paused", "led_by_migrants", "accept_at_once", "duty_rota")
_TEXTS = ("capacity", "country", "website", "notify_email", "confirmed_on")
_PARTS = ("names", "aliases", "description", "origin_of", "tied_to", "sources")


def write_form(db: Session) -> Iterator[str]:
    """The form piece by piece: its head, then each organization."""
    yield f"directory: {FORM_VERSION}\norganizations:\n"
    known = slugs(db)
    for body in kept_by_people(db):
        yield yaml.safe_dump([_fields(body, known)], allow_unicode=True, sort_keys=False)


def end_form(db: Session, number: int, actor: Actor, now: datetime) -> None:
    """Write the event: how many organizations went out."""
    details = {"format": "form", "organizations": number}
    record(db, "directory_exported", actor, now, details=details)


def _fields(body: Organization, known: dict[UUID, str]) -> dict[str, Any]:
    """In the order of docs/directory-form.md; what is empty is left out."""
    fields: dict[str, Any] = {"id": body.slug, "name": body.name, "kind": str(body.kind)}
    if body.parent_id:
        fields["parent"] = known[body.parent_id]
    fields |= {name: getattr(body, name) for name in _TRUTHS}
    for name in (*_TEXTS, *_PARTS):
        value = getattr(body, name)
        if value not in (None, "", [], {}):
            fields[name] = value if name in _PARTS else str(value)
    fields["calendar"] = body.calendar or NO_CALENDAR
    services = [_service(facts_of(one)) for one in body.services if one.active]
    return fields | ({"services": services} if services else {})


def _service(facts: ServiceEntry) -> dict[str, Any]:
    fields: dict[str, Any] = {"id": facts.id, "name": facts.name}
    if facts.names:
        fields["names"] = facts.names
    fields |= {name: list(getattr(facts, name)) for name in LISTS if getattr(facts, name)}
    if facts.areas:
        fields["areas"] = [_area(one) for one in facts.areas]
    return fields if facts.free is None else fields | {"free": facts.free}


def _area(area: AreaEntry) -> dict[str, str]:
    names = ("country", "city", "region", "subdivision")
    told = {name: value for name in names if (value := getattr(area, name))}
    return {"level": str(area.level), **told}
