"""Further addresses of the desk: a question to the worker before accepting, what is taken back,
advice without a name, and facts that are corrected."""

from typing import Any
from uuid import UUID

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grievance.casework.case.reading import OpenedCase
from grievance.casework.case.working import NotAllowed
from grievance.casework.referral import opinions as advice
from grievance.casework.referral import questions, recalling
from grievance.casework.routes.correcting import correct_facts
from grievance.store.cases import Case
from grievance.store.opinions import Opinion
from grievance.triage import opinions
from grievance.triage.acting import act_on
from grievance.triage.asking_her import AskForm
from grievance.triage.facts import FactsForm
from grievance.triage.forms import RecallForm
from grievance.triage.problems import SAID
from grievance.triage.views import bp
from grievance.web.database import commit, db, rollback
from grievance.web.forms import ServiceForm, keeps_form
from grievance.web.service import now, settings
from grievance.web.staff import desk, desk_keys

__all__ = ["bp"]


@bp.post("/cases/<case_id>/ask")
@keeps_form
def ask(case_id: str) -> ResponseReturnValue:
    """A question to the worker, before this desk can read her words."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        questions.ask(
            db(), found, form.text.data, desk_keys(desk()), language=desk().language,
            actor=desk().actor, now=now(),
        )  # fmt: skip

    return act_on(case_id, "ask", AskForm(), act)


@bp.post("/cases/<case_id>/recall")
@keeps_form
def recall(case_id: str) -> ResponseReturnValue:
    """Take back that an organization is asked, or that the worker is asked about it."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        recalling.recall(db(), found, UUID(form.organization.data), desk().actor, now())

    return act_on(case_id, "recall", RecallForm(), act)


@bp.post("/cases/<case_id>/opinion")
@keeps_form
def second_opinion(case_id: str) -> ResponseReturnValue:
    """Ask another desk about a case, without the worker's name."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        asking = advice.Asking(
            UUID(form.organization.data), form.text.data, form.tell.data, desk().language
        )
        keys = desk_keys(desk())
        advice.ask_opinion(db(), found, asking, opened, keys, desk().actor, now())

    return act_on(case_id, "opinion", opinions.OpinionForm(), act)


@bp.post("/cases/<case_id>/facts")
@keeps_form
def facts(case_id: str) -> ResponseReturnValue:
    """Correct where she works, where she is from or what her work is."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        correct_facts(
            db(), found, form.given(), opened, desk_keys(desk()), seen=form.seen.data or "",
            confirm_months=settings().confirm_months, actor=desk().actor, now=now(),
        )  # fmt: skip

    return act_on(case_id, "facts", FactsForm(), act)


@bp.get("/opinions", endpoint="opinions")
def list_opinions() -> ResponseReturnValue:
    """Advice that is asked of this desk, and that it asked."""
    return render_template("triage/opinions.html", **opinions.list_page(db(), desk()))


@bp.get("/opinions/<opinion_id>")
def opinion(opinion_id: str) -> ResponseReturnValue:
    """One thread."""
    html = _page(_found(opinion_id))
    commit()
    return html


@bp.post("/opinions/<opinion_id>/write")
@keeps_form
def write_opinion(opinion_id: str) -> ResponseReturnValue:
    """Advise, or ask further."""
    found, form = _found(opinion_id), opinions.TurnForm()
    if not form.validate():
        html = _page(found, form)
        commit()
        return html, 400
    try:
        advice.write_opinion(
            db(), found, form.text.data, desk_keys(desk()), language=desk().language,
            actor=desk().actor, now=now(),
        )  # fmt: skip
    except (advice.AdviceOver, NotAllowed) as problem:
        return _told(opinion_id, form, problem)
    commit()
    return redirect(url_for("triage.opinion", opinion_id=opinion_id), 303)


@bp.post("/opinions/<opinion_id>/decline")
def decline_opinion(opinion_id: str) -> ResponseReturnValue:
    """This desk cannot advise."""
    found = _found(opinion_id)
    try:
        advice.decline_opinion(db(), found, desk_keys(desk()), desk().actor, now())
    except advice.AdviceOver as problem:
        return _told(opinion_id, None, problem)
    commit()
    return redirect(url_for("triage.opinions"), 303)


def _found(opinion_id: str) -> Opinion:
    found = opinions.find(db(), desk(), opinion_id)
    if found is None:
        abort(404)
    return found


def _page(found: Opinion, form: ServiceForm | None = None, problem: str = "") -> str:
    shown = opinions.page(db(), found, desk(), form)
    return render_template("triage/opinion.html", **shown, problem=problem)


def _told(opinion_id: str, form: ServiceForm | None, problem: Exception) -> ResponseReturnValue:
    """The thread as it stands now, with what is wrong and the words that were typed."""
    rollback()
    html = _page(_found(opinion_id), form, str(SAID[type(problem)]))
    commit()
    return html, 409
