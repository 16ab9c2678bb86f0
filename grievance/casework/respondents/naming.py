"""A holder names whom a case is about: a record of her desk, made or found, and what follows.

Whatever changes a record, or which cases it is about, ends in ``settle``: hashes, conflicts and
ties follow from how the records stand then.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grievance.casework.case.reading import DeskKeys, accepted, answers_of, holds, opened_keys
from grievance.casework.case.working import Changed, NotAllowed
from grievance.casework.notices.alerting import tell_where_nobody_sees
from grievance.casework.respondents.conflicting import check
from grievance.casework.respondents.marking import digests, keep_from
from grievance.casework.respondents.register import (
    Entry,
    Register,
    entries,
    entries_about,
    links_from,
    links_to,
    new_link,
    open_register,
    register_to_write,
    sealed_record,
)
from grievance.rules.respondents import Details, hashed_forms
from grievance.store.cases import Case, lock_case
from grievance.store.events import Actor, record
from grievance.store.respondents import (
    Respondent,
    cases_marked,
    digests_of,
    drop_link,
    lock_respondents,
    set_desk_marks,
    set_digests,
)
from grievance.store.staff_ties import (
    cases_by_tie,
    drop_case_ties,
    exclusions_of,
    records_tied_to,
    ties_on_records,
)


class NoSuchRecord(Exception):
    """This desk has no such record, or this member is tied to it."""


class LinkedAlready(Exception):
    """The case is about this record already."""


@dataclass(frozen=True)
class Keeper:
    """Who keeps records: her keys, the secret that names are hashed with, and the act's time."""

    desk: DeskKeys
    name_secret: bytes
    actor: Actor
    now: datetime


def readable_entries(db: Session, register: Register, user_id: UUID) -> dict[UUID, Entry]:
    """The records of a desk without those that this member is tied to."""
    hidden = records_tied_to(db, user_id)
    return {one: e for one, e in entries(db, register).items() if not e.ids & hidden}


def note_reading(db: Session, actor: Actor, now: datetime, count: int) -> None:
    """One event for each opening of the desk's records."""
    record(db, "respondents_read", actor, now, details={"records": count})


def make(db: Session, case: Case, details: Details, keeper: Keeper) -> bool:
    """A new record, and the case is about it; True where the case has left the desk by this.

    Raises NotAllowed for a desk that does not hold the case, or LinkedAlready where the case is
    about a record of just these words: the same button was pressed twice.
    """
    _expect_holder(db, case, keeper)
    register = register_to_write(db, keeper.desk, keeper.now)
    about = entries_about(db, register, case.id).values()
    if any(part.details == details for entry in about for part in entry.parts):
        raise LinkedAlready
    one = uuid4()
    number, sealed = sealed_record(register, one, details)
    db.add(
        Respondent(
            id=one, organization_id=register.organization_id, number=number, sealed=sealed,
            made_at=keeper.now,
        )
    )  # fmt: skip
    db.flush()
    _hash(db, one, details, keeper)
    return _link(db, case, one, register, keeper)


def link(db: Session, case: Case, record_id: UUID, keeper: Keeper) -> bool:
    """The case is about a record that is there; True where the case has left the desk by this.

    Raises NotAllowed, NoSuchRecord or LinkedAlready.
    """
    _expect_holder(db, case, keeper)
    register = register_to_write(db, keeper.desk, keeper.now)
    lock_respondents(db, register.organization_id, [record_id])
    entry = readable_entries(db, register, keeper.desk.user_id).get(record_id)
    if entry is None:
        raise NoSuchRecord
    if any(one.respondent_id in entry.ids for one in links_from(db, register, case.id)):
        raise LinkedAlready
    return _link(db, case, record_id, register, keeper)


def unlink(db: Session, case: Case, record_id: UUID, keeper: Keeper) -> None:
    """The case is not about this record after all. Whoever was kept away by it stays away.

    Raises NotAllowed or NoSuchRecord.
    """
    _expect_holder(db, case, keeper)
    register = register_to_write(db, keeper.desk, keeper.now)
    entry = readable_entries(db, register, keeper.desk.user_id).get(record_id)
    ids = entry.ids if entry else frozenset()
    found = [one for one in links_from(db, register, case.id) if one.respondent_id in ids]
    if not found:
        raise NoSuchRecord
    for one in found:
        drop_link(db, one.id)
    record(db, "respondent_taken_off", keeper.actor, keeper.now, case_id=case.id)
    settle(db, [case], ids, keeper)


