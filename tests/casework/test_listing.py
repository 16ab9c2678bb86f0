"""The directory form takes good rows, names bad ones, and changes nothing the second time."""

from datetime import UTC, datetime
from importlib import resources

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.directory_form import FormError, read_form
from grievance.casework.directory_version import load_directory
from grievance.casework.listing import import_directory, load_reference
from grievance.store.directory import Organization, ServiceArea
from grievance.store.events import OPERATOR, Event
from grievance.store.reference import IssueCode
from tests.factories import make_root

NOW = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
FORM = """
directory: 1
organizations:
  - {id: norway, name: Yes, kind: union, country: NO, parent: later}
  - {id: later, name: 1989, kind: network, country: NO, partner: yes, confirmed_on: 2026-11-01}
  - id: desk
    name: null
    kind: migrant_led
    country: HK
    services:
      - {id: pay, name: Pay, needs: [WCL], areas: [{level: country, country: NO}],
         communities: [NO, any], languages: [tl, no, zh-HK], sectors: [all]}
  - {id: bad, name: Bad, kind: club, country: Norway}
  - {id: lost, name: Lost, kind: union, country: HK, parent: nobody}
  - {id: ring-a, name: A, kind: union, country: HK, parent: ring-b}
  - {id: ring-b, name: B, kind: union, country: HK, parent: ring-a}
"""


def test_norway_survives_and_bad_rows_are_named(db: Session) -> None:
    root = make_root(db)

    report = import_directory(db, FORM, actor=OPERATOR, now=NOW)

    rows = {one.slug: one for one in db.scalars(select(Organization))}
    assert (rows["norway"].country, rows["norway"].name) == ("NO", "Yes")
    assert (rows["later"].name, rows["desk"].name) == ("1989", "null")
    assert rows["norway"].parent_id == rows["later"].id
    assert rows["later"].parent_id == root.id
    [service] = rows["desk"].services
    assert service.languages == ["fil", "no", "zh-Hant"]
    assert (
        db.scalar(select(ServiceArea.country).where(ServiceArea.service_id == service.id)) == "NO"
    )
    assert {one for _line, one, _ in report.problems} == {"bad", "lost", "ring-a", "ring-b"}
    assert any("kind" in words for _line, _one, words in report.problems)


def test_the_same_form_again_changes_nothing(db: Session) -> None:
    make_root(db)
    first = import_directory(db, FORM, actor=OPERATOR, now=NOW)

    second = import_directory(db, FORM, actor=OPERATOR, now=NOW)

    assert second.count("unchanged") == first.count("added") == 3
    assert second.version == first.version
    assert len(db.scalars(select(Event).where(Event.verb == "directory_imported")).all()) == 2


@pytest.mark.parametrize("day", ["20261101", "2026-W48-3", "1.11.2026"])
def test_a_day_in_another_order_is_a_bad_row(day: str) -> None:
    form = "directory: 1\norganizations:\n  - {id: a, name: A, kind: union, country: HK, "
    [row] = read_form(f"{form}confirmed_on: {day}}}")

    assert row.entry is None
    assert row.problems == [f'line 3, confirmed_on: write a day as 2026-11-25, not "{day}"']


@pytest.mark.parametrize("text", ["[", "a: 1", "directory: 2\norganizations: []", "directory: 1"])
def test_a_file_that_is_no_form_says_so(text: str) -> None:
    with pytest.raises(FormError):
        read_form(text)


def test_listings_are_never_partners_and_the_lists_load_twice(db: Session) -> None:
    make_root(db)
    text = (resources.files("grievance.store") / "seed" / "listings.yaml").read_text("utf-8")

    report = import_directory(db, text, actor=OPERATOR, now=NOW)
    load_reference(db, NOW)
    load_reference(db, NOW)

    assert report.problems == []
    assert report.count("added") == 102
    assert (
        db.scalar(select(Organization).where(Organization.partner, ~Organization.is_root)) is None
    )
    assert len(db.scalars(select(IssueCode)).all()) == 111
    assert len(load_directory(db).bodies) == 103
