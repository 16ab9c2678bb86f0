"""Entries of the directory at the desk: one whole, its forms, its services, a new listing.

Every member reads an entry. An organization's coordinators and administrators change its own, a
coordinator also those below hers, and the secretariat's those that hang nowhere; to everybody else
the forms do not exist.
"""

from collections.abc import Callable
from uuid import UUID, uuid4

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grievance.casework.directory import editing
from grievance.casework.directory.form import ServiceEntry
from grievance.casework.directory.history import (
    OF_A_SERVICE,
    OF_THE_FORM,
    revision_of,
    service_revision,
)
from grievance.casework.directory.services import facts_of
from grievance.directory import entry_form, entry_refusals, entry_show, service_form
from grievance.directory.charge import Charge, charge_of, charge_over
from grievance.directory.entry_form import EntryForm
from grievance.directory.entry_labels import FIELDS, said
from grievance.directory.entry_reach import may_add, may_move, name_of, named_parent
from grievance.directory.life_page import state_word
from grievance.directory.service_areas import MORE
from grievance.directory.service_form import ServiceFactsForm
from grievance.store import entries
from grievance.store.directory import Organization, Service
from grievance.web import staff
from grievance.web.database import commit, db, rollback
from grievance.web.forms import keeps_form, status_of
from grievance.web.ids import place_of
from grievance.web.service import now

bp = Blueprint("entry", __name__, url_prefix="/desk/directory")


@bp.get("/<uuid:body_id>")
def show(body_id: UUID) -> ResponseReturnValue:
    """One entry whole."""
    body = _found(body_id)
    changes = charge_over(staff.desk(), body) is not None
    if not (body.active or changes):
        abort(404)
    return render_template(
        "directory/entry.html", state=state_word(db(), body, now()),
        may_change=changes,
        may_add=may_add(body),
        fresh=uuid4(),
        **entry_show.shown(
            db(), body, looks_after=changes or body.id in staff.desk().scope,
            skip=place_of(request.args.get("from", "")),
        ),
    )  # fmt: skip


@bp.route("/<uuid:body_id>/change", methods=["GET", "POST"])
@keeps_form
def change(body_id: UUID) -> ResponseReturnValue:
    """The words of an entry and its place in the tree."""
    charge = charge_of(db(), staff.desk(), body_id)
    body, kept = charge.body, editing.facts_of_entry(charge.body)
    form, facts = _form_of(body, kept), None
    if request.method == "POST":
        facts = form.take(kept)
        parent_id = named_parent(form, body) if may_move(charge) else body.parent_id
        if (
            facts
            and not form.errors
            and _tried(form, lambda: _change(charge, form, facts, parent_id))
        ):
            return redirect(url_for("entry.show", body_id=body_id), 303)
    return _entry_page(form, charge, None, facts)


@bp.route("/<uuid:body_id>/new/<uuid:entry_id>", methods=["GET", "POST"])
@keeps_form
def new(body_id: UUID, entry_id: UUID) -> ResponseReturnValue:
    """A new listing below an organization. The address has its id, so that a second press of the
    form adds nothing."""
    above = _found(body_id)
    if not may_add(above):
        abort(404)
    form = EntryForm() if request.method == "POST" else entry_form.fresh(above.country)
    form.offer(None)
    if request.method == "POST":
        facts = form.take(None)
        if facts and _tried(form, lambda: _add(entry_id, form, facts, above.id)):
            return redirect(url_for("entry.show", body_id=entry_id), 303)
    return _entry_page(form, None, above, None)


@bp.route("/<uuid:body_id>/service/<uuid:service_id>", methods=["GET", "POST"])
@keeps_form
def service(body_id: UUID, service_id: UUID) -> ResponseReturnValue:
    """A service of an entry; an id that is nobody's yet is a new one."""
    body, found = charge_of(db(), staff.desk(), body_id).body, db().get(Service, service_id)
    if found and found.organization_id != body.id:
        abort(404)
    kept = facts_of(found) if found else None
    form, facts = ServiceFactsForm(), None
    if request.method == "GET":
        form = service_form.filled(kept, service_revision(found)) if kept else service_form.fresh()
    form.offer(entry_show.problem_groups(db()), kept)
    if request.method == "POST" and request.form.get("action") != MORE:
        facts = form.take(kept)
        if facts and _tried(form, lambda: _set(body.id, service_id, form, facts)):
            return redirect(url_for("entry.show", body_id=body_id), 303)
    return _service_page(form, body, service_id, facts)


