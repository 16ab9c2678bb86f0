"""Commands over a database that is away, no database, or not at this release's tables."""

import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.exc import DataError

from grievance.cli import base, main
from grievance.cli.base import STANDING
from grievance.store import migrate
from grievance.store.engine import make_engine
from grievance.store.migrate import Standing
from tests.cli.test_settings import NEEDED

pytestmark = pytest.mark.plain
COMMANDS = [
    ["doctor"],
    ["serve", "--listen", "127.0.0.1:0"],
    ["work", "--once"],
    ["upgrade"],
    ["user", "invite", "a@example.org", "--name", "A", "--role", "organizer"],
    ["taxonomy", "load"],
]


@pytest.fixture(autouse=True)
def _file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The file that the settings name; it is not there yet."""
    file = tmp_path / "here.db"
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GRIEVANCE_SETTINGS", raising=False)
    for name, value in NEEDED.items():
        monkeypatch.setenv(name, value)
    return file


def _run(*words: str) -> Result:
    result = CliRunner().invoke(main, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.output
    return result


def _make_tables(file: Path, revision: str | None = None) -> None:
    engine = make_engine(f"sqlite:///{file}")
    migrate.upgrade(engine)
    engine.dispose()
    if revision:
        with sqlite3.connect(file) as raw:
            raw.execute("UPDATE alembic_version SET version_num = ?", [revision])
        raw.close()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_mistyped_file_is_named_and_not_made(command: list[str], tmp_path: Path) -> None:
    result = _run(*command)

    assert result.exit_code == 1
    assert "There is no database file here.db" in result.output
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("content", "said"),
    [(b"no database at all, but long enough", "is no database"), (b"", "has no tables")],
)
def test_a_file_that_is_no_database_is_named(
    command: list[str], content: bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / "here.db").write_bytes(content)
    result = _run(*command)

    assert result.exit_code == 1
    assert said in result.output


@pytest.mark.parametrize("command", COMMANDS)
def test_a_database_that_is_away_is_named(
    command: list[str], monkeypatch: pytest.MonkeyPatch, unused_port: int
) -> None:
    address = f"127.0.0.1:{unused_port}"
    monkeypatch.setenv(
        "GRIEVANCE_DATABASE_URL", f"postgresql+psycopg://nobody:never-shown@{address}/name"
    )
    result = _run(*command)

    assert result.exit_code == 1
    assert "The database does not answer" in result.output
    assert "GRIEVANCE_DATABASE_URL" in result.output
    assert "never-shown" not in result.output


@pytest.mark.parametrize("command", COMMANDS[:4])
def test_a_newer_database_is_left_alone(command: list[str], tmp_path: Path) -> None:
    _make_tables(tmp_path / "here.db", "9999")
    result = _run(*command)

    assert result.exit_code == 1
    assert STANDING[Standing.NEWER] in result.output


def test_an_older_database_is_brought_to_this_release(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _make_tables(tmp_path / "here.db")
    steps = tmp_path / "steps" / "versions"
    steps.mkdir(parents=True)
    for name in ("0001_first.py", f"{migrate.newest()}_as_it_is.py", "9999_next.py"):
        (steps / name).touch()
    monkeypatch.setattr(migrate, "_STEPS", steps.parent)
    ran: list[str] = []
    monkeypatch.setattr(migrate, "upgrade", lambda engine: ran.append(str(engine.url)))

    assert 'run "grievance upgrade"' in _run("doctor").output
    assert "was brought to" in _run("upgrade").output
    assert ran == ["sqlite:///here.db"]


def test_a_second_upgrade_changes_nothing(tmp_path: Path) -> None:
    _make_tables(tmp_path / "here.db")

    assert "is at the tables" in _run("upgrade").output


def test_a_read_only_or_busy_database_is_explained_and_a_refusal_tells_no_words() -> None:
    class Kind(Exception):
        """What a driver raises."""

    def said(words: str) -> str:
        return base.trouble(DataError("INSERT …", {"story": "Kanaryo"}, Kind(words)))

    assert "as its owner" in said("attempt to write a readonly database")
    assert "busy" in said("database is locked")
    assert said("Kanaryo") == (
        "The database refused this (Kind). What it refused was not written; what was written "
        "before stays. Tell the maintainers."
    )


def test_a_taken_address_is_named(tmp_path: Path, taken_port: int) -> None:
    _make_tables(tmp_path / "here.db")
    result = _run("serve", "--listen", f"127.0.0.1:{taken_port}")

    assert result.exit_code == 1
    assert f"cannot listen on 127.0.0.1:{taken_port}: Address already in use" in result.output
    assert "GRIEVANCE_LISTEN" in result.output
