"""What the desk's pages show of groups: facets, as in the queue, and the group's name."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from grievance.casework.case.grouping import Group, open_groups
from grievance.rules.groups import SEVERAL
from grievance.store.cases import Case
from grievance.store.clocks import clocks_of
from grievance.store.groups import groups_of, members_of_group
from grievance.store.reference import issue_codes
from grievance.triage.groups_forms import FORMS, StartForm
from grievance.triage.showing import problems_of
from grievance.web.forms import ServiceForm, options
from grievance.web.service import now
from grievance.web.staff import Desk, desk_keys, reader


def every_group(db: Session, desk: Desk) -> dict[str, Any]:
    """The desk's groups, newest first."""
    who = reader(desk)
    groups = [Group(row, members_of_group(db, who, row.id)) for row in groups_of(db, who)]
    names = open_groups(db, groups, desk_keys(desk), desk.actor, now())
    return {"groups": [(one, names[one.row.id], _most_urgent(one.cases)) for one in groups]}


def one_group(
    db: Session, desk: Desk, group: Group, wrong: dict[str, ServiceForm]
) -> dict[str, Any]:
    """One group with its cases, the most urgent first; ``wrong`` holds forms that came back."""
    cases = sorted(group.cases, key=lambda one: (one.urgency or "U9", one.received_at, one.id))
    names = open_groups(db, [group], desk_keys(desk), desk.actor, now())
    seen = str(group.row.acts)
    ticked = ["yes"] if group.row.may_say else []
    start = {"name": names[group.row.id], "seen": seen, "may_say": ticked}
    forms: dict[str, Any] = {
        name: form(formdata=None, data=start) for name, form in FORMS.items()
    } | wrong
    for form in forms.values():
        form.seen.data = seen  # whoever sends it again has seen this page
    offer_cases(forms["leave"], cases)
    contacts = {c.case_id: c.on_day for c in clocks_of(db, [one.id for one in cases]) if c.on_day}
    return {
        "group": group,
        "name": names[group.row.id],
        "cases": cases,
        "problems": problems_of(issue_codes(db), cases),
        "contacts": contacts,
        "forms": forms,
        "several": SEVERAL,
    }


def offer_cases(form: Any, cases: Sequence[Case]) -> None:
    """The cases that may leave."""
    form.cases.choices = options((str(one.id), one.number) for one in cases)


def starting(case: Case | None) -> StartForm:
    """An empty form, or one that begins with the case one came from."""
    return StartForm(formdata=None, data={"numbers": case.number if case else ""})


def _most_urgent(cases: Sequence[Case]) -> str | None:
    return min((one.urgency for one in cases if one.urgency), default=None)
