"""People change entries of the directory at their desk: an entry, its services, a new listing.

Each change is one event, stands in the entry's history and makes a new version of the directory.
A form carries the revision of what it showed; who comes second is told. What a file brought
(``listed_from``) is people's from their first change on, with the bodies above it, so that no
import writes over it (decisions/0020).
"""

import re
import unicodedata
from dataclasses import dataclass, fields, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.directory.entries import keep_by_people, locked_entry
from grievance.casework.directory.form import ServiceEntry
from grievance.casework.directory.history import Watch, noted, revision_of, service_revision
from grievance.casework.directory.services import facts_of, in_order, write_service
from grievance.casework.directory.shelter_words import told_streets, words_of
from grievance.casework.directory.version import make_version
from grievance.casework.hsds.becoming import forget_its_places
from grievance.rules.terms import NEVER_ASKED
from grievance.store.directory import Organization, lock_organization, root
from grievance.store.entries import bodies_above, has_helpers_below
from grievance.store.events import Actor, record

_LONGEST_SLUG = 40


class Refusal(Exception):
    """A change that is not taken; nothing is kept of it."""


class ChangedMeanwhile(Refusal):
    """Somebody else changed it after this form was shown."""


class OwnAncestor(Refusal):
    """The body above would lie below the entry itself."""


class BelowAnOffice(Refusal):
    """Only offices and agencies hang below an office or agency: it has no say over others."""


class PartnersAreNoOffices(Refusal):
    """An official body or agency never is a partner."""


class OfficeStaysOffice(Refusal):
    """Only somebody above takes back that a body is official or an agency."""


class StreetOfAShelter(Refusal):
    """The words of a shelter tell where it is; ``fields`` are those that do."""

    def __init__(self, told: list[str]) -> None:
        super().__init__()
        self.fields = told


@dataclass(frozen=True)
class EntryFacts:
    """What the desk's form says of an entry. Texts by language have tags as keys."""

    name: str
    names: dict[str, str]
    aliases: tuple[str, ...]
    description: dict[str, str]
    kind: str
    country: str
    website: str | None
    led_by_migrants: bool
    origin_of: tuple[str, ...]
    sources: tuple[dict[str, str], ...]
    accept_at_once: bool
    notify_email: str | None


def facts_of_entry(body: Organization) -> EntryFacts:
    """What is kept of an entry."""
    return EntryFacts(
        name=body.name,
        names=dict(body.names),
        aliases=tuple(body.aliases),
        description=dict(body.description),
        kind=body.kind,
        country=body.country,
        website=body.website,
        led_by_migrants=body.led_by_migrants,
        origin_of=tuple(body.origin_of),
        sources=tuple({str(k): str(v) for k, v in one.items()} for one in body.sources),
        accept_at_once=body.accept_at_once,
        notify_email=body.notify_email,
    )


