"""Ties of an entry at the desk: both sides see them, the one that declares a tie ends it."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from grievance.casework.directory.ties import NotTiedSo, declare_tie, end_tie
from grievance.directory.charge import charge_of
from grievance.directory.entry_words import REASONS
from grievance.directory.tie_forms import EndForm, TieForm
from grievance.rules.terms import TieReason
from grievance.store.directory import Organization
from grievance.store.ties import Found, bodies_named, ties_of, ties_to
from grievance.web.database import commit, db, rollback
from grievance.web.forms import keeps_form, options
from grievance.web.locale import country_name, gettext
from grievance.web.service import now
from grievance.web.staff import desk

bp = Blueprint("ties", __name__, url_prefix="/desk/directory/<uuid:entry_id>/ties")
_CHOICES = 10


@bp.get("")
def page(entry_id: UUID) -> ResponseReturnValue:
    """Ties from both sides."""
    return _page(charge_of(db(), desk(), entry_id).body)


@bp.post("/declare")
@keeps_form
def declare(entry_id: UUID) -> ResponseReturnValue:
    """Say that the entry is tied to another body."""
    body, form = charge_of(db(), desk(), entry_id).body, TieForm()
    found = [one for one in bodies_named(db(), form.other.data or "", _CHOICES)
             if one.id != body.id]  # fmt: skip
    form.chosen.choices = options((str(one.id), _called(one)) for one in found)
    if not form.validate():
        return _page(body, form)
    other = _meant(form, found)
    if other is None:
        return _page(body, form)
    try:
        reason = TieReason(str(form.reason.data))
        declare_tie(db(), body.id, other, reason, actor=desk().actor, now=now())
    except NotTiedSo:
        rollback()
        form.other.errors = [gettext("This body is not in the directory any more.")]
        return _page(charge_of(db(), desk(), entry_id).body, form)
    commit()
    return redirect(url_for("ties.page", entry_id=entry_id), 303)


@bp.post("/end")
def end(entry_id: UUID) -> ResponseReturnValue:
    """End a tie that this entry declares."""
    body = charge_of(db(), desk(), entry_id).body
    end_tie(db(), body.id, EndForm().other.data or "", actor=desk().actor, now=now())
    commit()
    return redirect(url_for("ties.page", entry_id=entry_id), 303)


def _meant(form: TieForm, found: list[Found]) -> UUID | None:
    """The one that was chosen, or the only one; else the form asks."""
    if form.chosen.data:
        return UUID(form.chosen.data)
    if len(found) == 1:
        return found[0].id
    if found:
        form.chosen.errors = [gettext("Several have this name. Choose one.")]
    else:
        form.other.errors = [gettext("Nobody in the directory has this name.")]
    return None


def _called(one: Found) -> str:
    return f"{one.name} · {country_name(one.country)} · {one.slug}"


def _page(body: Organization, form: TieForm | None = None) -> ResponseReturnValue:
    html = render_template(
        "directory/ties.html", body=body, declared=ties_of(db(), body),
        theirs=ties_to(db(), body.slug), reasons={str(one): w for one, w in REASONS.items()},
        form=form or TieForm(formdata=None),
    )  # fmt: skip
    return html, 200 if form is None else 400
