"""What an export of HSDS holds: every row as it came, and this directory's own listings.

Rows that a newer file lacks stay here and do not go out, nor do those that their file keeps from
the public (``kept_back``). Own official bodies, police and agencies are no listings.
"""

from collections.abc import Iterator, Sequence, Set
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from grievance.casework.hsds.gathering import Key, gather
from grievance.casework.hsds.own import OWN_TABLES, exported_values, listing_rows, word_rows
from grievance.rules.hsds.nested import Builder
from grievance.rules.hsds.rows import Values
from grievance.rules.hsds.tables import TABLES, holders_of, parents_of
from grievance.rules.terms import NEVER_ASKED
from grievance.store.directory import Organization, organizations_by_id
from grievance.store.events import Actor, record
from grievance.store.hsds import (
    count,
    ids_of,
    listings_page,
    loose,
    own_listings,
    pages_of,
    present,
)

_BODIES = 50  # organizations with all that lies in them, at once
_OWN = 200


def rows_of(db: Session, table: str, hidden: Set[Key]) -> Iterator[tuple[UUID, Values]]:
    """Every row of one table, for its CSV file."""
    for page in pages_of(db, present(table)):
        kept = _kept_by_people(db, [one.uid for one in page]) if table == "organization" else {}
        for one in page:
            if (table, one.uid) not in hidden:
                yield one.uid, {**one.content, **kept.get(one.uid, {})}
    for (name, uid), values in word_rows().items():
        if name == table:
            yield uid, values
    for rows in _own(db) if table in OWN_TABLES else ():
        yield from ((uid, values) for (name, uid), values in rows.items() if name == table)


def fields_of(db: Session, table: str) -> list[str]:
    """The fields of a table's CSV file: those of the standard, then others that files had."""
    others: set[str] = set()
    for page in pages_of(db, present(table)):
        others |= {name for one in page for name in one.content}
    known = TABLES[table].columns
    return [*known, *sorted(others - set(known))]


def number_of(db: Session, table: str, hidden: Set[Key]) -> int:
    """How many objects of a table an export in JSON holds at its outermost."""
    if table != "organization":
        ids = (uid for some in ids_of(db, _loose(table)) for uid in some)
        return sum((table, uid) not in hidden for uid in ids)
    own = sum(len(rows) for rows in _own_pages(db))
    return count(db, present(table)) + own


def objects_of(db: Session, table: str, hidden: Set[Key]) -> Iterator[dict[str, object]]:
    """Organizations with all that lies in them; of other tables, rows that lie in nothing."""
    condition = present(table) if table == "organization" else _loose(table)
    for page in pages_of(db, condition, size=_BODIES):
        roots = [key for one in page if (key := (table, one.uid)) not in hidden]
        bag = {key: values for key, values in gather(db, roots).items() if key not in hidden}
        if table == "organization":
            for uid, values in _kept_by_people(db, [uid for _, uid in roots]).items():
                bag[table, uid] |= values
        yield from _built(bag, roots)
    if table == "organization":
        for rows in _own(db):
            bag = word_rows() | rows
            yield from _built(bag, [key for key in rows if key[0] == "organization"])


def _loose(table: str) -> ColumnElement[bool]:
    return loose(table, parents_of(table), holders_of(table))


def _built(bag: dict[Key, Values], roots: Sequence[Key]) -> Iterator[dict[str, object]]:
    builder = Builder(bag)
    for table, uid in roots:
        yield builder.build(table, uid)


def _kept_by_people(db: Session, uids: Sequence[UUID]) -> dict[UUID, Values]:
    """What people wrote over what a file said."""
    rows = organizations_by_id(db, uids)
    return {uid: exported_values(one) for uid, one in rows.items() if one.listed_from is None}


def _own_pages(db: Session) -> Iterator[Sequence[Organization]]:
    last: UUID | None = None
    while rows := listings_page(db, own_listings(), last, _OWN):
        yield rows
        last = rows[-1].id
        db.expunge_all()


def _own(db: Session) -> Iterator[dict[Key, Values]]:
    for page in _own_pages(db):
        above = organizations_by_id(db, [one.parent_id for one in page if one.parent_id])
        rows: dict[Key, Values] = {}
        for one in page:
            parent = above.get(one.parent_id) if one.parent_id else None
            shown = parent is not None and is_listed(parent)
            rows |= listing_rows(one, parent=parent.id if parent and shown else None, full=True)
        yield rows


def is_listed(body: Organization) -> bool:
    """Whether the public page shows this body."""
    return body.active and body.kind not in NEVER_ASKED


def end_export(
    db: Session, form: str, numbers: dict[str, int], actor: Actor, now: datetime
) -> None:
    """Write the event: which form, how many rows or objects of each table."""
    record(db, "directory_exported", actor, now, details={"format": form, **numbers})
