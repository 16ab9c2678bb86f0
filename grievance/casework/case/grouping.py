"""Puts cases of one organization together, and does one thing for all of them at once.

A group has a name, sealed with each of its cases under what the desk keeps for itself there.
Whoever acts on a group locks its row first, then its cases by id; ``acts`` tells an older page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import open_all, seal_words
from grievance.casework.case.reading import DeskKeys, OpenedCase, opened_keys
from grievance.casework.case.timing import plan_contact
from grievance.casework.case.working import (
    Changed,
    NotAllowed,
    message,
    newest_key,
    note,
    own_key,
    writer_of,
)
from grievance.rules.groups import LARGEST
from grievance.rules.terms import CaseState, DocumentKind, GrantKind
from grievance.store.cases import Case
from grievance.store.documents import delete_documents, next_order
from grievance.store.events import Actor, record
from grievance.store.groups import (
    CaseGroup,
    GroupMember,
    group_names,
    leave_group,
    membership,
)


class GroupedAlready(Exception):
    """One of these cases is in a group of the desk: it leaves that one first."""


class TooMany(Exception):
    """A group holds so many cases that nobody could look at them together."""


class NobodyToTell(Exception):
    """Every case of the group is closed, or none is in it."""


@dataclass(frozen=True)
class Group:
    """A group with the cases that the reader may see, locked where they are written to."""

    row: CaseGroup
    cases: Sequence[Case]

    @property
    def open_cases(self) -> list[Case]:
        """Those that are written to; a message would open a closed one again."""
        return [one for one in self.cases if one.state != CaseState.CLOSED]


def start_group(
    db: Session, cases: Sequence[Case], name: str, desk: DeskKeys, actor: Actor, now: datetime
) -> CaseGroup:
    """Put cases that the desk holds into a new group. Raises GroupedAlready, TooMany or
    NotAllowed."""
    row = CaseGroup(id=uuid4(), organization_id=desk.organization_id, made_at=now, acts=0)
    db.add(row)
    db.flush()
    _join(db, row, cases, 0, name, desk, actor, now)
    record(db, "group_started", actor, now, details={"group": str(row.id)})
    return row


def add_to_group(
    db: Session, group: Group, more: Sequence[Case], desk: DeskKeys, actor: Actor, now: datetime,
    *, seen: str,
) -> None:  # fmt: skip
    """Put more cases into a group; those in it already stay. Raises as ``start_group``, or
    Changed."""
    _act(group, seen)
    inside = {one.id for one in group.cases}
    new = [one for one in more if one.id not in inside]
    name = group_name(db, group.cases, desk)
    _join(db, group.row, new, len(inside), name, desk, actor, now)
    record(db, "group_changed", actor, now, details={"group": str(group.row.id)})


def take_out(
    db: Session, group: Group, gone: Sequence[UUID], actor: Actor, now: datetime, *, seen: str
) -> None:
    """Take cases out of a group; an empty one is shown nowhere. Raises Changed."""
    _act(group, seen)
    for case in group.cases:
        if case.id in gone:
            leave_group(db, case.id, group.row.organization_id)
            record(db, "case_ungrouped", actor, now, case_id=case.id, details=_named(group.row))


def rename_group(
    db: Session, group: Group, name: str, desk: DeskKeys, actor: Actor, now: datetime, *, seen: str
) -> None:
    """Call it something else, in every case. Raises Changed or NotAllowed."""
    _act(group, seen)
    for case in group.cases:
        _keep_name(db, case, name, opened_keys(db, case, desk), actor, now)
    record(db, "group_changed", actor, now, details=_named(group.row))


def let_say(
    db: Session, group: Group, may: bool, actor: Actor, now: datetime, *, seen: str
) -> None:
    """Whether workers' pages may say that there are several. Raises Changed."""
    _act(group, seen)
    group.row.may_say = may
    record(db, "group_changed", actor, now, details=_named(group.row) | {"may_say": may})


