"""``grievance init``: what a script gets, and what it never writes over."""

import json
import sqlite3
import stat
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from grievance.casework.members.activation import find_invitation
from grievance.cli import main
from grievance.cli.base import now
from grievance.config import Settings
from grievance.rules.terms import AreaLevel, Role, ServiceNeed
from grievance.store import migrate
from grievance.store.directory import DirectoryVersion, Organization, root
from grievance.store.engine import Database
from grievance.store.reference import IssueCode

OPTIONS = ["--name", "Net of One", "--country", "hk", "--admin-email", "Admin@Example.org"]
TWO = [*OPTIONS, "--coordinator-email", "cora@example.org"]


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("SETTINGS", "DATABASE_URL", "PUBLIC_URL"):
        monkeypatch.delenv(f"GRIEVANCE_{name}", raising=False)
    monkeypatch.chdir(tmp_path)


def _init(*options: str) -> Result:
    return CliRunner().invoke(main, ["init", *options])


def _told(*options: str) -> dict[str, Any]:
    result = _init(*options, "--json")
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.output)
    return told


def _settings(file: str) -> Settings:
    return Settings.load({"GRIEVANCE_SETTINGS": file})


def test_one_command_makes_a_network_that_works_alone(tmp_path: Path) -> None:
    told = _told(*TWO, "--folder", str(tmp_path / "here"))
    database = Database(_settings(told["settings"]).database_url)
    with database.reader() as db:
        body = root(db)
        assert body is not None
        service = body.services[0]
        areas = [area.level for area in service.areas]
        codes = db.scalars(select(IssueCode)).all()
        versions = db.scalars(select(DirectoryVersion)).all()
    current = migrate.is_current(database.engine)
    database.close()

    assert (body.name, body.country, body.partner) == ("Net of One", "HK", True)
    assert set(service.needs) == {str(need) for need in ServiceNeed}
    assert (service.communities, areas) == (["any"], [AreaLevel.WORLD])
    assert len(codes) > 100
    assert versions
    assert current


@pytest.mark.parametrize(("option", "more"), [("--listings", True), ("--no-listings", False)])
def test_listings_come_in_and_none_of_them_is_a_partner(
    tmp_path: Path, option: str, more: bool
) -> None:
    told = _told(*TWO, option, "--folder", str(tmp_path / "here"))
    database = Database(_settings(told["settings"]).database_url)
    with database.reader() as db:
        bodies = db.scalars(select(Organization)).all()
    database.close()

    assert (len(bodies) > 50) == more
    assert [body.name for body in bodies if body.partner] == ["Net of One"]


def test_the_settings_file_is_its_owners_alone(tmp_path: Path) -> None:
    told = _told(*TWO, "--folder", str(tmp_path / "here"))
    file = Path(told["settings"])

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((file.parent / "grievance.db").stat().st_mode) == 0o600
    assert "Keep a copy" in file.read_text("utf-8")


def test_secrets_are_fresh_each_time(tmp_path: Path) -> None:
    one, two = (
        _settings(_told(*TWO, "--folder", str(tmp_path / name))["settings"]) for name in "ab"
    )

    assert len({one.pepper, two.pepper, one.name_secret, two.name_secret}) == 4


def test_administrator_and_coordinator_get_codes_for_seven_days(tmp_path: Path) -> None:
    told = _told(*TWO, "--folder", str(tmp_path / "here"))
    database = Database(_settings(told["settings"]).database_url)
    with database.reader() as db:
        for one in told["sign_ins"]:
            assert find_invitation(db, email=one["email"], code=one["code"], now=now())
    database.close()

    assert {one["email"]: one["roles"] for one in told["sign_ins"]} == {
        "admin@example.org": [Role.ADMINISTRATOR],
        "cora@example.org": [Role.COORDINATOR],
    }


def test_one_person_gets_one_sign_in_with_both_roles(tmp_path: Path) -> None:
    told = _told(*OPTIONS, "--one-person", "--folder", str(tmp_path / "here"))

    assert [one["roles"] for one in told["sign_ins"]] == [
        [Role.ADMINISTRATOR, Role.COORDINATOR, Role.ORGANIZER]
    ]


