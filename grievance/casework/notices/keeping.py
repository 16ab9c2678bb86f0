"""Who may hear of a case at a desk and above it: no member who is tied to whom it is about."""

from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.rules.terms import NEVER_ASKED, Role
from grievance.store.accounts import Membership, members_of
from grievance.store.directory import Organization
from grievance.store.entries import bodies_above
from grievance.store.staff_ties import tied_to_case

_WORKS: Final = frozenset({Role.ORGANIZER, Role.COORDINATOR})


def workers_at(db: Session, organization_id: UUID) -> list[Membership]:
    """The members of a desk whose roles open cases."""
    return [m for m in members_of(db, organization_id) if _WORKS.intersection(m.roles)]


def coordinators_at(db: Session, organization_id: UUID, about: UUID | None) -> list[Membership]:
    """The coordinators of a desk who may hear of a case."""
    every = [m for m in members_of(db, organization_id) if Role.COORDINATOR in m.roles]
    return untied(db, every, about)


def untied(db: Session, members: Iterable[Membership], about: UUID | None) -> list[Membership]:
    """Those of these members who are not tied to whom a case is about."""
    tied = tied_to_case(db, about) if about else frozenset()
    return [m for m in members if m.user_id not in tied]


def line_above(db: Session, organization_id: UUID) -> Iterator[UUID]:
    """Whoever has a say over an organization, the nearest first."""
    for one in bodies_above(db, db.get_one(Organization, organization_id)):
        if one.active and one.kind not in NEVER_ASKED:
            yield one.id
