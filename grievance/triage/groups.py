"""Cases of one desk that are worked on together: named, seen and written to at once."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grievance.casework.case import grouping
from grievance.casework.case.grouping import Group
from grievance.rules.groups import numbers_in
from grievance.store.cases import Case
from grievance.store.groups import find_group, held_by_number, members_of_group
from grievance.store.queue import find_case
from grievance.triage import groups_shown
from grievance.triage.groups_forms import FORMS, StartForm
from grievance.triage.problems import SAID
from grievance.triage.showing import typed_words
from grievance.triage.views import bp
from grievance.web.database import commit, db, rollback
from grievance.web.forms import ServiceForm, keeps_form
from grievance.web.ids import id_of, id_or_404
from grievance.web.locale import gettext
from grievance.web.service import now, settings
from grievance.web.staff import desk, desk_keys, reader

Act = Callable[[Group, Any], None]


class NotHeld(Exception):
    """Numbers of no case that the desk holds, whether there are such cases or not."""


_PROBLEMS: tuple[type[Exception], ...] = (NotHeld, *SAID)


@bp.route("/groups", methods=["GET", "POST"])
@keeps_form
def groups() -> ResponseReturnValue:
    """Every group, and a form for a new one."""
    if request.method == "GET":
        return _all(groups_shown.starting(_case(request.args.get("case", "")))), 200
    form = StartForm()
    if not form.validate():
        return _all(form), 400
    try:
        cases = _held(form.numbers.data)
        row = grouping.start_group(
            db(), cases, form.name.data, desk_keys(desk()), desk().actor, now()
        )
    except _PROBLEMS as problem:
        rollback()
        return _all(form, _said(problem)), 409
    commit()
    return redirect(url_for("triage.group", group_id=row.id), 303)


@bp.get("/groups/<group_id>")
def group(group_id: str) -> ResponseReturnValue:
    """One group with its cases."""
    return _one(_group(group_id), {})


@bp.post("/groups/<group_id>/<act>")
@keeps_form
def group_act(group_id: str, act: str) -> ResponseReturnValue:
    """One act on all of its cases, or on the group itself."""
    if act not in FORMS:
        abort(404)
    found, form = _group(group_id, lock=True), FORMS[act]()
    if act == "leave":
        groups_shown.offer_cases(form, found.cases)
    if not form.validate():
        return _one(found, {act: form}), 400
    try:
        _ACTS[act](found, form)
    except _PROBLEMS as problem:
        rollback()
        return _one(_group(group_id), {act: form}, _said(problem)), 409
    commit()
    left = act == "leave" and len(form.cases.data) == len(found.cases)
    where = url_for("triage.groups") if left else url_for("triage.group", group_id=group_id)
    return redirect(where, 303)


def _message(found: Group, form: Any) -> None:
    grouping.message_all(
        db(), found, form.text.data, desk_keys(desk()), desk().actor, now(),
        language=desk().language, seen=form.seen.data or "",
    )  # fmt: skip


def _note(found: Group, form: Any) -> None:
    grouping.note_all(
        db(), found, form.text.data, desk_keys(desk()), desk().actor, now(),
        seen=form.seen.data or "",
    )  # fmt: skip


def _contact(found: Group, form: Any) -> None:
    grouping.plan_all(
        db(), found, form.on.day, desk().actor, now(), zone=settings().zone,
        seen=form.seen.data or "",
    )  # fmt: skip


def _add(found: Group, form: Any) -> None:
    grouping.add_to_group(
        db(), found, _held(form.numbers.data), desk_keys(desk()), desk().actor, now(),
        seen=form.seen.data or "",
    )  # fmt: skip


def _leave(found: Group, form: Any) -> None:
    gone = [UUID(one) for one in form.cases.data]
    grouping.take_out(db(), found, gone, desk().actor, now(), seen=form.seen.data or "")


def _name(found: Group, form: Any) -> None:
    grouping.rename_group(
        db(), found, form.name.data, desk_keys(desk()), desk().actor, now(),
        seen=form.seen.data or "",
    )  # fmt: skip


def _say(found: Group, form: Any) -> None:
    may = bool(form.may_say.data)
    grouping.let_say(db(), found, may, desk().actor, now(), seen=form.seen.data or "")


_ACTS: dict[str, Act] = {
    "message": _message, "note": _note, "contact": _contact, "add": _add, "leave": _leave,
    "name": _name, "say": _say,
}  # fmt: skip


def _group(group_id: str, *, lock: bool = False) -> Group:
    """A group of the desk with its cases. One of another desk, one that every case has left, and
    no id at all answer alike."""
    wanted = id_or_404(group_id)
    row = find_group(db(), reader(desk()), wanted, lock=lock)
    cases = members_of_group(db(), reader(desk()), wanted, lock=lock) if row else []
    if row is None or not cases:
        abort(404)
    return Group(row, cases)


def _case(case_id: str) -> Case | None:
    """The case one came from, where it is in scope."""
    wanted = id_of(case_id)
    return find_case(db(), reader(desk()), wanted) if wanted else None


def _held(typed: str) -> list[Case]:
    numbers = numbers_in(typed)
    found = list(held_by_number(db(), reader(desk()), numbers))
    missing = set(numbers) - {one.number for one in found}
    if missing:
        raise NotHeld(", ".join(one for one in numbers if one in missing))
    return found


def _said(problem: Exception) -> str:
    if isinstance(problem, NotHeld):
        return gettext(
            "Your desk holds no case with this number: %(numbers)s", numbers=str(problem)
        )
    return str(SAID[type(problem)])


def _all(form: ServiceForm, problem: str = "") -> str:
    shown = groups_shown.every_group(db(), desk())
    html = render_template("triage/groups.html", **shown, form=form, problem=problem)
    commit()
    return html


def _one(found: Group, wrong: dict[str, ServiceForm], problem: str = "") -> str:
    shown = groups_shown.one_group(db(), desk(), found, wrong)
    typed = typed_words(*wrong.values()) if problem else []
    html = render_template("triage/group.html", **shown, problem=problem, typed=typed)
    commit()
    return html
