"""What people change in the directory is kept once and told; the way to a shelter is not kept."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.directory import editing
from grievance.casework.directory.editing import EntryFacts, facts_of_entry
from grievance.casework.directory.entries import confirm_entry, set_hours, set_paused
from grievance.casework.directory.form import AreaEntry, ServiceEntry
from grievance.casework.directory.history import revision_of, service_revision
from grievance.casework.directory.listing import import_directory
from grievance.casework.directory.services import facts_of
from grievance.casework.directory.version import load_directory, make_version
from grievance.rules.calendar_words import read_calendar
from grievance.rules.calendars import Calendar
from grievance.rules.terms import ActorKind, AreaLevel, OrganizationKind
from grievance.store.directory import DirectoryVersion, Organization
from grievance.store.engine import Database
from grievance.store.entries import EntryChange, changes_of, entry
from grievance.store.events import OPERATOR, Actor, Event
from tests.factories import NOW, make_organization, make_root

LISTING = EntryFacts(
    name="Sabah Workers", names={}, aliases=("SW", "沙巴"), description={"en": "Helps."},
    kind="migrant_led", country="MY", website=None, led_by_migrants=True, origin_of=(),
    sources=(), accept_at_once=False, notify_email=None,
)  # fmt: skip
PAY = ServiceEntry(
    id="", name="Help with pay", names={}, needs=("WCL",), groups=(),
    areas=(AreaEntry(AreaLevel.SUBDIVISION, "MY", None, None, "MY-12"),), communities=("any",),
    languages=("ms",), sectors=("all",), age_bands=(), sexes=(), free=None,
)  # fmt: skip


@pytest.fixture
def top(db: Session) -> Organization:
    root = make_root(db, name="Root")
    make_version(db, NOW)
    return root


@pytest.fixture
def who(top: Organization) -> Actor:
    return Actor(ActorKind.STAFF, uuid4(), top.id)


def change(db: Session, body: Organization, who: Actor, **given: Any) -> None:
    kept = facts_of_entry(body)
    words = {one: given.pop(one) for one in list(given) if hasattr(kept, one)}
    options: dict[str, Any] = {
        "parent_id": body.parent_id, "revision": revision_of(body), "from_above": True,
    }  # fmt: skip
    facts = replace(kept, **words)
    editing.change_entry(db, body.id, facts, actor=who, now=NOW, **{**options, **given})


def put(db: Session, body: Organization, who: Actor, facts: ServiceEntry, uid: UUID) -> None:
    found = next((one for one in body.services if one.id == uid), None)
    revision = service_revision(found)
    editing.set_service(db, body.id, uid, facts, revision=revision, actor=who, now=NOW)


def events(db: Session, verb: str) -> list[Event]:
    return list(db.scalars(select(Event).where(Event.verb == verb)))


def versions(db: Session) -> int:
    return len(db.scalars(select(DirectoryVersion.number)).all())


def test_a_change_is_one_event_a_history_and_a_new_version(
    db: Session, top: Organization, who: Actor
) -> None:
    body = make_organization(db, parent_id=top.id, name="Old")
    make_version(db, NOW)
    before = versions(db)

    change(db, body, who, name="New", aliases=("新", "N"), website="https://example.org")

    assert (body.name, body.aliases, body.website) == ("New", ["新", "N"], "https://example.org")
    [event] = events(db, "entry_changed")
    assert event.details["fields"] == ["aliases", "name", "website"]
    assert "New" not in str(event.details)
    rows = {row.field: (row.before, row.after) for row in changes_of(db, body.id, skip=0, most=9)}
    assert rows == {
        "name": (["Old"], ["New"]), "aliases": ([], ["新", "N"]),
        "website": ([], ["https://example.org"]),
    }  # fmt: skip
    assert versions(db) == before + 1
    assert "新" in load_directory(db).bodies[str(body.id)].names


def test_what_changes_nothing_is_no_act(db: Session, top: Organization, who: Actor) -> None:
    body = make_organization(db, parent_id=top.id)
    uid = uuid4()
    put(db, body, who, PAY, uid)

    change(db, body, who, revision="older")
    editing.set_service(
        db, body.id, uid, replace(PAY, id="other"), revision="older", actor=who, now=NOW
    )
    editing.end_service(db, body.id, uuid4(), who, NOW)

    assert events(db, "entry_changed") == events(db, "entry_service_ended") == []
    assert len(events(db, "entry_service_set")) == 1


def test_who_comes_second_is_told_and_changes_nothing(
    db: Session, top: Organization, who: Actor
) -> None:
    body = make_organization(db, parent_id=top.id)
    uid, seen = uuid4(), revision_of(body)
    put(db, body, who, PAY, uid)
    seen_service = service_revision(body.services[-1])
    change(db, body, who, name="First")
    put(db, body, who, replace(PAY, name="First"), uid)

    with pytest.raises(editing.ChangedMeanwhile):
        change(db, body, who, name="Second", revision=seen)
    for revision in (seen_service, ""):
        with pytest.raises(editing.ChangedMeanwhile):
            editing.set_service(
                db, body.id, uid, replace(PAY, name="Second"), revision=revision, actor=who, now=NOW
            )
    editing.end_service(db, body.id, uid, who, NOW)
    with pytest.raises(editing.ChangedMeanwhile):
        editing.set_service(db, body.id, uid, PAY, revision=seen_service, actor=who, now=NOW)

    assert body.name == "First"
    assert uid not in {one.id for one in body.services}


def test_what_was_read_before_others_were_done_is_read_again(
    db: Session, database: Database, top: Organization, who: Actor
) -> None:
    """On SQLite writers come one after the other; there is nothing to read again."""
    body, uid = make_organization(db, parent_id=top.id, service=False), uuid4()
    put(db, body, who, PAY, uid)
    seen, seen_service, body_id = revision_of(body), service_revision(body.services[0]), body.id
    db.commit()
    if database.engine.dialect.name == "sqlite":
        return
    with database.writer() as second:
        old = entry(second, body_id)
        assert old is not None
        assert [service.areas for service in old.services]
        change(db, db.get_one(Organization, body_id), who, name="First")
        put(db, db.get_one(Organization, body_id), who, replace(PAY, free=True), uid)
        db.commit()

        with pytest.raises(editing.ChangedMeanwhile):
            change(second, old, who, name="Second", revision=seen)
        with pytest.raises(editing.ChangedMeanwhile):
            editing.set_service(
                second, body_id, uid, replace(PAY, name="Second"), revision=seen_service,
                actor=who, now=NOW,
            )  # fmt: skip


def test_a_pause_meanwhile_does_not_refuse_other_words(
    db: Session, top: Organization, who: Actor
) -> None:
    body = make_organization(db, parent_id=top.id)
    seen = revision_of(body)
    body.paused = True

    change(db, body, who, name="New", revision=seen)

    assert body.name == "New"


def test_a_new_listing_is_added_once_and_is_no_partner(
    db: Session, top: Organization, who: Actor
) -> None:
    uid = uuid4()
    for _ in range(2):
        editing.add_entry(db, uid, LISTING, parent_id=top.id, actor=who, now=NOW)

    body = db.get_one(Organization, uid)
    assert facts_of_entry(body) == LISTING
    assert (body.parent_id, body.partner, body.active, body.listed_from) == (
        top.id, False, True, None,
    )  # fmt: skip
    assert body.slug.startswith("sabah-workers-")
    assert len(events(db, "entry_added")) == 1
    [row] = changes_of(db, uid, skip=0, most=9)
    assert (row.field, row.after) == ("added", ["Sabah Workers"])


def test_two_of_one_name_have_two_short_names(db: Session, top: Organization, who: Actor) -> None:
    for uid in (uuid4(), uuid4()):
        facts = replace(LISTING, name="移工")
        editing.add_entry(db, uid, facts, parent_id=top.id, actor=who, now=NOW)
    body = db.scalar(select(Organization).where(Organization.name == "移工").limit(1))
    assert body is not None
    for uid in (uuid4(), uuid4()):
        put(db, body, who, replace(PAY, name="薪"), uid)

    assert body.slug.startswith("entry-")
    assert {one.slug for one in body.services} == {"service", "service-2"}


def test_a_service_comes_changes_and_ends_with_its_history(
    db: Session, top: Organization, who: Actor
) -> None:
    body = make_organization(db, parent_id=top.id, service=False)
    uid = uuid4()
    put(db, body, who, PAY, uid)
    put(db, body, who, replace(PAY, needs=("WCL", "REC"), free=True), uid)

    [service] = body.services
    assert facts_of(service) == replace(PAY, id="help-with-pay", needs=("WCL", "REC"), free=True)
    editing.end_service(db, body.id, uid, who, NOW)

    assert body.services == []
    told = {
        (r.service, r.field, *r.before, "->", *r.after) for r in db.scalars(select(EntryChange))
    }
    assert ("Help with pay", "needs", "WCL", "->", "WCL", "REC") in told
    assert ("Help with pay", "areas", "->", "subdivision MY-12") in told
    assert ("Help with pay", "areas", "subdivision MY-12", "->") in told
    assert load_directory(db).bodies[str(body.id)].services == ()


def test_a_part_of_a_country_is_routed_as_the_country(
    db: Session, top: Organization, who: Actor
) -> None:
    body = make_organization(db, parent_id=top.id, service=False)
    put(db, body, who, PAY, uuid4())

    [service] = load_directory(db).bodies[str(body.id)].services
    assert [(area.level, area.country, area.city) for area in service.areas] == [
        (AreaLevel.COUNTRY, "MY", None)
    ]
    assert body.services[0].areas[0].subdivision == "MY-12"


def test_nothing_becomes_its_own_ancestor(db: Session, top: Organization, who: Actor) -> None:
    upper = make_organization(db, parent_id=top.id)
    lower = make_organization(db, parent_id=upper.id)

    for parent in (lower.id, upper.id):
        with pytest.raises(editing.OwnAncestor):
            change(db, upper, who, parent_id=parent)

    assert upper.parent_id == top.id


@settings(max_examples=25)
@given(moves=st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), max_size=12))
def test_whatever_is_moved_the_tree_stays_a_tree(db: Session, moves: list[tuple[int, int]]) -> None:
    db.rollback()
    top = make_root(db)
    bodies = [make_organization(db, parent_id=top.id) for _ in range(5)]
    actor = Actor(ActorKind.STAFF, uuid4(), top.id)
    for moved, below in moves:
        try:
            change(db, bodies[moved], actor, parent_id=bodies[below].id)
        except editing.OwnAncestor:
            continue

    above = {one.id: one.parent_id for one in bodies}
    for one in above:
        at: UUID | None = one
        for _step in range(len(above)):
            at = above.get(at) if at in above else at
        assert at == top.id


def test_offices_are_no_partners_and_have_no_say(
    db: Session, top: Organization, who: Actor
) -> None:
    partner = make_organization(db, parent_id=top.id)
    upper = make_organization(db, parent_id=top.id, partner=False)
    lower = make_organization(db, parent_id=upper.id, partner=False)
    office = make_organization(db, parent_id=top.id, partner=False, kind="consulate")

    for kind in ("consulate", "government", "police", "agency"):
        with pytest.raises(editing.PartnersAreNoOffices):
            change(db, partner, who, kind=OrganizationKind(kind))
        with pytest.raises(editing.BelowAnOffice):
            change(db, upper, who, kind=OrganizationKind(kind))
    with pytest.raises(editing.BelowAnOffice):
        change(db, lower, who, parent_id=office.id)
    with pytest.raises(editing.BelowAnOffice):
        editing.add_entry(db, uuid4(), LISTING, parent_id=office.id, actor=who, now=NOW)
    with pytest.raises(editing.OfficeStaysOffice):
        change(db, office, who, kind="union", from_above=False)

    change(db, office, who, kind="union")
    change(db, lower, who, kind="agency")
    assert (office.kind, lower.kind) == ("union", "agency")


STREET = "Come to 12 Nathan Road, Kowloon."


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "shelter", "description": {"en": STREET}},
        {"kind": "shelter", "aliases": (STREET,)},
        {"name": "House of Refuge", "description": {"zh-Hant": "九龍彌敦道二十三號"}},
        {"description": {"en": f"We run a shelter. {STREET}"}},
    ],
)
def test_a_shelters_street_is_not_kept(
    db: Session, top: Organization, who: Actor, given: dict[str, Any]
) -> None:
    body = make_organization(db, parent_id=top.id, service=False)

    with pytest.raises(editing.StreetOfAShelter):
        change(db, body, who, **given)
    facts = replace(LISTING, **given)
    with pytest.raises(editing.StreetOfAShelter):
        editing.add_entry(db, uuid4(), facts, parent_id=top.id, actor=who, now=NOW)


def test_an_offices_street_may_stay_until_it_gives_shelter(
    db: Session, top: Organization, who: Actor
) -> None:
    body = make_organization(db, parent_id=top.id, service=False)
    change(db, body, who, description={"en": STREET})

    with pytest.raises(editing.StreetOfAShelter) as caught:
        put(db, body, who, replace(PAY, needs=("SHE",)), uuid4())
    assert caught.value.fields == ["description"]
    city = AreaEntry(AreaLevel.CITY, "HK", "12 Nathan Road", None)
    change(db, body, who, description={})
    with pytest.raises(editing.StreetOfAShelter):
        put(db, body, who, replace(PAY, needs=("SHE",), areas=(city,)), uuid4())


def test_a_listing_of_a_file_is_peoples_from_their_first_change_on(
    db: Session, top: Organization, who: Actor
) -> None:
    above = make_organization(db, partner=False, listed_from="files", website="mailto:a@b.org")
    body = make_organization(db, partner=False, listed_from="files", parent_id=above.id)
    make_version(db, NOW)
    assert str(body.id) not in load_directory(db).bodies

    put(db, body, who, PAY, uuid4())

    assert body.listed_from is above.listed_from is above.website is None
    assert {str(body.id), str(above.id)} <= load_directory(db).bodies.keys()
    rows = {r.field: (r.before, r.after) for r in changes_of(db, body.id, skip=0, most=99)}
    assert rows["listed_from"] == (["files"], [])


def test_the_address_for_notices_stands_in_no_history(
    db: Session, top: Organization, who: Actor
) -> None:
    body = make_organization(db, parent_id=top.id, notify_email="old@example.org")

    change(db, body, who, notify_email="new@example.org")

    [row] = changes_of(db, body.id, skip=0, most=9)
    assert (row.field, row.before, row.after) == ("notify_email", ["yes"], ["yes"])
    assert "example.org" not in str(events(db, "entry_changed")[0].details)


def test_an_import_of_the_form_stands_in_the_history_too(db: Session, top: Organization) -> None:
    form = "directory: 1\norganizations:\n- {id: a, name: %s, kind: union, country: HK, parent: %s}"
    import_directory(db, form % ("Old", "root-slug"), actor=OPERATOR, now=NOW)
    top.slug = "root"
    import_directory(db, form % ("Old", "root"), actor=OPERATOR, now=NOW)
    import_directory(db, form % ("New", "root"), actor=OPERATOR, now=NOW)
    import_directory(db, form % ("New", "root"), actor=OPERATOR, now=NOW)

    body = db.scalar(select(Organization).where(Organization.slug == "a"))
    assert body is not None
    rows = changes_of(db, body.id, skip=0, most=9)
    assert sorted((row.field, row.actor) for row in rows) == [
        ("added", "operator"), ("name", "operator"),
    ]  # fmt: skip


def test_a_form_with_a_shelters_street_leaves_that_row_out(db: Session, top: Organization) -> None:
    top.slug = "root"
    form = (
        "directory: 1\norganizations:\n- {id: a, name: A, kind: shelter, country: HK, description: "
        "{en: '12 Nathan Road'}}"
    )

    report = import_directory(db, form, actor=OPERATOR, now=NOW)

    assert [words for _line, _id, words in report.problems] == [
        "description: no street address of a shelter is kept"
    ]
    assert db.scalar(select(Organization).where(Organization.slug == "a")) is None


def test_hours_a_pause_and_a_confirmation_stand_in_the_history(
    db: Session, top: Organization, who: Actor
) -> None:
    body = make_organization(db, parent_id=top.id, confirmed_on=None)
    hours = read_calendar("UTC", {"sun": ["09:00-18:00"]}, ["2026-12-25"])
    assert isinstance(hours, Calendar)

    set_paused(db, body.id, True, who, NOW)
    set_hours(db, body.id, hours, duty_rota=True, actor=who, now=NOW)
    confirm_entry(db, body.id, who, NOW)

    rows = {row.field: (row.before, row.after) for row in changes_of(db, body.id, skip=0, most=9)}
    assert rows == {
        "paused": ([], ["yes"]), "duty_rota": ([], ["yes"]), "confirmed_on": ([], ["2026-11-25"]),
        "calendar": ([], ["closed: 2026-12-25", "hours: sun: 09:00-18:00", "zone: UTC"]),
    }  # fmt: skip
