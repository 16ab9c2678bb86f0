"""Gathers rows with all that lies inside them, as far as an export or a listing needs."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.rules.hsds.rows import Values, read_uid
from grievance.rules.hsds.tables import TABLES, parents_of
from grievance.store.hsds import children_of, contents_of

Key = tuple[str, UUID]
_DEEPEST = 8  # organization, service, service_at_location, location, contact, phone, language …


def gather(
    db: Session, roots: Collection[Key], tables: Collection[str] = TABLES.keys()
) -> dict[Key, Values]:
    """These rows and all below them that their source still has, of these tables."""
    bag: dict[Key, Values] = {}
    wanted = set(roots)
    for _ in range(_DEEPEST):
        new = _read(db, wanted - bag.keys())
        if not new:
            break
        bag |= new
        found = _held(new) | _listed(db, new, tables)
        wanted = {one for one in found if one[0] in tables}
    return bag


def _read(db: Session, wanted: Collection[Key]) -> dict[Key, Values]:
    found: dict[Key, Values] = {}
    for table in {table for table, _ in wanted}:
        rows = contents_of(db, table, [uid for one, uid in wanted if one == table])
        found |= {(table, uid): content for uid, (_, content, gone) in rows.items() if not gone}
    return found


def _held(rows: dict[Key, Values]) -> set[Key]:
    """What rows hold as an object: a location, a program, a term …"""
    return {
        (TABLES[table].keys[column], read_uid(str(values[column])))
        for (table, _), values in rows.items()
        for name, column in TABLES[table].objects.items()
        if column in values and name != "organization"
    }


def _listed(db: Session, rows: dict[Key, Values], tables: Collection[str]) -> set[Key]:
    """What stands in the lists of rows that have lists of these tables."""
    have = {name for name, one in TABLES.items() if not set(one.lists.values()).isdisjoint(tables)}
    below = children_of(db, [one for one in rows if one[0] in have])
    return {
        (table, uid)
        for (parent, _), found in below.items()
        for table, uid in found
        if parent in parents_of(table)
    }
