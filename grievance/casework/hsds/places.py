"""Takes off a sheet, and out of what is kept, every place that is a shelter's or may be one.

A place is taken only with who is there: its organization or a service given there is in the file or
kept already, and is no shelter. What hangs on a shelter, or on nothing that is here, keeps the
fields of the standard alone. A shelter's phones stay; they hang on the organization or service.
"""

from collections.abc import Collection, Set
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.hsds.notes import Notes
from grievance.casework.hsds.shelters import (
    DOUBT,
    GONE,
    HOME,
    LIVED,
    OF_SHELTER,
    SHELTER,
    Link,
    mark_shelters,
    not_here,
    says_shelter,
)
from grievance.rules.hsds.rows import Row, Values, hangs_on, known_fields
from grievance.rules.hsds.tables import PLACES, TABLES, hanging_keys
from grievance.store.hsds import children_of, known_targets, records_of
from grievance.store.hsds_sheet import Sheet

COUNTRY = "country"
_LOOSE = "loose"  # rows that hang on nothing that is here
_LIES_THERE = {"service_at_location", "address", "accessibility"}
_TELLS_OF_PLACES = PLACES | {"metadata"}  # a value of before may be the address
_GOES_WITH_A_PLACE = _LIES_THERE | _TELLS_OF_PLACES | {"attribute"}
_FROM = (("location", GONE), ("organization", HOME), ("service", HOME))
PEOPLES = "belongs to an organization that people keep here: left out"


def leave_out_places(db: Session, sheet: Sheet, ours: Set[UUID], notes: Notes) -> None:
    """Take off the sheet what no import may store; each row is named.

    ``ours``: what this directory keeps without any file (``store.hsds.own_bodies``).
    """
    for table in ("service", "location"):
        for row in sheet.rows(table):
            body = row.values.get("organization_id")
            if row.uid not in ours and body is not None and UUID(str(body)) in ours:
                sheet.drop(table, row.uid)
                notes.lost(row.place, f"{table} {row.record_id}: {PEOPLES}")
    mark_shelters(db, sheet, ours)
    pen = _Pen(sheet, notes)
    for table in TABLES:  # what rows hang on comes before them
        for page in sheet.pages(table):
            hung = {one for row in page for one in hangs_on(row) if one[1] not in ours}
            nothing = not_here(db, sheet, hung)
            asked = {(table, row.uid) for row in page if table == "location"}
            stored = known_targets(db, asked)
            for row in page:
                pen.judge(row, nothing, stored)


