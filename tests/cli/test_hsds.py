"""HSDS files come in with a report, go out valid, and come in again without a change."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from grievance.casework.directory.version import make_version
from grievance.rules.hsds.rows import Row
from grievance.store.directory import DirectoryVersion, Organization, Service
from grievance.store.entries import EntryChange
from grievance.store.events import Event
from grievance.store.hsds import HsdsLink, HsdsRecord
from grievance.store.hsds_sheet import Sheet
from tests.factories import NOW, make_organization
from tests.support.hsds_files import A, B, C, faults_of, folder, numbers, records, run, take

DATA = Path(__file__).parents[1] / "data" / "hsds"
SETS = {
    "csv": DATA / "3.1" / "examples" / "csv",
    "organization": DATA / "3.1" / "examples" / "organization_full.json",
    "service": DATA / "3.1" / "examples" / "service_full.json",
    "list": DATA / "3.1" / "examples" / "service_list.json",
    "terms": DATA / "3.1" / "examples" / "taxonomy_term_list.json",
    "ohana": DATA / "ohana-sample",
}
_LEFT_OUT = {"csv": 1}  # the example tells how a place that is not in it was called before
pytestmark = pytest.mark.usefixtures("hsds_commands")


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("form", ["hsds-json", "hsds-csv"])
def test_a_data_set_comes_in_goes_out_valid_and_changes_nothing_when_it_comes_back(
    name: str, form: str, tmp_path: Path
) -> None:
    first = numbers(take(SETS[name]))
    same = numbers(take(SETS[name]))
    out = tmp_path / "out"
    exported = run("export", "--format", form, out)
    back = numbers(take(out))

    assert exported.exit_code == 0, exported.output
    assert first["added"] > 0
    assert first["left out"] == _LEFT_OUT.get(name, 0)
    nothing = {"added": 0, "changed": 0, "missing": 0, "unchanged": first["added"]}
    assert same == nothing | {"left out": first["left out"]}
    assert back == nothing | {"left out": 0}
    assert faults_of(out) == []


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("form", ["hsds-json", "hsds-csv"])
def test_an_export_fills_an_empty_directory_with_the_same_rows(
    db: Session, name: str, form: str, tmp_path: Path
) -> None:
    take(SETS[name])
    before = _contents(db)
    run("export", "--format", form, tmp_path / "out")
    _forget_all(db)
    take(tmp_path / "out")
    after = _contents(db)

    # What an export adds of this directory's own is another directory's row there.
    assert {key: after.get(key) for key in before} == before


def _contents(db: Session) -> dict[tuple[str, UUID], dict[str, Any]]:
    found = {(one.of_table, one.uid): one.content for one in db.scalars(select(HsdsRecord))}
    db.rollback()
    return found


def _forget_all(db: Session) -> None:
    for model in (HsdsRecord, HsdsLink):
        db.execute(delete(model))
    kept = select(Organization.id).where(Organization.listed_from.is_not(None))
    for model in (Service, EntryChange):
        db.execute(delete(model).where(model.organization_id.in_(kept)))
    db.execute(delete(Organization).where(Organization.listed_from.is_not(None)))
    db.commit()


ORGANIZATIONS = f"id,name,description\r\n{A},Alpha,Helps\r\n{B},Beta,Helps\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        ORGANIZATIONS.encode("utf-8-sig"),
        ORGANIZATIONS.encode("utf-16"),
        ORGANIZATIONS.replace("\r\n", "\r").encode(),
        ORGANIZATIONS.replace(",", ";").encode(),
        ORGANIZATIONS.replace(",", "\t").encode(),
    ],
)
def test_files_as_spreadsheets_save_them_are_read(db: Session, tmp_path: Path, raw: bytes) -> None:
    result = take(folder(tmp_path, organizations=raw))

    assert numbers(result)["added"] == 2, result.output
    assert {one["name"] for one in records(db, "organization").values()} == {"Alpha", "Beta"}


def test_a_row_in_another_encoding_is_named_and_the_others_are_taken(
    db: Session, tmp_path: Path
) -> None:
    raw = ORGANIZATIONS.replace("Beta", "Béta").encode("cp1252")
    place = folder(tmp_path, organizations=raw)
    result = take(place)
    told = take(place, "--encoding", "cp1252")

    assert result.exit_code == 1
    assert "organizations.csv, row 3: is not UTF-8: left out" in result.output
    assert numbers(result)["added"] == 1
    assert records(db, "organization")[B]["name"] == "Béta", told.output


def test_a_file_that_is_not_in_the_encoding_it_is_said_to_have_is_named(tmp_path: Path) -> None:
    result = take(folder(tmp_path, organizations=ORGANIZATIONS), "--encoding", "utf-16")

    assert result.exit_code == 1
    assert "organizations.csv: from here on it is no utf-16: left out" in result.output


def test_what_is_wrong_in_a_row_is_named_and_the_rest_taken(db: Session, tmp_path: Path) -> None:
    place = folder(
        tmp_path,
        organizations=f"id,name,description,email,website,parent_organization_id,colour\n"
        f"{A},Alpha,<p>Helps <b>all</b></p><script>x()</script>,nobody,www.example.org,{B},red\n"
        f"{B},Beta,Helps,,javascript:alert(1),{A},blue,too much\n",
        services=f"id,organization_id,name,status\n17,{A},Pay,active\n18,999,Lost,open\n",
        addresses="id,location_id,address_1,city,country\n1,L,Street 1,Town,Wonderland\n",
        phones="id,organization_id,number,extension\n"
        f',{A},"+852 9123 4567",003\n,{A},,\n',
        nonsense="a,b\n1,2\n",
    )  # fmt: skip
    result = take(place)
    alpha = records(db, "organization")[A]

    for words in (
        'email: "nobody" is no e-mail address: left out',
        '"javascript:alert(1)" is no address of the web',
        "organizations.csv, row 3: has 8 cells and the first row 7",
        "organization_id: names nothing that is here; kept as it is",
        'status: "open" is not one of',
        'country: "Wonderland" is no country that we know: kept as it is',
        "number: is missing, so the row is left out",
        "nonsense.csv: is no table of HSDS: left out",
        f"organization {A}: stands above itself",
        f"organization {B}: stands above itself",
    ):
        assert words in result.output
    assert result.exit_code == 1
    assert (alpha["description"], alpha["website"]) == ("Helps all", "http://www.example.org")
    assert alpha["colour"] == "red"
    [phone] = records(db, "phone").values()
    assert (phone["extension"], phone["description"]) == (3, "ext. 003")
    listings = {one.name: one for one in db.scalars(select(Organization))}
    assert listings["Alpha"].parent_id is None
    assert listings["Beta"].parent_id is None


def test_a_quote_that_is_never_closed_is_named_and_ends_the_file(
    db: Session, tmp_path: Path
) -> None:
    rows = "".join(f"o{n},N{n},{'Helps' if n != 3 else chr(34) + 'Helps'}\n" for n in range(1000))
    result = take(folder(tmp_path, organizations=f"id,name,description\n{rows}"))

    assert result.exit_code == 1
    assert "organizations.csv, row 5: from here on it is no CSV" in result.output
    assert numbers(result) == {
        "added": 3, "changed": 0, "unchanged": 0, "missing": 0, "left out": 1,
    }  # fmt: skip


def test_cells_and_items_without_a_place_are_named(db: Session, tmp_path: Path) -> None:
    cells = take(folder(tmp_path, organizations=f"id,name,,description,\n{A},Alpha,lost,Helps,\n"))
    other = tmp_path / "other"
    other.mkdir()
    item = {"id": B, "name": "Beta", "description": "", "services": ["Pay"], "phones": "123"}
    (other / "organizations.json").write_text(json.dumps([item]))
    items = take(other)

    assert (cells.exit_code, items.exit_code) == (1, 1)
    assert "organizations.csv, row 2: a cell stands under no heading: left out" in cells.output
    assert "stands twice" not in cells.output
    for words in ("services: \"['Pay']\" is no text", "phones: \"['123']\" is no text"):
        assert words in items.output


def test_a_ring_is_walked_over_once(
    db: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"{UUID(int=n + 1)},N{n},,{UUID(int=(n + 1) % 200 + 1)}\n" for n in range(200))
    tail = f"{UUID(int=900)},Tail,,{A}\n"
    asked, get = [], Sheet.get

    def counted(sheet: Sheet, table: str, uid: UUID) -> Row | None:
        asked.append(uid)
        return get(sheet, table, uid)

    monkeypatch.setattr(Sheet, "get", counted)
    heading = "id,name,description,parent_organization_id\n"
    result = take(folder(tmp_path, organizations=heading + rows + tail), "--dry-run")

    assert result.output.count("stands above itself") == 200
    assert len(asked) <= 2 * 201


def test_a_dry_run_tells_the_difference_and_writes_nothing(db: Session, tmp_path: Path) -> None:
    take(folder(tmp_path, organizations=ORGANIZATIONS))
    changed = ORGANIZATIONS.replace("Alpha", "Gamma").replace(B, C)
    dry = take(folder(tmp_path, organizations=changed), "--dry-run")

    assert f"~ organization {A} name: 'Alpha' -> 'Gamma'" in dry.output
    assert f"+ organization {C} Beta" in dry.output
    assert "nothing was written" in dry.output
    assert numbers(dry) == {
        "added": 1, "changed": 1, "unchanged": 0, "missing": 1, "left out": 0,
    }  # fmt: skip
    assert set(records(db, "organization")) == {A, B}


def test_a_row_that_is_missing_is_flagged_and_stays_and_can_come_back(
    db: Session, tmp_path: Path
) -> None:
    take(folder(tmp_path, organizations=ORGANIZATIONS))
    short = ORGANIZATIONS.replace(f"{B},Beta,Helps\r\n", "")
    gone = take(folder(tmp_path, organizations=short))
    since = db.scalar(select(HsdsRecord.missing_since).where(HsdsRecord.uid == UUID(B)))
    listed = db.get(Organization, UUID(B))
    db.rollback()
    out = tmp_path / "out"
    run("export", "--format", "hsds-csv", out)
    take(folder(tmp_path, organizations=ORGANIZATIONS))
    back = db.scalar(select(HsdsRecord.missing_since).where(HsdsRecord.uid == UUID(B)))

    assert f"{B}: is not in the file any more; kept and flagged" in gone.output
    assert since == NOW
    assert listed is not None
    assert B not in (out / "organizations.csv").read_text()
    assert back is None


def test_nothing_imported_is_a_partner_or_enters_the_picture_of_routing(
    db: Session, tmp_path: Path
) -> None:
    make_version(db, NOW)
    db.commit()
    before = db.scalars(select(DirectoryVersion.digest)).all()
    db.rollback()
    take(folder(tmp_path, organizations=ORGANIZATIONS))
    make_version(db, NOW)
    rows = db.scalars(select(Organization).where(Organization.listed_from.is_not(None))).all()

    assert [(one.partner, one.is_root, one.confirmed_on) for one in rows] == [
        (False, False, None), (False, False, None),
    ]  # fmt: skip
    assert db.scalars(select(DirectoryVersion.digest)).all() == before


def test_what_people_keep_no_file_changes(db: Session, tmp_path: Path) -> None:
    partner = make_organization(db, name="Our partner", paused=True)
    db.commit()
    place = folder(
        tmp_path,
        organizations=f"id,name,description\n{partner.id},Taken over,Ha\n",
        services=f"id,organization_id,name,status\n{A},{partner.id},Trap,active\n",
        phones=f"id,organization_id,number\n{B},{partner.id},123\n",
    )
    result = take(place)
    db.refresh(partner)

    assert (partner.name, partner.paused, len(partner.services)) == ("Our partner", True, 1)
    assert records(db, "phone") == records(db, "service") == {}
    assert "belongs to an organization that people keep here: left out" in result.output


def test_a_listing_that_the_form_names_is_peoples_from_then_on(db: Session, tmp_path: Path) -> None:
    take(folder(tmp_path, organizations=ORGANIZATIONS))
    slug = db.scalar(select(Organization.slug).where(Organization.id == UUID(A)))
    db.rollback()
    form = tmp_path / "form.yaml"
    form.write_text("directory: 1\norganizations:\n"
                    f"  - {{id: {slug}, name: Ours now, kind: union, country: HK}}\n")  # fmt: skip
    run("import", form)
    again = take(folder(tmp_path, organizations=ORGANIZATIONS.replace("Alpha", "Omega")))
    body = db.get_one(Organization, UUID(A))

    assert (body.name, body.kind, body.listed_from) == ("Ours now", "union", None)
    assert "kept by people, so not changed: 1" in again.output


def test_where_a_shelter_is_is_never_stored(db: Session, tmp_path: Path) -> None:
    place = folder(
        tmp_path,
        organizations=f"id,name,description\n{A},Women's Shelter,Beds\n{B},Centre,Advice\n",
        services=f"id,organization_id,name,description,status,where\n"
        f"S,{B},Talk,We talk,active,here\nT,{B},Emergency shelter,Beds,active,Secret Road 5\n",
        service_at_location="id,service_id,location_id\n1,T,L2\n2,S,L3\n",
        locations=f"id,organization_id,location_type,name,latitude\nL1,{A},physical,House,22.1\n"
        f"L2,{B},physical,Other house,22.2\nL3,{B},physical,Office,22.3\n",
        addresses="id,location_id,address_1,city,country\n1,L1,Secret Road 1,Town,HK\n"
        "2,L2,Secret Road 2,Town,HK\n3,L3,Open Road 3,Town,HK\n",
        phones="id,location_id,number\n1,L1,111\n2,L2,222\n",
        metadata="id,resource_id,resource_type,last_action_date,last_action_type,field_name,"
        "previous_value,replacement_value,updated_by\n"
        f"1,{A},organization,2020-01-01,update,description,Secret Road 9,x,y\n",
    )  # fmt: skip
    result = take(place)
    stored = json.dumps([one.content for one in db.scalars(select(HsdsRecord))])
    shelter = db.get_one(Organization, UUID(A))
    country = shelter.country
    db.rollback()

    assert "Secret Road" not in stored
    assert "22.1" not in stored
    assert "22.2" not in stored
    assert "Open Road 3" in stored
    assert set(records(db, "phone")) == {"1", "2"}
    assert country == "HK"
    assert "location L1: where a shelter is: never stored" in result.output


def test_a_service_that_becomes_a_shelter_takes_its_place_with_it(
    db: Session, tmp_path: Path
) -> None:
    services = f"id,organization_id,name,status\nS,{A},Talk,active\n"
    rest = {
        "organizations": f"id,name,description\n{A},Centre,Advice\n",
        "service_at_location": "id,service_id,location_id\n1,S,L\n",
        "locations": "id,location_type\nL,physical\n",
        "addresses": "id,location_id,address_1,city,country\n1,L,Secret Road 1,Town,HK\n",
    }
    take(folder(tmp_path, services=services, **rest))
    there = records(db, "address")
    take(folder(tmp_path, services=services.replace("Talk", "Safe house"), **rest))

    assert len(there) == 1
    assert records(db, "address") == records(db, "location") == {}


def test_offices_and_agencies_are_shown_to_nobody(db: Session, tmp_path: Path) -> None:
    names = ["Consulate General of X", "Metro Police", "Ministry of Work", "Best Manpower Agency"]
    rows = "".join(f"{UUID(int=n)},{name},\n" for n, name in enumerate(names, 1))
    result = take(folder(tmp_path, organizations=f"id,name,description\n{rows}"))
    kinds = set(db.scalars(select(Organization.kind).where(Organization.listed_from == "county")))

    assert kinds == {"consulate", "police", "government", "agency"}
    assert 'not on the public page: "Metro Police" looks like a body of kind police' in (
        result.output
    )


def test_one_id_for_several_rows_gives_each_its_own(db: Session, tmp_path: Path) -> None:
    place = folder(
        tmp_path,
        organizations=ORGANIZATIONS,
        services=f"id,organization_id,name,status\nS,{A},One,active\nT,{A},Two,active\n",
        languages="id,service_id,language\n1,S,English\n1,T,English\n",
    )
    first, again = numbers(take(place)), numbers(take(place))
    rows = records(db, "language").values()

    assert len({one["service_id"] for one in rows}) == 2
    assert (first["added"], again["unchanged"]) == (6, 6)


def test_another_sources_row_is_left_as_it_is(db: Session, tmp_path: Path) -> None:
    take(folder(tmp_path, organizations=ORGANIZATIONS))
    other = ORGANIZATIONS.replace("Alpha", "Stolen")
    result = take(folder(tmp_path, organizations=other), source="other")

    assert f'organization {A}: came from "county" before: left out' in result.output
    assert records(db, "organization")[A]["name"] == "Alpha"


def test_a_page_of_many_or_a_file_cut_short_calls_nothing_missing(
    db: Session, tmp_path: Path
) -> None:
    take(folder(tmp_path, organizations=ORGANIZATIONS))
    page = tmp_path / "organizations.json"
    item = json.dumps({"id": C, "name": "Gamma", "description": ""})
    page.write_text(f'{{"total_pages": 2, "contents": [{item}]}}')
    paged = numbers(take(page))
    page.write_text(f'{{"contents": [{item}, {{"id": ')
    cut = take(page)

    assert paged == {"added": 1, "changed": 0, "unchanged": 0, "missing": 0, "left out": 0}
    assert "organizations.json, item 2: from here on it cannot be read" in cut.output
    assert numbers(cut)["missing"] == 0


def test_an_import_and_an_export_stand_in_the_trail(db: Session, tmp_path: Path) -> None:
    take(folder(tmp_path, organizations=ORGANIZATIONS))
    run("export", "--format", "hsds-json", tmp_path / "out")
    verbs = db.scalars(select(Event.verb).where(Event.verb.like("directory_%"))).all()

    assert sorted(verbs) == [
        "directory_exported", "directory_import_begun", "directory_imported",
    ]  # fmt: skip


def test_a_hundred_thousand_cells_of_odd_rows_end_in_words(db: Session, tmp_path: Path) -> None:
    ragged = "".join(f"{n},x{',y' * (n % 7)}\n" for n in range(15_000))
    result = take(folder(tmp_path, organizations=f"id,name\n{ragged}"))
    count = db.scalar(select(func.count()).select_from(HsdsRecord))

    assert result.exit_code == 1
    assert count == 15_000


@pytest.mark.parametrize(
    "words",
    [
        ("--format", "hsds"),
        ("--format", "hsds", "--source", "Bad Name"),
        ("--format", "hsds", "--source", "ok", "--country", "XQ"),
        ("--format", "hsds", "--source", "ok", "--encoding", "nonsense"),
        ("--format", "hsds", "--source", "ok", "--encoding", "base64"),
        ("--format", "hsds", "--source", "ok", "--encoding", "undefined"),
        ("--format", "hsds", "--source", "ok"),
    ],
)
def test_what_cannot_be_asked_for_is_said(tmp_path: Path, words: tuple[str, ...]) -> None:
    if "--encoding" in words:
        (tmp_path / "organization.csv").write_text("id,name\no1,Kanaryo\n")

    result = run("import", tmp_path, *words)

    assert result.exit_code in (1, 2)
    assert "Error" in result.output
