"""The list of cases: filters and places in the address, and whose cases it holds."""

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from grievance.sealing.keys import KeyPair
from grievance.store.cases import Case
from grievance.triage import views
from tests.casework.world import World
from tests.factories import sign_in


@pytest.fixture
def world(db: Session) -> World:
    """Three partners below a root."""
    return World.make(db)


@pytest.fixture
def cases(world: World) -> list[Case]:
    """Five cases for the first partner, all of one hour."""
    made = []
    for _ in range(5):
        world.pair = KeyPair.generate()
        made.append(world.file(world.answers("chosen", [world.bodies[0]], last=True)))
    world.db.commit()
    return made


def signed_in(app: Flask, world: World, place: int) -> FlaskClient:
    client = app.test_client()
    sign_in(client, world.kits[world.bodies[place]])
    return client


@pytest.mark.parametrize("sort", ["urgency", "due", "newest", "oldest"])
def test_page_after_page_shows_every_case_once(
    app: Flask, world: World, cases: list[Case], sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = sorted(str(case.id) for case in cases)
    client = signed_in(app, world, 0)
    monkeypatch.setattr(views, "PAGE", 2)
    seen: list[str] = []
    address = f"/desk/cases?sort={sort}"
    for _ in range(3):
        page = client.get(address).text
        seen += re.findall(r'/desk/cases/([0-9a-f-]{36})"', page)
        more = re.search(r'class="button" href="([^"]+)"', page)
        address = html.unescape(more[1]) if more else ""

    assert sorted(seen) == ids
    assert address == ""


BAD = [
    "after=%00_1_{id}", "after=U0_99999999999999999999_{id}", "after=U0_-99999999999999999_{id}",
    "after=U0_1_nothing", "after=_", "after=U9_1_{id}", "country=%00", "owner=%00", "owner=me%00",
    "issue=%00", "issue=%F0%90", "state=%00", "state=nothing", "urgency=U9", "referral=%00",
    "sort=%00", "after=U0_" + "9" * 5000 + "_{id}",
]  # fmt: skip


@pytest.mark.parametrize("query", BAD, ids=range(len(BAD)))
@pytest.mark.parametrize("sort", ["urgency", "due"])
def test_a_value_that_means_nothing_narrows_nothing(
    app: Flask, world: World, cases: list[Case], query: str, sort: str
) -> None:
    address = f"/desk/cases?{query.format(id=cases[0].id)}&sort={sort}"
    client = signed_in(app, world, 0)

    assert client.get(address).status_code == 200


def test_counts_and_lists_hold_only_the_own_cases(
    app: Flask, world: World, cases: list[Case]
) -> None:
    numbers = [case.number for case in cases]
    stranger = signed_in(app, world, 1)

    for path in ("/desk/", "/desk/cases?state=all", "/desk/cases?country=HK&issue=WAG"):
        page = stranger.get(path).text
        assert not any(number in page for number in numbers)
    assert set(re.findall(r"<strong>(\d+)</strong>", stranger.get("/desk/").text)) == {"0"}
    assert "5" in re.findall(r"<strong>(\d+)</strong>", signed_in(app, world, 0).get("/desk/").text)
