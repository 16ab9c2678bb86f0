"""The directory form takes good rows, names bad ones, and changes nothing the second time."""

from datetime import UTC, date, datetime
from importlib import resources

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.directory.form import FormError, read_form
from grievance.casework.directory.listing import import_directory, load_reference
from grievance.casework.directory.version import load_directory
from grievance.store.directory import Organization, ServiceArea, subtree
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


def test_a_move_below_another_parent_is_a_change(db: Session) -> None:
    make_root(db)
    import_directory(db, FORM, actor=OPERATOR, now=NOW)
    moved = FORM.replace("country: NO, parent: later", "country: NO")

    report = import_directory(db, moved, actor=OPERATOR, now=NOW)

    assert {one: what for _, one, what in report.rows} == {
        "norway": "changed", "later": "unchanged", "desk": "unchanged",
    }  # fmt: skip
    assert report.version == 2


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


GOOD = "  - {id: good, name: Good, kind: union, country: HK}\n"
ROW = "id: a, name: A, kind: union, country: HK"


def _import(db: Session, *rows: str) -> dict[str, list[str]]:
    """What an import says of each row that it leaves out."""
    text = "directory: 1\norganizations:\n" + "".join(f"  - {{{row}}}\n" for row in rows) + GOOD
    report = import_directory(db, text, actor=OPERATOR, now=NOW)
    said: dict[str, list[str]] = {}
    for _line, slug, problem in report.problems:
        said.setdefault(slug, []).append(problem)
    assert "good" in set(db.scalars(select(Organization.slug)))
    return said


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("capasity: 4", "line 3, capasity: is not a field of this form"),
        ("services: [{id: s, name: S, needs: [WCL], area: []}]", "services (s): area: is not a"),
        ("capacity: 99999999999999999999", "a whole number of at most 6 digits"),
        ("capacity: -1", "a whole number of at most 6 digits"),
        ("notify_email: nomail", '"nomail" is no e-mail address'),
        ("website: 'javascript:alert(1)'", "write an address as https://example.org"),
        ("names: {en: [x]}", "names: en: must be one text"),
        ("sources: [{url: [x]}]", "sources: url: must be one text"),
        ('aliases: ["a\\0b"]', "aliases: has a control sign or half a letter in it"),
        ('names: {en: "\\ud800"}', "names: en: has a control sign or half a letter in it"),
        ("capacity: 1, capacity: 2", "capacity: stands twice"),
        ("services: [{id: s, name: S}, {id: s, name: T}]", 'services: the id "s" stands twice'),
        ("services: [{id: s, name: S, areas: [{level: region, region: mars}]}]", "east_asia"),
        ("services: [{id: s, name: S, groups: [NOPE]}]", '"NOPE" is not one of: AGY'),
        ("tied_to: [nobody]", 'tied_to: there is no organization "nobody"'),
        ("confirmed_on: 2026-12-25", "confirmed_on: 2026-12-25 has not come yet"),
        ("parent: a", "its own ancestor"),
    ],
)
def test_a_bad_row_is_left_out_and_the_rest_is_taken(db: Session, more: str, said: str) -> None:
    make_root(db)
    load_reference(db, NOW)

    problems = _import(db, f"{ROW}, {more}")

    assert len(problems["a"]) == 1
    assert said in problems["a"][0]


def test_what_is_missing_is_said_once(db: Session) -> None:
    problems = _import(db, "name: '\u200b'", "id: [x], name: A, kind: union, country: HK")

    assert problems["?"] == [
        "line 3, id: is missing",
        "line 3, name: is missing",
        "line 3, kind: is missing",
        "line 4, id: must be one text",
        "line 4, id: is missing",
    ]


def test_a_row_that_is_no_map_is_counted(db: Session) -> None:
    text = f"directory: 1\norganizations:\n  - text\n{GOOD}"

    report = import_directory(db, text, actor=OPERATOR, now=NOW)

    assert [slug for _, slug, _ in report.problems] == ["organization 1 of the file"]
    assert report.count("added") == 1


def test_what_hangs_on_a_row_that_is_left_out_is_left_out_too(db: Session) -> None:
    problems = _import(
        db, f"{ROW}, parent: nobody", "id: b, name: B, kind: union, country: HK, parent: a"
    )

    assert set(problems) == {"a", "b"}


def test_no_ring_comes_about_through_what_is_there_already(db: Session) -> None:
    make_root(db)
    _import(db, ROW, "id: b, name: B, kind: union, country: HK, parent: a")

    problems = _import(db, f"{ROW}, parent: b")

    assert problems == {"a": ['parent: "a" would make this organization its own ancestor']}


@pytest.mark.parametrize("more", ["partner: true, parent: good", "partner: false"])
def test_the_root_desk_stays_the_root(db: Session, more: str) -> None:
    make_root(db, slug="root")

    problems = _import(db, f"id: root, name: R, kind: secretariat, country: HK, {more}")

    assert problems["root"] == ["this is the root desk: it has no parent and stays a partner"]


def test_a_partner_below_a_listing_still_hangs_below_the_root(db: Session) -> None:
    top = make_root(db)
    row = f"{ROW}, partner: true, parent: b"
    _import(db, row, "id: b, name: B, kind: alliance, country: HK")
    first = {one.slug: one.parent_id for one in db.scalars(select(Organization))}

    _import(db, "id: b, name: B, kind: alliance, country: HK")
    again = {one.slug: one.parent_id for one in db.scalars(select(Organization))}

    assert first == again
    below = db.scalars(select(Organization.slug).where(Organization.id.in_(subtree(db, top.id))))
    assert set(below) == {top.slug, "a", "b"}


def test_an_older_form_takes_back_nothing_that_a_desk_did_itself(db: Session) -> None:
    make_root(db)
    row = f"{ROW}, partner: true, confirmed_on: 2026-01-01"
    _import(db, row)
    body = db.scalars(select(Organization).where(Organization.slug == "a")).one()
    body.paused, body.confirmed_on = True, date(2026, 11, 1)

    _import(db, row)
    kept = (body.paused, body.confirmed_on)
    _import(db, f"{row}, paused: false")

    assert kept == (True, date(2026, 11, 1))
    assert not body.paused


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("directory: 1\norganizations: " + "[" * 20_000, "too deep"),
        ("directory: 1\norganizations: []\norganizations: []", "organizations stands twice"),
        ("directory: 1\norganizations:\n  - {id: a, name: [", "Line 3: this is not valid YAML"),
        ("directory: 1\n? {a: b}\n: x", "is not valid YAML"),
        ("directory: 1\x00", "is not valid YAML"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(text: str, said: str) -> None:
    with pytest.raises(FormError, match=said):
        read_form(text)
