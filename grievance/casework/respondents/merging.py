"""Two records of one respondent are read as one, and apart again. Nothing of either is lost."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.working import Changed
from grievance.casework.respondents.naming import (
    Keeper,
    NoSuchRecord,
    cases_changed,
    lock_cases_of,
    readable_entries,
    settle,
)
from grievance.casework.respondents.register import Entry, Register, open_register
from grievance.store.events import record
from grievance.store.respondents import Respondent, lock_respondents


class SameRecord(Exception):
    """A record is not merged with itself."""


class AlreadyMerged(Exception):
    """One of the two is merged already."""


class NotMerged(Exception):
    """This record stands alone already."""


def merge_records(db: Session, record_id: UUID, into_id: UUID, keeper: Keeper) -> int:
    """Read one record with another from now on: the other's name leads. Its names, numbers, hashes
    and cases stay its own rows. How many cases have left the desk by what the names mean together.

    Raises SameRecord, AlreadyMerged, NoSuchRecord, or Changed where a colleague was quicker.
    """
    if record_id == into_id:
        raise SameRecord
    register = open_register(db, keeper.desk)
    known = readable_entries(db, register, keeper.desk.user_id)
    _expect_alone(known, record_id)
    _expect_alone(known, into_id)
    ids = known[record_id].ids | known[into_id].ids
    cases = lock_cases_of(db, register, ids)
    rows = lock_respondents(db, register.organization_id, (record_id, into_id))
    if any(row.merged_into_id is not None for row in rows.values()):
        raise AlreadyMerged
    if cases_changed(db, register, ids, cases):
        raise Changed
    rows[record_id].merged_into_id = into_id
    told = {"record": str(record_id), "into": str(into_id)}
    record(db, "respondents_merged", keeper.actor, keeper.now, details=told)
    return settle(db, cases, ids, keeper)


def part_records(db: Session, record_id: UUID, keeper: Keeper) -> UUID:
    """Read a merged record alone again, as it was; the id of the one it had gone into.

    Names, hashes, cases and ties are what they were. A case that was kept from an organization by
    the two names together stays kept: what was withdrawn is not asked anew by itself.

    Raises NoSuchRecord, NotMerged, or Changed where a colleague was quicker.
    """
    register = open_register(db, keeper.desk)
    row = _merged_row(db, register, record_id, keeper)
    known = readable_entries(db, register, keeper.desk.user_id)
    ids = next(entry.ids for entry in known.values() if record_id in entry.ids)
    cases = lock_cases_of(db, register, ids)
    lock_respondents(db, register.organization_id, ids)
    into = row.merged_into_id
    if into is None:
        raise NotMerged
    if cases_changed(db, register, ids, cases):
        raise Changed
    row.merged_into_id = None
    told = {"record": str(record_id), "into": str(into)}
    record(db, "respondents_parted", keeper.actor, keeper.now, details=told)
    settle(db, cases, ids, keeper)
    return into


def _merged_row(db: Session, register: Register, record_id: UUID, keeper: Keeper) -> Respondent:
    """A record of this desk that this member may read. Raises NoSuchRecord or NotMerged."""
    known = readable_entries(db, register, keeper.desk.user_id)
    if not any(record_id in entry.ids for entry in known.values()):
        raise NoSuchRecord
    if record_id in known:
        raise NotMerged
    return db.get_one(Respondent, record_id)


def _expect_alone(known: Mapping[UUID, Entry], record_id: UUID) -> None:
    if record_id not in known:
        is_merged = any(record_id in entry.ids for entry in known.values())
        raise AlreadyMerged if is_merged else NoSuchRecord
