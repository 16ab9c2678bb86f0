"""A network begins: its root desk, which alone can already take every report."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from grievance.casework.directory.version import make_version
from grievance.rules.terms import AreaLevel, OrganizationKind, ServiceNeed
from grievance.store.directory import Organization, Service, ServiceArea, root
from grievance.store.events import Actor, record


class NetworkExists(Exception):
    """This database has a root desk already; there is only one."""


def found_network(
    db: Session, *, name: str, country: str, languages: Collection[str], actor: Actor, now: datetime
) -> Organization:
    """Make the root desk with one service for everything, so that a network of one works."""
    if root(db) is not None:
        raise NetworkExists
    body = Organization(
        slug="root",
        name=name,
        kind=OrganizationKind.SECRETARIAT,
        partner=True,
        is_root=True,
        country=country,
        confirmed_on=now.date(),
        services=[_everything(languages)],
    )
    db.add(body)
    db.flush()
    make_version(db, now)
    record(db, "network_founded", actor, now, organization_id=body.id)
    return body


def _everything(languages: Collection[str]) -> Service:
    return Service(
        slug="everything",
        name="Help with every problem",
        needs=[str(need) for need in ServiceNeed],
        communities=["any"],
        languages=list(languages),
        sectors=["all"],
        areas=[ServiceArea(level=AreaLevel.WORLD)],
    )
