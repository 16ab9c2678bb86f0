"""The desk: work waiting, the queue, a case and its acts."""

from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from grievance.casework.case import closing, dating, refusing, releasing, timing, working
from grievance.casework.case.reading import OpenedCase
from grievance.casework.referral import asking, holding, onward, referring
from grievance.rules.terms import (
    CaseState,
    ClosingKind,
    ConsentVia,
    DeclineReason,
    Outcome,
    ReferralKind,
    ReferralState,
    ReleaseRefusal,
    Urgency,
)
from grievance.store.cases import Case
from grievance.triage import forms, law, lists, supposing, unreached
from grievance.triage.acting import act_on, and_leave, case_page, why_page
from grievance.triage.lapsing import lapsing_for
from grievance.web.database import db, read_db
from grievance.web.forms import keeps_form
from grievance.web.service import now, settings
from grievance.web.staff import desk, desk_keys

bp = Blueprint("triage", __name__, url_prefix="/desk")


@bp.get("/")
def home() -> ResponseReturnValue:
    """Work waiting."""
    shown = lists.home(db(), desk()) | {"lapsing": lapsing_for(db(), desk())}
    lost = unreached.on_first_page(db(), desk())
    return render_template("triage/home.html", **shown, **lost)


@bp.get("/cases")
def cases() -> ResponseReturnValue:
    """The queue."""
    return render_template("triage/cases.html", **lists.queue(db(), desk(), request.args))


@bp.get("/cases/<case_id>")
def case(case_id: str) -> ResponseReturnValue:
    """One case: facets before acceptance, words after."""
    return case_page(case_id)


@bp.get("/cases/<case_id>/why")
def why(case_id: str) -> ResponseReturnValue:
    """Why the case was not offered to one organization."""
    return why_page(case_id, request.args)


@bp.get("/simulate")
def simulate() -> ResponseReturnValue:
    """Where a report of nobody's would go now."""
    with read_db() as session:
        return render_template("triage/simulate.html", **supposing.page(session, request.args))


@bp.post("/cases/<case_id>/accept")
@keeps_form
def accept(case_id: str) -> ResponseReturnValue:
    """Take the case."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        referring.accept(db(), found, desk().organization_id, desk().actor, now())

    return act_on(case_id, "accept", forms.PlainForm(), act)


@bp.post("/cases/<case_id>/decline")
@keeps_form
def decline(case_id: str) -> ResponseReturnValue:
    """Say that the organization cannot, and why."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        reason = DeclineReason(form.reason.data)
        asking.decline(db(), found, desk().organization_id, reason, desk().actor, now())

    return and_leave(act_on(case_id, "decline", forms.DeclineForm(), act))


@bp.post("/cases/<case_id>/message")
@keeps_form
def message(case_id: str) -> ResponseReturnValue:
    """Write to the worker."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        working.message(
            db(), found, form.text.data, opened, language=desk().language,
            actor=desk().actor, now=now(),
        )  # fmt: skip

    return act_on(case_id, "message", forms.MessageForm(), act)


@bp.post("/cases/<case_id>/note")
@keeps_form
def note(case_id: str) -> ResponseReturnValue:
    """Keep a note for the own staff."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        working.note(db(), found, form.text.data, opened, actor=desk().actor, now=now())

    return act_on(case_id, "note", forms.NoteForm(), act)


@bp.post("/cases/<case_id>/refer")
@keeps_form
def refer(case_id: str) -> ResponseReturnValue:
    """Refer on, with the worker's word or by asking her."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        via = ConsentVia(form.consent.data) if form.consent.data else None
        to = onward.Onward(
            UUID(form.organization.data), form.reason.data, via, desk().language,
            ReferralKind(form.kind.data),
        )  # fmt: skip
        onward.refer_on(db(), found, to, opened, desk_keys(desk()), desk().actor, now())

    return act_on(case_id, "refer", forms.ReferForm(), act)


@bp.post("/cases/<case_id>/withdraw")
@keeps_form
def withdraw(case_id: str) -> ResponseReturnValue:
    """Give the case back; the overseeing desk owns it again."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        reason, mine = form.reason.data, desk()
        holding.give_back(db(), found, reason, opened, desk_keys(mine), mine.actor, now())

    return and_leave(act_on(case_id, "withdraw", forms.WithdrawForm(), act))


