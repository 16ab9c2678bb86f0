"""Whose entry it is: a desk changes its own, a coordinator those below hers; else there is none."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import abort
from sqlalchemy.orm import Session

from grievance.rules.members import manages
from grievance.store.directory import Organization, organization
from grievance.store.queue import Reader
from grievance.web.staff import Desk


@dataclass(frozen=True)
class Charge:
    """An entry, and by what right she changes it."""

    body: Organization
    own: bool
    above: bool


def charge_of(db: Session, desk: Desk, entry_id: UUID) -> Charge:
    """An entry that she may change; any other is as if it did not exist. What hangs below nobody
    is the secretariat's to look after."""
    body = organization(db, entry_id)
    charge = charge_over(desk, body) if body else None
    if charge is None:
        abort(404)
    return charge


def charge_over(desk: Desk, body: Organization) -> Charge | None:
    """By what right she changes an entry; None: by none."""
    own = body.id == desk.organization_id and manages(desk.roles)
    above = body.id != desk.organization_id and _stands_above(desk, body)
    return Charge(body, own, above) if own or above else None


def has_charge(desk: Desk, body: Organization) -> bool:
    """Whether she reads what is for the organization itself and those above it."""
    return body.id == desk.organization_id or _stands_above(desk, body)


def reader_of(desk: Desk, charge: Charge, at: datetime) -> Reader:
    """For counts of what lies at this entry: cases kept from one of her desks are in none."""
    return Reader(desk.organization_id, desk.user_id, frozenset({charge.body.id}), at, desk.desks)


def _stands_above(desk: Desk, body: Organization) -> bool:
    """The secretariat stands above all: what hangs below it, and what hangs below nobody."""
    return desk.coordinates and (desk.is_root or body.id in desk.subtree)
