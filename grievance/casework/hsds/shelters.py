"""Marks on a sheet who is a shelter and where it is, by what the file says and what is kept.

Any doubt counts.
"""

from collections.abc import Iterator, Set
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.rules.hsds.bodies import is_shelter
from grievance.rules.hsds.rows import Values
from grievance.store.hsds import HsdsRecord, known_targets, pages_of, shelters
from grievance.store.hsds_sheet import Sheet

# Words under which ids are marked on the sheet.
SHELTER = "shelter"  # organizations and services
HOME = "home"  # of these every place is a shelter's
DOUBT = "doubt"  # of these each place that is new may be
GONE = "gone"  # places of shelters, with whose they are
OF_SHELTER = "of a shelter"  # all of these, and what hangs on them
LIVED = "lived"  # places where a known service is given
# Fields of other standards in which a service says what it is about.
_HEADINGS = ("name", "alternate_name", "keywords", "audience")
_PLACED = "placed"
Link = tuple[str, UUID]


def mark_shelters(db: Session, sheet: Sheet, ours: Set[UUID]) -> None:
    """Mark shelters, their homes and places. ``ours``: what people keep here without any file."""
    bodies, services = shelters(db)
    for known in bodies | services.keys():
        sheet.mark(SHELTER, known)
    _mark_bodies(db, sheet)
    _mark_places(db, sheet, ours)
    _mark_homes(db, sheet, services, ours)
    for word in (HOME, GONE):
        for one, _ in sheet.marked(word):
            sheet.mark(OF_SHELTER, one)


def _mark_bodies(db: Session, sheet: Sheet) -> None:
    """By their own words, by those they are filed under, and a shelter's services."""
    for table in ("organization", "service"):
        for uid, values in _everywhere(db, sheet, table):
            if says_shelter(values):
                sheet.mark(SHELTER, uid)
    _mark_by_words(db, sheet, "taxonomy_term", "attribute", "link_id")
    _mark_by_words(db, sheet, "unit", "service_capacity", "service_id")
    for uid, values in _everywhere(db, sheet, "service"):
        if sheet.is_marked(SHELTER, str(values.get("organization_id", ""))):
            sheet.mark(SHELTER, uid)


def says_shelter(values: Values) -> bool:
    """Whether a row calls itself a shelter."""
    names = [str(values.get(name, "")) for name in _HEADINGS]
    return is_shelter(names, [str(values.get("description", ""))])


def not_here(db: Session, sheet: Sheet, links: Set[Link]) -> set[Link]:
    """Which of these rows are neither on the sheet nor kept."""
    elsewhere = set(sheet.lacking(links))
    return elsewhere - known_targets(db, elsewhere)


def _everywhere(db: Session, sheet: Sheet, table: str) -> Iterator[tuple[UUID, Values]]:
    """Rows of the file, then those that earlier files brought: both count."""
    for page in _pages(db, sheet, table):
        yield from page


def _pages(db: Session, sheet: Sheet, table: str) -> Iterator[list[tuple[UUID, Values]]]:
    for page in sheet.pages(table):
        yield [(one.uid, one.values) for one in page]
    for kept in pages_of(db, HsdsRecord.of_table == table):
        yield [(one.uid, one.content) for one in kept]


def _mark_by_words(db: Session, sheet: Sheet, words: str, table: str, owner: str) -> None:
    """Who has a term, or counts in a unit, that is about shelter."""
    for uid, values in _everywhere(db, sheet, words):
        if is_shelter([str(values.get("name", ""))]) or values.get("code") == "SHE":
            sheet.mark("word", uid)
    for _, values in _everywhere(db, sheet, table):
        if sheet.is_marked("word", str(values.get(f"{words}_id"))):
            sheet.mark(SHELTER, str(values.get(owner)))


def _mark_places(db: Session, sheet: Sheet, ours: Set[UUID]) -> None:
    """Where services are given: a shelter's places, and those where one that is known is given."""
    for page in _pages(db, sheet, "service_at_location"):
        given = [(str(one["service_id"]), str(one["location_id"])) for _, one in page
                 if "service_id" in one and "location_id" in one]  # fmt: skip
        nothing = not_here(db, sheet, {("service", UUID(service)) for service, _ in given})
        for service, place in given:
            if sheet.is_marked(SHELTER, service):
                sheet.mark(_PLACED, service)
                sheet.mark(GONE, place)
            elif UUID(service) not in ours and ("service", UUID(service)) not in nothing:
                sheet.mark(LIVED, place)


def _mark_homes(db: Session, sheet: Sheet, known: dict[UUID, UUID], ours: Set[UUID]) -> None:
    """A shelter service without a place of its own is at all places of its organization.

    One that an earlier file brought (``known``) had its place taken out then: what has been kept
    since may stay, what is new may be that place.
    """
    for one, _ in sheet.marked(SHELTER):
        sheet.mark(HOME, one)
    for service, body in known.items():
        if not sheet.is_marked(_PLACED, service):
            sheet.mark(HOME if service in ours else DOUBT, body)
    for service, values in _everywhere(db, sheet, "service"):
        told = str(values.get("organization_id", ""))
        unplaced = sheet.is_marked(SHELTER, service) and not sheet.is_marked(_PLACED, service)
        if told and unplaced and str(known.get(service)) != told:
            sheet.mark(HOME, told)
