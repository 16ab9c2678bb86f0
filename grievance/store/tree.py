"""Walks in the tree of organizations past what is closed."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.store.directory import Organization


def nearest_of(db: Session, ids: Collection[UUID], wanted: Collection[UUID]) -> dict[UUID, UUID]:
    """For each wanted organization itself or the nearest above it that is one of ``ids``: what
    hangs below one that is closed hangs below the next one up. None there: left out."""
    parents: dict[UUID, UUID | None] = {}
    look = set(wanted) - set(ids)
    while look:
        query = select(Organization.id, Organization.parent_id).where(Organization.id.in_(look))
        parents |= {one: parent for one, parent in db.execute(query)}
        look = {one for one in parents.values() if one} - parents.keys() - set(ids)
    found = {one: _walk_up(one, ids, parents) for one in wanted}
    return {one: above for one, above in found.items() if above is not None}


def _walk_up(one: UUID, ids: Collection[UUID], parents: Mapping[UUID, UUID | None]) -> UUID | None:
    at: UUID | None = one
    seen: set[UUID] = set()
    while at is not None and at not in ids and at not in seen:
        seen.add(at)
        at = parents.get(at)
    return at if at in ids else None
