"""Makes listings of what HSDS files say of organizations and services.

A listing is never asked: it is no partner, has no keys, and is left out of the picture that routing
stands on (decisions/0019). One that a person keeps (the directory form names it) is left as it is.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.hsds.gathering import Key, gather
from grievance.rules.hsds.bodies import is_shelter, kind_of
from grievance.rules.hsds.rows import Values
from grievance.rules.hsds.tables import TABLES
from grievance.rules.hsds.values import is_country
from grievance.rules.languages import ours
from grievance.rules.terms import NEVER_ASKED, OrganizationKind, ServiceNeed
from grievance.store.directory import NOWHERE, Organization, Service, organizations_by_id
from grievance.store.hsds import of_source, records_of, services_by_id

_LONGEST = 2000  # letters of a description on a public page
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
    db: Session, source: str, uids: Collection[UUID], countries: Countries, made: Made
) -> None:
    """Add or change the listings of these organizations."""
    rows = Rows(gather(db, {("organization", uid) for uid in uids}))
    there = organizations_by_id(db, list(uids))
    kept = of_source(db, source, uids)
    services = services_by_id(db, [uid for table, uid in rows.bag if table == "service"])
    for uid in sorted(uids):
        values = rows.bag.get(("organization", uid))
        if values is None or "name" not in values:
            continue
        if uid in there and uid not in kept:
            made.kept_by_people += 1
            continue
        own = {one: v for one, v in rows.of("service", "organization_id", uid) if "name" in v}
        body = kept.get(uid) or _new(db, source, uid, values, made)
        kinds = _write_kind(body, values, made)
        told = _country(rows, uid, own) or countries.by_id.get(str(uid))
        country = told or countries.otherwise or body.country
        made.nowhere += country == NOWHERE
        changed = _write(body, _wanted(values, country)) | _write_services(
            body, rows, own, services
        )
        made.changed += (changed or kinds) and uid in there
    db.flush()


def link_parents(db: Session, source: str, uids: Collection[UUID], rings: Collection[UUID]) -> None:
    """Hang listings below others of their own source; nothing hangs below what people keep."""
    bag = gather_organizations(db, uids)
    kept = of_source(db, source, uids)
    above = {uid: UUID(str(values["parent_organization_id"])) for uid, values in bag.items()
             if "parent_organization_id" in values}  # fmt: skip
    parents = of_source(db, source, set(above.values()))
    for uid, body in kept.items():
        parent = above.get(uid)
        fits = parent in parents and uid not in rings and not _is_above(db, uid, parent)
        wanted = parent if fits else None
        if body.parent_id != wanted:
            body.parent_id = wanted
    db.flush()


def gather_organizations(db: Session, uids: Collection[UUID]) -> dict[UUID, Values]:
    """The organizations' own rows, without what lies inside."""
    rows = records_of(db, "organization", uids)
    return {uid: dict(one.content) for uid, one in rows.items() if one.missing_since is None}


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


def _new(db: Session, source: str, uid: UUID, values: Values, made: Made) -> Organization:
    body = Organization(
        id=uid, slug=f"{source}-{uid.hex}", name=str(values["name"]), kind=OrganizationKind.OTHER,
        country=NOWHERE, partner=False, listed_from=source,
    )  # fmt: skip
    db.add(body)
    made.added += 1
    return body


def _write_kind(body: Organization, values: Values, made: Made) -> bool:
    """What the body is by its words of now. What once was hidden, or a shelter, stays so: only a
    person takes that back."""
    names = [str(values[name]) for name in ("name", "alternate_name") if name in values]
    shelter = is_shelter(names, [str(values.get("description", ""))])
    kind = kind_of(names, shelter=shelter)
    if body.kind in NEVER_ASKED or kind in (body.kind, OrganizationKind.OTHER):
        return False
    if kind in NEVER_ASKED:
        made.official.append((names[0], str(kind)))
    body.kind = kind
    return True


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


def _write(row: Organization | Service, wanted: dict[str, object]) -> bool:
    changed = False
    for name, value in wanted.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    return changed


def _write_services(
    body: Organization, rows: Rows, own: dict[UUID, Values], there: Mapping[UUID, Service]
) -> bool:
    changed = False
    for uid, values in sorted(own.items()):
        service = there.get(uid)
        if service is None:
            service = Service(id=uid, slug=uid.hex, names={}, needs=[], communities=[], sectors=[],
                              groups=[], age_bands=[], sexes=[])  # fmt: skip
        elif service.organization.listed_from != body.listed_from:
            continue  # people keep it, where it is
        if service.organization is not body:  # new, or it was another organization's before
            body.services.append(service)
            changed = True
        wanted: dict[str, object] = {
            "name": str(values["name"]),
            "needs": sorted(_needs(rows, uid, values) | (_STAYS & set(service.needs))),
            "languages": _languages(rows, uid),
            "active": values.get("status") == "active",
        }
        changed = _write(service, wanted) or changed
    return changed


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
