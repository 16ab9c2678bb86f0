"""A worker reports: language page, start, the six steps, the code, leave."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grievance.intake import draft, filling, leaving, posting, showing
from grievance.intake.forms import ResumeForm, SentForm
from grievance.intake.showing import Page, page_for
from grievance.intake.steps import ORDER, Step
from grievance.rules.codes import grouped
from grievance.rules.languages import suggested
from grievance.rules.terms import Language
from grievance.store.reference import last_loaded
from grievance.web.database import commit, db, read_db
from grievance.web.forms import keeps_form, status_of
from grievance.web.locale import is_reviewed, offered, picker
from grievance.web.pages import fresh_page
from grievance.web.sessions import visit

bp = Blueprint("intake", __name__)


@bp.get("/")
def languages() -> ResponseReturnValue:
    """Every language by its own name; the browser's wishes only move three to the top."""
    wished = suggested(request.headers.get("Accept-Language", ""), offered())
    rows = {tag: (tag, name, direction) for tag, name, direction in picker()}
    top = [rows[tag] for tag in wished]
    rest = [row for tag, row in rows.items() if tag not in wished]
    return render_template("intake/languages.html", top=top, rest=rest, is_reviewed=is_reviewed)


@bp.route("/<lang:lang>/", methods=["GET"])
def start(lang: Language) -> ResponseReturnValue:
    """Use this safely; or, where a report is open here, go on or close it."""
    held = visit()
    if held.get("code") or held.get("draft_id"):
        return render_template("intake/resume.html", form=ResumeForm())
    return fresh_page("start", str, lambda: render_template("intake/start.html"))


@bp.post("/<lang:lang>/report/resume")
def resume(lang: Language) -> ResponseReturnValue:
    """After that press alone words and code show: the phone may have changed hands."""
    visit().lock(db())
    if request.form.get("action") == "close":
        leaving.forget(db())
        commit()
        return redirect(url_for("intake.start"), 303)
    found = draft.current(db())
    if visit().get("sent") or found is None:
        return redirect(url_for("intake.sent"), 303)
    step = max(found.state.revisions, key=lambda one: ORDER.index(Step(one)), default=Step.PROBLEM)
    return redirect(url_for("intake.step", step=step), 303)


@bp.route("/<lang:lang>/report/<step>", methods=["GET", "POST"])
@keeps_form
def step(lang: Language, step: str) -> ResponseReturnValue:
    """One page of the report: shown by GET, kept by POST."""
    if step not in set(Step):
        return redirect(url_for("intake.start"), 302)
    if request.method == "POST":
        return posting.post(Step(step))
    if visit().get("sent") or visit().get("kept"):
        return redirect(url_for("intake.sent"), 302)
    # Nothing of the address comes back in a page that holds her code and is compressed (BREACH).
    part = filling.part_of(Step(step), request.args.get("part", ""))
    if step == Step.PROBLEM and not visit().get("draft_id"):
        return fresh_page("problem", _taxonomy_loaded, _first_form)
    with read_db() as session:
        page = page_for(session, Step(step), part)
    return _html(page) if page else showing.lost()


@bp.route("/<lang:lang>/report/sent", methods=["GET", "POST"])
@keeps_form
def sent(lang: Language) -> ResponseReturnValue:
    """The code, until she says that she has it."""
    form = SentForm()
    if form.validate_on_submit():
        return _sent_action(request.form.get("action", ""))
    held = visit()
    if held.get("kept"):
        return render_template("intake/kept.html", form=form), status_of(form)
    if not held.get("sent"):
        return showing.lost(), status_of(form)
    code = held.get("code")
    groups = grouped(code).split() if code else []
    with read_db() as session:
        told = posting.what_happens(session)
    html = render_template("intake/sent.html", form=form, groups=groups, told=told)
    return html, status_of(form)


def _sent_action(action: str) -> ResponseReturnValue:
    held = visit()
    held.lock(db())
    if action == "another" and held.get("kept"):
        held.renew()
        held.clear()
        commit()
        return redirect(url_for("intake.step", step=Step.PROBLEM), 303)
    if action == "kept":
        held.clear()
        held["kept"] = True
        commit()
    return redirect(url_for("intake.sent"), 303)


@bp.get("/leave")
def leave() -> ResponseReturnValue:
    """Quick exit: ends the session and goes to a weather page. A prefetch ends nothing."""
    if request.method == "HEAD" or leaving.is_prefetch():
        return "", 204
    leaving.end_everything()
    answer = redirect(leaving.destination(request.args.get("in", "")), 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _html(page: Page | None) -> str:
    if page is None:
        return ""
    return render_template(f"intake/{page.template}.html", **page.values)


def _first_form() -> str:
    with read_db() as session:
        return _html(page_for(session, Step.PROBLEM, ""))


def _taxonomy_loaded() -> str:
    with read_db() as session:
        return str(last_loaded(session))
