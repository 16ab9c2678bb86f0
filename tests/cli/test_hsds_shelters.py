"""Where a shelter is, is never stored: whatever the order of the files, and however it is known."""

import json
import random
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.directory.editing import change_entry, facts_of_entry, set_service
from grievance.casework.directory.form import ServiceEntry
from grievance.casework.directory.history import revision_of
from grievance.store.directory import Organization, Service
from grievance.store.events import OPERATOR
from grievance.store.hsds import HsdsRecord
from tests.factories import NOW, make_organization
from tests.support.hsds_files import A, B, C, folder, records, run, take

pytestmark = pytest.mark.usefixtures("hsds_commands")
SHELTER = f"id,name,description\n{A},Harbour Women's Shelter,Help\n"
CENTRE = f"id,name,description\n{A},Harbour Care,Help\n"
PLACE = f"id,organization_id,name,location_type,latitude\nL1,{A},House,physical,22.7\n"
ADDRESS = "id,location_id,address_1,city,country\nAD1,L1,12 Secret Lane,Town,HK\n"


def _stored(db: Session) -> str:
    found = json.dumps([one.content for one in db.scalars(select(HsdsRecord))])
    db.rollback()
    return found


def _one_by_one(tmp_path: Path, *steps: dict[str, str]) -> None:
    for number, files in enumerate(steps):
        place = tmp_path / str(number)
        place.mkdir()
        take(folder(place, **files))


def test_an_address_without_a_place_that_is_here_is_left_out(db: Session, tmp_path: Path) -> None:
    place = folder(tmp_path, organizations=SHELTER, locations=PLACE, addresses=ADDRESS)
    first = take(place / "addresses.csv")
    take(place)
    alone = take(place / "addresses.csv")
    run("export", "--format", "hsds-csv", tmp_path / "out")

    for result in (first, alone):
        assert result.exit_code == 1
        assert (
            "addresses.csv, row 2: address AD1: whose it is, is neither in the file nor here: "
            "left out" in result.output
        )
    assert "Secret" not in _stored(db)
    assert not (tmp_path / "out" / "addresses.csv").exists()


def test_a_place_of_an_organization_that_is_not_here_yet_is_left_out(
    db: Session, tmp_path: Path
) -> None:
    result = take(folder(tmp_path, locations=PLACE, addresses=ADDRESS))

    assert "location L1: whose it is, is neither in the file nor here: left out" in result.output
    assert records(db, "location") == records(db, "address") == {}


TERMS = "id,code,name,description\nT1,SHE,Night,x\n"
SERVICE = f"id,organization_id,name,status\n{B},{A},Night help,active\n"
FILED = f"id,link_id,link_entity,taxonomy_term_id\na1,{B},service,T1\n"


@pytest.mark.parametrize(
    "before",
    [
        ({"organizations": SHELTER},),
        ({"organizations": CENTRE}, {"organizations": SHELTER}),
        ({"organizations": SHELTER}, {"organizations": CENTRE}),
        ({"organizations": CENTRE, "services": SERVICE, "taxonomy_terms": TERMS,
          "attributes": FILED},),
        ({"organizations": CENTRE}, {"services": SERVICE}, {"attributes": FILED},
         {"taxonomy_terms": TERMS}),
        ({"organizations": CENTRE},
         {"services": SERVICE.replace("Night help", "Safe house")}, {"services": SERVICE}),
    ],
    ids=["by name", "renamed", "renamed back", "by term", "by term, in parts", "once a safe house"],
)  # fmt: skip
def test_what_is_known_as_a_shelter_loses_places_of_later_files(
    db: Session, tmp_path: Path, before: tuple[dict[str, str], ...]
) -> None:
    _one_by_one(tmp_path, *before, {"locations": PLACE}, {"addresses": ADDRESS},
                {"locations": PLACE, "addresses": ADDRESS})  # fmt: skip

    assert records(db, "location") == records(db, "address") == {}


