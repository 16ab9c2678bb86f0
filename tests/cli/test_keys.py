"""``grievance keys rotate``: the new key of an organization, portion by portion, with progress."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.members import rotating
from grievance.cli import base as cli_base
from grievance.cli import keys, main
from grievance.config import Settings
from grievance.rules.terms import Role
from grievance.sealing.keys import KeyPair
from grievance.store.directory import Organization, key_versions
from grievance.store.documents import Grant
from tests.casework.world import World
from tests.factories import NOW, MemberKit, leave, make_member, no_code


@pytest.fixture(autouse=True)
def _this_database(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """The command reads the test's database, at the least Argon2id cost and the test's time."""
    monkeypatch.setattr(cli_base, "settings", lambda: settings)
    monkeypatch.setattr(keys, "settings", lambda: settings)
    monkeypatch.setattr(keys, "now", lambda: NOW)


@pytest.fixture
def holder(db: Session) -> MemberKit:
    """A member whose colleague has left, with five cases sealed to the key both held."""
    world = World.make(db)
    body = world.bodies[0]
    for _ in range(5):
        world.pair = KeyPair.generate()
        world.file(world.answers("chosen", [body], last=False))
    leave(db, make_member(db, body))
    db.commit()
    return world.kits[body]


def _rotate(kit: MemberKit, typed: str | None = None) -> Result:
    given = f"{kit.password}\n{kit.totp(NOW)}\n" if typed is None else typed
    return CliRunner().invoke(main, ["keys", "rotate", "--as", kit.email], input=given)


def _versions(db: Session, kit: MemberKit) -> list[int]:
    found = [key.version for key in key_versions(db, kit.organization_id)]
    db.rollback()
    return found


def test_it_shows_how_far_it_is_and_ends_with_one_key(
    db: Session, holder: MemberKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rotating.rotate.__kwdefaults__, "portion", 2)

    done = _rotate(holder)

    assert done.exit_code == 0, done.output
    shown = [line.split(": ")[1] for line in done.stderr.splitlines() if "keys" in line]
    assert shown == ["2 of 5 keys", "4 of 5 keys", "5 of 5 keys"]
    assert "the new key is in use" in done.stdout
    assert _versions(db, holder) == [2]


def test_run_again_nothing_is_due(db: Session, holder: MemberKit) -> None:
    _rotate(holder)

    again = _rotate(holder)

    assert (again.exit_code, _versions(db, holder)) == (0, [2])
    assert "nothing is due" in again.stdout


@pytest.mark.parametrize("wrong", ["not her password\n{1}\n", "{0}\n{1}\n"])
def test_a_wrong_secret_changes_nothing(db: Session, holder: MemberKit, wrong: str) -> None:
    done = _rotate(holder, wrong.format(holder.password, no_code(holder.totp_secret)))

    assert (done.exit_code, _versions(db, holder)) == (1, [1])
    assert "did not open" in done.stderr


def test_an_unknown_address_reads_like_a_wrong_password(holder: MemberKit) -> None:
    stranger = MemberKit(**{**vars(holder), "email": "nobody@example.org"})

    assert "did not open" in _rotate(stranger).stderr


def test_who_holds_no_key_is_told_who_can(db: Session, holder: MemberKit) -> None:
    body = db.get_one(Organization, holder.organization_id)
    administrator = make_member(db, body, roles=(Role.ADMINISTRATOR,))
    db.commit()

    done = _rotate(administrator)

    assert (done.exit_code, _versions(db, holder)) == (0, [1])
    assert "A colleague who does" in done.stdout


def test_what_does_not_open_is_told_with_status_1(db: Session, holder: MemberKit) -> None:
    query = select(Grant).where(Grant.organization_id == holder.organization_id)
    [spoilt, *_] = db.scalars(query).all()
    spoilt.sealed = type(spoilt.sealed)(spoilt.sealed[:-1] + bytes([spoilt.sealed[-1] ^ 1]))
    db.commit()

    done = _rotate(holder)

    assert (done.exit_code, _versions(db, holder)) == (1, [1, 2])
    assert "1 keys are left" in done.stderr
