"""The desk and the directory form are two ways to the same facts: out and in again, no change."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from grievance.casework.directory.editing import (
    EntryFacts,
    add_entry,
    change_entry,
    facts_of_entry,
    set_service,
)
from grievance.casework.directory.form import AreaEntry, ServiceEntry
from grievance.casework.directory.form_writer import end_form, write_form
from grievance.casework.directory.history import picture, revision_of
from grievance.casework.directory.listing import import_directory
from grievance.casework.directory.ties import declare_tie
from grievance.casework.directory.version import make_version
from grievance.rules.terms import (
    ActorKind,
    AgeBand,
    AreaLevel,
    Sector,
    ServiceNeed,
    Sex,
    TieReason,
)
from grievance.store.directory import DirectoryVersion, Organization
from grievance.store.entries import EntryChange
from grievance.store.events import OPERATOR, Actor
from tests.factories import NOW, make_organization, make_root, make_service

NAMES = st.sampled_from(["NO", "1989", "null", "- a: b", "移工", "“#'\"", "{x}", "no: yes", "é  e"])
BY_LANGUAGE = st.dictionaries(st.sampled_from(["en", "fil", "zh-Hant", "no"]), NAMES, max_size=3)
AREAS = st.sampled_from(
    [
        AreaEntry(AreaLevel.WORLD, None, None, None),
        AreaEntry(AreaLevel.REGION, None, None, "gulf"),
        AreaEntry(AreaLevel.COUNTRY, "NO", None, None),
        AreaEntry(AreaLevel.SUBDIVISION, "MY", None, None, "MY-10"),
        AreaEntry(AreaLevel.CITY, "HK", "Hong Kong", None),
    ]
)


def some(words: list[str], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(words), unique=True, min_size=least, max_size=3).map(tuple)


SERVICES = st.builds(
    ServiceEntry, id=st.just(""), name=NAMES, names=BY_LANGUAGE, needs=some(list(ServiceNeed), 1),
    groups=st.just(()), areas=st.lists(AREAS, min_size=1, max_size=3, unique=True).map(tuple),
    communities=some(["any", "PH", "NO"], 1), languages=some(["en", "no", "tet"], 1),
    sectors=some([*Sector, "all"], 1), age_bands=some(list(AgeBand)), sexes=some(list(Sex)),
    free=st.sampled_from([True, False, None]),
)  # fmt: skip
ENTRIES = st.builds(
    EntryFacts, name=NAMES, names=BY_LANGUAGE,
    aliases=st.lists(NAMES, max_size=3, unique=True).map(tuple), description=BY_LANGUAGE,
    kind=st.sampled_from(["union", "shelter", "consulate", "other"]),
    country=st.sampled_from(["NO", "HK", "ZZ"]),
    website=st.sampled_from([None, "https://example.org/#a: b"]), led_by_migrants=st.booleans(),
    origin_of=some(["PH", "NO"]),
    sources=st.sampled_from([(), ({"url": "https://example.org", "date": "2026", "says": "no"},)]),
    accept_at_once=st.booleans(), notify_email=st.sampled_from([None, "a@example.org"]),
)  # fmt: skip


def pictures(db: Session) -> dict[str, object]:
    db.expire_all()
    return {one.slug: picture(one) for one in db.scalars(select(Organization))}


@settings(max_examples=30)
@given(entries=st.lists(ENTRIES, min_size=1, max_size=4), services=st.lists(SERVICES, max_size=4))
def test_what_was_edited_at_the_desk_goes_out_and_comes_in_without_a_change(
    db: Session, entries: list[EntryFacts], services: list[ServiceEntry]
) -> None:
    db.rollback()
    root = make_root(db, slug="root")
    who, ids = Actor(ActorKind.STAFF, uuid4(), root.id), [uuid4() for _ in entries]
    for uid, facts in zip(ids, entries, strict=True):
        add_entry(db, uid, facts, parent_id=root.id, actor=who, now=NOW)
    for facts in services:
        set_service(db, ids[0], uuid4(), facts, revision="", actor=who, now=NOW)
    db.execute(delete(EntryChange))
    before, version = pictures(db), make_version(db, NOW)

    report = import_directory(db, "".join(write_form(db)), actor=OPERATOR, now=NOW)

    assert (report.problems, {what for _, _, what in report.rows}) == ([], {"unchanged"})
    assert pictures(db) == before
    assert report.version == version
    assert db.scalars(select(EntryChange)).all() == []


@pytest.fixture
def network(db: Session) -> Organization:
    """Everything that the desk's other pages set too, and a listing of a file."""
    root = make_root(db, slug="root")
    body = make_organization(
        db, parent_id=root.id, slug="harbour", paused=True, capacity=3, duty_rota=True,
        accept_at_once=True, confirmed_on=date(2026, 1, 2), tied_to=["root"],
        calendar={"zone": "Asia/Hong_Kong", "hours": {"fri": ["22:00-02:00"]},
                  "closed": ["2026-12-25", "2027-02-05 to 2027-02-09"]},
    )  # fmt: skip
    make_service(db, body, slug="idle", active=False)
    make_organization(db, slug="files-1", listed_from="files", partner=False)
    make_organization(db, slug="gone", active=False, partner=False)
    make_version(db, NOW)
    return body


def test_hours_pauses_ties_and_idle_services_stay_too(db: Session, network: Organization) -> None:
    before = pictures(db)
    form = "".join(write_form(db))

    report = import_directory(db, form, actor=OPERATOR, now=NOW)

    assert {(slug, what) for _, slug, what in report.rows} == {
        ("root", "unchanged"), ("harbour", "unchanged"),
    }  # fmt: skip
    assert pictures(db) == before
    assert "files-1" not in form


def test_what_a_tie_takes_from_a_file_goes_out_and_comes_in_without_a_change(
    db: Session, network: Organization
) -> None:
    listing: dict[str, object] = {"listed_from": "files", "partner": False, "confirmed_on": None}
    above = make_organization(db, slug="files-2", **listing)
    other = make_organization(
        db, slug="files-3", parent_id=above.id, website="a.example", **listing
    )
    declare_tie(db, network.id, other.id, TieReason.FUNDED_BY, actor=OPERATOR, now=NOW)
    before = pictures(db)

    report = import_directory(db, "".join(write_form(db)), actor=OPERATOR, now=NOW)

    assert (report.problems, {what for _, _, what in report.rows}) == ([], {"unchanged"})
    assert pictures(db) == before


def test_the_form_makes_the_same_directory_anew(db: Session, network: Organization) -> None:
    form, before = "".join(write_form(db)), picture(network)
    for table in (EntryChange, DirectoryVersion):
        db.execute(delete(table))
    db.delete(network)
    db.flush()

    import_directory(db, form, actor=OPERATOR, now=NOW)

    again = db.scalar(select(Organization).where(Organization.slug == "harbour"))
    assert again is not None
    assert {key: value for key, value in before.items() if key[0] != "idle"} == picture(again)


def test_a_change_at_the_desk_is_a_change_of_the_form(db: Session, network: Organization) -> None:
    older = "".join(write_form(db))
    facts = replace(facts_of_entry(network), name="New name")
    change_entry(
        db, network.id, facts, parent_id=network.parent_id, revision=revision_of(network),
        from_above=False, actor=OPERATOR, now=NOW,
    )  # fmt: skip
    end_form(db, 2, OPERATOR, NOW)

    assert "New name" in "".join(write_form(db))
    report = import_directory(db, older, actor=OPERATOR, now=NOW)
    assert report.count("changed") == 1
