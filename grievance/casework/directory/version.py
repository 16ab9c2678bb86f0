"""Directory versions: immutable, numbered pictures of the directory that routes stand on."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from grievance.rules.bodies import Area, Body, Service
from grievance.rules.lifecycle import OPEN_CASE
from grievance.rules.loads import ANSWERS_OF_DAYS, answer_step
from grievance.rules.network import Directory
from grievance.rules.route import Load
from grievance.rules.terms import AreaLevel, OrganizationKind, ServiceNeed
from grievance.store.accounts import desks_that_read
from grievance.store.cases import Case
from grievance.store.directory import (
    DirectoryVersion,
    Organization,
    ServiceArea,
    latest_version_number,
    lock_versions,
)
from grievance.store.directory import Service as ServiceRow
from grievance.store.entries import bodies_above
from grievance.store.referrals import answer_hours, shared_by
from grievance.store.tree import nearest_of

_KEPT = 3
_loaded: dict[tuple[str, int], Directory] = {}


def make_version(db: Session, now: datetime) -> int:
    """Write a new version if the directory differs from the last one; the number in force. Two at
    once go one after the other, so that neither number nor change is lost; they hold the entries
    they change by then, so it is the last lock that is taken."""
    db.flush()
    lock_versions(db)
    content = _picture(db)
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    number = latest_version_number(db) or 0
    last = db.get(DirectoryVersion, number)
    if last is not None and last.digest == digest:
        return number
    db.add(DirectoryVersion(number=number + 1, made_at=now, digest=digest, content=content))
    return number + 1


def load_directory(db: Session, number: int | None = None) -> Directory:
    """A version with its indexes (the one in force when none is named), made once a process."""
    wanted = number or latest_version_number(db) or 0
    row = db.get(DirectoryVersion, wanted) if wanted else None
    if row is None:
        return Directory.build(0, (), None)
    # The digest is part of the key: tests use many databases in one process.
    key = (row.digest, wanted)
    if key not in _loaded:
        while len(_loaded) >= _KEPT:
            _loaded.pop(next(iter(_loaded)))
        bodies = [_body(raw) for raw in row.content["bodies"]]
        _loaded[key] = Directory.build(wanted, bodies, row.content["root"])
    return _loaded[key]


def loads_of(db: Session, organizations: Iterable[str], today: date) -> dict[str, Load]:
    """How many open cases each of these organizations owns or shares, and how fast it answered of
    late."""
    ids = [UUID(one) for one in organizations]
    rows = db.execute(
        select(Case.owner_id, func.count())
        .where(Case.owner_id.in_(ids), Case.state.in_(OPEN_CASE), Case.accepted_at.is_not(None))
        .group_by(Case.owner_id)
    )
    owned = Counter({owner: count for owner, count in rows if owner}) + shared_by(db, ids)
    since = datetime.combine(today - timedelta(days=ANSWERS_OF_DAYS), time(), UTC)
    hours = {one: answer_step(mean) for one, mean in answer_hours(db, ids, since).items()}
    return {
        str(one): Load(owned.get(one, 0), hours.get(one)) for one in owned.keys() | hours.keys()
    }


def _picture(db: Session) -> dict[str, Any]:
    """What people keep. Listings that a file alone keeps are never asked, and their thousands of
    names would make words common that point to somebody (decisions/0019). What people closed is
    asked nothing, and is still known by its names: a worker may complain about it."""
    rows = db.scalars(
        select(Organization)
        .where(
            or_(Organization.active, Organization.closed_on.is_not(None)),
            Organization.listed_from.is_(None),
        )
        .options(selectinload(Organization.services).selectinload(ServiceRow.areas))
        .order_by(Organization.id)
        .execution_options(populate_existing=True)  # as others left it while this one waited
    ).all()
    keyed = set(db.scalars(desks_that_read()))
    ids = {row.id for row in rows if row.active}
    closed = {row.id: row for row in rows if not row.active}
    by_slug = {row.slug: str(row.id) for row in rows}
    root = next((str(row.id) for row in rows if row.is_root), None)
    above = nearest_of(db, ids, {row.parent_id for row in rows if row.parent_id})
    bodies = [_raw(row, row.active and row.id in keyed, above, by_slug) for row in rows]
    for row, raw in zip(rows, bodies, strict=True):  # it hangs one higher, and stays tied to it
        raw["tied_to"] = sorted({*raw["tied_to"], *_closed_above(db, row, closed)})
    return {"root": root, "bodies": bodies}


def _closed_above(db: Session, row: Organization, closed: Mapping[UUID, Organization]) -> set[str]:
    """Closed bodies in the line above one: whoever was below a body is not asked about it."""
    return {str(one.id) for one in bodies_above(db, row) if one.id in closed} if closed else set()


def _raw(
    row: Organization, has_keys: bool, above: Mapping[UUID, UUID], by_slug: dict[str, str]
) -> dict[str, Any]:
    parent = above.get(row.parent_id) if row.parent_id else None
    return {
        "id": str(row.id),
        "parent": str(parent) if parent else None,
        "kind": row.kind,
        "partner": row.partner and row.active,
        "has_keys": has_keys,
        "paused": row.paused,
        "capacity": row.capacity,
        "confirmed_on": row.confirmed_on.isoformat() if row.confirmed_on else None,
        "tied_to": sorted(by_slug[slug] for slug in row.tied_to if slug in by_slug),
        "led_by_migrants": row.led_by_migrants,
        "country": row.country,
        "origin_of": sorted(row.origin_of),
        "names": sorted({row.name, *row.names.values(), *row.aliases}),
        "services": [_raw_service(one) for one in row.services if one.active and row.active],
    }


def _raw_service(row: ServiceRow) -> dict[str, Any]:
    lists = ("needs", "groups", "communities", "languages", "sectors", "age_bands", "sexes")
    areas = [[*_reach(area)] for area in row.areas]
    return {"id": row.slug, "areas": sorted(areas, key=str)} | {
        name: sorted(getattr(row, name)) for name in lists
    }


def _reach(area: ServiceArea) -> tuple[str | None, ...]:
    """A part of a country stands as the whole: no report tells in which part she is."""
    if area.level == AreaLevel.SUBDIVISION:
        return AreaLevel.COUNTRY, area.country, None, None
    return area.level, area.country, area.city, area.region


def _body(raw: dict[str, Any]) -> Body:
    confirmed = raw["confirmed_on"]
    return Body(
        id=raw["id"],
        parent=raw["parent"],
        kind=OrganizationKind(raw["kind"]),
        partner=raw["partner"],
        has_keys=raw["has_keys"],
        paused=raw["paused"],
        capacity=raw["capacity"],
        confirmed_on=date.fromisoformat(confirmed) if confirmed else None,
        tied_to=frozenset(raw["tied_to"]),
        led_by_migrants=raw["led_by_migrants"],
        country=raw["country"],
        origin_of=frozenset(raw["origin_of"]),
        names=tuple(raw["names"]),
        services=tuple(_service(one) for one in raw["services"]),
    )


def _service(raw: dict[str, Any]) -> Service:
    return Service(
        id=raw["id"],
        needs=frozenset(ServiceNeed(need) for need in raw["needs"]),
        groups=frozenset(raw["groups"]),
        areas=tuple(Area(AreaLevel(a[0]), a[1], a[2], a[3]) for a in raw["areas"]),
        communities=frozenset(raw["communities"]),
        languages=frozenset(raw["languages"]),
        sectors=frozenset(raw["sectors"]),
        age_bands=frozenset(raw["age_bands"]),
        sexes=frozenset(raw["sexes"]),
    )
