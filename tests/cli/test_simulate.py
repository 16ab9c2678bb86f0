"""``grievance route simulate`` and ``grievance directory coverage``: for nobody's case."""

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grievance.casework.directory.version import make_version
from grievance.cli import base as cli_base
from grievance.cli import coverage, main, simulate
from grievance.config import Settings
from grievance.store.events import Event
from tests.casework.world import World
from tests.factories import NOW

HK = ("--country", "hk", "--issue", "wag01", "--nationality", "ph")


@pytest.fixture(autouse=True)
def _this_database(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """The commands read the test's database, at the test's time."""
    for module in (cli_base, simulate, coverage):
        monkeypatch.setattr(module, "settings", lambda: settings)
    for module in (simulate, coverage):
        monkeypatch.setattr(module, "now", lambda: NOW)


@pytest.fixture
def world(db: Session) -> World:
    made = World.make(db)
    db.commit()
    return made


def _run(*words: str) -> Result:
    return CliRunner().invoke(main, [*words])


def _plain(*words: str) -> dict[str, Any]:
    result = _run(*words, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.output)
    return found


def test_a_simulated_route_tells_who_is_asked_and_who_is_kept_away(world: World) -> None:
    one, two, three = world.bodies

    told = _run(
        "route", "simulate", *HK, "--respondent", one.slug, "--rule-out", str(two.id)
    ).output

    assert f"1. {three.name} ({three.id}): takes_problem, in_country" in told
    assert f"kept away: {one.name} ({one.id}): respondent" in told
    assert f"kept away: {two.name} ({two.id}): ruled_out" in told
    assert "overseeing desk: none" in told  # the root is above the respondent


def test_it_reads_no_case_and_stores_nothing(db: Session, world: World) -> None:
    world.bodies[0].capacity = 1
    make_version(db, NOW)
    world.file(world.answers("chosen", world.bodies[:1], last=True)).accepted_at = NOW
    db.commit()
    before = db.scalar(select(func.count()).select_from(Event))
    db.rollback()

    found = _plain("route", "simulate", *HK)

    assert str(world.bodies[0].id) in [row[0] for row in found["candidates"]]
    assert db.scalar(select(func.count()).select_from(Event)) == before


@pytest.mark.usefixtures("world")
def test_nobody_near_is_said() -> None:
    assert "network's own bodies" in _run("route", "simulate", "--country", "NO").output


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--issue", "XYZ99"), "No such problem: XYZ99"),
        (("--country", "Hongkong"), "two letters"),
        (("--languages", "qq"), "no languages of ours"),
        (("--respondent", "gone"), 'no organization "gone"'),
        (("--sex", "x"), "is not one of"),
    ],
)
def test_what_means_nothing_is_named(words: tuple[str, ...], said: str) -> None:
    result = _run("route", "simulate", *words)

    assert result.exit_code != 0
    assert said in result.output


def test_coverage_names_gaps_and_who_does_not_take_cases(db: Session, world: World) -> None:
    for one in (world.root, *world.bodies):
        one.paused = True
        one.services[0].needs = ["WCL"]
    make_version(db, NOW)
    db.commit()

    told = _run("directory", "coverage", "--country", "HK").output

    assert "HK      SHE   everybody\n" in told
    assert "HK      WCL   everybody (would help, but not now: " in told
    assert "1 more)" in told
    [shut] = [line for line in told.splitlines() if line.startswith("covers nothing (paused)")]
    assert all(one.name in shut for one in (world.root, *world.bodies))


@pytest.mark.usefixtures("world")
def test_coverage_without_a_gap_says_so() -> None:
    result = _run("directory", "coverage", "--country", "HK")

    assert result.output.startswith("Everybody has a partner.")


@pytest.mark.usefixtures("world")
def test_coverage_for_a_program_holds_every_cell() -> None:
    found = _plain("directory", "coverage", "--country", "HK", "--country", "FR")

    reach = {(one["country"], one["need"]): one["everyone"] for one in found["cells"]}
    assert len(reach) == 24
    assert reach["HK", "WCL"] == "in_country"
    assert reach["FR", "WCL"] == "nobody"
