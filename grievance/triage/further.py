"""Further parts of a case's page: each has a module of its own beside this one."""

from typing import Any

from sqlalchemy.orm import Session

from grievance.store.cases import Case
from grievance.triage import asking_her
from grievance.web.forms import ServiceForm
from grievance.web.staff import Desk


def sections(db: Session, case: Case, desk: Desk, wrong: dict[str, ServiceForm]) -> dict[str, Any]:
    """What these parts show, and their forms; ``wrong`` holds all forms of the page."""
    made: dict[str, ServiceForm] = {"ask": asking_her.AskForm(formdata=None)}
    return {"asking": asking_her.section(db, case, desk), "forms": made | wrong}
