"""One entry whole, in words, and its history: who last changed what."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.directory.history import OF_A_SERVICE, picture, service_texts
from grievance.directory.entry_labels import FIELDS, said
from grievance.rules.terms import ActorKind, OrganizationKind, ServiceNeed
from grievance.store.accounts import names_of
from grievance.store.directory import Organization, Service, body_names
from grievance.store.entries import EntryChange, bodies_above, changes_of, children, named_by_slug
from grievance.store.reference import issue_codes
from grievance.web.hours_words import lines
from grievance.web.locale import gettext
from grievance.web.trail_words import actor_words

_MOST_BELOW = 50
_MOST_CHANGES = 40
_TOLD = (
    "kind", "country", "names", "aliases", "description", "led_by_migrants", "origin_of",
    "capacity", "duty_rota", "confirmed_on",
)  # fmt: skip
_OF_SERVICES = tuple(name for name in OF_A_SERVICE if name != "name")
_LISTS = {"names", "aliases", "description", "areas"}  # one on a line


@dataclass(frozen=True)
class Field:
    """A field with what it holds; ``apart`` where each stands on its own line."""

    name: Any
    texts: list[str]
    apart: bool


@dataclass(frozen=True)
class Change:
    """One field of one change; before and after may be empty."""

    name: Any
    service: str | None
    before: list[str]
    after: list[str]


@dataclass(frozen=True)
class Act:
    """What one person changed at once."""

    at: datetime
    who: str
    changes: list[Change]


def shown(db: Session, body: Organization, *, looks_after: bool, skip: int) -> dict[str, Any]:
    """Everything a page shows of an entry. ``looks_after``: who belongs to it or stands above it
    reads the names of members and the address for notices."""
    groups = problem_groups(db)
    facts, names = picture(body), dict(groups)
    told = [_field(one, facts["", one], names) for one in _TOLD]
    changes = changes_of(db, body.id, skip=skip, most=_MOST_CHANGES + 1)
    below = children(db, body.id, _MOST_BELOW + 1)
    return {
        "body": body,
        "above": bodies_above(db, body),
        "told": [one for one in told if one.texts],
        "email": body.notify_email if looks_after else None,
        "hours": lines(body.calendar),
        "ties": named_by_slug(db, body.tied_to),
        "services": [(one, _service(one, names)) for one in body.services],
        "shelter": _is_shelter(body),
        "below": below[:_MOST_BELOW],
        "more_below": len(below) > _MOST_BELOW,
        "history": _acts(db, changes[:_MOST_CHANGES], names, looks_after),
        "following": skip + _MOST_CHANGES if len(changes) > _MOST_CHANGES else None,
    }


def problem_groups(db: Session) -> list[tuple[str, str]]:
    """Each group of problems with its words, in the taxonomy's order."""
    return list({one.group: gettext(one.group_label) for one in issue_codes(db)}.items())


def _field(name: str, texts: Sequence[str], names: Mapping[str, str]) -> Field:
    return Field(FIELDS.get(name, name), said(name, texts, names), name in _LISTS)


def _service(service: Service, names: Mapping[str, str]) -> list[Field]:
    facts = service_texts(service)
    return [_field(one, facts[one], names) for one in _OF_SERVICES if facts[one]]


def _is_shelter(body: Organization) -> bool:
    needs = {need for service in body.services for need in service.needs}
    return body.kind == OrganizationKind.SHELTER or ServiceNeed.SHE in needs


def _acts(
    db: Session, rows: Sequence[EntryChange], names: Mapping[str, str], looks_after: bool
) -> list[Act]:
    """Rows of one press together. Who it was is told to who looks after the entry, else only for
    whom she did it."""
    people = names_of(db, {row.by_id for row in rows if row.by_id}) if looks_after else {}
    bodies = body_names(db, _bodies_in(rows))
    known = dict(names) | {str(one): name for one, name in bodies.items()}
    acts = []
    for (at, by, desk, actor), some in groupby(
        rows, key=lambda row: (row.at, row.by_id, row.for_id, row.actor)
    ):
        desk_name = bodies.get(desk, "") if desk else actor_words(ActorKind(actor))
        who = ", ".join(filter(None, [people.get(by, "") if by else "", desk_name]))
        acts.append(Act(at, who, [_change(row, known) for row in some]))
    return acts


def _bodies_in(rows: Collection[EntryChange]) -> set[UUID]:
    parents = [text for r in rows if r.field == "parent_id" for text in (*r.before, *r.after)]
    return {row.for_id for row in rows if row.for_id} | {UUID(one) for one in parents}


def _change(row: EntryChange, names: Mapping[str, str]) -> Change:
    return Change(
        FIELDS.get(row.field, row.field), row.service, said(row.field, row.before, names),
        said(row.field, row.after, names),
    )  # fmt: skip
