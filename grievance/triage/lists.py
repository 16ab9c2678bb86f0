"""The lists of the desk: work waiting, and the queue with its filters."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.rules.terms import CaseState, ReferralState, Urgency
from grievance.store.accounts import names_of, people_of
from grievance.store.cases import Case
from grievance.store.clocks import CaseClock, clocks_of
from grievance.store.directory import body_names
from grievance.store.opinions import opinions_waiting
from grievance.store.outbox import given_up
from grievance.store.queue import (
    NEVER,
    PAGE,
    Filters,
    Reader,
    count_cases,
    find_cases,
    unshared_by_country,
)
from grievance.store.reference import issue_codes
from grievance.store.referrals import answers_due
from grievance.triage import filters
from grievance.triage.showing import group_labels, problems_of
from grievance.web.health import work_is_running
from grievance.web.labels import label
from grievance.web.locale import gettext, lazy
from grievance.web.staff import Desk, reader

_NAMES: Final[dict[str, Any]] = {
    "state": lazy("State"),
    "urgency": lazy("Urgency"),
    "issue": lazy("Problem"),
    "owner": lazy("Assigned to"),
    "referral": lazy("Asked or waiting"),
    "country": lazy("Country"),
}
_WAITS: Final[dict[str, Any]] = {
    "soon": lazy("something of ours is due within a day"),
    "missed": lazy("a promised time has passed"),
    "elsewhere": lazy("another organization is asked"),
    "replied": lazy("the worker replied"),
    "answered": lazy("the worker answered our question"),
    "closing": lazy("a second person must decide"),
}


@dataclass(frozen=True)
class Pile:
    """Work waiting: what, how much, since when, and the list's filters."""

    name: str
    count: int
    oldest: datetime | None
    query: dict[str, str]


@dataclass(frozen=True)
class QueueRow:
    """One case in the list."""

    case: Case
    problem: str
    owner: str
    assignee: str
    due: datetime | None  # of an answer
    promised: CaseClock | None  # the first time that the case's owner must keep
    unread: bool


def home(db: Session, desk: Desk) -> dict[str, Any]:
    """Work to do, not statistics: first what cannot wait, then who waits for this desk."""
    if not desk.works_cases:
        return {
            "piles": [],
            "unshared": [],
            "advice": (0, 0),
            "lost_mail": [],
            "working": work_is_running(),
        }
    lists: list[tuple[str, dict[str, str]]] = [
        (gettext("Danger"), {"urgency": "U0"}),
        (gettext("New: we are asked"), {"referral": "sent"}),
        (gettext("Asked and read, not answered"), {"referral": "seen"}),
        (gettext("Due within a day, or late"), {"referral": "soon", "sort": "due"}),
        (gettext("A promised time has passed"), {"referral": "missed", "sort": "due"}),
        (gettext("A second person must decide"), {"referral": "closing"}),
        (gettext("The worker replied"), {"referral": "replied"}),
        (gettext("She answered our question"), {"referral": "answered"}),
        (gettext("We asked the worker first"), {"referral": "info_requested"}),
        (gettext("Waiting for another organization"), {"referral": "elsewhere"}),
        (gettext("Mine"), {"owner": "me"}),
        (gettext("Nobody's yet"), {"owner": "none"}),
        (gettext("All open cases"), {}),
    ]
    piles = [_pile(db, reader(desk), name, query) for name, query in lists]
    sees_root = desk.is_root and desk.coordinates
    return {
        "piles": piles,
        "unshared": unshared_by_country(db) if sees_root else [],
        "advice": opinions_waiting(db, reader(desk)),
        "lost_mail": _lost_mail(db, desk),
        "working": work_is_running(),
    }


def queue(db: Session, desk: Desk, args: Mapping[str, str]) -> dict[str, Any]:
    """One page of the queue, as the address asks for it."""
    asked = filters.read(args)
    found = list(find_cases(db, reader(desk), asked, PAGE + 1))
    rows = _rows(db, found[:PAGE], desk)
    choices = _choices(db, desk)
    more = _place_after(rows[-1], asked) if len(found) > PAGE else None
    return {
        "rows": rows,
        "filters": asked,
        "choices": choices,
        "names": _NAMES,
        "chips": [
            (f"{_NAMES[name]}: {dict(choices.get(name, [])).get(value, value)}", query)
            for name, value, query in filters.without(asked)
        ],
        "next_query": filters.as_query(asked, after=more) if more else None,
    }


def _choices(db: Session, desk: Desk) -> dict[str, list[tuple[str, Any]]]:
    """What each filter may be set to, with its words."""
    people = people_of(db, desk.organization_id)
    return {
        "state": [(str(s), label(s)) for s in CaseState] + [("all", gettext("all"))],
        "urgency": [(str(u), f"{u} {label(u)}") for u in Urgency],
        "issue": sorted(group_labels(db).items()),
        "owner": [
            ("me", gettext("me")),
            ("none", gettext("nobody")),
            *((str(one), name) for one, name, _ in people if one != desk.user_id),
        ],
        "referral": [*_WAITS.items(), *((str(s), label(s)) for s in ReferralState)],
    }


def _rows(db: Session, cases: list[Case], desk: Desk) -> list[QueueRow]:
    """Cases with the names a list needs; who works on one at another desk stays there."""
    problems = problems_of(issue_codes(db), cases)
    owners = body_names(db, {c.owner_id for c in cases if c.owner_id})
    ours = {c.id: c.assignee_id for c in cases if c.owner_id in desk.scope}
    people = names_of(db, {one for one in ours.values() if one})
    due = answers_due(db, [case.id for case in cases])
    clocks = clocks_of(db, [case.id for case in cases if case.owner_id in desk.scope])
    promised = {one.case_id: one for one in reversed(clocks)}
    return [
        QueueRow(
            case=case,
            problem=problems[case.id],
            owner=owners.get(case.owner_id, "") if case.owner_id else "",
            assignee=people.get(one, "") if (one := ours.get(case.id)) else "",
            due=due.get(case.id),
            promised=promised.get(case.id),
            unread=case.state == CaseState.RECEIVED or case.worker_waits,
        )
        for case in cases
    ]


def _place_after(row: QueueRow, chosen: Filters) -> str:
    """The place behind a row, for the next page's address."""
    first = min(row.due or NEVER, row.promised.due_at if row.promised else NEVER)
    at = first if chosen.sort == "due" else row.case.received_at
    return filters.place_after(row.case, at)


def _pile(db: Session, who: Reader, name: str, query: dict[str, str]) -> Pile:
    count, oldest = count_cases(db, who, filters.read(query))
    return Pile(name, count, oldest, query)


def _lost_mail(db: Session, desk: Desk) -> list[str]:
    lost = given_up(db, list(desk.scope))
    ids: list[UUID] = [n.organization_id for n in lost if n.organization_id]
    return sorted(set(body_names(db, ids).values()))
