"""``grievance user``: invite, confirm with a key holder's secrets, reset a factor."""

import json

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from grievance.casework.members.activation import find_invitation
from grievance.cli import base as cli_base
from grievance.cli import main, user
from grievance.config import Settings
from grievance.rules.terms import MembershipState, Role
from grievance.sealing.keys import fingerprint
from grievance.store.accounts import User, membership_between
from grievance.store.directory import Organization
from tests.factories import NOW, MemberKit, make_member, make_organization, make_root


@pytest.fixture(autouse=True)
def _this_database(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    """Commands read the test's database, at the least Argon2id cost and the test's time."""
    monkeypatch.setattr(cli_base, "settings", lambda: settings)
    monkeypatch.setattr(user, "settings", lambda: settings)
    monkeypatch.setattr(user, "now", lambda: NOW)


@pytest.fixture
def root(db: Session) -> Organization:
    return make_root(db)


@pytest.fixture
def holder(db: Session, root: Organization) -> MemberKit:
    made = make_member(db, root, roles=(Role.COORDINATOR,))
    db.commit()
    return made


def _run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(main, ["user", *words], input=typed)


def test_an_invitation_prints_a_code_that_opens_an_account(db: Session, holder: MemberKit) -> None:
    result = _run("invite", "new@x.org", "--name", "New", "--role", "organizer", "--json")
    told = json.loads(result.output)

    assert find_invitation(db, email="new@x.org", code=told["code"], now=NOW)
    assert told["roles"] == ["organizer"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["new@x.org", "--name", "N", "--role", "king"], "king"),
        (["nobody", "--name", "N", "--role", "organizer"], "no e-mail address"),
        (["new@x.org", "--name", "N", "--role", "organizer", "--organization", "x"], "There is no"),
        (["new@x.org", "--name", "N", "--role", "organizer", "--organization", "list"], "listing"),
        (["new@x.org", "--name", "N", "--role", "organizer", "--organization", ""], "There is no"),
        (["new@x.org", "--name", " \u200b", "--role", "organizer"], "A name is empty"),
        (["new@x.org", "--name", "N" * 301, "--role", "organizer"], "at most 300 letters"),
        (["new@x.org", "--name", "N\nN", "--role", "organizer"], "on one line and in UTF-8"),
        (["new@x.org", "--name", "N\udcff", "--role", "organizer"], r"not: N\udcff"),
        (["new\x01@x.org", "--name", "N", "--role", "organizer"], "on one line and in UTF-8"),
        (["new@x.org", "--name", "N", "--role", "organizer", "--language", "xx"], "xx"),
        (["new@x.org", "--name", "N", "--role", "organizer", "--language", "en,fil"], "one lang"),
    ],
)
def test_a_wrong_invitation_is_explained(
    db: Session, holder: MemberKit, words: list[str], said: str
) -> None:
    make_organization(db, slug="list", partner=False)
    db.commit()
    result = _run("invite", *words)

    assert result.exit_code != 0
    assert said in result.output
    assert isinstance(result.exception, SystemExit)


def test_a_member_is_not_invited_twice(holder: MemberKit) -> None:
    result = _run("invite", holder.email, "--name", "N", "--role", "organizer")

    assert result.exit_code == 1
    assert "already" in result.output


def test_a_key_holder_confirms_with_both_her_secrets(
    db: Session, root: Organization, holder: MemberKit
) -> None:
    waiting = make_member(db, root, confirmed=False)
    db.commit()
    typed = f"y\n{holder.password}\n{holder.totp(NOW)}\n"
    result = _run("confirm", waiting.email, "--by", holder.email, typed=typed)
    seat = membership_between(db, waiting.user_id, root.id)

    assert result.exit_code == 0, result.output
    assert fingerprint(waiting.fingerprint_key) in result.output
    assert seat is not None
    assert seat.state == MembershipState.CONFIRMED


@pytest.mark.parametrize("typed", ["n\n", "y\nwrong password\n000000\n"])
def test_nobody_is_confirmed_without_comparing_or_with_a_wrong_secret(
    db: Session, root: Organization, holder: MemberKit, typed: str
) -> None:
    waiting = make_member(db, root, confirmed=False)
    db.commit()
    result = _run("confirm", waiting.email, "--by", holder.email, typed=typed)
    seat = membership_between(db, waiting.user_id, root.id)

    assert result.exit_code == 1
    assert seat is not None
    assert seat.state == MembershipState.ACTIVATED


def test_without_a_key_holder_the_command_says_who_must_do_it(
    db: Session, root: Organization, holder: MemberKit
) -> None:
    waiting = make_member(db, root, confirmed=False)
    db.commit()

    assert "/desk/users" in _run("confirm", waiting.email, typed="y\n").output
    assert (
        "only for the root desk" in _run("confirm", waiting.email, "--operator", typed="y\n").output
    )


def test_who_does_not_wait_is_not_confirmed(holder: MemberKit) -> None:
    assert "does not wait" in _run("confirm", holder.email).output
    assert "Nobody was invited" in _run("confirm", "nobody@x.org").output


def test_a_factor_is_reset_for_a_day(db: Session, holder: MemberKit) -> None:
    result = _run("reset-factor", holder.email.upper())
    user_row = db.get_one(User, holder.user_id)

    assert "2026-11-26 09:30 UTC" in result.output
    assert user_row.factor_reset_until is not None


def test_the_factor_of_a_stranger_is_not_reset(holder: MemberKit) -> None:
    assert _run("reset-factor", "nobody@x.org").exit_code == 1
