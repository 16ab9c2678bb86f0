"""Makes listings of what HSDS files say of organizations and services.

A listing is never asked: it is no partner, has no keys, and is left out of the picture that routing
stands on (decisions/0019). One that a person keeps (the directory form names it) is left as it is.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from grievance.casework.hsds.gathering import Key, gather
from grievance.casework.hsds.histories import Differences, Histories
from grievance.rules.contacts import houses
from grievance.rules.hsds.bodies import is_shelter, kind_of
from grievance.rules.hsds.rows import Values
from grievance.rules.hsds.tables import TABLES
from grievance.rules.hsds.values import is_country
from grievance.rules.languages import ours
from grievance.rules.terms import NEVER_ASKED, OrganizationKind, ServiceNeed
from grievance.store.directory import NOWHERE, Organization, Service, organizations_by_id
from grievance.store.hsds import contents_of, parents_of_source, services_by_id

_LONGEST = 2000  # letters of a description on a public page
_TOLD_BY = {"organization", "service", "service_at_location", "location", "address", "language",
            "attribute", "taxonomy_term"}  # fmt: skip
_LANGUAGE_TAG = 12
_STAYS = {str(ServiceNeed.SHE)}  # what gave shelter once: its place stays unknown


@dataclass
class Made:
    """What became of some organizations of a source."""

    added: int = 0
    changed: int = 0
    kept_by_people: int = 0
    nowhere: int = 0
    official: list[tuple[str, str]] = field(default_factory=list)  # name, kind


@dataclass(frozen=True)
class Countries:
    """Where bodies are whose address is not kept, and where all others are by default."""

    by_id: Mapping[str, str] = field(default_factory=dict)
    otherwise: str | None = None


class Rows:
    """The rows of a few organizations, found by what they point to."""

    def __init__(self, bag: dict[Key, Values]) -> None:
        self.bag = bag
        self._by_key: dict[tuple[str, str, str], list[tuple[UUID, Values]]] = {}
        for (table, uid), values in bag.items():
            for column in TABLES[table].keys:
                if column in values:
                    place = table, column, str(values[column])
                    self._by_key.setdefault(place, []).append((uid, values))

    def of(self, table: str, column: str, uid: object) -> list[tuple[UUID, Values]]:
        """Rows of a table that name this id in this field."""
        return self._by_key.get((table, column, str(uid)), [])


def make_listings(
    db: Session, source: str, uids: Collection[UUID], countries: Countries, made: Made,
    told: Histories,
) -> None:  # fmt: skip
    """Add or change the listings of these organizations."""
    rows = Rows(gather(db, {("organization", uid) for uid in uids}, _TOLD_BY))
    there = organizations_by_id(db, list(uids))
    services = services_by_id(db, [uid for table, uid in rows.bag if table == "service"])
    new: dict[type[Organization | Service], list[dict[str, object]]]
    new = {Organization: [], Service: []}
    with db.no_autoflush:  # a service may move to an organization that is added below
        for uid in uids:
            values, body = rows.bag.get(("organization", uid)), there.get(uid)
            if values is None or "name" not in values:
                continue
            if body is not None and body.listed_from != source:
                made.kept_by_people += 1
                continue
            own = {one: v for one, v in rows.of("service", "organization_id", uid) if "name" in v}
            told_by = countries.by_id.get(str(uid)) or countries.otherwise
            country = _country(rows, uid, own) or told_by
            wanted = _wanted(values, country or (body.country if body else NOWHERE))
            wanted["kind"] = _kind(body, values, made)
            made.nowhere += wanted["country"] == NOWHERE
            written = _write_services(uid, source, rows, own, services)
            new[Service] += written.new
            if body is None:
                blank = {"id": uid, "slug": f"{source}-{uid.hex}", "listed_from": source}
                new[Organization].append(blank | wanted)
                made.added += 1
                told.added(uid, str(wanted["name"]))
            else:
                found = _write(body, wanted)
                made.changed += bool(found or written.new or written.changed)
                _tell(told, body, found, written)
            for name, differences in written.changed:
                told.changed(uid, name, differences)
        for model, lines in new.items():
            if lines:
                db.execute(insert(model), lines)
    db.flush()
    told.write(db)


def _tell(told: Histories, body: Organization, found: Differences, written: "_Written") -> None:
    if found:
        needs = {need for service in body.services for need in service.needs} | written.needs
        told.changed(body.id, None, found, houses=houses(body.kind, needs))
    for one in written.new:
        told.added(body.id, str(one["name"]), service=True)


def link_parents(
    db: Session, source: str, uids: Collection[UUID], rings: Collection[UUID], told: Histories
) -> None:
    """Hang listings below others of their own source; nothing hangs below what people keep."""
    rows = contents_of(db, "organization", uids)
    above = {uid: UUID(str(values["parent_organization_id"]))
             for uid, (_, values, gone) in rows.items()
             if "parent_organization_id" in values and not gone}  # fmt: skip
    parents = parents_of_source(db, source, set(above.values()))
    for uid, before in parents_of_source(db, source, uids).items():
        parent = above.get(uid)
        fits = parent in parents and uid not in rings and not _is_above(db, uid, parent)
        wanted = parent if fits else None
        if before != wanted:
            db.get_one(Organization, uid).parent_id = wanted
            told.changed(uid, None, {"parent_id": (before, wanted)})
    db.flush()
    told.write(db)


def _is_above(db: Session, uid: UUID, parent: UUID | None) -> bool:
    """Whether ``uid`` stands above the parent it wants: an older file may have hung it there."""
    seen: set[UUID] = set()
    while parent is not None and parent not in seen:
        if parent == uid:
            return True
        seen.add(parent)
        one = db.get(Organization, parent)
        parent = one.parent_id if one else None
    return False


def _kind(body: Organization | None, values: Values, made: Made) -> str:
    """What the body is by its words of now. What once was hidden, or a shelter, stays so: only a
    person takes that back."""
    names = [str(values[name]) for name in ("name", "alternate_name") if name in values]
    shelter = is_shelter(names, [str(values.get("description", ""))])
    kind = kind_of(names, shelter=shelter)
    before = body.kind if body else str(OrganizationKind.OTHER)
    if before in NEVER_ASKED or kind in (before, OrganizationKind.OTHER):
        return before
    if kind in NEVER_ASKED:
        made.official.append((names[0], str(kind)))
    return str(kind)


def _wanted(values: Values, country: str) -> dict[str, object]:
    says = str(values.get("description", ""))[:_LONGEST]
    other = values.get("alternate_name")
    return {
        "name": str(values["name"]),
        "aliases": [str(other)] if other else [],
        "description": {"en": says} if says else {},
        "website": values.get("website"),
        "country": country,
        "active": True,
    }


def _write(row: Organization | Service, wanted: dict[str, object]) -> Differences:
    found = {name: (before, value) for name, value in wanted.items()
             if (before := getattr(row, name)) != value}  # fmt: skip
    for name, (_, value) in found.items():
        setattr(row, name, value)
    return found


@dataclass
class _Written:
    """Services of one organization: what they are for, those to add, and what changed in others,
    with their names."""

    new: list[dict[str, object]] = field(default_factory=list)
    changed: list[tuple[str, Differences]] = field(default_factory=list)
    needs: set[str] = field(default_factory=set)


def _write_services(
    body: UUID, source: str, rows: Rows, own: dict[UUID, Values], there: Mapping[UUID, Service]
) -> _Written:
    written = _Written()
    for uid, values in own.items():
        service = there.get(uid)
        if service is not None and service.organization.listed_from != source:
            continue  # people keep it, where it is
        before = set(service.needs) if service else set()
        needs = _needs(rows, uid, values) | (_STAYS & before)
        written.needs |= needs
        wanted: dict[str, object] = {
            "organization_id": body,  # it may have been another organization's before
            "name": str(values["name"]),
            "needs": sorted(needs),
            "languages": _languages(rows, uid),
            "active": values.get("status") == "active",
        }
        if service is None:
            blank = {"id": uid, "slug": uid.hex, "communities": [], "sectors": []}
            written.new.append(blank | wanted)
        elif found := _write(service, wanted):
            written.changed.append((service.name, found))
    return written


def _needs(rows: Rows, uid: UUID, values: Values) -> set[str]:
    """Needs by the routing profile's codes (attributes); shelter by its words too."""
    terms = [
        rows.bag.get(("taxonomy_term", UUID(str(one["taxonomy_term_id"]))), {})
        for _, one in rows.of("attribute", "link_id", uid)
    ]
    codes = {str(term.get("code", "")) for term in terms} & set(ServiceNeed)
    names = [str(values.get("name", "")), *(str(term.get("name", "")) for term in terms)]
    if is_shelter(names, [str(values.get("description", ""))]):
        codes.add(str(ServiceNeed.SHE))
    return codes


def _languages(rows: Rows, uid: UUID) -> list[str]:
    """Languages of the service, and of the places where it is given."""
    found = rows.of("language", "service_id", uid)
    for _, one in rows.of("service_at_location", "service_id", uid):
        found = found + rows.of("language", "location_id", one.get("location_id"))
    tags = {_tag(str(one["code"])) for _, one in found if "code" in one}
    return sorted(tags - {""})


@cache
def _tag(code: str) -> str:
    known = ours(code)
    plain = code.lower()
    fits = plain.replace("-", "").isalnum() and plain.isascii() and 2 <= len(plain) <= _LANGUAGE_TAG
    return str(known) if known else plain if fits else ""


def _country(rows: Rows, uid: UUID, services: Iterable[UUID]) -> str | None:
    """Where most of its addresses are."""
    places = {str(place) for place, _ in rows.of("location", "organization_id", uid)}
    for service in services:
        given = rows.of("service_at_location", "service_id", service)
        places |= {str(one.get("location_id")) for _, one in given}
    told = [
        str(one.get("country", ""))
        for place in sorted(places)
        for _, one in rows.of("address", "location_id", place)
    ]
    told = sorted(one for one in told if is_country(one))
    return max(told, key=told.count) if told else None