def test_without_json_it_says_where_to_go_and_to_keep_a_copy(tmp_path: Path) -> None:
    output = _init(*TWO, "--folder", str(tmp_path / "here")).output

    assert "/desk/activate" in output
    assert "Keep a copy" in output
    assert "GRIEVANCE_SETTINGS=" in output


def test_it_writes_over_nothing(tmp_path: Path) -> None:
    folder = str(tmp_path / "here")
    before = Path(_told(*TWO, "--folder", folder)["settings"]).read_bytes()
    again = _init(*TWO, "--folder", folder)

    assert again.exit_code == 1
    assert "is there already" in again.output
    assert (tmp_path / "here" / "settings.env").read_bytes() == before


def test_a_database_in_use_is_left_alone(tmp_path: Path) -> None:
    told = _told(*TWO, "--folder", str(tmp_path / "here"))
    url = _settings(told["settings"]).database_url
    other = _init(*TWO, "--folder", str(tmp_path / "there"), "--database-url", url)
    database = Database(url)
    with database.reader() as db:
        bodies = db.scalars(select(Organization)).all()
    database.close()

    assert other.exit_code == 1
    assert "root desk already" in other.output
    assert sum(body.is_root for body in bodies) == 1
    assert not (tmp_path / "there" / "settings.env").exists()


def test_tables_of_another_release_are_left_alone(tmp_path: Path) -> None:
    told = _told(*TWO, "--folder", str(tmp_path / "here"))
    url = _settings(told["settings"]).database_url
    with sqlite3.connect(url.removeprefix("sqlite:///")) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    other = _init(*TWO, "--folder", str(tmp_path / "there"), "--database-url", url)

    assert other.exit_code == 1
    assert "of a newer release" in other.output
    assert not (tmp_path / "there" / "settings.env").exists()


@pytest.mark.parametrize(
    ("options", "word"),
    [
        (["--admin-email", "a@x.org", "--country", "HK"], "name"),
        (["--name", "N", "--country", "Hongkong", "--admin-email", "a@x.org"], "two letters"),
        (["--name", "N", "--country", "QQ", "--admin-email", "a@x.org"], "two letters"),
        (["--name", " ", "--country", "HK", "--admin-email", "a@x.org"], "A name is empty"),
        ([*TWO, "--admin-name", ""], "A name is empty"),
        ([*TWO, "--admin-name", "A\nGRIEVANCE_PEPPER=x"], "on one line"),
        ([*TWO, "--coordinator-email", ""], "no e-mail address"),
        (["--name", "N", "--country", "HK", "--admin-email", "nobody"], "no e-mail address"),
        (["--name", "N", "--country", "HK", "--admin-email", "a@x.org"], "--one-person"),
        ([*OPTIONS, "--coordinator-email", "admin@example.org"], "--one-person"),
        ([*TWO, "--languages", "en,xx"], "xx"),
        ([*TWO, "--public-url", "http://example.org"], "https"),
        ([*TWO, "--database-url", "mysql://x"], "sqlite"),
        ([*TWO, "--database-url", "sqlite:////nowhere/at/all.db"], "database"),
    ],
)
def test_a_wrong_option_is_named_and_leaves_nothing_behind(
    tmp_path: Path, options: list[str], word: str
) -> None:
    result = _init(*options, "--folder", str(tmp_path / "here"))

    assert result.exit_code != 0
    assert word in result.output
    assert isinstance(result.exception, SystemExit)
    assert not (tmp_path / "here" / "settings.env").exists()


def test_the_default_is_a_folder_in_the_place_one_stands_in(tmp_path: Path) -> None:
    told = _told(*TWO)

    assert told["settings"] == str(tmp_path / "instance" / "settings.env")
    assert Settings.load({}).service_name == "Net of One"


def test_help_names_every_command() -> None:
    output = CliRunner().invoke(main, ["--help"]).output

    assert "init" in output
    assert "user" in output
