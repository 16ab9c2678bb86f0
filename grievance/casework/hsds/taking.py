"""Compares rows of a sheet with what is kept, and takes what is new or changed.

Nothing is deleted: a row that a newer file of its source lacks is flagged. What this directory
keeps itself, and what another source brought, no file changes.
"""

from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from grievance.casework.hsds.histories import Differences, Histories
from grievance.casework.hsds.notes import Notes
from grievance.casework.hsds.own import OWN_WORDS
from grievance.casework.hsds.places import PEOPLES
from grievance.casework.hsds.shelters import not_here
from grievance.rules.hsds.rows import Row, Values, links_of
from grievance.rules.hsds.tables import TABLES, entity_field
from grievance.store.base import add_rows
from grievance.store.events import Actor, record
from grievance.store.hsds import (
    HsdsLink,
    HsdsRecord,
    contents_of,
    ids_of,
    of_source,
    present,
    records_of,
    services_by_id,
)
from grievance.store.hsds_sheet import Sheet

_BODIES = {"organization", "service"}
_ENDED: Differences = {"active": (True, False)}
_OWN = _BODIES | {"phone", "contact", "url"}
_ADDED_BY_EXPORTS = {"language", "attribute", "service_area", "schedule"}


@dataclass(frozen=True)
class Change:
    """What one row would do: added, changed, back or unchanged."""

    what: str
    row: Row
    before: Values


def compare(
    db: Session, sheet: Sheet, source: str, rows: Sequence[Row], *, ours: Set[UUID], notes: Notes
) -> list[Change]:
    """What these rows of one table would do; what is not taken is named.

    ``ours``: what this directory keeps itself (``store.hsds.own_bodies``).
    """
    if not rows:
        return []
    known = contents_of(db, rows[0].table, [row.uid for row in rows])
    links = {link for row in rows for link in row.links}
    nothing = not_here(db, sheet, {one for one in links if one[1] not in ours})
    changes = []
    for row in rows:
        found = known.get(row.uid)
        if _is_ours(row, ours, notes):
            notes.add("kept by this directory itself", row.table)
        elif found is not None and found[0] != source and found[1] == row.values:
            notes.add("unchanged", row.table)  # a term that several sources use
        elif found is not None and found[0] != source:
            words = f'came from "{found[0]}" before: left out'
            notes.lost(row.place, f"{row.table} {row.record_id}: {words}")
        else:
            _name_dangling(row, nothing, notes)
            changes.append(_change(row, found))
    for change in changes:
        notes.add(change.what, change.row.table)
    return changes


def _is_ours(row: Row, ours: Set[UUID], notes: Notes) -> bool:
    """An organization, service or contact of our own, what hangs on one, and the words an export
    adds."""
    if (row.uid in ours and row.table in _OWN) or row.uid in OWN_WORDS:
        return True
    if row.table == "organization":
        return False
    hangs = any(uid in ours for table, uid in row.links if table in _OWN)
    if hangs and row.table not in _ADDED_BY_EXPORTS:
        notes.lost(row.place, f"{row.table} {row.record_id}: {PEOPLES}")
    return hangs


def _name_dangling(row: Row, nothing: set[tuple[str, UUID]], notes: Notes) -> None:
    """A key to nothing is kept: what it names may come with a later file."""
    if not nothing:
        return
    for column in TABLES[row.table].keys:
        if column in row.values:
            (link,) = links_of(row.table, _only(row, column))
            if link in nothing:
                notes.add("keys to nothing", row.table)
                words = f"{column}: names nothing that is here; kept as it is"
                notes.remark(row.place, f"{row.table} {row.record_id}: {words}")


def _only(row: Row, column: str) -> Values:
    """One key of a row, with the field that says which table it means."""
    field = entity_field(row.table)
    return {name: row.values[name] for name in (column, field) if name in row.values}


def _change(row: Row, found: tuple[str, Values, bool] | None) -> Change:
    if found is None:
        return Change("added", row, {})
    _, before, gone = found
    if before != row.values:
        return Change("changed", row, before)
    return Change("back" if gone else "unchanged", row, before)


def take(db: Session, source: str, changes: Sequence[Change], when: datetime) -> None:
    """Write what is new or changed."""
    moved = [one for one in changes if one.what != "unchanged"]
    if not moved:
        return
    table = moved[0].row.table
    known = records_of(db, table, [one.row.uid for one in moved if one.what != "added"])
    for one in moved:
        if one.what != "added":
            row = known[one.row.uid]
            row.content, row.taken_at, row.missing_since = one.row.values, when, None
    new = [
        {"of_table": table, "uid": one.row.uid, "source": source, "content": one.row.values,
         "record_id": one.row.record_id, "taken_at": when}
        for one in moved if one.what == "added"
    ]  # fmt: skip
    if new:
        add_rows(db, HsdsRecord, new)
    db.flush()
    _write_links(db, table, moved)


def _write_links(db: Session, table: str, moved: Sequence[Change]) -> None:
    uids = [one.row.uid for one in moved if one.what == "changed"]
    if uids:
        db.execute(delete(HsdsLink).where(HsdsLink.of_table == table, HsdsLink.uid.in_(uids)))
    links = [
        {"of_table": table, "uid": one.row.uid, "target_table": target, "target": uid}
        for one in moved
        if one.what != "back"
        for target, uid in one.row.links
    ]
    if links:
        add_rows(db, HsdsLink, links)


def missing(db: Session, sheet: Sheet, source: str, table: str) -> list[UUID]:
    """Rows of this source that the file lacks, of a table that the file has."""
    pages = ids_of(db, present(table, source))
    lacking = (sheet.lacking((table, uid) for uid in page) for page in pages)
    return [uid for some in lacking for _, uid in some]


def flag(db: Session, source: str, table: str, uids: Collection[UUID], told: Histories) -> None:
    """Note since when these are missing; their listings are shown to nobody until they are back."""
    for row in records_of(db, table, uids).values():
        row.missing_since = told.now
    if table == "organization":
        for body in of_source(db, source, uids).values():
            if body.active:
                told.changed(body.id, None, _ENDED)
            body.active = False
    if table == "service":
        for service in services_by_id(db, uids).values():
            if service.active and service.organization.listed_from == source:
                told.changed(service.organization_id, service.name, _ENDED)
                service.active = False
    told.write(db)


def begin_import(db: Session, source: str, rows: int, actor: Actor, now: datetime) -> None:
    """Write the event before the first row: an import that is cut short has taken some."""
    record(db, "directory_import_begun", actor, now, details={"source": source, "rows": rows})


def end_import(db: Session, source: str, notes: Notes, actor: Actor, now: datetime) -> None:
    """Write the event: how many rows were added, changed and missing."""
    counts = {what: notes.total(what) for what in ("added", "changed", "missing")}
    record(db, "directory_imported", actor, now, details={"source": source, **counts})
