"""Which entries a desk must confirm soon, for its first page."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.rules.entry_life import SOON, lapse_day
from grievance.rules.members import manages
from grievance.rules.route import Terms
from grievance.store.entry_life import lapsing
from grievance.web.service import now, settings
from grievance.web.staff import Desk

_MOST: Final = 10


@dataclass(frozen=True)
class Due:
    """One entry; ``day`` is when its confirmation lapses or did, None where there is none."""

    id: UUID
    name: str
    day: date | None
    is_over: bool


@dataclass(frozen=True)
class Lapsing:
    """Entries in scope, those that wait longest first."""

    rows: tuple[Due, ...]
    more: int
    may_confirm: bool


def lapsing_for(db: Session, desk: Desk) -> Lapsing | None:
    """Her own entry, for a coordinator also those below; None where all are right."""
    terms = Terms(now().date(), settings().confirm_months)
    found = lapsing(db, desk.scope, terms, SOON)
    rows = [_due(*one, terms) for one in found[:_MOST]]
    if not rows:
        return None
    return Lapsing(tuple(rows), len(found) - len(rows), manages(desk.roles))


def _due(one: UUID, name: str, confirmed_on: date | None, terms: Terms) -> Due:
    if confirmed_on is None:
        return Due(one, name, None, True)
    day = lapse_day(confirmed_on, terms.confirm_months)
    return Due(one, name, day, day <= terms.today)