@bp.post("/<uuid:body_id>/service/<uuid:service_id>/end")
def end_service(body_id: UUID, service_id: UUID) -> ResponseReturnValue:
    """A service is not given any more."""
    body = charge_of(db(), staff.desk(), body_id).body
    editing.end_service(db(), body.id, service_id, staff.desk().actor, now())
    commit()
    return redirect(url_for("entry.show", body_id=body_id), 303)


def _found(body_id: UUID) -> Organization:
    body = entries.entry(db(), body_id)
    if body is None:
        abort(404)
    return body


def _form_of(body: Organization, kept: editing.EntryFacts) -> EntryForm:
    if request.method == "POST":
        form = EntryForm()
    else:
        above = db().get(Organization, body.parent_id) if body.parent_id else None
        below = name_of(above) if above else ""
        form = entry_form.filled(kept, revision=revision_of(body), below=below)
    form.offer(kept)
    return form


def _change(
    charge: Charge, form: EntryForm, facts: editing.EntryFacts, parent_id: UUID | None
) -> None:
    editing.change_entry(
        db(), charge.body.id, facts, parent_id=parent_id, revision=form.revision.data or "",
        from_above=charge.above, actor=staff.desk().actor, now=now(),
    )  # fmt: skip


def _add(entry_id: UUID, form: EntryForm, facts: editing.EntryFacts, parent_id: UUID) -> None:
    editing.add_entry(
        db(), entry_id, facts, parent_id=parent_id, actor=staff.desk().actor, now=now()
    )


def _set(body_id: UUID, service_id: UUID, form: ServiceFactsForm, facts: ServiceEntry) -> None:
    editing.set_service(
        db(), body_id, service_id, facts, revision=form.revision.data or "",
        actor=staff.desk().actor, now=now(),
    )  # fmt: skip


def _tried(form: EntryForm | ServiceFactsForm, act: Callable[[], None]) -> bool:
    """Whether the change is kept; else the form says why not."""
    try:
        act()
    except editing.Refusal as refusal:
        rollback()
        entry_refusals.say_why(form, refusal)
        return False
    commit()
    return True


def _entry_page(
    form: EntryForm, charge: Charge | None, above: Organization | None,
    typed: editing.EntryFacts | None,
) -> ResponseReturnValue:  # fmt: skip
    """The form; where somebody else was quicker, with what is kept now."""
    body = charge.body if charge else None
    kept_now: dict[str, list[str]] = {}
    if body and typed and form.revision.errors:
        form.revision.data = revision_of(body)
        of_form = [name for name in OF_THE_FORM if name != "parent_id"]
        kept_now = entry_form.differing(editing.facts_of_entry(body), typed, of_form)
    page = render_template(
        "directory/entry_change.html", form=form, body=body, above=above,
        may_move=bool(charge and may_move(charge)), kept_now=_in_words(kept_now),
    )  # fmt: skip
    return page, status_of(form)


def _service_page(
    form: ServiceFactsForm, body: Organization, service_id: UUID, typed: ServiceEntry | None
) -> ResponseReturnValue:
    kept_now: dict[str, list[str]] = {}
    found = db().get(Service, service_id)
    if typed and form.revision.errors:
        form.revision.data = service_revision(found)
        kept_now = entry_form.differing(facts_of(found), typed, OF_A_SERVICE) if found else {}
    page = render_template(
        "directory/service.html", form=form, body=body, found=found, service_id=service_id,
        kept_now=_in_words(kept_now),
    )  # fmt: skip
    return page, status_of(form)


def _in_words(fields: dict[str, list[str]]) -> list[tuple[str, list[str]]]:
    names = dict(entry_show.problem_groups(db()))
    return [(str(FIELDS[name]), said(name, texts, names)) for name, texts in fields.items()]
