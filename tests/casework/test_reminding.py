"""The work loop ends pauses and reminds who must confirm: once, also after it stood still."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.directory.entries import set_paused
from grievance.casework.directory.reminding import end_pauses, remind_to_confirm
from grievance.casework.directory.version import load_directory, make_version
from grievance.rules.terms import NoticeKind, Role
from grievance.store.directory import Organization
from grievance.store.events import OPERATOR, Event
from grievance.store.outbox import Notice
from tests.factories import NOW, make_member, make_organization, make_root

UTC_ZONE = ZoneInfo("UTC")


def mails(db: Session) -> list[str]:
    query = select(Notice.to_email).where(Notice.kind == NoticeKind.CONFIRM_ENTRY)
    return sorted(db.scalars(query))


@pytest.fixture
def root(db: Session) -> Organization:
    return make_root(db)


def remind(db: Session, day: date) -> int:
    done = remind_to_confirm(db, datetime(day.year, day.month, day.day, 9, tzinfo=UTC), 12)
    db.flush()
    return done


def test_its_coordinators_are_told_else_administrators_else_the_desk_above(
    db: Session, root: Organization
) -> None:
    old = {"parent_id": root.id, "confirmed_on": date(2025, 11, 1)}
    one, two, three = (make_organization(db, name=name, **old) for name in ("A", "B", "C"))
    make_member(db, root, roles=(Role.COORDINATOR,), email="root@example.org")
    make_member(db, one, roles=(Role.COORDINATOR,), email="one@example.org")
    make_member(db, one, roles=(Role.ORGANIZER,), email="organizer@example.org")
    make_member(db, two, roles=(Role.ADMINISTRATOR,), email="two@example.org")
    make_organization(db, parent_id=root.id)  # confirmed today
    make_organization(db, partner=False, **old)  # a listing
    make_organization(db, kind="consulate", **old)

    assert remind(db, date(2026, 11, 1)) == 3  # 30 days before the first of December

    assert mails(db) == ["one@example.org", "root@example.org", "two@example.org"]
    assert three.reminded_on == date(2026, 11, 1)
    events = db.scalars(select(Event).where(Event.verb == "entry_reminded")).all()
    assert {one.organization_id for one in events} == {one.id, two.id, three.id}


def test_each_is_reminded_once_and_not_for_each_day_that_was_missed(
    db: Session, root: Organization
) -> None:
    body = make_organization(db, parent_id=root.id, confirmed_on=date(2025, 11, 1))
    make_member(db, body, roles=(Role.COORDINATOR,), email="one@example.org")
    told = [
        day
        for n in (0, 0, 1, 5, 29, 30, 30, 40, 200, 200, 201)  # 30: it has lapsed; then silence
        if remind(db, day := date(2026, 11, 1) + timedelta(days=n))
    ]

    assert told == [date(2026, 11, 1), date(2026, 12, 1), date(2027, 5, 20)]
    assert len(mails(db)) == 3

    body.confirmed_on = date(2027, 5, 21)
    db.flush()
    assert remind(db, date(2027, 6, 1)) == 0


def test_nobody_to_tell_is_noted_and_not_tried_at_every_pass(
    db: Session, root: Organization
) -> None:
    body = make_organization(db, confirmed_on=None, parent_id=root.id)

    assert remind(db, NOW.date()) == 1
    assert remind(db, NOW.date()) == 0
    assert mails(db) == []
    assert body.reminded_on == NOW.date()


def test_so_many_in_one_pass_and_the_rest_in_the_next(db: Session, root: Organization) -> None:
    for _ in range(5):
        make_organization(db, confirmed_on=None, parent_id=root.id, service=False)

    counts = [remind_to_confirm(db, NOW, 12, limit=2) for _ in range(4)]

    assert counts == [2, 2, 1, 0]


def test_a_pause_ends_by_itself_after_its_last_day_where_the_organization_is(
    db: Session, root: Organization
) -> None:
    body = make_organization(db, parent_id=root.id)
    body.calendar = {"zone": "Asia/Hong_Kong", "hours": {"sun": ["09:00-18:00"]}, "closed": []}
    make_version(db, NOW)
    set_paused(db, body.id, True, OPERATOR, NOW, until=date(2026, 11, 30))
    db.flush()
    late = datetime(2026, 11, 30, 15, 59, tzinfo=UTC)  # a minute before midnight in Hong Kong

    assert end_pauses(db, late, UTC_ZONE) == 0
    assert load_directory(db).bodies[str(body.id)].paused

    assert end_pauses(db, late + timedelta(minutes=1), UTC_ZONE) == 1
    assert end_pauses(db, late + timedelta(minutes=2), UTC_ZONE) == 0
    assert not load_directory(db).bodies[str(body.id)].paused
    assert body.paused_until is None


def test_a_pause_without_a_day_stays_and_one_of_a_closed_entry_too(
    db: Session, root: Organization
) -> None:
    body, shut = (make_organization(db, parent_id=root.id) for _ in range(2))
    set_paused(db, body.id, True, OPERATOR, NOW)
    set_paused(db, shut.id, True, OPERATOR, NOW, until=NOW.date())
    shut.active = False
    db.flush()

    assert end_pauses(db, NOW + timedelta(days=400), UTC_ZONE) == 0
    assert body.paused
