"""Contacts of an entry at the desk: read as far as one may, added, changed, taken away."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grievance.casework.directory import contacts as verbs
from grievance.directory.charge import charge_of, has_charge
from grievance.directory.contact_forms import ContactForm, filled
from grievance.directory.entry_words import VISIBLE
from grievance.rules.contacts import MOST, may_read
from grievance.rules.members import manages
from grievance.store.contacts import contact_of, contacts_of
from grievance.store.directory import Organization, organization
from grievance.web.contact_words import KINDS
from grievance.web.database import commit, db, rollback
from grievance.web.forms import keeps_form
from grievance.web.locale import gettext
from grievance.web.service import now
from grievance.web.staff import Desk, desk

bp = Blueprint("contacts", __name__, url_prefix="/desk/directory/<uuid:entry_id>/contacts")


@bp.get("")
def page(entry_id: UUID) -> ResponseReturnValue:
    """What she may read of an entry's contacts; with a form where she may change them."""
    return _page(entry_id)


@bp.post("/add")
@keeps_form
def add(entry_id: UUID) -> ResponseReturnValue:
    """One more."""
    form = ContactForm()

    def act(body: Organization) -> None:
        verbs.add_contact(db(), body.id, form.said, actor=desk().actor, now=now())

    return _kept(entry_id, form, act)


@bp.route("/<uuid:contact_id>", methods=["GET", "POST"])
@keeps_form
def change(entry_id: UUID, contact_id: UUID) -> ResponseReturnValue:
    """One as it stands, and as it is written anew."""
    body, form = charge_of(db(), desk(), entry_id).body, ContactForm()
    row = contact_of(db(), body.id, contact_id)
    if not form.is_submitted():
        if row is None:
            abort(404)
        return _one(body, contact_id, filled(row))

    def act(body: Organization) -> None:
        verbs.change_contact(db(), body.id, contact_id, form.said, actor=desk().actor, now=now())

    return _kept(entry_id, form, act, contact_id)


@bp.post("/<uuid:contact_id>/remove")
def remove(entry_id: UUID, contact_id: UUID) -> ResponseReturnValue:
    """One less."""
    body = charge_of(db(), desk(), entry_id).body
    verbs.remove_contact(db(), body.id, contact_id, actor=desk().actor, now=now())
    commit()
    return redirect(url_for("contacts.page", entry_id=entry_id), 303)


def _kept(
    entry_id: UUID, form: ContactForm, act: Callable[[Organization], None],
    contact_id: UUID | None = None,
) -> ResponseReturnValue:  # fmt: skip
    """Do it, or show the form again with what is wrong; nothing that was typed is lost."""
    body = charge_of(db(), desk(), entry_id).body
    if not form.validate():
        return _again(entry_id, form, contact_id)
    try:
        act(body)
    except verbs.BadContact as bad:
        rollback()
        form.say(bad.why)
        return _again(entry_id, form, contact_id)
    except verbs.TooManyContacts:
        rollback()
        words = gettext("There are %(most)s contacts already. Take one away first.", most=MOST)
        return _page(entry_id, form, words)
    except verbs.ContactGone:
        rollback()
        words = gettext("A colleague took this contact away. Add it again if it is still right.")
        return _page(entry_id, form, words)
    commit()
    return redirect(url_for("contacts.page", entry_id=entry_id), 303)


def _again(entry_id: UUID, form: ContactForm, contact_id: UUID | None) -> ResponseReturnValue:
    if contact_id is None:
        return _page(entry_id, form)
    return _one(charge_of(db(), desk(), entry_id).body, contact_id, form)


def _one(body: Organization, contact_id: UUID, form: ContactForm) -> ResponseReturnValue:
    html = render_template("directory/contact.html", body=body, contact_id=contact_id, form=form)
    return html, 400 if form.errors else 200


def _page(
    entry_id: UUID, form: ContactForm | None = None, problem: str = ""
) -> ResponseReturnValue:
    body, in_charge = _readable(db(), desk(), entry_id)
    own = organization(db(), desk().organization_id)
    partner = own is not None and own.partner and own.active
    rows = [
        one for one in contacts_of(db(), body.id)
        if may_read(one.visibility, of_partner=partner, in_charge=in_charge)
        and (in_charge or not verbs.hidden_of_shelter(body, one))
    ]  # fmt: skip
    may = in_charge and manages(desk().roles)
    html = render_template(
        "directory/contacts.html", body=body, rows=rows, may=may, problem=problem,
        form=form or ContactForm(formdata=None), kinds={str(k): w for k, w in KINDS.items()},
        visible={str(v): w for v, w in VISIBLE.items()},
        hidden={one.id for one in rows if verbs.hidden_of_shelter(body, one)},
    )  # fmt: skip
    status = 409 if problem else 400
    return html, status if form is not None else 200


def _readable(session: Session, own: Desk, entry_id: UUID) -> tuple[Organization, bool]:
    """An entry that this desk may look at: one that is closed, only by those in charge."""
    body = organization(session, entry_id)
    if body is None:
        abort(404)
    in_charge = has_charge(own, body)
    if not (in_charge or body.active):
        abort(404)
    return body, in_charge
