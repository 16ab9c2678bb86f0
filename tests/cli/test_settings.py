"""Settings at a command: what is right is taken, what is missing is named."""

import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from grievance.cli import main
from grievance.config import PREFIX, Settings
from tests.journeys.instance import COMMAND

NEEDED = {
    "GRIEVANCE_DATABASE_URL": "sqlite:///here.db",
    "GRIEVANCE_PEPPER": "p" * 40,
    "GRIEVANCE_NAME_SECRET": "n" * 40,
}


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of this machine are read."""
    monkeypatch.chdir(tmp_path)


def test_an_output_that_cannot_be_written_ends_in_words() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [*COMMAND, "doctor", "--help"], stdout=full, stderr=subprocess.PIPE, text=True,
            env=os.environ | NEEDED, check=False,
        )  # fmt: skip

    assert done.returncode == 1
    assert done.stderr == "The output cannot be used: No space left on device.\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["init", "--folder", "a" * 300], "cannot be used: File name too long"),
        (["serve", "--listen", "127.0.0.1"], "write ADDRESS:PORT"),
    ],
)
def test_a_name_that_no_machine_takes_ends_in_words(words: list[str], said: str) -> None:
    done = subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, env=os.environ | NEEDED, check=False,
    )  # fmt: skip

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert said in done.stderr


def test_a_setting_that_is_no_utf_8_is_named() -> None:
    result = _doctor(NEEDED | {"GRIEVANCE_PEPPER": "\udcff" * 40})

    assert "GRIEVANCE_PEPPER: write it in UTF-8" in result.output


def _doctor(environ: dict[str, str]) -> Result:
    gone: dict[str, str | None] = {PREFIX + "SETTINGS": None}
    return CliRunner().invoke(main, ["doctor"], env=gone | environ)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql+psycopg://u:p#/w@host:5432/name"),
        ("DATABASE_URL", "postgresql+psycopg:///name?host=/run/postgresql"),
        ("LISTEN", "[::1]:0"),
        ("LISTEN", "*:8080"),
        ("PUBLIC_URL", "https://help.example.org"),
        ("PUBLIC_URL", "http://localhost:5000"),
        ("MAIL_FROM", "Helpdesk <desk@example.org>"),
    ],
)
def test_a_right_setting_is_taken(name: str, value: str) -> None:
    settings = Settings.load(NEEDED | {PREFIX + name: value})

    assert getattr(settings, name.lower()) == value


def test_without_any_setting_it_says_where_it_looked_and_what_is_needed(tmp_path: Path) -> None:
    result = _doctor({name: None for name in NEEDED})  # type: ignore[misc]

    assert f"no settings file {tmp_path / 'instance' / 'settings.env'}" in result.output
    assert "GRIEVANCE_SETTINGS" in result.output
    assert all(f"{name} is missing" in result.output for name in NEEDED)
    assert 'Run "grievance init"' in result.output