def change(db: Session, record_id: UUID, details: Details, keeper: Keeper) -> int:
    """Other names or numbers of a record; how many cases have left the desk by this.

    Raises NoSuchRecord, or Changed where a colleague merged or linked it this moment.
    """
    register = register_to_write(db, keeper.desk, keeper.now)
    entry = readable_entries(db, register, keeper.desk.user_id).get(record_id)
    if entry is None:
        raise NoSuchRecord
    cases = lock_cases_of(db, register, entry.ids)
    row = lock_respondents(db, register.organization_id, [record_id])[record_id]
    if row.merged_into_id is not None or cases_changed(db, register, entry.ids, cases):
        raise Changed
    row.number, row.sealed = sealed_record(register, record_id, details)
    _hash(db, record_id, details, keeper)
    record(db, "respondent_changed", keeper.actor, keeper.now)
    return settle(db, cases, entry.ids, keeper)


def lock_cases_of(db: Session, register: Register, ids: Collection[UUID]) -> list[Case]:
    """The cases that these records are about, each row locked, in one order for everybody."""
    wanted = sorted({one.case_id for one in links_to(db, register, ids)})
    return [case for one in wanted if (case := lock_case(db, one)) is not None]


def cases_changed(
    db: Session, register: Register, ids: Collection[UUID], locked: Iterable[Case]
) -> bool:
    """Whether a colleague linked another case before the records' rows were locked."""
    there = {one.case_id for one in links_to(db, register, ids)}
    return bool(there - {case.id for case in locked})


def settle(db: Session, cases: Iterable[Case], ids: Collection[UUID], keeper: Keeper) -> int:
    """What follows from how records stand now, for these cases and these records: hashes, whom
    each case is kept from, and which of them tied members find nothing of. How many cases have
    left the desk."""
    db.flush()
    register = open_register(db, keeper.desk)
    known = entries(db, register)
    left = [_settle_case(db, case, register, known, keeper) for case in cases]
    tell_where_nobody_sees(db, settle_ties(db, register, known, ids), keeper.now)
    return sum(left)


def settle_ties(
    db: Session, register: Register, known: dict[UUID, Entry], ids: Collection[UUID]
) -> frozenset[UUID]:
    """Each tie to one of these records keeps from its member every case that is about it, linked or
    by its hashes; the cases that are newly kept from somebody. None is given back while a part of
    the register stays closed."""
    touched = [entry for entry in known.values() if entry.ids & set(ids)]
    new: set[UUID] = set()
    for entry in touched:
        ties = ties_on_records(db, entry.ids)
        kept = {tie.id: cases_by_tie(db, tie.id) for tie in ties}  # before what speaks for them
        linked = {one.case_id for one in links_to(db, register, entry.ids)}
        about = linked | cases_marked(db, digests_of(db, entry.ids))
        for tie in ties:
            new |= keep_from(db, tie, about)
            if register.whole:
                drop_case_ties(db, tie.id, kept[tie.id] - about)
    return frozenset(new)


def _link(db: Session, case: Case, record_id: UUID, register: Register, keeper: Keeper) -> bool:
    db.add(new_link(register, record_id, case.id))
    case.last_act_at = keeper.now
    record(db, "respondent_named", keeper.actor, keeper.now, case_id=case.id)
    return bool(settle(db, [case], [record_id], keeper))


def _settle_case(
    db: Session, case: Case, register: Register, known: dict[UUID, Entry], keeper: Keeper
) -> bool:
    linked = {one.respondent_id for one in links_from(db, register, case.id)}
    about = [entry for entry in known.values() if entry.ids & linked]
    ids = frozenset().union(*(entry.ids for entry in about))
    own = register.organization_id
    set_desk_marks(db, case.id, own, digests_of(db, ids))
    if own in exclusions_of(db, case.id) or not holds(db, case, own):
        return False
    keys = opened_keys(db, case, keeper.desk).keys
    answers = answers_of(db, case.id, keys)
    details = [entry.details for entry in about]
    return check(db, case, answers, details, keeper.actor, keeper.now)


def _hash(db: Session, record_id: UUID, details: Details, keeper: Keeper) -> None:
    set_digests(db, record_id, digests(keeper.name_secret, hashed_forms(details)))


def _expect_holder(db: Session, case: Case, keeper: Keeper) -> None:
    if not accepted(db, case, keeper.desk.organization_id):
        raise NotAllowed
