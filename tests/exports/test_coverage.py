"""The coverage page: gaps by the directory, weighed by the cases of the own tree alone."""

import html
import re

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grievance.casework.directory.version import make_version
from grievance.exports import figures
from grievance.rules.terms import Role, ServiceNeed
from grievance.store.cases import CaseExclusion
from grievance.store.counting import by_place_and_need
from tests.conftest import Clock
from tests.exports.cases import make_case, reader_of
from tests.exports.test_statistics import cells_of
from tests.factories import NOW, MemberKit, make_member, make_organization, make_root, sign_in
from tests.journeys.test_first_journey import Network


@pytest.fixture
def network(db: Session, clock: Clock) -> Network:
    """Three desks with keys; their services reach Hong Kong."""
    made = Network(db, clock)
    make_version(db, NOW)
    db.commit()
    return made


def page_of(app: Flask, kit: MemberKit, query: str = "") -> str:
    client = app.test_client()
    sign_in(client, kit)
    answer = client.get(f"/desk/coverage{query}")
    assert answer.status_code == 200
    return html.unescape(answer.text)


def table_of(page: str, country: str) -> list[str]:
    """What the row of a country says, cell by cell."""
    row = page[page.index(f">{country}</a>") :].partition("</tr>")[0]
    return [text.strip() for text in re.findall(r"<td [^>]*>(.*?)</td>", row)]


def test_a_country_without_a_partner_lacks_every_need(app: Flask, network: Network) -> None:
    page = page_of(app, network.one)

    assert table_of(page, "France")[0] == "every need"
    assert table_of(page, "Hong Kong")[0] == ""
    assert 'aria-label="Coverage by country and need' in page


def test_a_partner_that_is_paused_covers_nothing_and_is_named(
    app: Flask, db: Session, network: Network
) -> None:
    for body in (network.root, network.first, network.second):
        body.paused = True
    make_version(db, NOW)
    db.commit()

    page = page_of(app, network.one, "?country=HK")

    assert table_of(page, "Hong Kong")[0] == "every need"
    assert f"{network.first.name} (paused)" in page


def test_gaps_are_weighed_by_the_cases_of_the_own_tree(
    app: Flask, db: Session, network: Network
) -> None:
    for owner in (network.first, network.second):
        make_case(db, owner, country="FR", nationality="PH", needs=["SHE", "WCL"])
    make_case(db, network.first, country="HK", nationality="PH", needs=["SHE"])
    db.commit()

    one, chief = page_of(app, network.one), page_of(app, network.chief)

    assert "Needs in cases: 3. Nobody would meet today: 2." in one
    assert cells_of(one)["France, from: Philippines, A place to sleep"] == 1
    assert cells_of(chief)["France, from: Philippines, A place to sleep"] == 2


def test_shared_with_nobody_held_or_kept_away_counts_nowhere(db: Session) -> None:
    desk = make_organization(db, parent_id=make_root(db).id)
    for sharing in ("nobody", "held"):
        make_case(db, desk, sharing=sharing, country="FR", needs=["SHE"])
    hidden = make_case(db, desk, country="FR", needs=["SHE"])
    make_case(db, desk, country="FR", nationality=None, needs=["SHE", "later"])
    db.flush()
    db.add(CaseExclusion(case_id=hidden.id, organization_id=desk.id))
    db.flush()

    assert by_place_and_need(db, reader_of(desk)) == {("FR", None, ServiceNeed.SHE): 1}


def test_an_administrator_reads_the_directory_and_no_count_of_cases(
    app: Flask, db: Session, network: Network
) -> None:
    kit = make_member(db, network.root, roles=(Role.ADMINISTRATOR,))
    make_case(db, network.first, country="FR", nationality="PH", needs=["SHE"])
    db.commit()

    page = page_of(app, kit)

    assert "every need" in page
    assert "Needs in cases" not in page


def test_each_level_has_a_mark_of_its_own_shape() -> None:
    drawn = figures.grid(["a", "b"], [("x", [0, 1]), ("y", [2, 3])])

    assert drawn.boxes.count("M") == 4
    assert [path.count("M") for path in drawn.marks] == [1, 1, 1, 0]
    assert len({re.sub(r"^M\d+ \d+", "", path) for path in drawn.marks}) == 4


def test_a_partner_that_fills_up_tells_nobody_of_its_cases(
    app: Flask, db: Session, network: Network
) -> None:
    """Who must find nothing of a case would see it come by the room that it takes."""
    network.second.capacity = 1
    make_version(db, NOW)
    db.commit()
    before = page_of(app, network.one)
    case = make_case(db, network.second, accepted_at=NOW)
    db.add(CaseExclusion(case_id=case.id, organization_id=network.first.id))
    db.commit()

    assert network.second.name not in before
    assert network.second.name not in page_of(app, network.one)
