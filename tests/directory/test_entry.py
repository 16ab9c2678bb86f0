"""Entries at the desk: who reads them, who changes them, and what becomes of a wrong form."""

import re
from html import unescape
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.directory.version import make_version
from grievance.rules.terms import Role
from grievance.store.directory import Organization, Service
from grievance.store.entries import EntryChange
from grievance.store.events import Event
from grievance.store.reference import IssueCode
from tests.factories import (
    NOW,
    csrf_of,
    make_area,
    make_member,
    make_organization,
    make_root,
    make_service,
    sign_in,
)

FORM = {"name": "New name", "kind": "union", "country": "Hong Kong", "below": "Root"}
SERVICE: dict[str, Any] = {
    "name": "Pay", "needs": ["WCL"], "communities": ["any"], "languages": ["en", "id"],
    "sectors": ["all"], "free": "yes", "area_level": ["city", "subdivision", "region:gulf", ""],
    "area_country": ["hk", "Malaysia", "", ""], "area_place": ["Kowloon", "selangor", "", ""],
}  # fmt: skip


@pytest.fixture
def root(db: Session) -> Organization:
    return make_root(db, name="Root", service=False)


@pytest.fixture
def body(db: Session, root: Organization) -> Organization:
    return make_organization(
        db, parent_id=root.id, name="Harbour", aliases=["海港"], service=False,
        notify_email="desk@example.org",
    )  # fmt: skip


def at(app: Flask, db: Session, desk: Organization, role: Role = Role.COORDINATOR) -> FlaskClient:
    kit = make_member(db, desk, roles=(role,), name="Ana")
    make_version(db, NOW)
    db.commit()
    client = app.test_client()
    sign_in(client, kit)
    return client


def page(body: Organization | UUID, *rest: object) -> str:
    uid = body if isinstance(body, UUID) else body.id
    return "/".join(["/desk/directory", str(uid), *map(str, rest)])


def send(client: FlaskClient, path: str, **fields: Any) -> tuple[int, str]:
    html = client.get(path).text
    answer = client.post(path, data=hidden(html) | fields)
    return answer.status_code, answer.text


def hidden(html: str) -> dict[str, str]:
    revision = html.partition('name="revision" value="')[2].partition('"')[0]
    return {"csrf_token": csrf_of(html), "revision": revision}


def test_a_coordinator_changes_an_entry_below_hers(
    app: Flask, db: Session, root: Organization, body: Organization
) -> None:
    client = at(app, db, root)

    status, _ = send(
        client, page(body, "change"), **FORM, name_fil="Bagong pangalan", aliases="海港\r\nHCH\r\n",
        says_en="Helps.", origin_of=["PH"], origin_also="Cuba; nepal",
        sources="https://example.org/about 2026-11 what it does", led_by_migrants="y",
        website="https://example.org",
    )  # fmt: skip

    assert status == 303
    db.expire_all()
    assert (body.name, body.names, body.kind) == ("New name", {"fil": "Bagong pangalan"}, "union")
    assert (body.aliases, body.origin_of) == (["海港", "HCH"], ["PH", "CU", "NP"])
    assert body.sources == [
        {"url": "https://example.org/about", "date": "2026-11", "says": "what it does"}
    ]
    assert (body.parent_id, body.led_by_migrants, body.notify_email) == (root.id, True, None)
    shown = client.get(page(body)).text
    for words in ("New name", "Before:", "Harbour", "Ana", "Root", "HCH", "Cuba"):
        assert words in shown


@pytest.mark.parametrize(
    ("changed", "word"),
    [({}, "partner"), ({"paused": True}, "paused"), ({"active": False}, "closed"),
     ({"confirmed_on": None}, "lapsed"), ({"partner": False}, "listing")],
)  # fmt: skip
def test_an_entry_says_where_it_stands_in_its_life(
    app: Flask, db: Session, root: Organization, body: Organization, changed: dict[str, Any],
    word: str,
) -> None:  # fmt: skip
    make_member(db, body)
    client = at(app, db, root)
    for name, value in changed.items():
        setattr(body, name, value)
    db.commit()

    assert f'<span class="tag">{word}</span>' in client.get(page(body)).text


