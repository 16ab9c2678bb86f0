"""What people keep here goes out with its hours and the day it was confirmed, and comes back as it
went."""

import csv
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete
from sqlalchemy.orm import Session

from grievance.store.directory import Organization, Service, ServiceArea
from grievance.store.listings import partners
from tests.factories import make_organization, make_service
from tests.support.hsds_files import faults_of, numbers, records, run, take

pytestmark = pytest.mark.usefixtures("hsds_commands")
FORMS = ("hsds-json", "hsds-csv")


@pytest.fixture
def body(db: Session) -> Organization:
    """A listing with two services, hours on either side of midnight, and holidays."""
    [root] = partners(db)
    made = make_organization(
        db, parent_id=root.id, name="Helping Hands", partner=False, country="HK",
        confirmed_on=date(2026, 11, 3),
    )  # fmt: skip
    made.calendar = {
        "zone": "Asia/Hong_Kong",
        "hours": {
            "mon": ["09:00-17:00"], "tue": ["09:00-12:00", "14:00-18:00"], "wed": ["09:00-17:00"],
            "sat": ["22:00-02:00"], "sun": ["00:00-24:00"],
        },
        "closed": ["2026-12-25", "2026-12-31 to 2027-01-02"],
    }  # fmt: skip
    make_service(db, made, name="Second", needs=["LEG"])
    db.commit()
    return made


def exported(out: Path, form: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Services and schedules of Helping Hands in an export."""
    if form == "hsds-csv":
        rows: dict[str, list[dict[str, Any]]] = {}
        for name in ("organizations", "services", "schedules"):
            with (out / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                rows[name] = list(csv.DictReader(file))
        [uid] = [one["id"] for one in rows["organizations"] if one["name"] == "Helping Hands"]
        services = [one for one in rows["services"] if one["organization_id"] == uid]
        return services, rows["schedules"]
    bodies = json.loads((out / "organizations.json").read_text("utf-8"))["contents"]
    [found] = [one for one in bodies if one["name"] == "Helping Hands"]
    services = found["services"]
    return services, [row for one in services for row in one.get("schedules", [])]


@pytest.mark.parametrize("form", FORMS)
def test_hours_closed_days_and_the_day_it_was_confirmed_go_out_valid(
    body: Organization, form: str, tmp_path: Path
) -> None:
    assert run("export", "--format", form, tmp_path / "out").exit_code == 0
    services, schedules = exported(tmp_path / "out", form)

    assert faults_of(tmp_path / "out") == []
    assert {one["assured_date"] for one in services} == {"2026-11-03"}
    told = {(one.get("byday") or one["valid_from"], one.get("opens_at") or one["description"],
             one.get("closes_at") or one["valid_to"], str(one.get("timezone") or ""))
            for one in schedules}  # fmt: skip
    assert told == {
        ("MO,WE", "09:00+08:00", "17:00+08:00", "8"), ("TU", "09:00+08:00", "12:00+08:00", "8"),
        ("TU", "14:00+08:00", "18:00+08:00", "8"), ("SA", "22:00+08:00", "02:00+08:00", "8"),
        ("SU", "00:00+08:00", "23:59+08:00", "8"),
        ("2026-12-25", "Closed", "2026-12-25", ""), ("2026-12-31", "Closed", "2027-01-02", ""),
    }  # fmt: skip
    assert len(schedules) == 2 * len(told)


@pytest.mark.parametrize("form", FORMS)
def test_it_comes_back_to_whoever_keeps_it_without_a_word(
    body: Organization, form: str, tmp_path: Path
) -> None:
    run("export", "--format", form, tmp_path / "out")
    back = take(tmp_path / "out")

    assert set(numbers(back).values()) == {0}, back.output


@pytest.mark.parametrize("form", FORMS)
def test_another_directory_keeps_it_as_it_went_and_tells_workers(
    app: Flask, db: Session, body: Organization, form: str, tmp_path: Path
) -> None:
    run("export", "--format", form, tmp_path / "out")
    _forget(db, body)
    taken = take(tmp_path / "out", "--country", "HK")
    there = records(db, "schedule")
    run("export", "--format", form, tmp_path / "again")
    same = take(tmp_path / "again")
    told = " ".join(app.test_client().get("/en/organizations?country=HK").text.split())

    assert numbers(taken)["left out"] == 0
    assert len(there) == 14
    for before, after in zip(
        *(exported(tmp_path / o, form) for o in ("out", "again")), strict=True
    ):
        assert _by_id(before) == _by_id(after)
    assert numbers(same) | {"unchanged": 0} == dict.fromkeys(numbers(same), 0)
    assert 'Monday <span class="ltr">09:00-17:00</span>' in told
    assert 'Sunday <span class="ltr">00:00-24:00</span> (Hong Kong time)' in told
    assert "Last confirmed on 3 November 2026." in told


def _by_id(rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What rows say themselves, whatever the order."""
    return {
        one["id"]: {name: told for name, told in one.items() if not isinstance(told, (list, dict))}
        for one in rows
    }


def _forget(db: Session, body: Organization) -> None:
    ids = [one.id for one in body.services]
    db.execute(delete(ServiceArea).where(ServiceArea.service_id.in_(ids)))
    db.execute(delete(Service).where(Service.id.in_(ids)))
    db.execute(delete(Organization).where(Organization.id == body.id))
    db.commit()
    db.expire_all()
