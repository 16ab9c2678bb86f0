"""Further parts of a case's page: each has a module of its own beside this one."""

from typing import Any

from sqlalchemy.orm import Session

from grievance.casework.case.reading import OpenedCase
from grievance.casework.referral.recalling import recallable
from grievance.store.cases import Case
from grievance.triage import asking_her, facts, opinions, releasing
from grievance.web.forms import ServiceForm, options
from grievance.web.staff import Desk


def sections(
    db: Session, case: Case, desk: Desk, opened: OpenedCase | None, page: dict[str, Any]
) -> dict[str, Any]:
    """What these parts show, and the forms of the whole page; one that came back stays."""
    made: dict[str, ServiceForm] = {
        "ask": asking_her.AskForm(formdata=None),
        "release": releasing.fresh_form(db, page["release"].targets),
    }
    advice = opinions.section(db, case, desk, opened)
    if opened is not None and advice is not None and advice["may"]:
        made["opinion"] = asked = opinions.OpinionForm(formdata=None)
        opinions.offer(db, case, desk, opened, asked)
    corrected = facts.section(db, case, desk, opened)
    if corrected is not None and corrected["may"]:
        made["facts"] = facts.fresh_form(db, case)
    return {
        "recallable": recallable(db, case, desk.organization_id),
        "facts": corrected,
        "asking": asking_her.section(db, case, desk),
        "advice": advice,
        "forms": made | page["forms"],
    }


def prepare(db: Session, case: Case, desk: Desk, name: str, form: Any, opened: OpenedCase) -> None:
    """What may be chosen in a form that was sent."""
    if name == "recall":
        ours = recallable(db, case, desk.organization_id)
        form.organization.choices = options((str(one), "") for one in sorted(ours))
    if name == "facts":
        facts.offer(db, case, form)
    if name == "opinion":
        opinions.offer(db, case, desk, opened, form)
