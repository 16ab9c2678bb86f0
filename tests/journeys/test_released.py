"""What a worker reads of two persons who may open her report: before she shares it, and after."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grievance.casework.directory.version import make_version
from tests.conftest import Clock
from tests.factories import leave, make_member, make_root
from tests.journeys.test_first_journey import Network, case_of, desk, network
from tests.journeys.worker import Worker

__all__ = ["network"]
WHY = "Locked in since Friday, her phone is off."
SAID = "two people together may open it"


@pytest.fixture
def released(app: Flask, db: Session, network: Network) -> Worker:
    """Her report is in danger, at a desk of two; they let a second desk read it."""
    worker = Worker(app.test_client())
    recipients = [str(network.first.id)]
    worker.report(story="Kanaryo", country="HK", sharing="chosen", recipients=recipients)
    second = make_member(db, network.first, name="Second")
    db.commit()
    case = case_of(db)
    organizer = desk(app, network.one)
    assert organizer.act(case, "accept").status_code == 303
    assert organizer.act(case, "urgency", urgency="U0").status_code == 303
    fields = {"organization": str(network.second.id), "reason": WHY}
    assert organizer.act(case, "release", **fields).status_code == 303
    assert SAID not in Worker(app.test_client()).come_back(worker.code)
    assert WHY not in Worker(app.test_client()).come_back(worker.code)
    assert desk(app, second).act(case, "release").status_code == 303
    return worker


def test_she_reads_who_when_and_why_in_her_language(app: Flask, released: Worker) -> None:
    page = Worker(app.test_client()).come_back(released.code)

    assert "two people decided together: Waling Demo Desk may read your report" in page
    assert "9:00" in page  # of half past nine: the hour
    assert "Why, as somebody at Sampaguita Demo Desk wrote it:" in page
    assert WHY in page
    there = Worker(app.test_client(), "zh-Hant").come_back(released.code)
    assert "兩個人一起決定" in there
    assert "So two people decided together" in there  # beneath, until a speaker has reviewed it
    assert WHY in there


def test_she_says_stop_and_reads_that_it_ended(
    app: Flask, db: Session, network: Network, released: Worker
) -> None:
    case = case_of(db)
    there = desk(app, network.two)
    assert "Kanaryo" in there.page(f"cases/{case.id}")
    her = Worker(app.test_client())
    her.come_back(released.code)

    assert her.act("withdraw", organization=str(network.second.id)).status_code == 303

    page = her.get("case")
    assert "They can no longer open your report." in page
    assert "Stop sharing with Waling" not in page
    assert there.client.get(f"/desk/cases/{case.id}").status_code == 404


def test_a_yes_to_them_afterwards_is_a_consent_like_any_other(
    app: Flask, network: Network, released: Worker
) -> None:
    her = Worker(app.test_client())
    her.come_back(released.code)
    her.act("withdraw", organization=str(network.second.id))

    her.act("consent", recipients=[str(network.second.id)], scope="all")

    page = her.get("case")
    assert "They can no longer open your report." not in page
    assert "Stop sharing with Waling" in page


def sharing_page(app: Flask) -> str:
    worker = Worker(app.test_client())
    worker.press("report/problem", issues=["WAG01"])
    worker.press("report/story", story="Kanaryo")
    worker.press("report/place", country="HK")
    return worker.get("report/sharing")


def test_the_sharing_page_says_that_this_exists_but_where_one_person_works_on_cases(
    app: Flask, db: Session, clock: Clock
) -> None:
    root = make_root(db)
    make_member(db, root)
    gone = make_member(db, root)
    make_version(db, clock())
    db.commit()
    assert SAID in sharing_page(app)
    leave(db, gone)
    db.commit()

    page = sharing_page(app)

    assert "Those I tick below" in page
    assert SAID not in page