@bp.post("/cases/<case_id>/service")
@keeps_form
def service(case_id: str) -> ResponseReturnValue:
    """How far the service is."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        to = ReferralState(form.state.data)
        holding.set_service(db(), found, desk().organization_id, to, desk().actor, now())

    return act_on(case_id, "service", forms.ServiceStateForm(), act)


@bp.post("/cases/<case_id>/assign")
@keeps_form
def assign(case_id: str) -> ResponseReturnValue:
    """Give it to a member of the own desk."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        member = UUID(form.member.data) if form.member.data else None
        working.assign(db(), found, member, desk().actor, now())

    return act_on(case_id, "assign", forms.AssignForm(), act)


@bp.post("/cases/<case_id>/state")
@keeps_form
def state(case_id: str) -> ResponseReturnValue:
    """Where it stands."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        working.set_state(
            db(), found, CaseState(form.state.data), seen=form.seen.data or "",
            actor=desk().actor, now=now(),
        )  # fmt: skip

    return act_on(case_id, "state", forms.StateForm(), act)


@bp.post("/cases/<case_id>/urgency")
@keeps_form
def urgency(case_id: str) -> ResponseReturnValue:
    """How soon; the reason is kept as a note."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        working.set_urgency(
            db(), found, Urgency(form.urgency.data), form.reason.data or "",
            seen=form.seen.data or "", actor=desk().actor, now=now(),
        )  # fmt: skip
        if form.reason.data:
            working.note(db(), found, form.reason.data, opened, actor=desk().actor, now=now())

    return act_on(case_id, "urgency", forms.UrgencyForm(), act)


@bp.post("/cases/<case_id>/dates")
@keeps_form
def dates(case_id: str) -> ResponseReturnValue:
    """The days that times in law are counted from, as she told them."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        dating.set_dates(
            db(), found, form.given(), opened, seen=form.seen.data or "",
            actor=desk().actor, now=now(),
        )  # fmt: skip

    return act_on(case_id, "dates", forms.DatesForm(), act)


@bp.get("/legal-dates")
def legal_dates() -> ResponseReturnValue:
    """Every time and figure of law that we know, with its source."""
    return render_template("triage/legal_dates.html", **law.every_rule(db()))


@bp.post("/cases/<case_id>/contact")
@keeps_form
def contact(case_id: str) -> ResponseReturnValue:
    """The day of the next contact, or none."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        timing.plan_contact(
            db(), found, form.on.day, zone=settings().zone, actor=desk().actor, now=now()
        )

    return act_on(case_id, "contact", forms.ContactForm(), act)


@bp.post("/cases/<case_id>/close")
@keeps_form
def close(case_id: str) -> ResponseReturnValue:
    """End it with an outcome."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        ending = closing.Closing(
            Outcome(form.outcome.data), ClosingKind(form.kind.data),
            form.amount.data or None, form.currency.data or None, form.words.data or "",
        )  # fmt: skip
        closing.close(db(), found, ending, opened, desk().actor, now())

    return act_on(case_id, "close", forms.CloseForm(), act)


@bp.post("/cases/<case_id>/release")
@keeps_form
def release(case_id: str) -> ResponseReturnValue:
    """Let an organization read it without the worker's word: two persons, and a life at risk."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        to = releasing.Wanted(UUID(form.organization.data), form.reason.data or "")
        releasing.release(db(), found, to, desk_keys(desk()), opened, desk().actor, now())

    return act_on(case_id, "release", forms.ReleaseForm(), act)


@bp.post("/cases/<case_id>/refuse")
@keeps_form
def refuse(case_id: str) -> ResponseReturnValue:
    """The second person does not agree to that."""

    def act(found: Case, form: Any, opened: OpenedCase | None) -> None:
        reason = ReleaseRefusal(form.reason.data)
        seen = form.seen.data or ""
        refusing.refuse_release(db(), found, reason, desk().actor, now(), seen=seen)

    return act_on(case_id, "refuse", forms.RefuseForm(), act)


@bp.post("/cases/<case_id>/reopen")
@keeps_form
def reopen(case_id: str) -> ResponseReturnValue:
    """Open it again; the reason is kept as a note."""

    def act(found: Case, form: Any, opened: OpenedCase) -> None:
        closing.reopen(db(), found, desk().actor, now())
        working.note(db(), found, form.reason.data, opened, actor=desk().actor, now=now())

    return act_on(case_id, "reopen", forms.ReopenForm(), act)
