"""``grievance directory`` and ``grievance taxonomy``: what they take and what they name."""

import re
from importlib import resources
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grievance.cli import base, main
from grievance.cli import directory as command
from grievance.config import Settings
from grievance.store.directory import Organization
from grievance.store.law import StoredRule
from grievance.store.reference import IssueCode
from tests.factories import NOW, make_root

FORM = """\
directory: 1
organizations:
  - {id: good, name: Good, kind: union, country: HK}
  - {id: bad, name: Bad, kind: club, country: HK}
"""
DOCS = Path(__file__).parents[2] / "docs" / "directory-form.md"
SEED = resources.files("grievance.store") / "seed" / "taxonomy.csv"


@pytest.fixture(autouse=True)
def _this_database(monkeypatch: pytest.MonkeyPatch, settings: Settings, db: Session) -> None:
    """The commands read the test's database at the test's time."""
    monkeypatch.setattr(base, "settings", lambda: settings)
    monkeypatch.setattr(command, "now", lambda: NOW)
    make_root(db)
    db.commit()


def _run(*words: str) -> Result:
    result = CliRunner().invoke(main, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


def _slugs(db: Session) -> set[str]:
    found = set(db.scalars(select(Organization.slug).where(~Organization.is_root)))
    db.rollback()  # the next command writes
    return found


def test_an_import_takes_the_good_rows_and_names_the_bad_ones(db: Session, tmp_path: Path) -> None:
    file = tmp_path / "form.yaml"
    file.write_text(FORM)
    looked = _run("directory", "check", str(file))
    before = _slugs(db)
    taken = _run("directory", "import", str(file))

    assert (looked.exit_code, taken.exit_code) == (1, 1)
    assert 'left out: bad (row at line 4): line 4, kind: "club" is not one of' in taken.output
    assert "nothing was written" in looked.output
    assert before == set()
    assert _slugs(db) == {"good"}


def test_the_form_in_the_docs_can_be_taken(db: Session, tmp_path: Path) -> None:
    example = re.search(r"```yaml\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert example is not None
    file = tmp_path / "form.yaml"
    file.write_text(example[1], "utf-8")
    result = _run("directory", "import", str(file))

    assert result.exit_code == 0, result.output
    assert "sampaguita-desk" in _slugs(db)


@pytest.mark.parametrize("words", [["directory", "import"], ["taxonomy", "load"]])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "does not exist"),
        ("folder", "is a directory"),
        ("é".encode("latin-1"), "is not UTF-8. Save it as UTF-8"),
        (b"", "form.yaml"),
        (b"\x00", "form.yaml"),
        (b"a,b\n1,2\n", "form.yaml"),
    ],
)
def test_a_file_that_cannot_be_taken_is_named(
    words: list[str], content: bytes | str | None, said: str, tmp_path: Path
) -> None:
    file = tmp_path / "form.yaml"
    if isinstance(content, bytes):
        file.write_bytes(content)
    elif content:
        file.mkdir()
    result = _run(*words, str(file))

    assert result.exit_code != 0
    assert said in result.output


def test_the_shipped_list_of_problems_loads_twice(db: Session) -> None:
    assert "issues: 111" in _run("taxonomy", "load").output
    assert "issues: 111" in _run("taxonomy", "load").output


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("WCL,U3,code", "ZZZ,U3,code", 'Line 2: service_needs: "ZZZ" is not one of'),
        ("WCL,U3,code", "WCL,U9,code", "Line 2: default_urgency is not one of"),
        ("WCL,U3,code", "WCL,U3,word", "Line 2: readable is neither"),
        ("WAG01,WAG,", ",WAG,", "Line 2: code is missing"),
        ("WAG02,WAG,", "WAG01,WAG,", 'The code "WAG01" stands twice'),
        ("default_urgency", "urgency", "has no column: default_urgency"),
        ("WAG01,", '"WAG01"x"\n', "Line"),
    ],
)
def test_a_wrong_list_of_problems_changes_nothing(
    db: Session, tmp_path: Path, before: str, after: str, said: str
) -> None:
    _run("taxonomy", "load")
    file = tmp_path / "own.csv"
    file.write_text(SEED.read_text("utf-8").replace(before, after, 1), "utf-8")
    result = _run("taxonomy", "load", str(file))
    offered = db.scalar(select(func.count()).select_from(IssueCode).where(IssueCode.active))

    assert result.exit_code == 1
    assert said in result.output
    assert offered == 111


LAW = """\
legal_dates: 1
rules:
- id: ph-claim
  place: "PH"
  trigger: contract_end
  length: 3
  unit: years
  must_act: worker
  text: {en: "A claim within three years."}
  sources: ["https://example.org/law"]
  checked: "2026-11-01"
  recheck_after: "2027-11-01"
"""


def test_a_list_of_dates_in_law_of_ones_own_stands_over_ours(db: Session, tmp_path: Path) -> None:
    file = tmp_path / "law.yaml"
    file.write_text(LAW, "utf-8")
    assert "legal dates: 31" in _run("taxonomy", "load").output

    result = _run("taxonomy", "load", "--legal-dates", str(file))

    assert result.output == "legal dates: 1\n"
    assert list(db.scalars(select(StoredRule.id))) == ["ph-claim"]
    assert db.scalar(select(func.count()).select_from(IssueCode)) == 111


def test_a_wrong_list_of_dates_in_law_is_refused_with_each_row_and_changes_nothing(
    db: Session, tmp_path: Path
) -> None:
    file = tmp_path / "law.yaml"
    file.write_text(LAW.replace("years", "moons").replace("https", "ftp"), "utf-8")
    _run("taxonomy", "load")

    result = _run("taxonomy", "load", "--legal-dates", str(file))

    assert result.exit_code == 1
    assert 'line 3, ph-claim: unit: "moons" is not one of: hours, days' in result.output
    assert "line 3, ph-claim: sources: write an address" in result.output
    assert db.scalar(select(func.count()).select_from(StoredRule)) == 31


def test_the_form_goes_out_into_a_new_file_and_comes_in_unchanged(
    db: Session, tmp_path: Path
) -> None:
    form, out = tmp_path / "in.yaml", tmp_path / "out.yaml"
    form.write_text(FORM, "utf-8")
    _run("directory", "import", str(form))

    told = _run("directory", "export", "--format", "form", str(out))

    assert told.exit_code == 0
    assert "organizations: 2" in told.output
    assert out.stat().st_mode & 0o777 == 0o600
    assert "unchanged: 2" in _run("directory", "import", str(out)).output
    again = _run("directory", "export", "--format", "form", str(out))
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    away = _run("directory", "export", "--format", "form", str(tmp_path / "no" / "out.yaml"))
    assert (away.exit_code, "cannot be written" in away.output) == (1, True)
    hsds = _run("directory", "export", "--format", "hsds-json", str(out))
    assert (hsds.exit_code, "is a file" in hsds.output) == (1, True)
