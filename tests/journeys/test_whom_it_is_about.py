"""She is told which organization lost her report because it may be about them; nobody else is."""

from flask import Flask
from sqlalchemy.orm import Session

from tests.factories import words_of
from tests.journeys.test_first_journey import Network, case_of, desk, network
from tests.journeys.worker import Worker

__all__ = ["network"]
TOLD = "your report may be about them, or about somebody close to them. They see it no more"


def test_her_page_tells_which_organization_lost_it_and_that_desk_finds_nothing(
    app: Flask, db: Session, network: Network
) -> None:
    worker = Worker(app.test_client())
    both = [str(network.first.id), str(network.second.id)]
    worker.report(story="Kanaryo", country="HK", sharing="chosen", recipients=both)
    case = case_of(db)
    kits = {network.first.id: network.one, network.second.id: network.two}
    holder = next(one for one in kits if desk_has(app, kits[one], case.number))
    other = network.second if holder == network.first.id else network.first
    organizer = desk(app, kits[holder])
    assert organizer.act(case, "accept").status_code == 303

    named = {"kind": "agency_destination", "names": other.name}
    assert organizer.act(case, "respondents/make", **named).status_code == 303

    page = words_of(worker.come_back())
    assert f"{other.name}: {TOLD}" in page
    assert f"Stop sharing with {other.name}" not in page
    assert page.count(other.name) == 1  # and she is not offered to ask them
    assert not desk_has(app, kits[other.id], case.number)
    assert desk_has(app, kits[holder], case.number)


def desk_has(app: Flask, kit: object, number: str) -> bool:
    return number in desk(app, kit).page("cases?state=all")  # type: ignore[arg-type]
