"""A coordinator gets coded rows of her own tree, in the same scope as her screen."""

import csv
import io
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.rules.disclosure import plain_cell
from grievance.store.cases import Case, CaseExclusion
from grievance.store.events import Event
from tests.conftest import Clock
from tests.exports.cases import make_case
from tests.factories import MemberKit, csrf_of, sign_in
from tests.journeys.test_first_journey import Network, look
from tests.journeys.worker import Worker


@pytest.fixture
def network(db: Session, clock: Clock) -> Network:
    """Three desks; the first organization has a name that looks like a formula."""
    made = Network(db, clock)
    made.first.name = "=1+1"
    db.commit()
    return made


def report(app: Flask, **answers: Any) -> None:
    Worker(app.test_client()).report(story="Kanaryo", country="HK", **answers)


def ask(app: Flask, kit: MemberKit, **fields: str) -> Any:
    client = app.test_client()
    sign_in(client, kit)
    page = client.get("/desk/exports").text
    given = {"period_from": "2026-11-01", "period_to": "2026-11-30", "purpose": "Yearly review"}
    return client.post("/desk/exports", data=given | fields | {"csrf_token": csrf_of(page)})


def rows_of(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_a_file_has_one_row_a_case_in_scope_and_no_words(
    app: Flask, db: Session, network: Network
) -> None:
    report(app, sharing="chosen", recipients=[str(network.first.id)], nationality="PH")
    report(app, sharing="chosen", recipients=[str(network.second.id)])
    report(app, sharing="nobody", nationality="PH")

    own = rows_of(ask(app, network.one))
    tree = rows_of(ask(app, network.chief))

    assert len(own) == 1
    assert len(tree) == 2
    assert own[0]["nationality"] == "PH"
    assert "Kanaryo" not in str(tree)


def test_no_cell_can_be_computed(app: Flask, db: Session, network: Network) -> None:
    report(app, sharing="chosen", recipients=[str(network.first.id)])
    client = app.test_client()
    sign_in(client, network.one)
    [row] = client.get("/desk/cases").text.split("/desk/cases/")[1:2]
    path = f"/desk/cases/{row[:36]}"
    client.post(f"{path}/accept", data={"csrf_token": csrf_of(client.get(path).text)})

    [case] = rows_of(ask(app, network.one))

    assert case["owner"] == "'=1+1"
    assert plain_cell(case["owner"]) == "=1+1"


def test_an_export_is_one_event_with_its_purpose(app: Flask, db: Session, network: Network) -> None:
    report(app, sharing="chosen", recipients=[str(network.first.id)])

    answer = ask(app, network.one)

    assert "attachment" in answer.headers["Content-Disposition"]
    [event] = look(db, select(Event).where(Event.verb == "cases_exported"))
    assert event.details["rows"] == 1
    assert event.details["purpose"] == "Yearly review"
    assert event.details["cases"] == [str(one) for one in look(db, select(Case.id))]


def test_a_large_file_is_said_before_it_is_written(
    app: Flask, db: Session, network: Network, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        make_case(db, network.first)
    db.commit()
    monkeypatch.setattr("grievance.exports.views.AT_ONCE", 3)
    assert len(rows_of(ask(app, network.one))) == 3
    monkeypatch.setattr("grievance.exports.views.AT_ONCE", 2)

    page = ask(app, network.one)
    file = ask(app, network.one, large="1")

    assert "This file has 3 rows." in page.text
    assert len(rows_of(file)) == 3
    assert len(look(db, select(Event).where(Event.verb == "cases_exported"))) == 2


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"purpose": " \u200b"}, "Please say what it is for."),
        ({"period_from": "03/04/2026"}, "Write a day as 2026-11-25."),
        ({"period_from": "20261101"}, "Write a day as 2026-11-25."),
        ({"period_to": "2026-W48-3"}, "Write a day as 2026-11-25."),
        ({"period_from": "2026-12-01"}, "The last day is before the first."),
        ({"period_to": "9999-12-31"}, "This year cannot be right."),
        ({"level": "identified"}, "Only coded exports are possible now."),
        ({"level": "anonymous"}, "Only coded exports are possible now."),
        ({"audience": "partner"}, "Exports are for your own desk only, for now."),
        ({"audience": "public"}, "Exports are for your own desk only, for now."),
        ({"format": "xlsx"}, "Only CSV files are possible now."),
        ({"purpose": ""}, "Please say what it is for."),
    ],
)
def test_wrong_answers_bring_the_form_back(
    app: Flask, db: Session, network: Network, fields: dict[str, str], said: str
) -> None:
    make_case(db, network.first)
    db.commit()

    answer = ask(app, network.one, **fields)

    assert answer.status_code == 400
    assert said in answer.text
    assert not look(db, select(Event).where(Event.verb == "cases_exported"))


def test_the_form_says_how_to_write_a_day(app: Flask, network: Network) -> None:
    client = app.test_client()
    sign_in(client, network.one)

    assert "Write a day as 2026-11-25." in client.get("/desk/exports").text


def test_a_case_that_excludes_the_own_organization_is_in_no_file_and_event_of_it(
    app: Flask, db: Session, network: Network
) -> None:
    hidden, shown = make_case(db, network.first), make_case(db, network.first)
    db.flush()
    db.add(CaseExclusion(case_id=hidden.id, organization_id=network.first.id))
    db.commit()

    own = rows_of(ask(app, network.one))
    above = rows_of(ask(app, network.chief))

    assert [row["case_number"] for row in own] == [shown.number]
    assert {row["case_number"] for row in above} == {shown.number, hidden.number}
    events = look(db, select(Event).where(Event.verb == "cases_exported"))
    assert sorted(len(one.details["cases"]) for one in events) == [1, 2]


def test_the_last_day_is_included(app: Flask, network: Network, clock: Clock) -> None:
    report(app, sharing="chosen", recipients=[str(network.first.id)])
    day = clock().date().isoformat()

    rows = rows_of(ask(app, network.one, period_from=day, period_to=day))

    assert [row["received"] for row in rows] == [day]
