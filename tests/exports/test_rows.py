"""Which cases an export holds: whole days, whole batches, one picture, flat memory."""

import csv
import io
import tracemalloc
from datetime import UTC, date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert
from sqlalchemy.orm import Session

from grievance.casework.case.exporting import COLUMNS, Period, cases_inside, hold_still
from grievance.exports.files import csv_lines
from grievance.rules.disclosure import plain_cell
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization
from grievance.store.engine import Database
from tests.exports.cases import make_case, reader_of
from tests.factories import NOW, make_organization, make_root

YEAR = Period(date(2026, 1, 1), date(2026, 12, 31), ZoneInfo("UTC"))


@pytest.fixture
def desk(db: Session) -> Organization:
    """A desk with cases, below a root."""
    return make_organization(db, parent_id=make_root(db).id)


def file_of(db: Session, body: Organization, period: Period = YEAR) -> list[dict[str, str]]:
    cases = cases_inside(db, reader_of(body), period)
    data = b"".join(csv_lines(db, cases, period.zone))
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def numbers_of(db: Session, body: Organization, period: Period = YEAR) -> list[str]:
    return [row["case_number"] for row in file_of(db, body, period)]


@pytest.mark.parametrize("hidden", [{"sharing": "nobody"}, {"sharing": "held"}])
def test_reports_shared_with_nobody_are_in_no_file(
    db: Session, desk: Organization, hidden: dict[str, str]
) -> None:
    shown = make_case(db, desk)
    make_case(db, desk, **hidden)
    db.flush()

    assert numbers_of(db, desk) == [shown.number]


def test_a_case_that_excludes_the_own_organization_is_in_no_file(
    db: Session, desk: Organization
) -> None:
    shown, hidden = make_case(db, desk), make_case(db, desk)
    db.flush()
    db.add(CaseExclusion(case_id=hidden.id, organization_id=desk.id))
    db.flush()

    assert numbers_of(db, desk) == [shown.number]


@pytest.mark.parametrize(
    ("zone", "day", "inside", "outside"),
    [
        # Hong Kong is eight hours ahead: its day begins at 16:00 UTC of the day before.
        ("Asia/Hong_Kong", date(2026, 11, 10), "2026-11-09T16:00", "2026-11-09T15:59"),
        ("Asia/Hong_Kong", date(2026, 11, 10), "2026-11-10T15:59", "2026-11-10T16:00"),
        # New York's clock went forward on 8 March (23 hours) and back on 1 November (25 hours).
        ("America/New_York", date(2026, 3, 8), "2026-03-08T05:00", "2026-03-08T04:59"),
        ("America/New_York", date(2026, 3, 8), "2026-03-09T03:59", "2026-03-09T04:00"),
        ("America/New_York", date(2026, 11, 1), "2026-11-01T04:00", "2026-11-01T03:59"),
        ("America/New_York", date(2026, 11, 1), "2026-11-02T04:59", "2026-11-02T05:00"),
    ],
)
def test_days_are_whole_days_of_the_networks_zone(
    db: Session, desk: Organization, zone: str, day: date, inside: str, outside: str
) -> None:
    shown = make_case(db, desk, datetime.fromisoformat(inside).replace(tzinfo=UTC))
    make_case(db, desk, datetime.fromisoformat(outside).replace(tzinfo=UTC))
    db.flush()

    rows = file_of(db, desk, Period(day, day, ZoneInfo(zone)))

    assert [(row["case_number"], row["received"]) for row in rows] == [
        (shown.number, day.isoformat())
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 6, 7])
def test_no_case_is_lost_or_doubled_between_batches(
    db: Session, desk: Organization, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr("grievance.casework.case.exporting.BATCH", 3)
    monkeypatch.setattr("grievance.exports.files.CHUNK", 2)
    made = {make_case(db, desk).number for _ in range(count)}  # all of one hour: ids decide
    db.flush()

    numbers = numbers_of(db, desk)

    assert sorted(numbers) == sorted(made)


WILD = [
    "=1+1",
    "-2",
    "@x",
    "'quoted",
    '"',
    'a"b,c;d',
    "two\nlines",
    "\ttab",
    "|cmd",
    "茉莉花",
    " =1",
    "+85291234567",
    "%0d",
    "\r=1",
    "\n=1",
    "＝1+1",
    "\u200f=1+1",
    "'=1",
    '=HYPERLINK("http://x";"y")',
    "a\r\n=1",
    "a,=1",
]


@pytest.mark.parametrize("name", WILD)
def test_every_name_comes_back_from_the_file_as_it_was(
    db: Session, desk: Organization, name: str
) -> None:
    desk.name = name
    make_case(db, desk)
    db.flush()

    [row] = file_of(db, desk)

    assert plain_cell(row["owner"]) == name
    assert row["owner"].lstrip(" \u200f")[:1] not in set("=+-@|%\t\r\n＝")
    assert tuple(row) == COLUMNS


def test_an_export_is_one_picture_while_others_write(
    db: Session, database: Database, desk: Organization
) -> None:
    first, gone = make_case(db, desk, state="received"), make_case(db, desk)
    db.commit()
    with database.reader() as picture:
        hold_still(picture)
        cases = cases_inside(picture, reader_of(desk), YEAR)
        first.state = "closed"
        make_case(db, desk)
        db.delete(gone)
        db.commit()
        data = b"".join(csv_lines(picture, cases, YEAR.zone)).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(data)))

    assert {row["case_number"] for row in rows} == {first.number, gone.number}
    assert {row["state"] for row in rows} == {"received"}


def test_memory_stays_flat(db: Session, desk: Organization) -> None:
    def peak(cases: int) -> int:
        """The most that writing takes, once this many more cases are there."""
        row = {"sharing": "chosen", "owner_id": desk.id, "received_at": NOW, "last_act_at": NOW}
        db.execute(insert(Case), [{"number": str(uuid4()), **row} for _ in range(cases)])
        listed = cases_inside(db, reader_of(desk), YEAR)
        tracemalloc.start()
        written = sum(len(piece) for piece in csv_lines(db, listed, YEAR.zone))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()

        assert written > len(listed) * 50
        return most

    small = peak(1_000)

    assert peak(3_000) < 1.2 * small