@pytest.mark.parametrize("before", [SHELTER, CENTRE])
def test_what_becomes_a_shelter_later_loses_what_was_stored(
    db: Session, tmp_path: Path, before: str
) -> None:
    street = f"id,organization_id,name,street\nc1,{A},Ann,12 Secret Lane\n"
    files = {"locations": PLACE, "addresses": ADDRESS, "contacts": street}
    _one_by_one(tmp_path, {"organizations": before, **files}, {"organizations": SHELTER})

    assert "Secret" not in _stored(db)
    assert "22.7" not in _stored(db)
    assert records(db, "contact")["c1"]["name"] == "Ann"


def test_the_listing_of_a_renamed_shelter_is_a_shelter(db: Session, tmp_path: Path) -> None:
    _one_by_one(tmp_path, {"organizations": CENTRE}, {"organizations": SHELTER})
    became = db.get_one(Organization, UUID(A)).kind
    db.rollback()
    take(folder(tmp_path, organizations=CENTRE))
    db.expire_all()

    assert became == "shelter"
    assert db.get_one(Organization, UUID(A)).kind == "shelter"


def test_a_service_that_gave_shelter_once_stays_filed_under_it(db: Session, tmp_path: Path) -> None:
    safe = SERVICE.replace("Night help", "Safe house")
    _one_by_one(tmp_path, {"organizations": CENTRE, "services": safe}, {"services": SERVICE})

    assert db.get_one(Service, UUID(B)).needs == ["SHE"]


def test_places_of_what_people_keep_are_left_out_with_all_that_lies_there(
    db: Session, tmp_path: Path
) -> None:
    own = make_organization(db, name="Own care")
    db.commit()
    services = f"id,organization_id,name,status\nS,{own.id},Talk,active\n"
    given = "id,service_id,location_id\n1,S,L2\n"
    places = PLACE.replace(A, str(own.id)) + "L2,,Second,physical,22.7\n"
    result = take(
        folder(tmp_path, locations=places, services=services, service_at_location=given,
               addresses=ADDRESS + "AD2,L2,14 Secret Lane,Town,HK\n")
    )  # fmt: skip

    assert "location L1: belongs to an organization that people keep here" in result.output
    assert records(db, "location") == records(db, "address") == {}


def test_fields_that_nobody_knows_are_kept_of_no_row_that_hangs_on_a_shelter(
    db: Session, tmp_path: Path
) -> None:
    place = folder(
        tmp_path,
        organizations=SHELTER,
        programs=f"id,organization_id,name,address\ng1,{A},Night,12 Secret Lane\n",
        contacts=f"id,organization_id,name,street\nc1,{A},Ann,12 Secret Lane\n",
        phones="id,contact_id,number,door\np1,c1,123,12 Secret Lane\n",
        languages="id,phone_id,code,where\nl1,p1,en,12 Secret Lane\n",
        metadata="id,resource_id,resource_type,field_name,previous_value\n"
        "m1,p1,phone,description,12 Secret Lane\n",
        addresses=f"id,organization_id,address_1,city,country\nAD1,{A},12 Secret Lane,Town,HK\n",
    )  # fmt: skip
    result = take(place)

    assert "Secret" not in _stored(db)
    assert "contact c1: of a shelter; fields not kept: street" in result.output
    assert records(db, "phone")["p1"]["number"] == "123"
    assert set(records(db, "language")) == {"l1"}


def test_fields_that_nobody_knows_stay_with_what_is_known_and_no_shelter(
    db: Session, tmp_path: Path
) -> None:
    known = folder(
        tmp_path,
        organizations=CENTRE,
        contacts=f"id,organization_id,name,room\nc1,{A},Ann,5\nc2,{C},Bea,6\n",
    )
    result = take(known)

    assert records(db, "contact")["c1"]["room"] == "5"
    assert "room" not in records(db, "contact")["c2"]
    assert "contact c2: whose it is, is neither in the file nor here; left out: room" in (
        result.output
    )


