"""The desk: work waiting, the queue, a case and its acts."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grievance.casework import asking, closing, holding, onward, reading, referring, working
from grievance.casework.reading import OpenedCase
from grievance.rules.terms import (
    CaseState,
    ClosingKind,
    ConsentVia,
    DeclineReason,
    Outcome,
    ReferralState,
    Urgency,
)
from grievance.store.cases import Case
from grievance.store.queue import PAGE, find_case, find_cases
from grievance.triage import filters, forms, showing
from grievance.triage.problems import SAID
from grievance.web.database import commit, db, rollback
from grievance.web.forms import ServiceForm, keeps_form
from grievance.web.service import now
from grievance.web.staff import desk

bp = Blueprint("triage", __name__, url_prefix="/desk")
_WITHOUT_HOLDING = {"accept", "decline"}
Act = Callable[[Case, Any, OpenedCase | None], None]


@bp.get("/")
def home() -> ResponseReturnValue:
    """Work waiting."""
    return render_template("triage/home.html", **showing.home(db(), desk()))


@bp.get("/cases")
def cases() -> ResponseReturnValue:
    """The queue."""
    chosen = filters.read(request.args)
    found = list(find_cases(db(), showing.reader(desk()), chosen, PAGE + 1))
    rows = showing.queue_rows(db(), found[:PAGE], desk())
    more = showing.place_after(rows[-1], chosen) if len(found) > PAGE else None
    return render_template(
        "triage/cases.html",
        rows=rows,
        chosen=filters.chosen(chosen),
        filters=chosen,
        labels=showing.issue_labels(db()),
        next_query=filters.as_query(chosen, after=more) if more else None,
    )


@bp.get("/cases/<case_id>")
def case(case_id: str) -> ResponseReturnValue:
    """One case: facets before acceptance, words after."""
    found = _find(case_id)
    opened = _open(found)
    html = _page(found, opened, {})
    commit()
    return html


def _find(case_id: str) -> Case:
    """A case in scope. Not mine, not there and not an id at all answer alike."""
    try:
        wanted = UUID(case_id)
    except ValueError:
        abort(404)
    found = find_case(db(), showing.reader(desk()), wanted)
    if found is None:
        abort(404)
    return found


def _open(found: Case) -> OpenedCase | None:
    return reading.open_case(db(), found, showing.desk_keys(desk()), desk().actor, now())


def _page(
    found: Case, opened: OpenedCase | None, wrong: dict[str, ServiceForm], problem: str = ""
) -> str:
    shown = showing.case_page(db(), found, desk(), opened, wrong)
    typed = showing.typed_words(*wrong.values()) if problem else []
    return render_template("triage/case.html", **shown, problem=problem, typed=typed)


def _act(case_id: str, name: str, form: ServiceForm, act: Act) -> ResponseReturnValue:
    """One act: find the case in scope, check the form, do it, come back to the page."""
    found = _find(case_id)
    holder = found.owner_id == desk().organization_id or reading.holds(
        db(), found, desk().organization_id
    )
    if name not in _WITHOUT_HOLDING and not holder:
        abort(404)
    if name == "refer":
        form.organization.choices = showing.referable(db(), found, desk())
    if name == "assign":
        form.member.choices = showing.case_page(db(), found, desk(), None, {})["forms"][
            "assign"
        ].member.choices
    if not form.validate():
        return _again(found, name, form)
    opened = reading.opened_keys(db(), found, showing.desk_keys(desk()))
    try:
        act(found, form, opened)
    except closing.SecondPersonNeeded:
        commit()
        return _told(case_id, name, form, showing.second_person(db(), desk()))
    except tuple(SAID) as problem:
        rollback()
        return _told(case_id, name, form, str(SAID[type(problem)]))
    commit()
    return redirect(url_for("triage.case", case_id=case_id), 303)


def _again(found: Case, name: str, form: ServiceForm) -> ResponseReturnValue:
    html = _page(found, _open(found), {name: form})
    commit()
    return html, 400


def _told(case_id: str, name: str, form: ServiceForm, words: str) -> ResponseReturnValue:
    """The page as it stands now says on top what is wrong, and gives back what was typed.

    The form itself may be gone from it: an accepted case has no Accept any more.
    """
    found = _find(case_id)
    showing.see_again(form, name, found)
    html = _page(found, _open(found), {name: form}, words)
    commit()
    return html, 409


@bp.post("/cases/<case_id>/accept")
@keeps_form
def accept(case_id: str) -> ResponseReturnValue:
    """Take the case."""

    def act(found: Case, form: Any, opened: OpenedCase | None) -> None:
        referring.accept(db(), found, desk().organization_id, desk().actor, now())

    return _act(case_id, "accept", forms.PlainForm(), act)


@bp.post("/cases/<case_id>/decline")
@keeps_form
def decline(case_id: str) -> ResponseReturnValue:
    """Say that the organization cannot, and why."""

    def act(found: Case, form: Any, opened: OpenedCase | None) -> None:
        reason = DeclineReason(form.reason.data)
        asking.decline(db(), found, desk().organization_id, reason, desk().actor, now())

    return _and_leave(_act(case_id, "decline", forms.DeclineForm(), act))


@bp.post("/cases/<case_id>/message")
@keeps_form
def message(case_id: str) -> ResponseReturnValue:
    """Write to the worker."""

    def act(found: Case, form: Any, opened: OpenedCase | None) -> None:
        working.message(
            db(), found, form.text.data, _words(opened), language=desk().language,
            actor=desk().actor, now=now(),
        )  # fmt: skip

    return _act(case_id, "message", forms.MessageForm(), act)


@bp.post("/cases/<case_id>/note")
@keeps_form
def note(case_id: str) -> ResponseReturnValue:
    """Keep a note for the own staff."""

    def act(found: Case, form: Any, opened: OpenedCase | None) -> None:
        working.note(db(), found, form.text.data, _words(opened), actor=desk().actor, now=now())

    return _act(case_id, "note", forms.NoteForm(), act)


@bp.post("/cases/<case_id>/refer")
@keeps_form
def refer(case_id: str) -> ResponseReturnValue:
    """Refer on, with the worker's word or by asking her."""

    def act(found: Case, form: Any, opened: OpenedCase | None) -> None:
        via = ConsentVia(form.consent.data) if form.consent.data else None
        to = onward.Onward(UUID(form.organization.data), form.reason.data, via, desk().language)
        onward.refer_on(db(), found, to, _words(opened), desk().actor, now())

    return _act(case_id, "refer", forms.ReferForm(), act)


