"""What the pages about ties show: her own, those of the desk for who manages it, and the forms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.respondents import naming
from grievance.casework.respondents.register import Entry, open_register
from grievance.rules.members import manages
from grievance.rules.terms import StaffTieReason
from grievance.store.accounts import names_of, people_of
from grievance.store.directory import body_names, organization
from grievance.store.staff_ties import StaffTie, standing_ties
from grievance.triage.about import record_choices
from grievance.triage.explaining import chooser
from grievance.triage.respondent_forms import BODY, REASONS, RECORD, TieForm
from grievance.web.forms import options
from grievance.web.locale import gettext, lazy
from grievance.web.service import now
from grievance.web.staff import Desk, desk_keys

DONE: Final[dict[str, Any]] = {
    "tied": lazy("Noted. Cases about this respondent are shown to this member no more."),
    "ended": lazy("Taken back."),
}


@dataclass(frozen=True)
class TieRow:
    """One tie as the page tells it."""

    id: UUID
    member: str
    to: str
    reason: Any
    tie: StaffTie
    may_end: bool


def ties_page(
    db: Session, desk: Desk, args: Mapping[str, str], wrong: TieForm | None
) -> dict[str, Any]:
    """Ties that stand. What others wrote down about a member is not shown to her: it would tell
    her that there is a case."""
    known = readable(db, desk)
    if known:
        naming.note_reading(db, desk.actor, now(), len(known))
    chosen = chooser(db, args, _country(db, desk))
    form = tie_form(db, desk, known, chosen.bodies)
    if wrong is not None:
        wrong.whom.choices = form.whom.choices
    rows = [one for one in standing_ties(db, desk.organization_id) if _may_see(one, desk)]
    return {
        "rows": _rows(db, desk, rows, known),
        "form": wrong or form,
        "chooser": chosen,
        "manages": manages(desk.roles),
        "done": DONE.get(args.get("done", "")),
    }


def tie_form(
    db: Session, desk: Desk, known: Mapping[UUID, Entry], bodies: Iterable[tuple[str, str]]
) -> TieForm:
    """Whom to tie to whom: she herself, or anybody of the desk for who manages it."""
    form = TieForm(formdata=None, data={"member": str(desk.user_id)})
    form.member.choices = member_choices(db, desk)
    records = [(f"{RECORD}:{one}", name) for one, name in record_choices(known.values())]
    form.whom.choices = list(options([*records, *((f"{BODY}:{one}", n) for one, n in bodies)]))
    return form


def member_choices(db: Session, desk: Desk) -> list[Any]:
    """Whose tie she may write down."""
    people = people_of(db, desk.organization_id)
    mine = [(str(one), name) for one, name, _ in people if one == desk.user_id]
    others = [(str(one), name) for one, name, _ in people if one != desk.user_id]
    return list(options([*mine, *(others if manages(desk.roles) else [])]))


def readable(db: Session, desk: Desk) -> dict[UUID, Entry]:
    """The desk's records, for who works on cases."""
    if not desk.works_cases:
        return {}
    return naming.readable_entries(db, open_register(db, desk_keys(desk)), desk.user_id)


def _may_see(tie: StaffTie, desk: Desk) -> bool:
    if tie.user_id == desk.user_id:
        return tie.made_by == desk.user_id
    return manages(desk.roles)


def _rows(
    db: Session, desk: Desk, ties: Iterable[StaffTie], known: Mapping[UUID, Entry]
) -> list[TieRow]:
    every = list(ties)
    members = names_of(db, {one.user_id for one in every})
    bodies = body_names(db, {one.body_id for one in every if one.body_id})
    names = {part.id: entry.name for entry in known.values() for part in entry.parts}
    return [
        TieRow(
            id=one.id,
            member=members.get(one.user_id, ""),
            to=_to(one, bodies, names),
            reason=REASONS[StaffTieReason(one.reason)],
            tie=one,
            may_end=manages(desk.roles) and one.user_id != desk.user_id,
        )
        for one in every
    ]


def _to(tie: StaffTie, bodies: Mapping[UUID, str], names: Mapping[UUID, str]) -> str:
    if tie.body_id is not None:
        return bodies.get(tie.body_id, "")
    if tie.respondent_id is None:
        return gettext("whom one case is about")
    return names.get(tie.respondent_id) or gettext("a record of this desk")


def _country(db: Session, desk: Desk) -> str | None:
    body = organization(db, desk.organization_id)
    return body.country if body else None
