"""Hours come in by the directory form, and stay as the desk set them."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.directory.form import read_form
from grievance.casework.directory.listing import import_directory
from grievance.store.directory import Organization
from grievance.store.events import OPERATOR
from tests.factories import NOW, make_root

ENTRY = "{{id: desk, name: Desk, kind: union, country: HK, partner: yes{more}}}"
GOOD = (
    ", duty_rota: yes, calendar: {zone: Asia/Hong_Kong, hours: {sun: ['09:00-12:30', '14-18'],"
    " fri: 22:00-02:00}, closed: [2026-12-25, 2027-02-05 to 2027-02-09]}"
)
KEPT = {
    "zone": "Asia/Hong_Kong",
    "hours": {"fri": ["22:00-02:00"], "sun": ["09:00-12:30", "14:00-18:00"]},
    "closed": ["2026-12-25", "2027-02-05 to 2027-02-09"],
}


def form(more: str = "") -> str:
    return "directory: 1\norganizations:\n  - " + ENTRY.format(more=more)


def desk(db: Session, more: str) -> Organization:
    import_directory(db, form(more), actor=OPERATOR, now=NOW)
    return db.scalars(select(Organization).where(Organization.slug == "desk")).one()


def test_hours_are_kept_and_the_same_form_changes_nothing(db: Session) -> None:
    make_root(db)

    body = desk(db, GOOD)
    again = import_directory(db, form(GOOD), actor=OPERATOR, now=NOW)

    assert (body.calendar, body.duty_rota) == (KEPT, True)
    assert again.count("unchanged") == 1


def test_a_form_without_hours_takes_none_away_and_none_does(db: Session) -> None:
    make_root(db)
    desk(db, GOOD)

    kept: Any = dict(desk(db, "").calendar or {})
    body = desk(db, ", calendar: none, duty_rota: no")

    assert kept == KEPT
    assert (body.calendar, body.duty_rota) == (None, False)


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        ("{zone: Asia/Nowhere, hours: {sun: [9-18]}}", 'zone: write a time zone as Asia/Hong_Kong'),
        ("{zone: Asia/Hong_Kong}", "hours: it never opens"),
        ("{}", "zone: write a time zone"),
        ("{zone: UTC, hours: {sun: [00:00-00:00]}}", "could mean never or all day"),
        ("{zone: UTC, hours: {sun: [all]}}", 'hours: write hours as 09:00-18:00, not "all"'),
        ("{zone: UTC, hours: {sunday: [9-18]}}", '"sunday" is not one of: mon, tue'),
        ("{zone: UTC, hours: {sun: [9-18], sun: [9-12]}}", "sun: stands twice"),
        ("{zone: UTC, hours: {sun: {a: b}}}", "sun: must be a list of texts"),
        ("{zone: UTC, hours: [9-18]}", "hours: must be a map"),
        ("{zone: UTC, hours: {sun: [9-18]}, closed: [25.12.2026]}", "closed: write days as"),
        ("{zone: UTC, hours: {sun: [9-18]}, closed: [2026-01-01 to 2026-06-01]}",
         "closed: more than 31 days without an opening: pause it instead"),
        ("{zone: UTC, hours: {sun: [9-18]}, open: yes}", "open: is not a field of this form"),
        ("always", "calendar: must be a map"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_hours_stands_by_its_line(calendar: str, said: str) -> None:
    [row] = read_form(form(f", calendar: {calendar}"))

    assert row.entry is None
    assert any(said in problem for problem in row.problems), row.problems
    assert all(problem.startswith("line 3, calendar") for problem in row.problems), row.problems
