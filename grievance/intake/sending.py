"""The last press: route again, seal, write once, show the code."""

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grievance.casework.case.keyring import StaleKey
from grievance.casework.report import drafting
from grievance.casework.report.reporting import Filing, Prepared, file_report, prepare
from grievance.intake import draft, showing
from grievance.intake.draft import OpenDraft
from grievance.intake.forms import StepForm
from grievance.intake.steps import Step
from grievance.store.cases import Case
from grievance.store.taxonomy import taxonomy
from grievance.web import offering
from grievance.web.database import commit, db, read_db, rollback
from grievance.web.errors import page
from grievance.web.locale import gettext, language
from grievance.web.service import now, settings
from grievance.web.sessions import visit

_TRIES = 3


class SentElsewhere(Exception):
    """Another phone opened this draft by its code and sent it: this one's words were not in it."""


def send(reading: Session, form: StepForm) -> ResponseReturnValue:
    """Send the draft of this session; the same press again gives the same code."""
    found = draft.current(reading)
    if found is None:
        return redirect(url_for("intake.sent"), 303)
    problem = _problem(found, form)
    if problem:
        form.revision.errors = [problem]
        shown = showing.dress(reading, Step.CHECK, "", form, found.state)
        return render_template("intake/check.html", **shown.values), 400
    copy = draft.code_copy(found.keys.code)
    if copy is None:
        return redirect(url_for("intake.sent"), 303)
    filing = Filing(found.keys.case_id, copy, language(), now(), settings().name_secret)
    for _ in range(_TRIES):
        try:
            return _file(_prepared(found, filing), found)
        except (StaleKey, IntegrityError):
            rollback()  # a key changed, or the same press came twice: look again
    return page("unavailable", 503)


def _prepared(found: OpenDraft, filing: Filing) -> Prepared:
    with read_db() as reading:
        known = taxonomy(reading)
        routed = offering.route_now(reading, found.state.answers, known)
        return prepare(reading, found.state.answers, known, routed, filing)


def _file(made: Prepared, found: OpenDraft) -> ResponseReturnValue:
    visit().lock(db())
    if visit().get("sent"):
        return redirect(url_for("intake.sent"), 303)  # the same press came twice
    if db().get(Case, made.case.id) is not None:
        raise SentElsewhere
    newest = draft.current(db())
    if newest is not None and newest.state.revisions != found.state.revisions:
        return redirect(url_for("intake.step", step=Step.CHECK), 303)
    file_report(db(), made, now=now())
    drafting.drop_session_copy(db(), found.keys.draft_id)
    visit()["sent"] = True
    commit()
    return redirect(url_for("intake.sent"), 303)


def _problem(found: OpenDraft, form: StepForm) -> str | None:
    answers = found.state.answers
    if form.is_older_than(sum(found.state.revisions.values())):
        return gettext("Your answers changed in another window. Please read them again.")
    if not answers.says_something:
        return gettext("Please choose a problem, or write a few words.")
    if answers.sharing is None:
        return gettext("Please choose who may read your report.")
    return None