def test_the_other_places_of_who_also_gives_shelter_stay(db: Session, tmp_path: Path) -> None:
    files = {
        "organizations": CENTRE,
        "services": SERVICE.replace("Night help", "Safe house") + f"{C},{A},Advice,active\n",
        "locations": PLACE + f"L2,{A},Office,physical,22.3\n",
        "service_at_location": f"id,service_id,location_id\n1,{B},L1\n2,{C},L2\n",
        "addresses": ADDRESS + "AD2,L2,3 Open Road,Town,HK\n",
    }
    place = folder(tmp_path, **files)
    take(place)
    for name in files:  # files alone, as they come again
        take(place / f"{name}.csv")

    assert set(records(db, "location")) == {"L2"}
    assert set(records(db, "address")) == {"AD2"}


FILES = {
    "organizations": SHELTER.replace("description", "description,at").replace(
        "Help", "Help,12 Secret Lane"
    ) + f"{C},Centre,Advice,\n",
    "services": SERVICE + f"N,{C},Emergency shelter,active\n",
    "locations": PLACE + f"L2,{C},Other,physical,22.7\n",
    "service_at_location": "id,service_id,location_id,description\n"
    f"1,{B},L1,12 Secret Lane\n2,N,L2,14 Secret Lane\n",
    "addresses": ADDRESS + "AD2,L2,14 Secret Lane,Town,HK\n",
    "accessibility": "id,location_id,description,details\nx,L1,Ramp,12 Secret Lane\n",
    "contacts": f"id,location_id,organization_id,name,at\nc1,L1,,Ann,12 Secret Lane\nc2,,{A},"
    "Bea,12 Secret Lane\n",
    "phones": "id,service_at_location_id,contact_id,number,at\np1,1,,123,12 Secret Lane\n"
    "p2,,c2,456,12 Secret Lane\n",
    "metadata": "id,resource_id,resource_type,field_name,previous_value\n"
    f"m1,AD1,address,address_1,12 Secret Lane\nm2,{A},organization,at,12 Secret Lane\n",
}  # fmt: skip


def _order(seed: int) -> list[str]:
    return random.Random(seed).sample(list(FILES), len(FILES))  # noqa: S311 -- an order, no secret


@pytest.mark.parametrize("seed", range(12))
def test_in_whatever_order_the_files_come_no_street_is_left(
    db: Session, tmp_path: Path, seed: int
) -> None:
    place, names = folder(tmp_path, **FILES), _order(seed)
    for name in (*names, *reversed(names)):
        take(place / f"{name}.csv")
    take(place)

    assert "Secret" not in _stored(db)
    assert "22.7" not in _stored(db)
    assert set(records(db, "phone")) == {"p1", "p2"}


@pytest.mark.parametrize("by_service", [False, True])
def test_what_a_person_says_is_a_shelter_loses_what_was_stored(
    db: Session, tmp_path: Path, by_service: bool
) -> None:
    _one_by_one(tmp_path, {"organizations": CENTRE, "locations": PLACE, "addresses": ADDRESS})
    body = db.get_one(Organization, UUID(A))
    if by_service:
        service = ServiceEntry("", "Beds", {}, ("SHE",), (), (), ("any",), ("en",), ("all",), (),
                               (), None)  # fmt: skip
        set_service(db, body.id, UUID(B), service, revision="", actor=OPERATOR, now=NOW)
    else:
        change_entry(
            db, body.id, replace(facts_of_entry(body), kind="shelter"), parent_id=None,
            revision=revision_of(body), from_above=True, actor=OPERATOR, now=NOW,
        )  # fmt: skip
    db.commit()
    run("export", "--format", "hsds-csv", tmp_path / "out")

    assert "Secret" not in _stored(db)
    assert not (tmp_path / "out" / "addresses.csv").exists()
