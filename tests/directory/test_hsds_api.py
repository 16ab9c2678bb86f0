"""Programs read the public page as HSDS: what it shows, no more; no cookie; mistakes in words."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from grievance.casework.hsds import own as hsds_own
from grievance.casework.hsds.own import TAXONOMY, TERMS, listing_rows, service_rows
from grievance.directory import hsds
from grievance.rules.terms import NEVER_ASKED, OrganizationKind
from grievance.store.directory import Organization, Service
from tests.factories import make_area, make_organization, make_root, make_service
from tests.support.json_schema import faults


def _get(client: FlaskClient, path: str) -> Any:
    answer = client.get(f"/hsds{path}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_json()


def _listed(db: Session, name: str = "Sampaguita", **given: Any) -> Organization:
    one = make_organization(db, name=name, partner=False, service=False,
                            description={"en": "Helps"}, **given)  # fmt: skip
    make_service(db, one, name="Pay", needs=["WCL", "REC"], languages=["fil", "en"])
    return one


def test_the_start_names_the_standard(client: FlaskClient) -> None:
    start = _get(client, "/")

    assert start["version"] == "3.1"
    assert start["openapi_url"].endswith("/hsds/openapi.json")
    assert "/services/{id}" in _get(client, "/openapi.json")["paths"]


def test_what_is_listed_comes_in_pages_that_fit_the_schema(
    client: FlaskClient, db: Session
) -> None:
    bodies = [_listed(db, f"Body {number}") for number in range(5)]
    db.commit()
    page = _get(client, "/organizations?per_page=2&page=3&full=true")
    services = _get(client, "/services?per_page=100")
    one = _get(client, f"/services/{bodies[0].services[0].id}")

    assert {k: v for k, v in page.items() if k != "contents"} == {
        "total_items": 5, "total_pages": 3, "page_number": 3, "size": 1, "first_page": False,
        "last_page": True, "empty": False,
    }  # fmt: skip
    assert [fault for body in page["contents"] for fault in faults("organization", body)] == []
    assert [fault for each in services["contents"] for fault in faults("service", each)] == []
    assert one["organization"]["name"] == "Body 0"
    assert {each["taxonomy_term"]["code"] for each in one["attributes"]} == {"WCL", "REC"}
    assert {each["code"] for each in one["languages"]} == {"fil", "en"}


def test_offices_agencies_closed_bodies_and_what_is_not_public_never_show(
    client: FlaskClient, db: Session
) -> None:
    for kind in NEVER_ASKED:
        _listed(db, f"Hidden {kind}", kind=kind)
    _listed(db, "Hidden closed", active=False)
    shown = _listed(db, "Shown", notify_email="hidden@example.org", capacity=77_777_777)
    shown.services[0].active = False
    db.commit()
    ids = [one["id"] for one in _get(client, "/organizations")["contents"]]
    everything = json.dumps(
        [_get(client, "/organizations?full=1"), _get(client, "/services"),
         _get(client, f"/organizations/{shown.id}")]
    )  # fmt: skip
    lines = client.get("/hsds/organizations?format=ndjson").get_data(as_text=True)

    assert ids == [str(shown.id)]
    assert "idden" not in everything
    assert "idden" not in lines
    assert "77777777" not in everything
    assert _get(client, "/services")["empty"] is True
    assert client.get(f"/hsds/services/{shown.services[0].id}").status_code == 404


def test_a_service_is_written_without_its_sisters(
    client: FlaskClient, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = _listed(db, "Large")
    for number in range(29):
        make_service(db, body, name=f"Service {number}", needs=["LEG"])
    db.commit()
    written = []

    def counted(service: Service, *of: Any) -> Iterator[Any]:
        written.append(service.id)
        yield from service_rows(service, *of)

    for module in (hsds_own, hsds):
        monkeypatch.setattr(module, "service_rows", counted, raising=False)
    found = _get(client, "/services?per_page=100")["contents"]

    assert len(found) == len(written) == 30
    assert {one["organization"]["name"] for one in found} == {"Large"}


def test_other_names_are_not_told(client: FlaskClient, db: Session) -> None:
    body = _listed(db, aliases=["Hidden house"])
    db.commit()
    told = [_get(client, f"/organizations?full={full}") for full in ("true", "false")]

    assert "Hidden" not in json.dumps([*told, _get(client, "/services")])
    assert "Hidden" not in json.dumps(_get(client, f"/organizations/{body.id}"))


def test_no_cookie_is_set_and_caches_may_keep_it(client: FlaskClient, db: Session) -> None:
    _listed(db)
    db.commit()
    answer = client.get("/hsds/organizations")
    again = client.get("/hsds/organizations", headers={"If-None-Match": answer.headers["ETag"]})
    wrong = client.get("/hsds/organizations?page=0")

    assert "Set-Cookie" not in answer.headers
    assert "Set-Cookie" not in wrong.headers
    assert answer.headers["Cache-Control"] == "public, max-age=600"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert again.status_code == 304
    assert wrong.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("page=0", '"page" must be a whole number from 1'),
        ("page=-1", '"page" must be a whole number from 1'),
        ("page=1&page=2", '"page" stands twice'),
        ("page=%D9%A3", '"page" must be a whole number'),
        ("per_page=101", '"per_page" must be a whole number from 1 to 100'),
        ("per_page=", '"per_page" must be'),
        ("format=xml", '"format" must be one of: json, ndjson'),
        ("pagee=1", '"pagee" is no parameter here'),
        ("taxonomy_id=1", '"taxonomy_id" must be an id'),
        ("full=perhaps", '"full" must be true or false'),
        ("search=" + "x" * 201, '"search" may have 200 letters'),
        ("%00=%00", "is no parameter here"),
    ],
)
def test_a_parameter_that_is_not_understood_is_told(
    client: FlaskClient, query: str, said: str
) -> None:
    answer = client.get(f"/hsds/organizations?{query}")

    assert answer.status_code == 400
    assert answer.mimetype == "application/json"
    assert said in answer.get_json()["error"]["message"]


@pytest.mark.parametrize(
    "path",
    ["/hsds/nothing", "/hsds/services/1", "/hsds/services/7c9e6679-7425-40de-944b-e07fc1f90ae7"],
)
def test_what_is_not_there_is_told_in_json(client: FlaskClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 404
    assert answer.get_json()["error"]["status"] == 404
    assert "Set-Cookie" not in answer.headers


def test_nobody_can_write(client: FlaskClient) -> None:
    assert client.post("/hsds/organizations", data={"a": "b"}).status_code == 405


def test_filters_are_combined(client: FlaskClient, db: Session) -> None:
    first = _listed(db, "Đoàn Ánh Sáng")
    second = make_organization(db, name="Other", partner=False, service=False)
    make_service(db, second, name="Legal", needs=["LEG"])
    db.commit()
    pay, law = TERMS["WCL"], TERMS["LEG"]

    def names(query: str) -> list[str]:
        return sorted(one["name"] for one in _get(client, query)["contents"])

    assert names("/organizations?search=đOÀN%20sáng") == ["Đoàn Ánh Sáng"]
    assert names(f"/organizations?taxonomy_term_id={law}") == ["Other"]
    assert names(f"/organizations?taxonomy_term_id={law}&search=sáng") == []
    assert names(f"/organizations?taxonomy_id={TAXONOMY}") == ["Other", "Đoàn Ánh Sáng"]
    assert names(f"/services?organization_id={first.id}&taxonomy_term_id={pay}") == ["Pay"]
    assert names(f"/services?organization_id={first.id}&taxonomy_term_id={law}") == []
    assert _get(client, "/services?minimal=true")["contents"][0].keys() == {"id"}


def test_all_come_one_a_line_where_that_is_asked(client: FlaskClient, db: Session) -> None:
    for number in range(7):
        _listed(db, f"Body {number}")
    db.commit()
    answer = client.get("/hsds/organizations?format=ndjson")
    lines = [json.loads(line) for line in answer.get_data(as_text=True).splitlines()]

    assert len(lines) == 7
    assert "Set-Cookie" not in answer.headers


def test_a_reader_who_stops_halfway_leaves_nothing_to_the_next_one(
    app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hsds, "_STREAMED", 1)
    for number in range(3):
        _listed(db, f"Body {number}")
    db.commit()
    halfway = app.test_client().get("/hsds/organizations?format=ndjson")
    stopped = app.test_client().head("/hsds/organizations?format=ndjson")
    shared = has_app_context()
    [app.test_client().get("/en/report/problem") for _ in range(2)]
    next_page = app.test_client().get("/en/danger", headers={"Accept-Encoding": "gzip"})

    assert not shared
    assert next_page.headers["Content-Encoding"] == "gzip"
    assert len(halfway.get_data(as_text=True).splitlines()) == 3
    assert stopped.status_code == 200


def test_a_country_with_many_organizations_is_shown_in_pages(
    client: FlaskClient, db: Session
) -> None:
    for number in range(60):
        _listed(db, f"Body {number:02}")
    _listed(db, "Nowhere", country="ZZ")
    db.commit()
    first = client.get("/en/organizations?country=HK").get_data(as_text=True)
    last = client.get("/en/organizations?country=HK&from=50").get_data(as_text=True)
    odd = client.get("/en/organizations?country=HK&from=-1").get_data(as_text=True)

    assert first.count("Body ") == 25
    assert "More organizations" in first
    assert "from=25" in first
    assert last.count("Body ") == 10
    assert "More organizations" not in last
    assert odd.count("Body ") == 25
    assert "country=ZZ" not in first


def test_a_shelter_gives_no_page_and_no_city(app: Flask, db: Session) -> None:
    body = make_organization(
        db, kind=OrganizationKind.SHELTER, parent_id=make_root(db).id, service=False,
        website="https://refuge.example.org/find-us",
    )  # fmt: skip
    area = make_area("city", country="HK", city="Sai Kung")
    make_service(db, body, needs=["COU"], areas=[area])
    db.commit()
    client = app.test_client()

    assert "find-us" not in client.get("/en/organizations?country=HK").text
    assert "find-us" not in client.get(f"/hsds/organizations/{body.id}").text
    assert "Sai Kung" not in str(listing_rows(body, parent=None, full=True))
