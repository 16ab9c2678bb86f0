"""``grievance export``: the command's file, its event, and what it refuses."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from grievance.cli import base as cli_base
from grievance.cli import export, main
from grievance.config import Settings
from grievance.store.directory import Organization
from tests.factories import NOW, make_root


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


def _export(*words: str, **given: str) -> Result:
    options = {"from": "2026-11-01", "to": "2026-11-30", "purpose": "Yearly review"} | given
    named = [word for name, value in options.items() for word in (f"--{name}", value)]
    return CliRunner().invoke(main, ["export", *named, *words])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"to": "9999-12-31"}, "cannot be right"),
        ({"from": "0001-01-01"}, "cannot be right"),
        ({"from": "20261101"}, "Write a day as 2026-11-25"),
        ({"to": "2026-W48-3"}, "Write a day as 2026-11-25"),
        ({"from": "2026-12-01"}, "The last day is before the first."),
        ({"purpose": " "}, "Say what it is for."),
    ],
)
def test_a_wrong_option_is_named(root: Organization, given: dict[str, str], said: str) -> None:
    result = _export(**given)

    assert result.exit_code != 0
    assert isinstance(result.exception, SystemExit)
    assert said in result.output
