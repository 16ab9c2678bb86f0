"""Further addresses of the desk: a question to the worker before accepting."""

from typing import Any

from flask.typing import ResponseReturnValue

from grievance.casework.case.reading import OpenedCase
from grievance.casework.referral import questions
from grievance.store.cases import Case
from grievance.triage.acting import act_on
from grievance.triage.asking_her import AskForm
from grievance.triage.showing import desk_keys
from grievance.triage.views import bp
from grievance.web.database import db
from grievance.web.forms import keeps_form
from grievance.web.service import now
from grievance.web.staff import desk

__all__ = ["bp"]


@bp.post("/cases/<case_id>/ask")
@keeps_form
def ask(case_id: str) -> ResponseReturnValue:
    """A question to the worker, before this desk can read her words."""

    def act(found: Case, form: Any, opened: OpenedCase | None) -> None:
        questions.ask(
            db(), found, form.text.data, desk_keys(desk()), language=desk().language,
            actor=desk().actor, now=now(),
        )  # fmt: skip

    return act_on(case_id, "ask", AskForm(), act)
