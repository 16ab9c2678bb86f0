"""Whom mail does not reach: for herself, and for who looks after her desk."""

from typing import Any, Final

from sqlalchemy.orm import Session

from grievance.rules.members import manages
from grievance.store.bounces import unreachable_among, unreached
from grievance.web.staff import Desk

_SHOWN: Final = 50


def on_first_page(db: Session, desk: Desk) -> dict[str, Any]:
    """Coordinators and administrators see everybody of their desk and of those below."""
    lost = unreachable_among(db, [desk.email])
    found = unreached(db, desk.subtree) if manages(desk.roles) else []
    others = [one for one in found if one.email != desk.email]
    return {"lost_since": lost.get(desk.email), "unreached": others[:_SHOWN]}