class _Pen:
    """Goes through the rows of a sheet, from the outermost in, and strikes out."""

    def __init__(self, sheet: Sheet, notes: Notes) -> None:
        self.sheet, self.notes = sheet, notes

    def judge(self, row: Row, nothing: Set[Link], stored: Set[Link]) -> None:
        """Drop the row, take fields out of it, or leave it."""
        if self._is_place_of_shelter(row, stored):
            owner = "service_id" if row.table == "service_at_location" else "organization_id"
            self._note_country(row)
            for word in (GONE, OF_SHELTER):
                self.sheet.mark(word, row.uid, str(row.values.get(owner, "")))
            self._drop(row)
            return
        keys = [str(row.values[one]) for one in hanging_keys(row.table) if one in row.values]
        of_shelter = any(self.sheet.is_marked(OF_SHELTER, one) for one in (*keys, str(row.uid)))
        loose = not of_shelter and self._is_loose(row, keys, nothing)
        for word in (OF_SHELTER,) * of_shelter + (_LOOSE,) * loose:
            self.sheet.mark(word, row.uid)
        if (of_shelter or loose) and row.table in _TELLS_OF_PLACES:
            self._drop(row, loose=loose)
        elif of_shelter or loose:
            self._clean(row, loose=loose)

    def _is_place_of_shelter(self, row: Row, stored: Set[Link]) -> bool:
        if row.table in _LIES_THERE:
            return self.sheet.is_marked(GONE, str(row.values.get("location_id", "")))
        if row.table != "location":
            return False
        body = str(row.values.get("organization_id", ""))
        new = (row.table, row.uid) not in stored
        return (
            self.sheet.is_marked(GONE, row.uid)
            or self.sheet.is_marked(HOME, body)
            or (new and self.sheet.is_marked(DOUBT, body))
            or says_shelter(row.values)
        )

    def _is_loose(self, row: Row, keys: Collection[str], nothing: Set[Link]) -> bool:
        """Whether something that the row hangs on is not here: it may be a shelter's."""
        dangling = bool(nothing) and not nothing.isdisjoint(hangs_on(row))
        if row.table == "location":  # where a known service is given, that is who is there
            return (dangling or not keys) and not self.sheet.is_marked(LIVED, row.uid)
        if row.table in PLACES and "location_id" not in row.values:
            return True
        lacking = bool(hanging_keys(row.table)) and not keys and row.table != "service"
        return dangling or lacking or any(self.sheet.is_marked(_LOOSE, one) for one in keys)

    def _note_country(self, row: Row) -> None:
        """The country of a shelter may be known; nothing nearer."""
        if "country" in row.values:
            for body in filter(None, self.sheet.marked_with(GONE, str(row.values["location_id"]))):
                self.sheet.mark(COUNTRY, body, str(row.values["country"]))

    def _drop(self, row: Row, *, loose: bool = False) -> None:
        self.sheet.drop(row.table, row.uid)
        if loose:
            words = "whose it is, is neither in the file nor here: left out"
            self.notes.lost(row.place, f"{row.table} {row.record_id}: {words}")
        else:
            self.notes.add("of a shelter", row.table)
            words = "where a shelter is: never stored"
            self.notes.remark(row.place, f"{row.table} {row.record_id}: {words}")

    def _clean(self, row: Row, *, loose: bool) -> None:
        """A field that nobody knows may hold an address; a key to a place goes with the place."""
        values = self._without_gone(row)
        if values is None:
            self._drop(row)
            return
        kept = known_fields(row.table, values)
        others = ", ".join(sorted(values.keys() - kept.keys()))[:200]
        name = f"{row.table} {row.record_id}"
        if others and loose:
            words = f"{name}: whose it is, is neither in the file nor here; left out: {others}"
            self.notes.lost(row.place, words)
        elif others:
            self.notes.remark(row.place, f"{name}: of a shelter; fields not kept: {others}")
        if self.sheet.is_marked(SHELTER, row.uid):
            self.notes.remark(row.place, f"{name}: a shelter: see that its words name no place")
        if kept != row.values:
            self.sheet.put(Row(row.table, row.uid, row.record_id, kept, row.place))

    def _without_gone(self, row: Row) -> Values | None:
        """The values without keys to what is gone; None where nothing is left to hang on."""
        values, keys = dict(row.values), set(hanging_keys(row.table))
        for column in keys & values.keys():
            key = str(values[column])
            if self.sheet.is_marked(GONE, key):
                del values[column]
                self._hang_on(row.table, key, values)
        return values if values.keys() & keys or not row.values.keys() & keys else None

    def _hang_on(self, table: str, gone: str, values: Values) -> None:
        for owner in filter(None, self.sheet.marked_with(GONE, gone)):
            is_service = self.sheet.has("service", UUID(owner))
            column = "service_id" if is_service else "organization_id"
            if column in TABLES[table].keys:
                values.setdefault(column, owner)


def kept_places(db: Session, sheet: Sheet) -> tuple[set[Link], set[Link]]:
    """What earlier files told about where a shelter is: rows to forget, and rows that hang on a
    shelter and keep the fields of the standard alone."""
    found = {(table, UUID(uid)) for table, word in _FROM for uid, _ in sheet.marked(word)}
    front = found
    while front:
        front = {one for one in _below(db, front) if one[0] != "organization"} - found
        found |= front
    lying = _below(db, {one for one in found if one[0] == "location"})
    gone = {one for one in lying if one[0] in _GOES_WITH_A_PLACE}
    gone |= {one for one in found if one[0] in _TELLS_OF_PLACES}
    return known_targets(db, gone), found - gone


def _below(db: Session, rows: Collection[Link]) -> set[Link]:
    return {one for below in children_of(db, rows).values() for one in below}


def strike_fields(db: Session, rows: Collection[Link]) -> None:
    """Take the fields that nobody knows out of these kept rows."""
    for table in {one for one, _ in rows}:
        for row in records_of(db, table, [uid for one, uid in rows if one == table]).values():
            row.content = known_fields(table, row.content)
    db.flush()
