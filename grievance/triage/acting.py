"""One act on a case: find it in scope, check the form, do it, and come back to the page."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grievance.casework.case import closing, reading
from grievance.casework.case.reading import OpenedCase
from grievance.casework.case.releasing import SecondAgrees
from grievance.store.cases import Case
from grievance.store.queue import find_case
from grievance.triage import explaining, further, partners, releasing, showing
from grievance.triage.forms import PartnerForm
from grievance.triage.problems import SAID
from grievance.web.database import commit, db, rollback
from grievance.web.forms import ServiceForm, status_of
from grievance.web.ids import id_or_404
from grievance.web.service import now
from grievance.web.staff import desk, desk_keys, reader

_WITHOUT_HOLDING = {"accept", "decline", "release", "refuse", "ask"}  # each asks more by itself
_BY_RELEASE = {"message", "note"}  # what one may do who reads the case without the worker's word
_OF_WHO_SHARES = {"service", "withdraw", "dates"}  # besides; the rest is the owner's
_BEGINS_ANEW = {"dates", "facts"}  # fields as old as the page: what a colleague wrote stands there
Act = Callable[[Case, Any, OpenedCase], None]


def case_page(case_id: str) -> ResponseReturnValue:
    """The page as it stands."""
    found = find_in_scope(case_id)
    html = _page(found, open_found(found), {})
    commit()
    return html


def why_page(case_id: str, args: Mapping[str, str]) -> ResponseReturnValue:
    """Why not there, for a case in scope."""
    html = render_template(
        "triage/why.html", **explaining.why_page(db(), find_in_scope(case_id), desk(), args)
    )
    commit()
    return html


def act_on(case_id: str, name: str, form: ServiceForm, act: Act) -> ResponseReturnValue:
    """One act: find the case in scope, check the form, do it, come back to the page."""
    found = find_in_scope(case_id)
    if not _may_act(found, name):
        abort(404)
    opened = reading.opened_keys(db(), found, desk_keys(desk()))
    _offer(form, name, found, opened)
    if isinstance(form, PartnerForm) and form.search.data:
        return _searched(found, name, form)
    if not form.validate():
        return case_page_again(found, name, form)
    try:
        act(found, form, opened)
    except closing.SecondPersonNeeded:
        commit()
        return _told(case_id, name, form, showing.second_person(db(), found))
    except SecondAgrees:
        commit()
        return redirect(url_for("triage.case", case_id=case_id, _anchor="release"), 303)
    except tuple(SAID) as problem:
        rollback()
        return _told(case_id, name, form, str(SAID[type(problem)]))
    commit()
    return redirect(url_for("triage.case", case_id=case_id), 303)


def held_case(case_id: str) -> tuple[Case, OpenedCase]:
    """A case that this desk accepted, its words opened; any other, also one that it reads by a
    release alone, answers as one that is not there."""
    found = find_in_scope(case_id)
    opened = open_found(found)
    if opened is None or not reading.accepted(db(), found, desk().organization_id):
        abort(404)
    return found, opened


def tell(case_id: str, form: ServiceForm, words: str) -> ResponseReturnValue:
    """The case's page says on top what could not be done."""
    rollback()
    return _told(case_id, "", form, words)


def and_leave(answer: ResponseReturnValue) -> ResponseReturnValue:
    """After a case has left the desk its page is not there any more: back to the list."""
    return answer if isinstance(answer, tuple) else redirect(url_for("triage.cases"), 303)


def _may_act(found: Case, name: str) -> bool:
    """The owner does everything; who shares it, what concerns its own help; who reads it by a
    release writes only."""
    here = desk().organization_id
    if name in _WITHOUT_HOLDING or found.owner_id == here:
        return True
    if name == "close" and _may_second(found):
        return True
    if name in _BY_RELEASE:
        return reading.holds(db(), found, here)
    return name in _OF_WHO_SHARES and reading.accepted(db(), found, here)


def _offer(form: Any, name: str, found: Case, opened: OpenedCase) -> None:
    if name == "refer":
        partners.offer_referral(db(), found, desk(), opened, form)
    if name == "assign":
        form.member.choices = showing.assignable(db(), desk(), found)
    further.prepare(db(), found, desk(), name, form, opened)
    if name == "release":
        releasing.prepare(form, db(), found, desk(), opened)


def _may_second(found: Case) -> bool:
    return showing.may_second(db(), found, desk(), closing.standing_request(db(), found))


def find_in_scope(case_id: str) -> Case:
    """A case in scope. Not mine, not there and not an id at all answer alike."""
    found = find_case(db(), reader(desk()), id_or_404(case_id))
    if found is None:
        abort(404)
    return found


def open_found(found: Case) -> OpenedCase | None:
    """Look at it: where this desk holds it, its words are opened."""
    return reading.open_case(db(), found, desk_keys(desk()), desk().actor, now())


def _page(
    found: Case, opened: OpenedCase | None, wrong: dict[str, ServiceForm], problem: str = ""
) -> str:
    back = {name: form for name, form in wrong.items() if not (problem and name in _BEGINS_ANEW)}
    shown = showing.case_page(db(), found, desk(), opened, back)
    shown |= further.sections(db(), found, desk(), opened, shown)
    typed = showing.typed_words(*wrong.values())
    return render_template("triage/case.html", **shown, problem=problem, typed=typed)


def case_page_again(found: Case, name: str, form: ServiceForm) -> ResponseReturnValue:
    """The page with a form that came back."""
    html = _page(found, open_found(found), {name: form})
    commit()
    return html, 400


def _searched(found: Case, name: str, form: PartnerForm) -> ResponseReturnValue:
    """The page with the partners that are looked for. The rest of the form is not done yet, and who
    was chosen before is not chosen any more: nobody is sent what was meant for another."""
    for field in (form.csrf_token, form.find):
        field.validate(form)
    form.organization.data = None
    html = _page(found, open_found(found), {name: form})
    commit()
    return html, status_of(form)


def _told(case_id: str, name: str, form: ServiceForm, words: str) -> ResponseReturnValue:
    """The page as it stands now says on top what is wrong, and gives back what was typed.

    The form itself may be gone from it: an accepted case has no Accept any more.
    """
    found = find_in_scope(case_id)
    showing.see_again(form, name, found)
    html = _page(found, open_found(found), {name: form}, words)
    commit()
    return html, 409
