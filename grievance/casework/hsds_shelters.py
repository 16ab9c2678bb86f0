"""Takes every place of a shelter off a sheet: where a shelter is, is never stored.

Any doubt counts. Its phones stay; they hang on the organization or service instead.
"""

from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.hsds_notes import Notes
from grievance.rules.hsds.bodies import is_shelter
from grievance.rules.hsds.rows import Row, Values
from grievance.rules.hsds.tables import TABLES
from grievance.store.hsds import children_of, records_of, shelters
from grievance.store.hsds_sheet import Sheet

# Words under which ids are marked on the sheet.
SHELTER, HOME, GONE, COUNTRY = "shelter", "home", "gone", "country"
_HANGING = ("phone", "contact", "schedule", "language", "service_area", "attribute", "metadata")
# Fields of other standards in which a service says what it is about.
_HEADINGS = ("name", "alternate_name", "keywords", "audience")


def drop_places_of_shelters(db: Session, sheet: Sheet, notes: Notes) -> None:
    """Find the shelters, then drop where they are; each row dropped is named."""
    _mark_shelters(db, sheet)
    _mark_their_homes(sheet)
    _drop_locations(sheet, notes)
    if sheet.any_marked(GONE):
        _drop_what_lies_there(sheet, notes)
    if sheet.any_marked(GONE) or sheet.any_marked(SHELTER):
        _drop_unknown_fields(sheet, notes)
        _rehang(sheet, notes)


def _mark_shelters(db: Session, sheet: Sheet) -> None:
    bodies, services = shelters(db)
    for one in bodies | services:
        sheet.mark(SHELTER, one)
    _mark_known_places(db, sheet, services)
    for table in ("organization", "service"):
        for row in sheet.rows(table):
            names = [str(row.values.get(name, "")) for name in _HEADINGS]
            if is_shelter(names, [str(row.values.get("description", ""))]):
                sheet.mark(SHELTER, row.uid)
    _mark_by_words(sheet, "taxonomy_term", "attribute", "link_id")
    _mark_by_words(sheet, "unit", "service_capacity", "service_id")


def _mark_by_words(sheet: Sheet, words: str, table: str, owner: str) -> None:
    """Who has a term, or counts in a unit, that is about shelter."""
    for row in sheet.rows(words):
        if is_shelter([str(row.values.get("name", ""))]) or row.values.get("code") == "SHE":
            sheet.mark("word", row.uid)
    for row in sheet.rows(table):
        if sheet.is_marked("word", str(row.values.get(f"{words}_id"))):
            sheet.mark(SHELTER, str(row.values.get(owner)))


def _mark_known_places(db: Session, sheet: Sheet, services: set[UUID]) -> None:
    """Where shelters that are here already were said to be, by an earlier file."""
    below = children_of(db, {("service", one) for one in services})
    there = {uid for found in below.values() for table, uid in found
             if table == "service_at_location"}  # fmt: skip
    for record in records_of(db, "service_at_location", there).values():
        if "location_id" in record.content:
            sheet.mark(GONE, str(record.content["location_id"]))


def _mark_their_homes(sheet: Sheet) -> None:
    """A shelter's services are at its places; a shelter service without one is at all of them."""
    for row in sheet.rows("service"):
        body = str(row.values.get("organization_id", ""))
        if sheet.is_marked(SHELTER, body):
            sheet.mark(SHELTER, row.uid)
    for row in sheet.rows("service_at_location"):
        service = str(row.values.get("service_id", ""))
        if sheet.is_marked(SHELTER, service):
            sheet.mark("placed", service)
            sheet.mark(GONE, str(row.values.get("location_id", "")))
    for uid, _ in sheet.marked(SHELTER):
        sheet.mark(HOME, uid)
    for row in sheet.rows("service"):
        if sheet.is_marked(SHELTER, row.uid) and not sheet.is_marked("placed", row.uid):
            sheet.mark(HOME, str(row.values.get("organization_id", "")))


def _drop_locations(sheet: Sheet, notes: Notes) -> None:
    for row in sheet.rows("location"):
        body = str(row.values.get("organization_id", ""))
        names = [str(row.values.get(name, "")) for name in _HEADINGS]
        of_shelter = sheet.is_marked(GONE, row.uid) or (body and sheet.is_marked(HOME, body))
        if of_shelter or is_shelter(names, [str(row.values.get("description", ""))]):
            sheet.mark(GONE, row.uid, body)
            _drop(sheet, row, notes)


def _drop_what_lies_there(sheet: Sheet, notes: Notes) -> None:
    for table in ("address", "accessibility", "service_at_location"):
        for row in sheet.rows(table):
            if sheet.is_marked(GONE, str(row.values.get("location_id", ""))):
                _note_country(sheet, row)
                sheet.mark(GONE, row.uid, str(row.values.get("service_id", "")))
                _drop(sheet, row, notes)


def _drop_unknown_fields(sheet: Sheet, notes: Notes) -> None:
    for table in ("organization", "service"):
        for row in sheet.rows(table):
            if sheet.is_marked(SHELTER, row.uid):
                _only_known_fields(sheet, row, notes)


def _note_country(sheet: Sheet, row: Row) -> None:
    """The country of a shelter may be known; nothing nearer."""
    if "country" in row.values:
        for body in filter(None, sheet.marked_with(GONE, str(row.values["location_id"]))):
            sheet.mark(COUNTRY, body, str(row.values["country"]))


def _drop(sheet: Sheet, row: Row, notes: Notes) -> None:
    sheet.drop(row.table, row.uid)
    notes.add("of a shelter", row.table)
    notes.remark(row.place, f"{row.table} {row.record_id}: where a shelter is: never stored")


def _only_known_fields(sheet: Sheet, row: Row, notes: Notes) -> None:
    """A field that nobody knows may hold an address."""
    known = set(TABLES[row.table].columns)
    others = [name for name in row.values if name not in known]
    words = "a shelter: see that its words name no place"
    if others:
        values = {name: value for name, value in row.values.items() if name in known}
        sheet.put(Row(row.table, row.uid, row.record_id, values, row.place))
        words += f"; fields not kept: {', '.join(sorted(others))[:200]}"
    notes.remark(row.place, f"{row.table} {row.record_id}: {words}")


def _rehang(sheet: Sheet, notes: Notes) -> None:
    """A shelter's phone stays: it hangs on the organization or service, not on the place."""
    for table in _HANGING:
        for row in sheet.rows(table):
            values = _without_gone(sheet, row)
            if values is None:
                _drop(sheet, row, notes)
            elif values != row.values:
                sheet.put(Row(table, row.uid, row.record_id, values, row.place))


def _without_gone(sheet: Sheet, row: Row) -> Values | None:
    """The values without keys to what is gone; None where nothing is left to hang on, or where
    what it says of a shelter could name the place."""
    keys = TABLES[row.table].keys
    values = dict(row.values)
    for column in keys:
        key = str(values.get(column, ""))
        if row.table == "metadata" and column == "resource_id" and sheet.is_marked(SHELTER, key):
            return None
        if key and sheet.is_marked(GONE, key):
            del values[column]
            _hang_on(sheet, row.table, key, values)
    before, after = set(row.values) & set(keys), set(values) & set(keys)
    hangs = after - {"taxonomy_term_id"}
    return values if before == after or hangs else None


def _hang_on(sheet: Sheet, table: str, gone: str, values: Values) -> None:
    for owner in filter(None, sheet.marked_with(GONE, gone)):
        is_service = sheet.get("service", UUID(owner)) is not None
        column = "service_id" if is_service else "organization_id"
        if column in TABLES[table].keys:
            values.setdefault(column, owner)
