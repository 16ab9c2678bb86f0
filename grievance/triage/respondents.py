"""A desk's records of respondents: named on a case, read with their cases, merged and parted."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grievance.casework.case import reading
from grievance.casework.respondents import merging, naming
from grievance.casework.respondents.naming import Keeper
from grievance.casework.respondents.register import Entry, links_to, open_register
from grievance.store.cases import Case
from grievance.store.matching import numbers_seen
from grievance.store.queue import find_case
from grievance.triage import about
from grievance.triage.acting import find_in_scope, open_found
from grievance.triage.problems import SAID
from grievance.triage.respondent_forms import (
    LinkForm,
    MergeForm,
    PartForm,
    RecordForm,
    filled,
)
from grievance.web.database import commit, db, rollback
from grievance.web.forms import ServiceForm, keeps_form, options
from grievance.web.ids import id_or_404, place_of
from grievance.web.labels import label
from grievance.web.locale import lazy as _
from grievance.web.service import now, settings
from grievance.web.staff import desk, desk_keys, reader

bp = Blueprint("respondents", __name__, url_prefix="/desk")
ROWS: Final = 50
DONE: Final[dict[str, Any]] = {
    "gone": _(
        "Noted. By this name the case may be about your own organization or one tied to it, or "
        "about somebody you are tied to: it does not stand at your desk any more."
    ),
    "some_gone": _(
        "Noted. By these names some cases may be about your own organization or one tied to it: "
        "they do not stand at your desk any more."
    ),
    "kept": _("Noted."),
}
Act = Callable[[Case], object]
Do = Callable[[], int]


@bp.get("/cases/<case_id>/respondents")
def case(case_id: str) -> ResponseReturnValue:
    """Whom the case is about: name it, or say which record it is."""
    html = _case_page(find_in_scope(case_id))
    commit()
    return html


@bp.post("/cases/<case_id>/respondents/make")
@keeps_form
def make(case_id: str) -> ResponseReturnValue:
    """A new record, and the case is about it."""
    form = RecordForm()
    return _on_case(case_id, form, lambda one: naming.make(db(), one, form.details(), _keeper()))


@bp.post("/cases/<case_id>/respondents/link")
@keeps_form
def link(case_id: str) -> ResponseReturnValue:
    """The case is about a record that is there."""
    form = LinkForm()
    form.record.choices = _record_choices()
    return _on_case(
        case_id, form, lambda one: naming.link(db(), one, id_or_404(form.record.data), _keeper())
    )


@bp.post("/cases/<case_id>/respondents/unlink")
@keeps_form
def unlink(case_id: str) -> ResponseReturnValue:
    """The case is not about it after all."""
    form = PartForm()
    return _on_case(
        case_id, form, lambda one: naming.unlink(db(), one, id_or_404(form.record.data), _keeper())
    )


@bp.get("/respondents")
def records() -> ResponseReturnValue:
    """The records of this desk, with how many of its cases each has."""
    known = _known()
    naming.note_reading(db(), desk().actor, now(), len(known))
    counts = about.case_counts(db(), reader(desk()), open_register(db(), desk_keys(desk())), known)
    rows = sorted(known.values(), key=lambda e: (e.name.casefold(), str(e.id)))
    pages = max(1, -(-len(rows) // ROWS))
    page = max(1, min(place_of(request.args.get("page", "")), pages))
    html = render_template(
        "respondents/records.html",
        rows=[(e, label(e.details.kind), counts[e.id]) for e in rows[(page - 1) * ROWS :][:ROWS]],
        page=page, pages=pages, done=DONE.get(request.args.get("done", "")),
    )  # fmt: skip
    commit()
    return html


@bp.get("/respondents/<record_id>")
def record(record_id: str) -> ResponseReturnValue:
    """One record: its names, its cases, records like it, and what was merged into it."""
    html = _record_page(id_or_404(record_id))
    commit()
    return html


@bp.post("/respondents/<record_id>/names")
@keeps_form
def names(record_id: str) -> ResponseReturnValue:
    """Other names or numbers."""
    form, one = RecordForm(), id_or_404(record_id)
    return _on_record(one, form, lambda: naming.change(db(), one, form.details(), _keeper()))


@bp.post("/respondents/<record_id>/merge")
@keeps_form
def merge(record_id: str) -> ResponseReturnValue:
    """It is the same as another one of this desk."""
    form, one = MergeForm(), id_or_404(record_id)
    form.into.choices = _record_choices()

    def act() -> int:
        return merging.merge_records(db(), one, id_or_404(form.into.data), _keeper())

    return _on_record(one, form, act, "into")


@bp.post("/respondents/<record_id>/part")
@keeps_form
def part(record_id: str) -> ResponseReturnValue:
    """What was merged into it is another one after all."""
    form, one = PartForm(), id_or_404(record_id)

    def act() -> int:
        merging.part_records(db(), id_or_404(form.record.data), _keeper())
        return 0

    return _on_record(one, form, act)


def _on_case(case_id: str, form: ServiceForm, act: Act) -> ResponseReturnValue:
    """One act on whom a case is about; who loses sight of it by this is told so."""
    found = find_in_scope(case_id)
    if not reading.holds(db(), found, desk().organization_id):
        abort(404)
    if not form.validate():
        html = _case_page(found, wrong=form)
        commit()
        return html, 400
    try:
        act(found)
    except naming.NoSuchRecord:
        abort(404)
    except tuple(SAID) as problem:
        rollback()
        html = _case_page(find_in_scope(case_id), wrong=form, problem=SAID[type(problem)])
        commit()
        return html, 409
    stays = find_case(db(), reader(desk()), found.id) is not None
    commit()
    if not stays:
        return redirect(url_for("respondents.records", done="gone"), 303)
    return redirect(url_for("respondents.case", case_id=case_id), 303)


def _on_record(
    record_id: UUID, form: ServiceForm, act: Do, goes_to: str = ""
) -> ResponseReturnValue:
    """One act on a record; after a merge the other one's page is shown."""
    if record_id not in _known():
        abort(404)
    if not form.validate():
        html = _record_page(record_id, wrong=form)
        commit()
        return html, 400
    try:
        left = act()
    except naming.NoSuchRecord:
        abort(404)
    except tuple(SAID) as problem:
        rollback()
        html = _record_page(record_id, wrong=form, problem=SAID[type(problem)])
        commit()
        return html, 409
    commit()
    if left:
        return redirect(url_for("respondents.records", done="some_gone"), 303)
    shown = form[goes_to].data if goes_to else record_id
    return redirect(url_for("respondents.record", record_id=shown), 303)


