"""Puts the rows of a file onto a sheet, once each, and sweeps it before anything is taken."""

from collections.abc import Iterable, Set
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.hsds.notes import Notes
from grievance.casework.hsds.places import leave_out_places
from grievance.rules.hsds.rows import Raw, Row, copied, is_left_out, normal_row, put_together
from grievance.store.hsds_sheet import Sheet

RING = "ring"  # marks what stands above itself
_TREES = (("organization", "parent_organization_id"), ("taxonomy_term", "parent_id"))
_MOST_COPIES = 3


def fill(sheet: Sheet, raws: Iterable[Raw], source: str, notes: Notes) -> None:
    """Every row of the file, once each; what is wrong with one is named with its place."""
    for raw in raws:
        row = normal_row(raw, source)
        if row is None:
            continue
        for words in row.problems:
            notes.problem(row.place, f"{row.table} {row.record_id}: {words}")
        if not is_left_out(row):
            _put(sheet, row, notes)


def _put(sheet: Sheet, row: Row, notes: Notes) -> None:
    if row.only_adds and not sheet.has(row.table, row.uid):
        notes.lost(row.place, f"{row.table} {row.record_id}: is not in the file; left out")
        return
    for _ in range(_MOST_COPIES):
        if sheet.add(row):
            return
        kept = sheet.get(row.table, row.uid)
        if kept is None:
            break
        together = put_together(kept, row)
        if together is not None:
            merged, said = together
            for words in said:
                notes.remark(row.place, f"{row.table} {row.record_id}: {words}; this row counts")
            if merged.values != kept.values:
                sheet.put(merged)
            return
        row = copied(row)
    notes.lost(row.place, f"{row.table} {row.record_id}: stands too often; left out")


def sweep(db: Session, sheet: Sheet, ours: Set[UUID], notes: Notes) -> None:
    """Take out places that are a shelter's or may be, and name rings."""
    leave_out_places(db, sheet, ours, notes)
    for table, column in _TREES:
        _name_rings(sheet, table, column, notes)


def _name_rings(sheet: Sheet, table: str, column: str, notes: Notes) -> None:
    """A row that is above itself. The key stays as it came; no tree is made of it.

    Each row is walked over once: a walk ends at what an earlier one has seen.
    """
    seen = f"{table} tree"
    for row in sheet.rows(table):
        walked: dict[UUID, Row] = {}
        at: Row | None = row
        while at is not None and sheet.mark(seen, at.uid):
            walked[at.uid] = at
            above = at.values.get(column)
            at = sheet.get(table, UUID(str(above))) if above is not None else None
        if at is not None and at.uid in walked:
            for uid in list(walked)[list(walked).index(at.uid) :]:
                sheet.mark(RING, uid)
                words = f"{table} {walked[uid].record_id}: stands above itself"
                notes.remark(walked[uid].place, words)