def test_a_form_that_changes_nothing_changes_nothing(
    app: Flask, db: Session, root: Organization, body: Organization
) -> None:
    body.names = {"no": "Havn", "id": "Pelabuhan"}
    body.sources = [{"url": "https://example.org", "says": "a b", "title": "T"}]
    body.origin_of = ["PH", "CU", "ID"]
    make_service(db, body, communities=["PH", "CU"], languages=["en", "no"], groups=["ZZZ"],
                 areas=[make_area("subdivision", country="MY", subdivision="MY-10"),
                        make_area("region", region="gulf"), make_area("world")])  # fmt: skip
    client = at(app, db, root)
    [service] = body.services

    for path in (page(body, "change"), page(body, "service", service.id)):
        html = client.get(path).text
        assert client.post(path, data=as_a_browser(html)).status_code == 303

    db.expire_all()
    assert db.scalars(select(EntryChange)).all() == []
    assert not db.scalars(select(Event).where(Event.verb.startswith("entry_"))).all()


def as_a_browser(html: str) -> dict[str, list[str]]:
    """Every field of the page's first form of its own, as a browser would send it."""
    form = next(f for f in html.split("<form")[1:] if 'name="revision"' in f).split("</form>")[0]
    found: dict[str, list[str]] = {}

    def add(name: str, value: str) -> None:
        found.setdefault(name, []).append(unescape(value))

    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'name="([^"]*)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        ticked = " checked" in tag or not re.search(r'type="(checkbox|radio)"', tag)
        if name and ticked:
            add(name[1], value[1] if value else "on")
    for name, inner in re.findall(
        r'<textarea[^>]*name="([^"]*)"[^>]*>\n?(.*?)</textarea>', form, re.S
    ):
        add(name, inner)
    for name, inner in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        add(name, chosen[1] if chosen else "")
    return found


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_an_organization_changes_its_own_entry_but_not_its_place(
    app: Flask, db: Session, root: Organization, body: Organization, role: Role
) -> None:
    other = make_organization(db, parent_id=root.id, name="Other")
    client = at(app, db, body, role)

    status, _ = send(client, page(body, "change"), **(FORM | {"below": "Other"}))

    assert status == 303
    db.expire_all()
    assert (body.name, body.parent_id) == ("New name", root.id)
    assert client.get(page(other, "change")).status_code == 404
    assert client.get(page(root, "change")).status_code == 404


FORMS = ["change", "service/00000000-0000-4000-8000-000000000001",
         "new/00000000-0000-4000-8000-000000000002"]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_to_everybody_else_the_forms_do_not_exist(
    app: Flask, db: Session, root: Organization, body: Organization, form: str
) -> None:
    sister = make_organization(db, parent_id=root.id, name="Sister")
    office = make_organization(db, parent_id=root.id, kind="consulate")
    below = make_organization(db, parent_id=office.id, kind="other", partner=False)
    client = at(app, db, body)
    official = at(app, db, office)
    nobody = client.get(page(UUID(int=7), form))
    csrf = {"csrf_token": csrf_of(client.get(page(body, "change")).text)}

    for one, who in ((sister, client), (root, client), (below, official), (body, official)):
        answer = who.get(page(one, form))
        assert (answer.status_code, answer.text) == (404, nobody.text), one.name
    assert client.post(page(sister, form), data=csrf | FORM).status_code == 404
    db.expire_all()
    assert sister.name == "Sister"


def test_an_organizer_reads_and_changes_nothing(
    app: Flask, db: Session, body: Organization
) -> None:
    client = at(app, db, body, Role.ORGANIZER)

    shown = client.get(page(body))
    assert shown.status_code == 200
    assert page(body, "change") not in shown.text
    for form in FORMS:
        assert client.get(page(body, form)).status_code == 403


def test_another_desk_reads_no_address_and_no_name_of_a_member(
    app: Flask, db: Session, root: Organization, body: Organization
) -> None:
    sister = make_organization(db, parent_id=root.id, name="Sister")
    client = at(app, db, body)
    send(client, page(body, "change"), **FORM, notify_email="desk@example.org")
    other = at(app, db, sister, Role.ORGANIZER)

    own, theirs = client.get(page(body)).text, other.get(page(body)).text

    assert "desk@example.org" in own
    assert ">Ana, New name<" in own
    assert "desk@example.org" not in theirs
    assert "Ana, New name" not in theirs
    assert "New name" in theirs
    assert "Harbour" in theirs


