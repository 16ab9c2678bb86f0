"""Rows that their file keeps from the public: no export holds them, nor what hangs on them."""

from collections.abc import Set
from typing import Final

from sqlalchemy.orm import Session

from grievance.casework.hsds.gathering import Key
from grievance.rules.hsds.rows import is_public
from grievance.store.hsds import children_of, marked

# Where a place is and how somebody is reached: the tables that have such a mark (standards.md).
_MARKED: Final = ("location", "address", "phone", "contact")


def kept_back(db: Session) -> Set[Key]:
    """By table and id; what points to a place or a person that is kept back points to nothing."""
    found: set[Key] = set()
    said = marked(db, _MARKED)
    fresh = {(table, uid) for table, uid, word in said if not is_public({"visibility": word})}
    while fresh:
        found |= fresh
        below = children_of(db, fresh)
        fresh = {one for parent in fresh for one in below.get(parent, ())} - found
    return found
