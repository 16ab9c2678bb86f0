"""Advice without a name: the form and threads on a case's page, and the pages of both desks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.reading import OpenedCase, holds
from grievance.casework.referral import opinions
from grievance.casework.referral.opinions import COUNTRY, PROBLEM, URGENCY, Turn
from grievance.rules.terms import CaseState, OpinionState, Urgency
from grievance.store.cases import Case, numbers_of
from grievance.store.directory import body_names
from grievance.store.opinions import Opinion, find_opinion, opinions_of_case, opinions_with
from grievance.store.queue import find_case
from grievance.triage import partners
from grievance.triage.forms import Partner, PartnerForm
from grievance.triage.showing import group_labels
from grievance.web.forms import Filled, Many, ServiceForm, Words, options
from grievance.web.ids import id_of
from grievance.web.labels import label
from grievance.web.locale import country_name, gettext, lazy
from grievance.web.locale import lazy as _
from grievance.web.service import now
from grievance.web.staff import Desk, desk_keys, reader

LONGEST = 5_000
STATES: Final[dict[str, Any]] = {
    OpinionState.ASKED: lazy("waits for advice"),
    OpinionState.ANSWERED: lazy("answered"),
    OpinionState.DECLINED: lazy("cannot advise"),
    OpinionState.ENDED: lazy("ended"),
}


class OpinionForm(PartnerForm):
    """A question to another desk about a case, without the worker's name."""

    organization = Partner(_("Whom do you ask?"))
    text = Words(
        _("Your question, in your own words"),
        description=_(
            "Write no name, number, address or employer, and nothing by which somebody could know "
            "her. She has not agreed that they read her report."
        ),
        longest=LONGEST,
        validators=[Filled(_("Please write a few words."))],
    )
    tell = Many(
        _("They may also know"),
        choices=options(
            [
                (COUNTRY, _("the country she works in")),
                (PROBLEM, _("the kind of problem")),
                (URGENCY, _("how urgent it is")),
            ]
        ),
    )


class TurnForm(ServiceForm):
    """The next words of a thread."""

    text = Words(
        _("Your words"),
        description=_("No name, and nothing by which somebody could know the worker."),
        longest=LONGEST,
        validators=[Filled(_("Please write a few words."))],
    )


@dataclass(frozen=True)
class Row:
    """One thread in the list."""

    opinion: Opinion
    other: str
    state: Any
    number: str  # of the case; only of one's own


@dataclass(frozen=True)
class Thread:
    """One thread with its words."""

    opinion: Opinion
    other: str
    state: Any
    turns: list[Turn]


def section(
    db: Session, case: Case, desk: Desk, opened: OpenedCase | None
) -> dict[str, Any] | None:
    """What this desk asked others about a case it holds; None where it does not hold it. That the
    case was opened is the event of this, too."""
    if opened is None or not holds(db, case, desk.organization_id):
        return None
    found, keys = opinions_of_case(db, case.id, desk.organization_id), desk_keys(desk)
    names = body_names(db, {one.to_organization_id for one in found})
    shown = []
    for one in found:
        other, turns = names.get(one.to_organization_id, ""), opinions.thread(db, one, keys)
        shown.append(Thread(one, other, STATES[one.state], turns))
        if turns:
            opinions.mark_read(one, keys, now())
    return {
        "threads": shown,
        "may": case.state != CaseState.CLOSED,
        "ours": desk.organization_id,
    }


def offer(db: Session, case: Case, desk: Desk, opened: OpenedCase, form: OpinionForm) -> None:
    """Desks that may be asked about this case."""
    rows = opinions.advisers(db, case, opened.keys, desk_keys(desk), now().date())
    partners.offer(db, form, partners.likely_first(db, case, opened, rows))


def list_page(db: Session, desk: Desk) -> dict[str, Any]:
    """What is asked of this desk, and what it asked."""
    found = opinions_with(db, reader(desk))
    here = desk.organization_id
    others = {_other(one, here) for one in found}
    names, mine = body_names(db, others), [o for o in found if o.from_organization_id == here]
    numbers = numbers_of(db, {one.case_id for one in mine})
    rows = [
        Row(
            one, names.get(_other(one, here), ""), STATES[one.state],
            numbers.get(one.case_id, "") if one.from_organization_id == here else "",
        )
        for one in found
    ]  # fmt: skip
    return {
        "asked_of_us": [row for row in rows if row.opinion.to_organization_id == here],
        "asked_by_us": [row for row in rows if row.opinion.from_organization_id == here],
    }


def page(db: Session, opinion: Opinion, desk: Desk, form: ServiceForm | None) -> dict[str, Any]:
    """One thread; opening it is an act."""
    here = desk.organization_id
    asker = opinion.from_organization_id == here
    case = find_case(db, reader(desk), opinion.case_id) if asker else None
    turns = opinions.read_opinion(db, opinion, desk_keys(desk), desk.actor, now())
    names = body_names(db, {opinion.from_organization_id, opinion.to_organization_id})
    return {
        "opinion": opinion,
        "names": names,
        "state": STATES[opinion.state],
        "turns": turns,
        "told": told_words(db, turns[0].words.get("told", {})) if turns else [],
        "asker": asker,
        "case": case,
        "form": form or TurnForm(formdata=None),
    }


def find(db: Session, desk: Desk, opinion_id: str) -> Opinion | None:
    """A thread of this desk; not ours, not there and not an id at all are alike."""
    wanted = id_of(opinion_id)
    return find_opinion(db, reader(desk), wanted) if wanted else None


def told_words(db: Session, told: Mapping[str, Any]) -> list[tuple[Any, str]]:
    """The codes that went out with a question, in words."""
    labels = group_labels(db)
    shown: list[tuple[Any, str]] = []
    if COUNTRY in told:
        shown.append((gettext("Country"), country_name(told[COUNTRY])))
    if PROBLEM in told:
        groups = ", ".join(labels.get(one, one) for one in told[PROBLEM])
        shown.append((gettext("Problem"), groups))
    if URGENCY in told:
        shown.append((gettext("Urgency"), f"{told[URGENCY]} {label(Urgency(told[URGENCY]))}"))
    return shown


def _other(opinion: Opinion, here: UUID) -> UUID:
    asked = opinion.to_organization_id
    return opinion.from_organization_id if asked == here else asked