def test_the_secretariat_looks_after_what_hangs_nowhere(
    app: Flask, db: Session, root: Organization, body: Organization
) -> None:
    listing = make_organization(db, partner=False, listed_from="files", name="Loose", service=False)
    client, other = at(app, db, root), at(app, db, body)

    assert "files" in client.get(page(listing, "change")).text
    status, _ = send(client, page(listing, "change"), **(FORM | {"below": "Root"}))

    assert status == 303
    assert other.get(page(listing, "change")).status_code == 404
    db.expire_all()
    assert (listing.listed_from, listing.parent_id) == (None, root.id)


def test_a_new_listing_comes_once_however_often_it_is_sent(
    app: Flask, db: Session, root: Organization, body: Organization
) -> None:
    client, uid = at(app, db, body), uuid4()
    path = page(body, "new", uid)
    html = client.get(path).text

    for _ in range(2):
        answer = client.post(path, data=hidden(html) | FORM)
        assert answer.location.endswith(str(uid))

    db.expire_all()
    one = db.get_one(Organization, uid)
    assert (one.parent_id, one.partner, one.country) == (body.id, False, "HK")
    assert "New name" in client.get(page(uid)).text
    assert "New name" in client.get("/desk/directory").text


def test_a_service_is_written_changed_and_ended(
    app: Flask, db: Session, root: Organization, body: Organization
) -> None:
    client, uid = at(app, db, body), uuid4()
    path = page(body, "service", uid)

    assert send(client, path, **SERVICE)[0] == 303
    db.expire_all()
    service = db.get_one(Service, uid)
    assert (service.needs, service.languages, service.free) == (["WCL"], ["en", "id"], True)
    assert sorted((a.level, a.country, a.city, a.region, a.subdivision) for a in service.areas) == [
        ("city", "HK", "Kowloon", None, None), ("region", None, None, "gulf", None),
        ("subdivision", "MY", None, None, "MY-10"),
    ]  # fmt: skip
    shown = client.get(page(body)).text
    for words in ("Kowloon, Hong Kong", "Selangor, Malaysia", "The Gulf", "Indonesian"):
        assert words in shown
    db.rollback()
    changed = SERVICE | {"languages": ["en"], "languages_also": "Tagalog, Tetum", "free": "unknown"}
    assert send(client, path, **changed)[0] == 303
    db.expire_all()
    assert (service.languages, service.free) == (["en", "fil", "tet"], None)
    db.rollback()
    csrf = {"csrf_token": csrf_of(client.get(path).text)}
    for _ in range(2):
        assert client.post(f"{path}/end", data=csrf).status_code == 303
    db.expire_all()
    assert body.services == []


def test_a_service_of_another_entry_is_not_found_under_this_one(
    app: Flask, db: Session, root: Organization, body: Organization
) -> None:
    other = make_organization(db, parent_id=body.id)
    [service] = other.services
    client = at(app, db, body)
    csrf = {"csrf_token": csrf_of(client.get(page(body, "change")).text)}

    assert client.get(page(body, "service", service.id)).status_code == 404
    assert client.post(page(body, "service", service.id), data=csrf | SERVICE).status_code == 404
    client.post(page(body, "service", service.id, "end"), data=csrf)
    db.expire_all()
    assert len(other.services) == 1


def test_the_second_of_two_editors_is_told_and_loses_nothing(
    app: Flask, db: Session, root: Organization, body: Organization
) -> None:
    client = at(app, db, body)
    path = page(body, "change")
    first = second = hidden(client.get(path).text)
    client.post(path, data=first | FORM | {"name": "First", "aliases": "First alias"})

    answer = client.post(path, data=second | FORM | {"name": "Second", "aliases": "Mine"})

    assert answer.status_code == 400
    assert "Somebody changed this after you opened it." in answer.text
    for words in ('value="Second"', "Mine", "What is kept now", "First", "First alias"):
        assert words in answer.text
    db.expire_all()
    assert body.name == "First"
    again = hidden(answer.text) | FORM | {"name": "Second", "aliases": "Mine"}
    db.rollback()
    assert client.post(path, data=again).status_code == 303
    db.expire_all()
    assert (body.name, body.aliases) == ("Second", ["Mine"])


