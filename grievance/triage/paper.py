"""A referral on paper: made, printed, answered and ended at the desk that holds the case."""

from typing import Any
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grievance.casework.case.reading import OpenedCase
from grievance.casework.referral import paper as verbs
from grievance.casework.referral.paper_bodies import NeverOnPaper
from grievance.casework.respondents.register import details_about
from grievance.rules.paper import tells_of_minor
from grievance.rules.terms import PaperOutcome, WhoAgrees
from grievance.store.cases import Case
from grievance.store.directory import organization
from grievance.store.paper import PaperForm, form_of
from grievance.store.reference import issue_codes
from grievance.triage.acting import act_on, held_case, tell
from grievance.triage.forms import PlainForm
from grievance.triage.paper_forms import MakePaperForm, PaperAnswerForm
from grievance.triage.paper_shown import listed, making
from grievance.triage.problems import SAID
from grievance.triage.views import bp
from grievance.web.database import commit, db, rollback
from grievance.web.forms import keeps_form
from grievance.web.ids import id_or_404
from grievance.web.paper_words import lines_of
from grievance.web.reaching import ways_of
from grievance.web.service import now, today
from grievance.web.staff import desk, desk_keys, reader


@bp.get("/paper")
def papers() -> ResponseReturnValue:
    """The desk's forms, by number."""
    return render_template("triage/papers.html", **listed(db(), reader(desk())))


@bp.route("/cases/<case_id>/paper", methods=["GET", "POST"])
@keeps_form
def paper(case_id: str) -> ResponseReturnValue:
    """Make a form for a body outside."""
    found, opened = held_case(case_id)
    form = MakePaperForm()
    shown = making(db(), found, opened, form, form.country.data or request.args.get("country", ""))
    if request.method == "GET":
        return _page(shown), 200
    if not form.validate():
        return _page(shown), 400
    try:
        verbs.make_form(
            db(), found, _wanted(form, found), opened, today=today(), actor=desk().actor, now=now()
        )
    except tuple(SAID) as problem:
        rollback()
        shown = making(db(), *held_case(case_id), form, form.country.data or "")
        return _page(shown, str(SAID[type(problem)])), 409
    commit()
    return redirect(url_for("triage.case", case_id=case_id, _anchor="paper"), 303)


@bp.get("/cases/<case_id>/paper/<form_id>")
def paper_form(case_id: str, form_id: str) -> ResponseReturnValue:
    """The form as it is printed: each look is an opening."""
    found, opened = held_case(case_id)
    try:
        sheet = verbs.print_form(
            db(), found, _form(found, form_id), opened, today=today(), actor=desk().actor,
            now=now(), records=details_about(db(), desk_keys(desk()), found.id),
        )  # fmt: skip
    except (verbs.CannotPrint, NeverOnPaper) as problem:
        return tell(case_id, PlainForm(formdata=None), str(SAID[type(problem)]))
    listing = sheet.form.listing_id
    html = render_template(
        "triage/paper_form.html", sheet=sheet, case=found, today=today(),
        lines=lines_of(sheet.contents, issue_codes(db())),
        minor=tells_of_minor(sheet.contents),
        sender=organization(db(), sheet.form.organization_id),
        reach=ways_of(db(), [listing]).get(listing) if listing else None,
    )  # fmt: skip
    commit()
    return html


@bp.post("/cases/<case_id>/paper/<form_id>/answer")
@keeps_form
def paper_answer(case_id: str, form_id: str) -> ResponseReturnValue:
    """Type in what came back."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        verbs.answer_form(
            db(), found, _form(found, form_id), PaperOutcome(form.answer.data),
            form.text.data or "", opened, actor=desk().actor, now=now(),
        )  # fmt: skip

    form = PaperAnswerForm()
    form.of = form_id
    return act_on(case_id, "paper_answer", form, act)


@bp.post("/cases/<case_id>/paper/<form_id>/end")
@keeps_form
def paper_end(case_id: str, form_id: str) -> ResponseReturnValue:
    """It is needed no more."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        verbs.end_form(db(), found, _form(found, form_id), actor=desk().actor, now=now())

    return act_on(case_id, "paper_end", PlainForm(), act)


def _form(case: Case, form_id: str) -> PaperForm:
    """A form of this case; any other is not there."""
    return form_of(db(), case.id, id_or_404(form_id)) or abort(404)


def _page(shown: dict[str, Any], problem: str = "") -> str:
    html = render_template("triage/paper.html", **shown, problem=problem)
    commit()
    return html


def _wanted(form: MakePaperForm, case: Case) -> verbs.Wanted:
    return verbs.Wanted(
        listing_id=UUID(form.listing.data) if form.listing.data else None,
        typed_body=form.body.data or "",
        purpose=form.purpose.data,
        answer_to=form.answer_to.data,
        fields=form.chosen,
        consent=form.via,
        language=form.language.data or None,
        spoken_on=form.spoken_on.day,
        valid_until=form.until.day or today(),  # a form without one does not validate
        interpreter=form.interpreter.data or "",
        done=form.done.data or "",
        answer_by=form.answer_by.day,
        agreed_by=WhoAgrees(form.who.data or WhoAgrees.HERSELF),
        records=tuple(details_about(db(), desk_keys(desk()), case.id)),
    )
