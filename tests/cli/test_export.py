"""``grievance export``: the command's file, its event, and what it refuses."""

import csv
import io
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.cli import base as cli_base
from grievance.cli import export, main
from grievance.config import Settings
from grievance.exports.files import csv_lines
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.engine import Database
from grievance.store.events import Event
from tests.exports.cases import make_case
from tests.factories import NOW, make_organization, make_root


@pytest.fixture(autouse=True)
def _this_database(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """The command reads the test's database at the test's time."""
    monkeypatch.setattr(cli_base, "settings", lambda: settings)
    monkeypatch.setattr(export, "settings", lambda: settings)
    monkeypatch.setattr(export, "now", lambda: NOW)


@pytest.fixture
def root(db: Session) -> Organization:
    made = make_root(db, slug="root")
    db.commit()
    return made


@pytest.fixture
def desk(db: Session, root: Organization) -> Organization:
    made = make_organization(db, slug="desk", parent_id=root.id)
    db.commit()
    return made


def _export(*words: str, **given: str) -> Result:
    options = {"from": "2026-11-01", "to": "2026-11-30", "purpose": "Yearly review"}
    options |= {"organization": "root"} | given
    named = [word for name, value in options.items() for word in (f"--{name}", value)]
    return CliRunner().invoke(main, ["export", *named, *words])


def _numbers(data: bytes) -> list[str]:
    text = io.StringIO(data.decode("utf-8-sig"), newline="")
    return [row["case_number"] for row in csv.DictReader(text)]


def _events(db: Session) -> list[Event]:
    found = list(db.scalars(select(Event).where(Event.verb == "cases_exported")))
    db.rollback()
    return found


def test_the_file_has_the_cases_of_the_named_organization_and_below(
    db: Session, root: Organization, desk: Organization
) -> None:
    above, below = make_case(db, root), make_case(db, desk)
    db.commit()

    assert sorted(_numbers(_export().stdout_bytes)) == sorted([above.number, below.number])
    assert _numbers(_export(organization="desk").stdout_bytes) == [below.number]
    assert _numbers(_export(organization=str(desk.id)).stdout_bytes) == [below.number]


def test_its_event_names_the_cases_of_the_file(
    db: Session, root: Organization, desk: Organization
) -> None:
    case = make_case(db, desk)
    make_case(db, root)
    db.commit()
    _export(organization="desk")

    [event] = _events(db)

    assert (event.actor, event.user_id, event.organization_id) == ("operator", None, desk.id)
    assert event.details == {
        "level": "coded", "from": "2026-11-01", "to": "2026-11-30", "rows": 1,
        "cases": [str(case.id)], "purpose": "Yearly review",
    }  # fmt: skip


def test_reports_go_on_being_written_while_a_file_is(
    monkeypatch: pytest.MonkeyPatch, db: Session, database: Database, root: Organization
) -> None:
    first = make_case(db, root)
    db.commit()

    def slow(*given: Any) -> Iterator[bytes]:
        with database.writer() as other:
            make_case(other, other.get_one(Organization, root.id))
            other.commit()
        yield from csv_lines(*given)

    monkeypatch.setattr(export, "csv_lines", slow)
    result = _export()

    assert result.exit_code == 0, result.output
    assert _numbers(result.stdout_bytes) == [first.number]
    assert _events(db)[0].details["rows"] == 1
    assert len(db.scalars(select(Case)).all()) == 2


def test_the_file_is_its_owners_alone_and_takes_an_older_ones_place(
    db: Session, root: Organization, tmp_path: Path
) -> None:
    case = make_case(db, root)
    db.commit()
    file = tmp_path / "out.csv"
    file.write_text("older")
    file.chmod(0o644)
    result = _export("--output", str(file))

    assert result.exit_code == 0, result.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert _numbers(file.read_bytes()) == [case.number]
    assert result.stdout == ""
    assert "1 rows" in result.stderr


def test_no_half_file_is_left(
    monkeypatch: pytest.MonkeyPatch, root: Organization, tmp_path: Path
) -> None:
    def breaks(db: Session, cases: Sequence[UUID], zone: ZoneInfo) -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "csv_lines", breaks)
    result = _export("--output", str(tmp_path / "folder.csv"))

    assert result.exit_code == 1
    assert "cannot be written: No space left on device" in result.output
    assert not list(tmp_path.glob("*.csv*")) + list(tmp_path.glob(".*"))


def test_where_no_file_can_be_nothing_stands_in_the_trail(
    db: Session, root: Organization, tmp_path: Path
) -> None:
    nowhere = _export("--output", str(tmp_path / "nowhere" / "out.csv"))
    device = _export("--output", "/dev/null")

    assert (nowhere.exit_code, device.exit_code) == (1, 1)
    assert "cannot be written: No such file or directory" in nowhere.output
    assert "/dev/null is not a file" in device.output
    assert _events(db) == []


def test_a_long_export_says_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, db: Session, root: Organization
) -> None:
    monkeypatch.setattr("grievance.exports.files.CHUNK", 2)
    monkeypatch.setattr(export, "CHUNK", 2)
    monkeypatch.setattr(export, "_PROGRESS", 1)
    for _ in range(5):
        make_case(db, root)
    db.commit()

    lines = _export().stderr.splitlines()

    assert lines == ["  2 of 5 rows", "  4 of 5 rows", "  5 of 5 rows", "5 rows"]


def test_the_whole_network_is_named_never_assumed(root: Organization) -> None:
    words = ["export", "--from", "2026-11-01", "--to", "2026-11-30", "--purpose", "Review"]
    result = CliRunner().invoke(main, words)

    assert result.exit_code == 2
    assert "--organization" in result.output


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"to": "9999-12-31"}, "cannot be right"),
        ({"from": "0001-01-01"}, "cannot be right"),
        ({"from": "20261101"}, "Write a day as 2026-11-25"),
        ({"to": "2026-W48-3"}, "Write a day as 2026-11-25"),
        ({"from": "2026-12-01"}, "The last day is before the first."),
        ({"purpose": " "}, "Say what it is for."),
        ({"purpose": "\u2800"}, "Say what it is for."),
        ({"organization": "nobody"}, 'There is no organization "nobody".'),
    ],
)
def test_a_wrong_option_is_named(root: Organization, given: dict[str, str], said: str) -> None:
    result = _export(**given)

    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit)
    assert said in result.output
