"""Organizations to choose one from: by country and name, a page at a time."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grievance.store.directory import Organization

SHOWN = 200


def countries_with_bodies(db: Session) -> Sequence[str]:
    """Every country that an organization of the directory is in."""
    query = select(Organization.country).where(Organization.active)
    return sorted(db.scalars(query.distinct()))


def bodies_in(db: Session, country: str, page: int = 0) -> list[tuple[UUID, str]]:
    """Id and name of the organizations of a country, by name: one page of them."""
    rows = db.execute(
        select(Organization.id, Organization.name)
        .where(Organization.active, Organization.country == country)
        .order_by(Organization.name, Organization.id)
        .offset(page * SHOWN)
        .limit(SHOWN)
    )
    return [(one, name) for one, name in rows]


def count_bodies_in(db: Session, country: str) -> int:
    """How many organizations of the directory a country has."""
    query = select(func.count()).select_from(Organization)
    return db.scalar(query.where(Organization.active, Organization.country == country)) or 0
