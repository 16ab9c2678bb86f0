"""The life of an entry at the desk: invite, accept the terms, pause, close; each its own POST."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grievance.casework.directory import entries, life
from grievance.casework.members.inviting import AlreadyMember, Invited
from grievance.directory import life_forms as forms
from grievance.directory.charge import Charge, charge_of
from grievance.directory.life_page import possible, shown, today_there
from grievance.rules.entry_life import TERMS_VERSION
from grievance.rules.terms import EntryAct, Role
from grievance.web.database import commit, db, rollback
from grievance.web.forms import ServiceForm, keeps_form
from grievance.web.locale import gettext
from grievance.web.service import now
from grievance.web.staff import desk

bp = Blueprint("life", __name__, url_prefix="/desk/directory/<uuid:entry_id>/life")
Verb = Callable[[Charge], None]


@bp.get("")
def page(entry_id: UUID) -> ResponseReturnValue:
    """Where the entry stands, and what may be done with it."""
    return _page(entry_id)


@bp.post("/invite")
@keeps_form
def invite(entry_id: UUID) -> ResponseReturnValue:
    """Invite its first member. The one-time code is shown once, to be handed over in person."""
    form, made = forms.InviteForm(), list[Invited]()

    def act(charge: Charge) -> None:
        first = life.FirstMember(
            form.email.data, form.name.data, Role(str(form.role.data)), desk().language,
            form.notify.data,
        )  # fmt: skip
        made.append(life.invite_entry(db(), charge.body.id, first, actor=desk().actor, now=now()))

    try:
        answer = _act(entry_id, EntryAct.INVITE, form, act)
    except AlreadyMember:
        rollback()
        return _page(entry_id, form, problem=gettext("She is a member of this desk already."))
    return _page(entry_id, invited=made[0]) if made else answer


@bp.route("/terms", methods=["GET", "POST"])
@keeps_form
def terms(entry_id: UUID) -> ResponseReturnValue:
    """The terms for partners: to read, and to accept for the own organization."""
    charge, form = charge_of(db(), desk(), entry_id), forms.ActForm()
    may = EntryAct.ACCEPT in possible(db(), charge)
    if form.is_submitted() and may and form.validate():
        try:
            life.accept_terms(db(), charge.body.id, desk().actor, now())
        except life.NotNow:
            rollback()
            return redirect(url_for("life.page", entry_id=entry_id), 303)
        commit()
        return redirect(url_for("life.page", entry_id=entry_id), 303)
    stale = form.is_submitted() and may
    html = render_template(
        "directory/terms.html", body=charge.body, form=form, may=may, version=TERMS_VERSION
    )
    return html, 400 if stale else 200


@bp.post("/confirm")
@keeps_form
def confirm(entry_id: UUID) -> ResponseReturnValue:
    """The entry is still right, today."""

    def act(charge: Charge) -> None:
        entries.confirm_entry(db(), charge.body.id, desk().actor, now())

    return _act(entry_id, EntryAct.CONFIRM, forms.ActForm(), act)


@bp.post("/pause")
@keeps_form
def pause(entry_id: UUID) -> ResponseReturnValue:
    """No new cases for now."""
    form = forms.PauseForm()

    def act(charge: Charge) -> None:
        entries.set_paused(db(), charge.body.id, True, desk().actor, now(), until=form.last_day.day)

    return _act(entry_id, EntryAct.PAUSE, form, act)


@bp.post("/resume")
@keeps_form
def resume(entry_id: UUID) -> ResponseReturnValue:
    """New cases again."""

    def act(charge: Charge) -> None:
        entries.set_paused(db(), charge.body.id, False, desk().actor, now())

    return _act(entry_id, EntryAct.RESUME, forms.ActForm(), act)


@bp.post("/room")
@keeps_form
def room(entry_id: UUID) -> ResponseReturnValue:
    """How many cases fit, and whether somebody is awake at night."""
    form = forms.RoomForm()

    def act(charge: Charge) -> None:
        entries.set_room(
            db(), charge.body.id, form.cases, duty_rota=form.duty_rota.data,
            actor=desk().actor, now=now(),
        )  # fmt: skip

    return _act(entry_id, EntryAct.SET_ROOM, form, act)


@bp.post("/close")
@keeps_form
def close(entry_id: UUID) -> ResponseReturnValue:
    """Out of every route and list."""

    def act(charge: Charge) -> None:
        life.close_entry(db(), charge.body.id, desk().actor, now())

    return _act(entry_id, EntryAct.CLOSE, forms.CloseForm(), act)


@bp.post("/reopen")
@keeps_form
def reopen(entry_id: UUID) -> ResponseReturnValue:
    """Back in lists, as what it was."""

    def act(charge: Charge) -> None:
        life.reopen_entry(db(), charge.body.id, desk().actor, now())

    return _act(entry_id, EntryAct.REOPEN, forms.ActForm(), act)


def _act(entry_id: UUID, act: EntryAct, form: ServiceForm, verb: Verb) -> ResponseReturnValue:
    """Find the entry in charge, check the form, do it, come back to the page."""
    charge = charge_of(db(), desk(), entry_id)
    if act not in possible(db(), charge):
        return _too_late(entry_id, form)
    fits = form.fits(today_there(charge.body)) if act == EntryAct.PAUSE else form.validate()
    if not fits:
        return _page(entry_id, form)
    try:
        verb(charge)
    except life.NotNow:
        rollback()
        return _too_late(entry_id, form)
    commit()
    return redirect(url_for("life.page", entry_id=entry_id), 303)


def _too_late(entry_id: UUID, form: ServiceForm) -> ResponseReturnValue:
    words = gettext("The entry stands otherwise by now: see below. Nothing was changed.")
    return _page(entry_id, form, problem=words, status=409)


def _page(
    entry_id: UUID, form: ServiceForm | None = None, *, invited: Invited | None = None,
    problem: str = "", status: int = 400,
) -> ResponseReturnValue:  # fmt: skip
    charge = charge_of(db(), desk(), entry_id)
    values: dict[str, Any] = shown(db(), desk(), charge, form, now())
    html = render_template("directory/life.html", **values, problem=problem, invited=invited)
    return html, status if problem or (form is not None and form.errors) else 200