def _case_page(found: Case, *, wrong: ServiceForm | None = None, problem: Any = "") -> str:
    opened = open_found(found)
    if opened is None:
        abort(404)
    register = open_register(db(), desk_keys(desk()))
    shown = about.naming_page(db(), found, desk(), reader(desk()), opened, register)
    return render_template("respondents/case.html", **shown, wrong=wrong, problem=problem)


def _record_page(record_id: UUID, *, wrong: ServiceForm | None = None, problem: Any = "") -> str:
    known = _known()
    entry = known.get(record_id) or _read_with(known, record_id)
    if entry is None:
        abort(404)
    naming.note_reading(db(), desk().actor, now(), len(known))
    register = open_register(db(), desk_keys(desk()))
    others = [one for one in known.values() if one.id != entry.id]
    links = links_to(db(), register, entry.ids)
    merge_form = MergeForm(formdata=None)
    merge_form.into.choices = options(about.record_choices(others))
    return render_template(
        "respondents/record.html",
        entry=entry, kind=label(entry.details.kind),
        cases=numbers_seen(db(), reader(desk()), {one.case_id for one in links}),
        alike=about.likest(entry.details, others),
        form=wrong if isinstance(wrong, RecordForm) else filled(entry.parts[0].details),
        merge_form=wrong if isinstance(wrong, MergeForm) else merge_form,
        wrong=wrong, problem=problem, done="",
    )  # fmt: skip


def _read_with(known: dict[UUID, Entry], record_id: UUID) -> Entry | None:
    """An address of a merged record shows the one it is read with."""
    return next((entry for entry in known.values() if record_id in entry.ids), None)


def _known() -> dict[UUID, Entry]:
    register = open_register(db(), desk_keys(desk()))
    return naming.readable_entries(db(), register, desk().user_id)


def _record_choices() -> list[Any]:
    return list(options(about.record_choices(_known().values())))


def _keeper() -> Keeper:
    return Keeper(desk_keys(desk()), settings().name_secret, desk().actor, now())