def change_entry(
    db: Session, organization_id: UUID, facts: EntryFacts, *, parent_id: UUID | None,
    revision: str, from_above: bool, actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Write these facts over an entry. ``from_above``: by somebody who stands above it.

    Raises ChangedMeanwhile, OwnAncestor, BelowAnOffice, PartnersAreNoOffices, OfficeStaysOffice,
    StreetOfAShelter; then nothing is changed.
    """
    top = root(db)
    if top and db.get_one(Organization, organization_id).parent_id != parent_id:
        lock_organization(db, top.id)  # two who move entries at once could make a ring
    body = locked_entry(db, organization_id)
    if facts_of_entry(body) == facts and body.parent_id == parent_id:
        return
    if revision_of(body) != revision:
        raise ChangedMeanwhile
    _refuse_office(db, body, facts, from_above=from_above)
    if body.parent_id != parent_id:
        _refuse_parent(db, body.id, facts.kind, parent_id)
    _refuse_streets(facts, [facts_of(one) for one in body.services])
    with noted(db, body, actor, now) as changed:
        _write(body, facts)
        body.parent_id = parent_id
        keep_by_people(db, body)
    forget_its_places(db, body)
    details = {"organization": str(body.id), "fields": changed}
    record(db, "entry_changed", actor, now, details=details)
    make_version(db, now)


def add_entry(
    db: Session, entry_id: UUID, facts: EntryFacts, *, parent_id: UUID, actor: Actor, now: datetime
) -> None:
    """Add a listing below a body. A second press of the same form adds nothing.

    Raises BelowAnOffice, StreetOfAShelter.
    """
    lock_organization(db, parent_id)
    if db.get(Organization, entry_id) is not None:
        return
    _refuse_parent(db, entry_id, facts.kind, parent_id)
    _refuse_streets(facts, [])
    body = Organization(id=entry_id, slug=slug_of(facts.name, entry_id), parent_id=parent_id)
    _write(body, facts)
    db.add(body)
    db.flush()
    keep_by_people(db, body)
    Watch([]).note(db, [body], actor, now)
    record(db, "entry_added", actor, now, details={"organization": str(body.id)})
    make_version(db, now)


def set_service(
    db: Session, organization_id: UUID, service_id: UUID, facts: ServiceEntry, *, revision: str,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Add a service of an entry or write over it; its own short name stays (``facts.id`` counts
    for nothing). Raises ChangedMeanwhile, also where it ended meanwhile, and StreetOfAShelter."""
    body = locked_entry(db, organization_id)
    found = next((one for one in body.services if one.id == service_id), None)
    slug = found.slug if found else _free_slug(body, facts.name)
    facts = replace(facts, id=slug, areas=in_order(facts.areas))
    if found and found.active and facts_of(found) == facts:
        return
    if service_revision(found) != revision:
        raise ChangedMeanwhile
    others = [facts_of(one) for one in body.services if one is not found]
    _refuse_streets(facts_of_entry(body), [*others, facts])
    with noted(db, body, actor, now) as changed:
        service = write_service(found, facts)
        if found is None:
            service.id = service_id
            body.services.append(service)
        keep_by_people(db, body)
    forget_its_places(db, body)
    details = {"organization": str(body.id), "service": slug, "fields": changed}
    record(db, "entry_service_set", actor, now, details=details)
    make_version(db, now)


def end_service(
    db: Session, organization_id: UUID, service_id: UUID, actor: Actor, now: datetime
) -> None:
    """Take a service out of an entry; the history tells what it was."""
    body = locked_entry(db, organization_id)
    found = next((one for one in body.services if one.id == service_id), None)
    if found is None:
        return  # a colleague pressed the same button
    slug = found.slug
    with noted(db, body, actor, now):
        body.services.remove(found)
        keep_by_people(db, body)
    details = {"organization": str(body.id), "service": slug}
    record(db, "entry_service_ended", actor, now, details=details)
    make_version(db, now)


def slug_of(name: str, uid: UUID) -> str:
    """A short name for the directory form; the id makes it the only one."""
    return f"{_plain(name) or 'entry'}-{uid.hex[:8]}"


def _plain(name: str) -> str:
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", latin)[:_LONGEST_SLUG].strip("-")


def _free_slug(body: Organization, name: str) -> str:
    taken = {service.slug for service in body.services}
    plain = _plain(name) or "service"
    numbered = (f"{plain}-{number}" for number in range(2, len(taken) + 3))
    return next(slug for slug in (plain, *numbered) if slug not in taken)


def _write(body: Organization, facts: EntryFacts) -> None:
    for one in fields(facts):
        value = getattr(facts, one.name)
        setattr(body, one.name, list(value) if isinstance(value, tuple) else value)


def _refuse_office(db: Session, body: Organization, facts: EntryFacts, *, from_above: bool) -> None:
    if facts.kind in NEVER_ASKED and body.partner:
        raise PartnersAreNoOffices
    if facts.kind in NEVER_ASKED and has_helpers_below(db, body.id):
        raise BelowAnOffice
    if body.kind in NEVER_ASKED and facts.kind not in NEVER_ASKED and not from_above:
        raise OfficeStaysOffice


def _refuse_parent(db: Session, entry_id: UUID, kind: str, parent_id: UUID | None) -> None:
    if parent_id is None:
        return
    parent = db.get_one(Organization, parent_id)
    if entry_id in {parent.id, *(one.id for one in bodies_above(db, parent))}:
        raise OwnAncestor
    if parent.kind in NEVER_ASKED and kind not in NEVER_ASKED:
        raise BelowAnOffice


def _refuse_streets(facts: EntryFacts, services: list[ServiceEntry]) -> None:
    if told := told_streets(facts.kind, words_of(facts), services):
        raise StreetOfAShelter(told)
