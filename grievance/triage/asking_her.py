"""Questions to a worker on the case's page: what was asked and answered, and the form to ask."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.referral import questions
from grievance.rules.terms import Urgency
from grievance.store.cases import Case
from grievance.store.directory import body_names
from grievance.store.questions import open_question
from grievance.web.forms import Filled, ServiceForm, Words
from grievance.web.locale import lazy as _
from grievance.web.service import now
from grievance.web.staff import Desk, desk_keys

LONGEST = 2_000  # she reads it on a small screen


class AskForm(ServiceForm):
    """A question to the worker, from a desk that cannot read her words yet."""

    text = Words(
        _("Your question to the worker"),
        description=_(
            "She reads it when she uses her code. Do not ask for her name, number, address or "
            "employer: you do not know yet whether you take the case."
        ),
        longest=LONGEST,
        validators=[Filled(_("Please write a few words."))],
    )


def section(db: Session, case: Case, desk: Desk) -> dict[str, Any]:
    """What stands of questions on the page; opening them is an act."""
    threads = questions.read_threads(db, case, desk_keys(desk), desk.actor, now())
    ids: set[UUID] = {one.question.organization_id for one in threads}
    return {
        "may": questions.may_ask(db, case, desk.organization_id),
        "waits": open_question(db, case.id, desk.organization_id) is not None,
        "stops_clock": case.urgency != Urgency.U0,
        "threads": threads,
        "names": body_names(db, ids),
        "ours": desk.organization_id,
    }