@bp.post("/cases/<case_id>/withdraw")
@keeps_form
def withdraw(case_id: str) -> ResponseReturnValue:
    """Give the case back; the overseeing desk owns it again."""

    def act(found: Case, form: Any, opened: OpenedCase | None) -> None:
        holding.give_back(db(), found, form.reason.data, _words(opened), desk().actor, now())

    return _and_leave(_act(case_id, "withdraw", forms.WithdrawForm(), act))


@bp.post("/cases/<case_id>/service")
@keeps_form
def service(case_id: str) -> ResponseReturnValue:
    """How far the service is."""

    def act(found: Case, form: Any, opened: OpenedCase | None) -> None:
        to = ReferralState(form.state.data)
        holding.set_service(db(), found, desk().organization_id, to, desk().actor, now())

    return _act(case_id, "service", forms.ServiceStateForm(), act)


@bp.post("/cases/<case_id>/assign")
@keeps_form
def assign(case_id: str) -> ResponseReturnValue:
    """Give it to a member of the own desk."""

    def act(found: Case, form: Any, opened: OpenedCase | None) -> None:
        member = UUID(form.member.data) if form.member.data else None
        working.assign(db(), found, member, desk().actor, now())

    return _act(case_id, "assign", forms.AssignForm(), act)


@bp.post("/cases/<case_id>/state")
@keeps_form
def state(case_id: str) -> ResponseReturnValue:
    """Where it stands."""

    def act(found: Case, form: Any, opened: OpenedCase | None) -> None:
        working.set_state(
            db(), found, CaseState(form.state.data), seen=form.seen.data or "",
            actor=desk().actor, now=now(),
        )  # fmt: skip

    return _act(case_id, "state", forms.StateForm(), act)


@bp.post("/cases/<case_id>/urgency")
@keeps_form
def urgency(case_id: str) -> ResponseReturnValue:
    """How soon; the reason is kept as a note."""

    def act(found: Case, form: Any, opened: OpenedCase | None) -> None:
        working.set_urgency(
            db(), found, Urgency(form.urgency.data), form.reason.data or "",
            seen=form.seen.data or "", actor=desk().actor, now=now(),
        )  # fmt: skip
        if form.reason.data:
            working.note(
                db(), found, form.reason.data, _words(opened), actor=desk().actor, now=now()
            )

    return _act(case_id, "urgency", forms.UrgencyForm(), act)


@bp.post("/cases/<case_id>/close")
@keeps_form
def close(case_id: str) -> ResponseReturnValue:
    """End it with an outcome."""

    def act(found: Case, form: Any, opened: OpenedCase | None) -> None:
        ending = closing.Closing(
            Outcome(form.outcome.data), ClosingKind(form.kind.data),
            form.amount.data or None, form.currency.data or None, form.words.data or "",
        )  # fmt: skip
        closing.close(db(), found, ending, opened, desk().actor, now())

    return _act(case_id, "close", forms.CloseForm(), act)


@bp.post("/cases/<case_id>/reopen")
@keeps_form
def reopen(case_id: str) -> ResponseReturnValue:
    """Open it again; the reason is kept as a note."""

    def act(found: Case, form: Any, opened: OpenedCase | None) -> None:
        closing.reopen(db(), found, desk().actor, now())
        working.note(db(), found, form.reason.data, _words(opened), actor=desk().actor, now=now())

    return _act(case_id, "reopen", forms.ReopenForm(), act)


def _and_leave(answer: ResponseReturnValue) -> ResponseReturnValue:
    """After a case has left the desk its page is not there any more: back to the list."""
    return answer if isinstance(answer, tuple) else redirect(url_for("triage.cases"), 303)


def _words(opened: OpenedCase | None) -> OpenedCase:
    return opened or OpenedCase({}, {})
