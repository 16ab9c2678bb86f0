"""Listings follow what newer files say: services move, and what turns out official is hidden."""

from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.store.directory import Organization, Service
from tests.factories import make_organization, make_service
from tests.support.hsds_files import A, B, C, folder, numbers, take

pytestmark = pytest.mark.usefixtures("hsds_commands")
BODIES = f"id,name,description\n{A},Alpha,Helps\n{B},Beta,Helps\n"


def _service(body: str) -> str:
    return f"id,organization_id,name,status\n{C},{body},Pay,active\n"


@pytest.mark.parametrize("between", [0, 120])
@pytest.mark.parametrize(("first", "then"), [(A, B), (B, A)])
def test_a_service_moves_to_another_organization_of_its_source(
    db: Session, tmp_path: Path, first: str, then: str, between: int
) -> None:
    more = "".join(f"{UUID(int=(1 << 100) + n)},N{n},Helps\n" for n in range(between))
    bodies = BODIES.replace(B, str(UUID(int=1 << 120))) + more if between else BODIES
    first, then = (one.replace(B, str(UUID(int=1 << 120))) if between else one
                   for one in (first, then))  # fmt: skip
    take(folder(tmp_path, organizations=bodies, services=_service(first)))
    moved = take(folder(tmp_path, organizations=bodies, services=_service(then)))
    again = take(tmp_path)

    assert numbers(moved)["changed"] == 1
    assert "listings: 0 added, 1 changed" in moved.output
    assert (moved.exit_code, again.exit_code) == (0, 0)
    [service] = db.scalars(select(Service).where(Service.id == UUID(C)))
    assert service.organization_id == UUID(then)


def test_a_service_that_people_keep_is_not_moved(db: Session, tmp_path: Path) -> None:
    take(folder(tmp_path, organizations=BODIES, services=_service(A)))
    db.get_one(Organization, UUID(A)).listed_from = None
    db.commit()
    result = take(folder(tmp_path, organizations=BODIES, services=_service(B)))

    assert result.exit_code == 0
    assert db.get_one(Service, UUID(C)).organization_id == UUID(A)


def test_a_listing_that_gets_an_offices_name_is_hidden_and_named(
    db: Session, tmp_path: Path, client: FlaskClient
) -> None:
    take(folder(tmp_path, organizations=BODIES), "--country", "HK")
    office = BODIES.replace("Alpha", "Philippine Consulate General Hong Kong")
    result = take(folder(tmp_path, organizations=office), "--country", "HK")
    renamed_back = take(folder(tmp_path, organizations=BODIES), "--country", "HK")
    shown = [one["name"] for one in client.get("/hsds/organizations").get_json()["contents"]]
    page = client.get("/en/organizations?country=HK").get_data(as_text=True)

    assert (
        'not on the public page: "Philippine Consulate General Hong Kong" looks like a body of '
        "kind consulate" in result.output
    )
    assert "looks like" not in renamed_back.output
    assert "Beta" in shown
    assert "Alpha" not in shown
    assert "Beta" in page
    assert "Alpha" not in page


def test_a_listing_without_a_country_is_on_no_page(
    db: Session, tmp_path: Path, client: FlaskClient
) -> None:
    result = take(folder(tmp_path, organizations=BODIES, services=_service(A)))
    names = client.get("/hsds/organizations").get_json()["contents"]
    services = client.get("/hsds/services").get_json()["contents"]
    shown = {one["name"] for one in (*names, *services)}

    assert "without a country, so on no page: 2" in result.output
    assert not shown & {"Alpha", "Beta", "Pay"}
    assert client.get(f"/hsds/services/{C}").status_code == 404


def test_what_a_newer_file_lacks_is_shown_to_nobody_until_it_comes_back(
    db: Session, tmp_path: Path, client: FlaskClient
) -> None:
    def shown() -> set[str]:
        pages = [client.get(f"/hsds/{path}").get_json() for path in ("organizations", "services")]
        return {one["name"] for page in pages for one in page["contents"]} & {
            "Alpha", "Beta", "Pay", "Old", "People's",
        }  # fmt: skip

    files = {"organizations": BODIES, "services": _service(A) + f"S2,{A},Old,active\n"}
    take(folder(tmp_path, **files), "--country", "HK")
    people = make_organization(db, name="People's", country="HK", service=False)
    make_service(db, people, name="Pay")
    db.commit()
    before = shown()
    short = BODIES.replace(f"{B},Beta,Helps\n", "")
    take(folder(tmp_path, organizations=short, services=_service(A)), "--country", "HK")
    without = shown()
    take(folder(tmp_path, **files), "--country", "HK")

    assert before == {"Alpha", "Beta", "Pay", "Old", "People's"}
    assert without == {"Alpha", "Pay", "People's"}
    assert shown() == before