def test_a_service_that_ended_meanwhile_is_told_too(
    app: Flask, db: Session, root: Organization, body: Organization
) -> None:
    client, uid = at(app, db, body), uuid4()
    path = page(body, "service", uid)
    send(client, path, **SERVICE)
    seen = hidden(client.get(path).text)
    client.post(f"{path}/end", data=seen)

    answer = client.post(path, data=seen | SERVICE | {"name": "Mine"})

    assert answer.status_code == 400
    assert 'value="Mine"' in answer.text
    assert client.post(path, data=hidden(answer.text) | SERVICE).status_code == 303


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": " "}, "Write the name."),
        ({"name": "x" * 301}, "This is too long."),
        ({"kind": "club"}, "Please choose again."),
        ({"kind": ""}, "Choose one."),
        ({"kind": "consulate"}, "never a partner"),
        ({"country": "Norwegia"}, "Write a country by its name"),
        ({"website": "javascript:alert(1)"}, "Write an address as https://example.org."),
        ({"website": "https://[bad"}, "Write an address as https://example.org."),
        ({"notify_email": "me"}, "This is no e-mail address."),
        ({"origin_also": "Cuba, Atlantis"}, "“Atlantis” is no country"),
        ({"sources": "somewhere"}, "Begin each source with an address"),
        ({"aliases": "x\n" + "y" * 301}, "One of these names is too long."),
        ({"aliases": "\n".join(map(str, range(101)))}, "At most 100 lines."),
        ({"says_en": "x" * 2001}, "1 letter too long"),
        ({"below": ""}, "Write the organization above it."),
        ({"below": "Nobody"}, "No organization of yours has this name."),
        ({"below": "Twin"}, "Several are called so. Write one of: twin-a, twin-b"),
        ({"below": "Harbour"}, "it would be its own ancestor"),
        ({"below": "Office"}, "hangs below an office or agency"),
        ({"kind": "shelter", "says_en": "At 12 Nathan Road"}, "This looks like a street address."),
    ],
)
def test_what_is_wrong_comes_back_with_what_was_typed(
    app: Flask, db: Session, root: Organization, body: Organization, fields: dict[str, str],
    said: str,
) -> None:  # fmt: skip
    for slug in ("twin-a", "twin-b"):
        make_organization(db, parent_id=root.id, name="Twin", slug=slug)
    make_organization(db, parent_id=root.id, name="Office", kind="agency", partner=False)
    client = at(app, db, root)

    status, html = send(client, page(body, "change"), **(FORM | {"aliases": "Typed"} | fields))

    assert status == 400
    assert said in html
    assert "aliases" in fields or "Typed" in html
    db.expire_all()
    assert (body.name, body.parent_id) == ("Harbour", root.id)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"needs": []}, "Helps with: choose one at least."),
        ({"needs": ["ZZZ"]}, "Please choose again."),
        ({"area_level": [], "area_country": [], "area_place": []}, "one place at least"),
        ({"area_level": ["", "country"]}, "Choose how far this reaches."),
        ({"area_level": []}, 'value="Kowloon"'),
        ({"area_level": ["moon"]}, "Choose how far this reaches."),
        ({"area_country": ["Atlantis"]}, "Write a country by its name"),
        ({"area_place": ["", "MY-99"]}, "Write the name of the city"),
        ({"area_place": ["Kowloon", "Nowhere"]}, "“Nowhere” is no state or province"),
        ({"area_level": ["world"] * 121}, "At most 120 lines."),
        ({"languages_also": "Klingonish"}, "is no language that we know"),
        ({"communities_also": "Atlantis"}, "is no country that we know"),
        ({"needs": ["SHE"], "area_place": ["12 Nathan Road", "MY-10"]}, "a street address"),
        ({"needs": ["SHE"], "name": "九龍彌敦道二十三號"}, "a street address"),
    ],
)
def test_a_service_that_is_wrong_comes_back_with_what_was_typed(
    app: Flask, db: Session, root: Organization, body: Organization, fields: dict[str, Any],
    said: str,
) -> None:  # fmt: skip
    client = at(app, db, body)

    status, html = send(
        client, page(body, "service", uuid4()), **({"name_id": "Gaji"} | SERVICE | fields)
    )

    assert status == 400
    assert said in html
    assert 'value="Gaji"' in html
    db.expire_all()
    assert body.services == []


def test_more_lines_keep_what_was_typed_and_change_nothing(
    app: Flask, db: Session, root: Organization, body: Organization
) -> None:
    client = at(app, db, body)

    status, html = send(client, page(body, "service", uuid4()), **SERVICE, action="more")

    assert status == 200
    assert html.count('name="area_level"') == 12
    assert 'value="selangor"' in html
    db.expire_all()
    assert body.services == []


