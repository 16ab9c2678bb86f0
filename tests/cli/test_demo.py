"""``grievance demo``: starts again on the same data, and explains a folder it cannot use."""

import json
import subprocess
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from click.testing import CliRunner, Result

from grievance.casework.case.closing import coordinators_above
from grievance.cli import demo as command
from grievance.cli import main
from grievance.cli.demo_place import DATABASE, told_of
from grievance.store import migrate
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.engine import Database, make_engine
from grievance.store.groups import CaseGroup
from grievance.store.opinions import Opinion
from grievance.store.paper import PaperForm
from grievance.store.questions import Question
from grievance.store.releases import ReleaseRequest
from tests.journeys.instance import COMMAND, end

pytestmark = pytest.mark.plain
MADE = {"secret": "s", "port": 0, "organizations": [], "users": [], "code": "1"}


def _run(*words: str) -> Result:
    result = CliRunner().invoke(main, ["demo", *words])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


def _start(folder: Path, cases: int) -> dict[str, Any]:
    """What a demo prints; it is ended again."""
    options = ["demo", "--json", "--cases", str(cases), "--folder", str(folder)]
    with subprocess.Popen(
        [*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        told: dict[str, Any] = json.loads(process.stdout.readline())
        end(process)
    return told


@pytest.mark.slow
def test_a_second_start_prints_the_same_and_refills_nothing(tmp_path: Path) -> None:
    def cases() -> int:
        database = Database(f"sqlite:///{tmp_path / 'here' / DATABASE}")
        with database.reader() as db:
            found = db.query(Case).count()
        database.close()
        return found

    first, counted = _start(tmp_path / "here", 3), cases()
    engine = make_engine(f"sqlite:///{tmp_path / 'here' / DATABASE}")
    migrate.downgrade(engine, "0001")  # as an older release left it
    second = _start(tmp_path / "here", 7)

    assert first | {"pid": 0} == second | {"pid": 0}
    assert cases() == counted == 4
    assert migrate.is_current(engine)
    engine.dispose()


@pytest.mark.slow
def test_a_demo_of_many_cases_is_in_the_middle_of_something(tmp_path: Path) -> None:
    told = command._make(tmp_path, 30)

    database = Database(f"sqlite:///{tmp_path / DATABASE}")
    with database.reader() as db:
        [danger] = db.query(ReleaseRequest).all()
        found = [db.query(one).count() for one in (Case, Question, Opinion, PaperForm, CaseGroup)]
        hours = [one.slug for one in db.query(Organization) if one.calendar]
        seconds = coordinators_above(
            db, db.get_one(Case, danger.case_id), danger.from_organization_id
        )
        names = {one["name"] for one in told["organizations"] if UUID(one["id"]) in seconds}
    database.close()
    assert found == [31, 1, 1, 1, 1]
    assert hours == ["demo-harbour"]
    assert "Demo East Asia Network" in names
    assert told["asked_code"] != told["code"]
    said = command._in_words(told | {"url": "http://127.0.0.1:1"})
    assert told["asked_code"] in said


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "holds no whole demo. Delete demo.json"),
        ("[]", "holds no whole demo"),
        ('{"secret": "x"}', "holds no whole demo"),
        (json.dumps(MADE), "holds no whole demo"),  # its database is gone
    ],
)
def test_a_folder_without_a_whole_demo_is_named(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "demo.json").write_text(content)

    result = _run("--folder", str(tmp_path))

    assert result.exit_code == 1
    assert said in result.output


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert "is a file" in _run("--folder", str(tmp_path / "file")).output
    assert (
        "cannot be made: Not a directory" in _run("--folder", str(tmp_path / "file" / "x")).output
    )


@pytest.mark.parametrize("words", [["--port", "99999"], ["--port", "-1"], ["--cases", "-5"]])
def test_a_number_that_cannot_be_meant_is_refused(words: list[str]) -> None:
    assert _run(*words).exit_code == 2


def test_a_first_start_that_was_stopped_halfway_begins_anew(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_text("half")
    (tmp_path / f"{DATABASE}-wal").write_text("half")

    def make() -> dict[str, Any]:
        assert list(tmp_path.iterdir()) == []
        (tmp_path / DATABASE).write_text("whole")
        return MADE

    assert told_of(tmp_path, make) == MADE
    assert told_of(tmp_path, lambda: {}) == MADE
    assert (tmp_path / "demo.json").stat().st_mode & 0o077 == 0


def test_a_database_that_cannot_be_used_is_explained(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def make(here: Path, cases: int) -> dict[str, Any]:
        (here / DATABASE).write_text("no database at all, but long enough")
        database = Database(f"sqlite:///{here / DATABASE}")
        with database.reader() as db:
            db.query(Case).count()
        return MADE

    monkeypatch.setattr(command, "_make", make)

    assert "no database of this service" in _run("--folder", str(tmp_path / "here")).output
    assert not (tmp_path / "here" / "demo.json").exists()
