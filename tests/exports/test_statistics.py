"""Figures of a desk's own tree: whose, which months, and what they leave out."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from grievance.exports import charts
from grievance.exports.figures import WIDTH
from grievance.store import counting
from grievance.store.cases import CaseExclusion
from tests.conftest import Clock
from tests.exports.cases import make_case, reader_of
from tests.factories import NOW, MemberKit, make_member, make_organization, make_root, sign_in
from tests.journeys.test_first_journey import Network

UTC_ZONE = ZoneInfo("UTC")


@pytest.fixture
def network(db: Session, clock: Clock) -> Network:
    """Three desks with keys."""
    return Network(db, clock)


def page_of(app: Flask, kit: MemberKit, query: str = "?audience=own") -> str:
    client = app.test_client()
    sign_in(client, kit)
    return client.get(f"/desk/statistics{query}").text


def cells_of(page: str) -> dict[str, int]:
    found = re.findall(r"<td>(.*?)</td>\s*<td class=\"num\">(\d+)</td>", page)
    return {name: int(count) for name, count in found}


def test_only_the_own_scope_is_counted(app: Flask, db: Session, network: Network) -> None:
    make_case(db, network.first, country="HK")
    make_case(db, network.second, country="HK")
    db.commit()

    one, chief = page_of(app, network.one), page_of(app, network.chief)

    assert "1 case in all." in one
    assert cells_of(one)["Hong Kong"] == 1
    assert "2 cases in all." in chief
    assert cells_of(chief)["Hong Kong"] == 2


@pytest.mark.parametrize(
    "query", ["?audience=public", "?audience=partner", "?audience=own&audience=x"]
)
def test_figures_for_others_are_refused_in_words(
    app: Flask, db: Session, network: Network, query: str
) -> None:
    make_case(db, network.first)
    db.commit()
    client = app.test_client()
    sign_in(client, network.one)

    answer = client.get(f"/desk/statistics{query}")

    assert answer.status_code == 400
    assert "Figures are for your own desk only, for now." in answer.text
    assert "in all" not in answer.text


def test_nobody_held_and_excluded_cases_are_in_no_count(db: Session) -> None:
    desk = make_organization(db, parent_id=make_root(db).id)
    make_case(db, desk, sharing="nobody", country="HK", nationality="PH", groups=["WAG"])
    make_case(db, desk, sharing="held", country="HK", nationality="PH", groups=["WAG"])
    hidden = make_case(db, desk, country="HK", nationality="PH", groups=["WAG"])
    db.flush()
    db.add(CaseExclusion(case_id=hidden.id, organization_id=desk.id))
    db.flush()
    reader = reader_of(desk)

    assert counting.total(db, reader) == 0
    assert not counting.by_group(db, reader)
    assert not counting.by_country(db, reader)
    assert not counting.by_nationality(db, reader)
    assert not counting.by_month(db, reader, UTC_ZONE, NOW)


def test_a_case_counts_in_each_of_its_problems_or_as_not_given(db: Session) -> None:
    desk = make_root(db)
    make_case(db, desk, groups=["WAG", "SAF"])
    make_case(db, desk, groups=["WAG"])
    make_case(db, desk)
    db.flush()

    assert counting.by_group(db, reader_of(desk)) == [("WAG", 2), (None, 1), ("SAF", 1)]


def test_every_month_of_the_range_has_a_row_a_bar_and_words(
    app: Flask, db: Session, network: Network
) -> None:
    make_case(db, network.first, datetime(2025, 9, 3, tzinfo=UTC))
    make_case(db, network.first, datetime(2026, 2, 3, tzinfo=UTC))
    db.commit()

    page = page_of(app, network.one)
    months = {name: count for name, count in cells_of(page).items() if re.match("20", name)}

    assert list(months) == [f"2025-{n:02}" for n in range(9, 13)] + [
        f"2026-{n:02}" for n in range(1, 12)
    ]
    assert [name for name, count in months.items() if count] == ["2025-09", "2026-02"]
    assert [page.count(f"<bdi>{month}</bdi>") for month in months] == [1] * len(months)
    assert "Every month from 2025-09 to 2026-11." in page
    assert "A case with several problems counts in each" in page


def test_months_are_those_of_the_networks_zone(db: Session) -> None:
    desk = make_root(db)
    make_case(db, desk, datetime(2026, 10, 31, 16, tzinfo=UTC))  # 1 November in Hong Kong
    db.flush()

    months = counting.by_month(db, reader_of(desk), ZoneInfo("Asia/Hong_Kong"), NOW)

    assert months == [("2026-11", 1)]


def test_small_bars_are_put_together_and_the_table_keeps_them(app: Flask) -> None:
    counts = [(f"C{n}", 9 - n) for n in range(8)]
    with app.test_request_context():
        figure = charts._figure("Where?", counts, str)

    assert [(bar.name, bar.count) for bar in figure.bars[-2:]] == [
        ("C5", 4),
        ("the others together", 5),
    ]
    assert figure.bars[0].length == WIDTH
    assert figure.cells == counts


def test_what_was_not_given_is_a_row_so_that_the_sum_is_all_cases(
    app: Flask, db: Session, network: Network
) -> None:
    make_case(db, network.first, country="HK", nationality="PH", groups=["WAG"])
    make_case(db, network.first, country="HK")
    make_case(db, network.first)
    db.commit()

    page = page_of(app, network.one)

    assert "3 cases in all." in page
    tables = page.split("<tbody>")[1:]
    assert [sum(cells_of(table).values()) for table in tables] == [3, 3, 3, 3]
    assert [cells_of(table).get("not given") for table in tables] == [2, 1, 2, None]


def test_without_cases_no_figure_is_drawn(app: Flask, db: Session) -> None:
    kit = make_member(db, make_root(db))
    db.commit()

    page = page_of(app, kit, "")

    assert page.count("No case yet.") == 4