def message_all(
    db: Session, group: Group, text: str, desk: DeskKeys, actor: Actor, now: datetime, *,
    language: str, seen: str,
) -> None:  # fmt: skip
    """The same message to each worker of an open case, sealed in her case alone. All or none:
    raises NotAllowed where the desk cannot seal in one, Changed, or NobodyToTell."""
    for case, opened in _open_ones(db, group, desk, seen):
        message(db, case, text, opened, language=language, actor=actor, now=now)
    record(db, "group_told", actor, now, details=_named(group.row))


def note_all(
    db: Session, group: Group, text: str, desk: DeskKeys, actor: Actor, now: datetime, *, seen: str
) -> None:
    """The same note in each open case. Raises Changed, NobodyToTell or NotAllowed."""
    for case, opened in _open_ones(db, group, desk, seen):
        note(db, case, text, opened, actor=actor, now=now)
    record(db, "group_noted", actor, now, details=_named(group.row))


def plan_all(
    db: Session, group: Group, on: date | None, actor: Actor, now: datetime, *, zone: ZoneInfo,
    seen: str,
) -> None:  # fmt: skip
    """The day of the next contact in each open case. Raises Changed, NobodyToTell or what
    ``plan_contact`` raises."""
    _act(group, seen)
    if not group.open_cases:
        raise NobodyToTell
    for case in group.open_cases:
        plan_contact(db, case, on, zone=zone, actor=actor, now=now)
    record(db, "group_planned", actor, now, details=_named(group.row))


def open_groups(
    db: Session, groups: Sequence[Group], desk: DeskKeys, actor: Actor, now: datetime
) -> dict[UUID, str]:
    """Group id -> its name: one event for all that are looked at."""
    if not groups:
        return {}
    ids = [str(one.row.id) for one in groups]
    record(db, "groups_opened", actor, now, details={"groups": ids})
    return {one.row.id: group_name(db, one.cases, desk) for one in groups}


def group_name(db: Session, cases: Sequence[Case], desk: DeskKeys) -> str:
    """What the desk calls a group, from the first of its cases that tells; empty where none does:
    its key went with the members who could open it."""
    for case in cases:
        rows = group_names(db, case.id, desk.organization_id)
        for _row, words in open_all(rows, opened_keys(db, case, desk).notes_keys):
            return str(words["text"])
    return ""


def _open_ones(
    db: Session, group: Group, desk: DeskKeys, seen: str
) -> list[tuple[Case, OpenedCase]]:
    _act(group, seen)
    opened = [(case, opened_keys(db, case, desk)) for case in group.open_cases]
    if not opened:
        raise NobodyToTell
    for case, keys in opened:
        newest_key(case, keys)
    return opened


def _act(group: Group, seen: str) -> None:
    """An older page, or a second press of the same button, does nothing."""
    if seen != str(group.row.acts):
        raise Changed
    group.row.acts += 1


def _join(
    db: Session, row: CaseGroup, cases: Sequence[Case], inside: int, name: str, desk: DeskKeys,
    actor: Actor, now: datetime,
) -> None:  # fmt: skip
    if inside + len(cases) > LARGEST:
        raise TooMany
    if any(membership(db, case.id, desk.organization_id) for case in cases):
        raise GroupedAlready
    for case in cases:
        opened = opened_keys(db, case, desk)
        if not opened.keys:
            raise NotAllowed
        db.add(
            GroupMember(
                group_id=row.id, case_id=case.id, organization_id=row.organization_id,
                joined_at=now,
            )
        )  # fmt: skip
        _keep_name(db, case, name, opened, actor, now)
        record(db, "case_grouped", actor, now, case_id=case.id, details=_named(row))
    db.flush()


def _keep_name(
    db: Session, case: Case, name: str, opened: OpenedCase, actor: Actor, now: datetime
) -> None:
    epoch, key = own_key(db, case, opened, actor, now)
    organization_id = actor.organization_id
    before = group_names(db, case.id, organization_id) if organization_id else []
    db.add(
        seal_words(
            case_id=case.id, kind=DocumentKind.GROUP, epoch=epoch, key=key, words={"text": name},
            writer=writer_of(actor), made_at=now, key_kind=GrantKind.NOTES,
            order=next_order(db, case.id),
        )
    )  # fmt: skip
    delete_documents(db, [one.id for one in before])


def _named(row: CaseGroup) -> dict[str, object]:
    return {"group": str(row.id)}
