"""Members who are tied to a respondent: they say so, or it is written down."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grievance.casework.respondents import naming, tying
from grievance.casework.respondents.register import entries_about, open_register
from grievance.rules.terms import StaffTieReason
from grievance.store.cases import Case
from grievance.triage import about, tied
from grievance.triage.acting import case_page_again, find_in_scope
from grievance.triage.problems import SAID
from grievance.triage.respondent_forms import BODY, RECORD, TieCaseForm, TieForm
from grievance.web.database import commit, db, rollback
from grievance.web.forms import keeps_form, options
from grievance.web.ids import id_of, id_or_404
from grievance.web.locale import gettext
from grievance.web.service import now, settings
from grievance.web.staff import desk, desk_keys

bp = Blueprint("staff_ties", __name__, url_prefix="/desk")


@bp.get("/ties")
def ties() -> ResponseReturnValue:
    """Her own ties, and those of the desk for who manages it."""
    html = _page(None)
    commit()
    return html


@bp.post("/ties/declare")
@keeps_form
def declare() -> ResponseReturnValue:
    """A member is tied to a record of this desk, or to an organization of the directory."""
    form = TieForm()
    form.member.choices = tied.member_choices(db(), desk())
    form.whom.choices = _as_typed(form)
    if not form.validate():
        return _again(form)
    try:
        _declare(db(), form)
    except (naming.NoSuchRecord, tying.NoSuchBody):
        rollback()
        form.whom.errors = [gettext("Please choose again.")]
        return _again(form)
    except tying.NotAMember:
        rollback()
        form.member.errors = [gettext("Please choose again.")]
        return _again(form)
    commit()
    return redirect(url_for("staff_ties.ties", done="tied"), 303)


@bp.post("/ties/end")
def end() -> ResponseReturnValue:
    """It was a mistake, or is over."""
    try:
        tying.end_tie(db(), id_or_404(request.form.get("tie")), desk().actor, now())
    except tying.NoSuchTie:
        abort(404)
    except tying.OwnTie as problem:
        rollback()
        html = _page(None, problem=SAID[type(problem)])
        commit()
        return html, 409
    commit()
    return redirect(url_for("staff_ties.ties", done="ended"), 303)


@bp.post("/cases/<case_id>/tie")
@keeps_form
def case(case_id: str) -> ResponseReturnValue:
    """She opened a case and sees that it is about somebody close to her: it is gone at once."""
    found = find_in_scope(case_id)
    form = TieCaseForm()
    register = open_register(db(), desk_keys(desk()))
    form.whom.choices = about.case_choices(entries_about(db(), register, found.id).values())
    if not form.validate():
        return case_page_again(found, "tie", form)
    _tie_to(found, form)
    commit()
    return redirect(url_for("staff_ties.ties", done="tied"), 303)


def _tie_to(found: Case, form: TieCaseForm) -> None:
    declared = _declared(desk().user_id, form.reason.data)
    kind, _, one = (form.whom.data or "").partition(":")
    tying.tie_to_case(db(), declared, found.id)  # also where the record is taken off it later
    if kind == RECORD:
        tying.tie_to_record(db(), declared, id_or_404(one), desk_keys(desk()))


def _declare(session: Session, form: TieForm) -> None:
    declared = _declared(id_or_404(form.member.data), form.reason.data)
    kind, _, one = (form.whom.data or "").partition(":")
    if kind == BODY:
        tying.tie_to_body(session, declared, id_or_404(one), name_secret=settings().name_secret)
    elif desk().works_cases:
        tying.tie_to_record(session, declared, id_or_404(one), desk_keys(desk()))
    else:
        raise naming.NoSuchRecord


def _declared(user_id: UUID, reason: str | None) -> tying.Declared:
    return tying.Declared(
        user_id, desk().organization_id, StaffTieReason(reason or ""), desk().actor, now()
    )


def _as_typed(form: TieForm) -> list[Any]:
    """Bodies come a country at a time: whether the chosen one is there, the verb looks."""
    typed = str(form.whom.data or "")
    kind, _, one = typed.partition(":")
    known = kind in {RECORD, BODY} and id_of(one) is not None
    return list(options([(typed, "")])) if known else []


def _again(form: TieForm) -> ResponseReturnValue:
    html = _page(form)
    commit()
    return html, 400


def _page(form: TieForm | None, problem: Any = "") -> str:
    shown = tied.ties_page(db(), desk(), request.args, form)
    return render_template("staff_ties/ties.html", **shown, problem=problem)
