"""Days of a case: sealed, only the newest kept, read by whoever may read the case."""

from datetime import date

import pytest
from sqlalchemy import select

from grievance.casework.case import dating
from grievance.casework.case.reading import OpenedCase, open_case
from grievance.casework.case.working import Changed, NotAllowed
from grievance.casework.referral import consenting, referring
from grievance.rules.terms import CaseState, DocumentKind, Trigger
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.documents import Document, documents
from grievance.store.events import Event
from tests.casework.world import World, accepted, refer
from tests.factories import NOW

END, VISA = Trigger.CONTRACT_END, Trigger.VISA_DATE
DAY, LATER = date(2026, 11, 20), date(2027, 6, 1)
Held = tuple[Case, Organization]


@pytest.fixture
def held(world: World) -> Held:
    """A case that an organization accepted."""
    return accepted(world)


def keep(
    world: World, held: Held, given: dict[Trigger, date | None], seen: str | None = None
) -> None:
    case, body = held
    rows = documents(world.db, case.id, DocumentKind.DATES)
    dating.set_dates(
        world.db, case, given, world.keys(case, body),
        seen=dating.version_of(rows) if seen is None else seen, actor=world.actor(body), now=NOW,
    )  # fmt: skip
    world.db.flush()


def known(world: World, case: Case, body: Organization) -> dict[Trigger, date] | None:
    opened = open_case(world.db, case, world.kits[body].desk, world.actor(body), NOW)
    return None if opened is None else dating.known_dates(one.words for one in opened.dates)


def test_days_are_read_again_by_the_desk_that_holds_the_case(world: World, held: Held) -> None:
    keep(world, held, {END: DAY, VISA: LATER})

    assert known(world, *held) == {END: DAY, VISA: LATER}


def test_a_day_that_is_not_named_stays_and_an_empty_one_is_taken_back(
    world: World, held: Held
) -> None:
    keep(world, held, {END: DAY, VISA: LATER})
    keep(world, held, {VISA: None})

    assert known(world, *held) == {END: DAY}


def test_a_corrected_day_leaves_nothing_of_the_old_one(world: World, held: Held) -> None:
    keep(world, held, {VISA: DAY})
    [old] = documents(world.db, held[0].id, DocumentKind.DATES)
    keep(world, held, {VISA: LATER})
    [new] = documents(world.db, held[0].id, DocumentKind.DATES)

    assert new.id != old.id
    assert known(world, *held) == {VISA: LATER}


def test_neither_row_nor_event_holds_a_day(world: World, held: Held) -> None:
    case, _ = held
    before = {one: getattr(case, one) for one in ("urgency", "state", "worked_on", "needs")}
    keep(world, held, {END: DAY})
    [event] = world.db.scalars(select(Event).where(Event.verb == "dates_set"))
    [row] = documents(world.db, case.id, DocumentKind.DATES)

    assert (event.details, event.case_id, event.user_id) == ({}, case.id, row.author_id)
    assert b"2026-11-20" not in row.sealed
    assert before == {one: getattr(case, one) for one in before}


def test_documents_of_days_are_all_of_one_length(world: World, held: Held) -> None:
    keep(world, held, {END: DAY})
    [few] = documents(world.db, held[0].id, DocumentKind.DATES)
    size = len(few.sealed)
    keep(world, held, dict.fromkeys(Trigger, LATER))
    [many] = documents(world.db, held[0].id, DocumentKind.DATES)

    assert len(many.sealed) == size


def test_the_same_days_again_change_nothing(world: World, held: Held) -> None:
    keep(world, held, {END: DAY, VISA: None})
    keep(world, held, {END: DAY, VISA: None})

    assert len(world.db.scalars(select(Event).where(Event.verb == "dates_set")).all()) == 1


@pytest.mark.parametrize("first", [True, False])
def test_an_old_page_changes_nothing(world: World, held: Held, first: bool) -> None:
    if not first:
        keep(world, held, {END: DAY})
    old = dating.version_of(documents(world.db, held[0].id, DocumentKind.DATES))
    keep(world, held, {VISA: LATER})

    with pytest.raises(Changed):
        keep(world, held, {VISA: DAY}, seen=old)

    assert known(world, *held) == ({VISA: LATER} if first else {END: DAY, VISA: LATER})


def test_a_desk_without_a_key_keeps_nothing(world: World, held: Held) -> None:
    case, body = held

    with pytest.raises(NotAllowed):
        dating.set_dates(
            world.db, case, {END: DAY}, OpenedCase({}, {}), seen="", actor=world.actor(body),
            now=NOW,
        )  # fmt: skip

    assert documents(world.db, case.id, DocumentKind.DATES) == []


def test_before_acceptance_nobody_reads_them_and_afterwards_the_next_holder_does(
    world: World, held: Held
) -> None:
    case, body = held
    other = world.bodies[1]
    keep(world, held, {END: DAY})
    refer(world, case, body, other)
    assert known(world, case, other) is None

    referring.accept(world.db, case, other.id, world.actor(other), NOW)
    world.db.flush()

    assert known(world, case, other) == {END: DAY}
    assert known(world, case, body) is None


def test_who_reads_from_now_on_keeps_what_the_others_know(world: World, held: Held) -> None:
    """A later epoch's reader writes what she knows; with both keys both stand."""
    case, body = held
    keep(world, held, {END: DAY, VISA: DAY})
    consenting.start_epoch(world.db, case, world.her(case), NOW)
    world.db.flush()
    keys = world.keys(case, body)
    newest = OpenedCase({case.epoch: keys.keys[case.epoch]}, {})

    dating.set_dates(
        world.db, case, {VISA: LATER}, newest, seen="", actor=world.actor(body), now=NOW
    )  # fmt: skip
    world.db.flush()

    assert known(world, case, body) == {END: DAY, VISA: LATER}


def test_a_closed_case_stays_closed(world: World, held: Held) -> None:
    case, _ = held
    case.state = CaseState.CLOSED
    keep(world, held, {END: DAY})

    assert case.state == CaseState.CLOSED


def test_they_go_with_the_case(world: World, held: Held) -> None:
    from grievance.casework.case.retaining import delete_case

    keep(world, held, {END: DAY})
    delete_case(world.db, held[0].id)

    assert world.db.scalars(select(Document)).all() == []