def test_a_stale_form_keeps_what_was_typed(
    app: Flask, db: Session, root: Organization, body: Organization
) -> None:
    client = at(app, db, body)

    for path in (page(body, "change"), page(body, "new", uuid4())):
        answer = client.post(path, data=FORM | {"csrf_token": "old"})
        assert answer.status_code == 400
        assert 'value="New name"' in answer.text
    answer = client.post(page(body, "service", uuid4()), data=SERVICE | {"csrf_token": "old"})
    assert (answer.status_code, 'value="selangor"' in answer.text) == (400, True)
    db.expire_all()
    assert body.name == "Harbour"


def test_problem_groups_are_offered_and_shown_in_words(
    app: Flask, db: Session, root: Organization, body: Organization
) -> None:
    db.add(IssueCode(code="REC1", group="REC", group_label="Getting the job", label="Fees",
                     needs=[],
                     urgency="U3", readable="code", position=1, loaded_at=NOW, active=True,
                     ilo_indicators=[], htcds_methods_of_control=[],
                     htcds_type_of_exploitation=[]))  # fmt: skip
    client = at(app, db, body)

    send(client, page(body, "service", uuid4()), **SERVICE, groups=["REC"])

    shown = client.get(page(body)).text
    assert "Getting the job" in shown


def test_the_list_is_the_tree_with_each_below_the_one_above(
    app: Flask, db: Session, root: Organization, body: Organization
) -> None:
    make_organization(db, parent_id=body.id, name="A member of Harbour")
    make_organization(db, parent_id=root.id, name="Zebra", partner=False)
    make_organization(db, name="Loose listing", partner=False)
    make_organization(db, parent_id=root.id, name="Gone away", active=False)
    client = at(app, db, body, Role.ORGANIZER)

    html = client.get("/desk/directory").text
    table = html[html.index("<tbody>") :]

    order = [table.index(name) for name in (">Root<", ">Harbour<", ">A member of", ">Zebra<")]
    assert order == sorted(order)
    assert 'class="step-2"' in table
    assert "Loose listing" not in table
    assert "Gone away" not in table
    apart = client.get("/desk/directory?apart=1").text
    assert "Loose listing" in apart
    assert "Zebra" not in apart


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=海港", True), ("q=HARB", True), ("q=ｈａｒｂ", True), ("q=Zebra", False),
        ("country=HK", True), ("country=hk", True), ("country=PH", False), ("country=XX", False),
        ("q=harb&country=PH", False), ("q=harb&country=HK", True),
        ("from=99999999999999999999", True), ("from=-1", True), ("from=50", False),
        ("q=%00", True), ("apart=2", True), ("q=" + "x" * 5000, False),
    ],
)  # fmt: skip
def test_the_directory_is_searched_by_name_alias_and_country(
    app: Flask, db: Session, root: Organization, body: Organization, query: str, found: bool
) -> None:
    client = at(app, db, root, Role.ADMINISTRATOR)

    answer = client.get(f"/desk/directory?{query}")

    assert answer.status_code == 200
    assert (">Harbour<" in answer.text) == found


def test_long_lists_and_histories_come_in_pages(
    app: Flask, db: Session, root: Organization, body: Organization
) -> None:
    for number in range(60):
        make_organization(
            db, parent_id=body.id, name=f"Member {number:02}", service=False, partner=False
        )
        db.add(EntryChange(
            organization_id=body.id, at=NOW, actor="system", by_id=None, for_id=None,
            service=None, field="aliases", before=[], after=[f"Alias {number}"],
        ))  # fmt: skip
    client = at(app, db, root)

    first, second = client.get("/desk/directory").text, client.get("/desk/directory?from=50").text
    assert ("Member 40" in first, "Member 59" in first) == (True, False)
    assert ("Member 40" in second, "Member 59" in second) == (False, True)
    shown, older = client.get(page(body)).text, client.get(f"{page(body)}?from=40").text
    assert shown.count("Alias ") == 40
    assert older.count("Alias ") == 20
    assert client.get(f"{page(body)}?from=x").status_code == 200


def test_what_is_not_in_use_is_not_found_by_others(
    app: Flask, db: Session, root: Organization, body: Organization
) -> None:
    gone = make_organization(db, parent_id=body.id, active=False, name="Gone")
    mine, other = at(app, db, body), at(app, db, make_organization(db, parent_id=root.id))

    assert mine.get(page(gone)).status_code == 200
    assert other.get(page(gone)).status_code == 404
    assert mine.get(page(uuid4())).status_code == 404
