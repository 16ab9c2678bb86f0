"""Opening a case without the worker's word, as its page shows it: asked, agreed to, done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case import releasing
from grievance.casework.case.reading import OpenedCase, Words
from grievance.casework.case.reasons import read_reasons
from grievance.casework.case.refusing import last_refusal
from grievance.store.accounts import names_of
from grievance.store.cases import Case
from grievance.store.directory import body_names
from grievance.store.releases import Release, ReleaseRequest, releases_of
from grievance.triage import partners
from grievance.triage.forms import ReleaseForm
from grievance.triage.sharing import Row
from grievance.web.labels import label
from grievance.web.service import now
from grievance.web.staff import Desk, desk_keys


@dataclass(frozen=True)
class Shown:
    """One release, or what is asked for: who reads, who decided, why."""

    to: str
    to_id: UUID
    people: list[str]
    at: datetime
    ends: datetime | None  # a request lapses; a release was ended by the worker
    reasons: list[str]


@dataclass(frozen=True)
class Refused:
    """The last no of a second person."""

    to: str
    person: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Section:
    """What a case's page says of it."""

    asked: Shown | None
    refused: Refused | None
    may_second: bool
    done: list[Shown]
    targets: Sequence[Row]


def section(db: Session, case: Case, desk: Desk, opened: OpenedCase | None) -> Section:
    """As far as this desk is concerned: it asked, may agree, reads, or owns the case."""
    asked = releasing.standing_request(db, case, now())
    seconds = asked is not None and _may_second(db, case, desk, asked)
    if asked is not None and not seconds and asked.from_organization_id not in desk.scope:
        asked = None
    done = [one for one in releases_of(db, case.id) if _concerns(case, desk, one)]
    targets = [] if asked else _targets(db, case, desk, opened)
    refused = _refused(db, case, desk, seconds)
    if asked is None and not done:
        return Section(None, refused, False, [], targets)
    words = read_reasons(db, case, desk_keys(desk), desk.actor, now())
    rows: list[Release | ReleaseRequest] = [*done, *([asked] if asked else [])]
    names = body_names(db, {one.organization_id for one in rows})
    people = names_of(db, {user for one in rows for user in _two(one)})
    shown = [_shown(one, names, people, words) for one in rows]
    return Section(shown.pop() if asked else None, refused, seconds, shown, targets)


def prepare(form: Any, db: Session, case: Case, desk: Desk, opened: OpenedCase) -> None:
    """Its choices. Without one, what a colleague asks for already, else the own desk; who may
    agree need not say why once more."""
    rows = list(_targets(db, case, desk, opened))
    asked = releasing.standing_request(db, case, now())
    if asked is not None and (
        _may_second(db, case, desk, asked) or asked.by_user_id == desk.user_id
    ):
        rows.append((asked.organization_id, "", ""))
        form.organization.data = form.organization.data or str(asked.organization_id)
        form.reason.validators = ()
    if not rows:  # nothing can be released: the verb says so, and her words come back
        rows = [(desk.organization_id, "", "")]
        form.organization.data = str(desk.organization_id)
    partners.offer(db, form, rows)
    if not form.organization.raw_data:  # a list that stands on "choose" is no choice
        form.organization.data = form.organization.data or str(rows[0][0])


def fresh_form(db: Session, targets: Sequence[Row]) -> ReleaseForm:
    """The form with nothing in it but the first of whom it may be for."""
    form = ReleaseForm(formdata=None, data={"organization": str(targets[0][0]) if targets else ""})
    partners.offer(db, form, targets)
    return form


def _targets(db: Session, case: Case, desk: Desk, opened: OpenedCase | None) -> Sequence[Row]:
    """The own desk stays first."""
    here = desk.organization_id
    rows = releasing.targets(db, case, here, opened, now())
    likely = partners.likely_first(db, case, opened, rows)
    return sorted(likely, key=lambda row: row[0] != here)


def _may_second(db: Session, case: Case, desk: Desk, asked: ReleaseRequest) -> bool:
    return releasing.may_second(db, case, asked, desk.user_id, desk.organization_id)


def _refused(db: Session, case: Case, desk: Desk, seconds: bool) -> Refused | None:
    """For who is concerned by what was asked for, and for who is asked to agree now."""
    event = last_refusal(db, case)
    if event is None or not (seconds or event.organization_id in desk.scope):
        return None
    to = UUID(event.details["to"])
    reason = label(event.details["reason"], "ReleaseRefusal")
    who = event.user_id
    return Refused(
        to=body_names(db, {to}).get(to, ""),
        person=names_of(db, {who}).get(who, "") if who else "",
        at=event.at,
        reason=reason,
    )


def _concerns(case: Case, desk: Desk, one: Release) -> bool:
    return bool(desk.scope & {case.owner_id, one.organization_id, one.from_organization_id})


def _two(one: Release | ReleaseRequest) -> list[UUID]:
    second = [one.second_user_id] if isinstance(one, Release) else []
    return [one.by_user_id, *second]


def _shown(
    one: Release | ReleaseRequest, names: dict[UUID, str], people: dict[UUID, str],
    words: Sequence[Words],
) -> Shown:  # fmt: skip
    if isinstance(one, Release):
        at, ends = one.released_at, one.ended_at
    else:
        at, ends = one.asked_at, one.asked_at + releasing.LASTS
    return Shown(
        to=names.get(one.organization_id, ""),
        to_id=one.organization_id,
        people=[people.get(user, "") for user in _two(one)],
        at=at,
        ends=ends,
        reasons=[w.words["text"] for w in words if w.document.epoch == one.epoch],
    )
