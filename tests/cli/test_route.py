"""``grievance route replay``: what it confirms, what it denies, what it cannot say."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.referral import referring
from grievance.cli import base as cli_base
from grievance.cli import main, route
from grievance.config import Settings
from grievance.rules.route import RULE_VERSION
from grievance.store.cases import Case
from grievance.store.events import Event
from grievance.store.referrals import StoredRoute, latest_route
from tests.casework.world import World
from tests.factories import NOW


@pytest.fixture(autouse=True)
def _this_database(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """The command reads the test's database, at the least Argon2id cost and the test's time."""
    monkeypatch.setattr(cli_base, "settings", lambda: settings)
    monkeypatch.setattr(route, "settings", lambda: settings)
    monkeypatch.setattr(route, "now", lambda: NOW)


@pytest.fixture
def world(db: Session) -> World:
    made = World.make(db)
    db.commit()
    return made


@pytest.fixture
def case(db: Session, world: World) -> Case:
    """A report to the first partner; another one she ruled out."""
    answers = world.answers("chosen", world.bodies[:1], last=True)
    answers.rule_out = [str(world.bodies[2].id)]
    made = world.file(answers)
    db.commit()
    return made


def _replay(number: str, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["route", "replay", number, *words], input=typed)


def _stored(db: Session, case: Case) -> StoredRoute:
    found = latest_route(db, case.id)
    assert found is not None
    return found


def _as(world: World, place: int) -> dict[str, str]:
    kit = world.kits[world.bodies[place]]
    return {"email": kit.email, "typed": f"{kit.password}\n{kit.totp(NOW)}\n"}


def test_a_route_that_comes_out_again_is_shown(world: World, case: Case) -> None:
    result = _replay(case.number.lower())

    assert result.exit_code == 0, result.output
    assert f"rule version {RULE_VERSION}" in result.output
    assert str(world.bodies[0].id) in result.output
    assert str(world.bodies[2].id) not in result.output
    assert "left aside" in result.output


def test_its_sealed_part_too_by_a_member_who_holds_the_case(
    db: Session, world: World, case: Case
) -> None:
    [holder] = world.asked(case)
    referring.accept(db, case, holder.id, world.actor(holder), NOW)
    db.commit()
    secrets = _as(world, world.bodies.index(holder))

    result = _replay(case.number, "--as", secrets["email"].upper(), typed=secrets["typed"])

    assert result.exit_code == 0, result.output
    assert "its sealed part too" in result.output
    assert db.scalar(select(Event.user_id).where(Event.verb == "route_opened"))


def test_a_changed_route_is_denied(db: Session, case: Case) -> None:
    stored = _stored(db, case)
    assert stored.readable is not None
    stored.readable = stored.readable | {"candidates": stored.readable["candidates"][::-1]}
    db.commit()

    result = _replay(case.number)

    assert result.exit_code == 1
    assert "does not come out the same" in result.output


def test_of_other_rules_it_says_so_and_claims_no_mismatch(db: Session, case: Case) -> None:
    _stored(db, case).rule_version = 1
    db.commit()

    result = _replay(case.number)

    assert result.exit_code == 1
    assert "made with rule version 1" in result.output
    assert "does not come out the same" not in result.output


def test_where_nothing_can_be_read_it_says_why(db: Session, world: World, case: Case) -> None:
    silent = world.file(world.answers("nobody", [], last=False))
    secrets = _as(world, 2)
    db.commit()

    assert "its route is sealed" in _replay(silent.number).output
    assert "There is no case" in _replay("26-AAAAA").output
    named = ("--as", secrets["email"])
    assert "no key of this case" in _replay(case.number, *named, typed=secrets["typed"]).output
    assert "did not open" in _replay(case.number, *named, typed="wrong\n1\n").output
