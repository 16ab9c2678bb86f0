"""The new key of an organization, at sign-in and on the users page."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from grievance.casework.members import rotating
from grievance.rules.terms import Role
from grievance.sealing.keys import KeyPair
from grievance.store.directory import key_versions
from tests.casework.world import World
from tests.factories import MemberKit, csrf_of, leave, make_member, sign_in

USERS = "/desk/users"


@pytest.fixture
def world(db: Session) -> World:
    made = World.make(db)
    for _ in range(3):
        made.pair = KeyPair.generate()
        made.file(made.answers("chosen", [made.bodies[0]], last=False))
    db.commit()
    return made


def leaves(world: World) -> None:
    """A colleague who held the key is dismissed."""
    leave(world.db, make_member(world.db, world.bodies[0]))
    world.db.commit()


def member(world: World) -> MemberKit:
    return world.kits[world.bodies[0]]


def versions(world: World) -> list[int]:
    found = [key.version for key in key_versions(world.db, world.bodies[0].id)]
    world.db.rollback()
    return found


def page(client: FlaskClient) -> str:
    return client.get(USERS).get_data(as_text=True)


def press(client: FlaskClient) -> str:
    token = csrf_of(client.get("/desk/cases").get_data(as_text=True))
    answer = client.post(f"{USERS}/key", data={"csrf_token": token}, follow_redirects=True)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_holder_presses_and_goes_on_until_nothing_is_left(
    client: FlaskClient, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(rotating.rotate.__kwdefaults__, "portion", 2)
    sign_in(client, member(world))
    assert "A new key is due" not in page(client)
    leaves(world)
    assert "A new key is due" in page(client)

    half = press(client)
    assert "One key of a case is still sealed to the old one." in half
    assert "Go on" in half
    whole = press(client)

    assert "the old one is gone" in whole
    assert "Go on" not in whole
    assert versions(world) == [2]
    assert "the old one is gone" in press(client)  # an older page, or a colleague was quicker


def test_the_next_sign_in_of_a_holder_does_it_by_itself(client: FlaskClient, world: World) -> None:
    leaves(world)

    sign_in(client, member(world))

    assert versions(world) == [2]
    assert "new key" not in page(client)


def test_an_administrator_reads_who_can_and_cannot_press(client: FlaskClient, world: World) -> None:
    administrator = make_member(world.db, world.bodies[0], roles=(Role.ADMINISTRATOR,))
    world.db.commit()
    leaves(world)
    sign_in(client, administrator)

    shown = page(client)

    assert "ask her to sign in" in shown
    assert "Make the new key" not in shown
    token = csrf_of(shown)
    assert client.post(f"{USERS}/key", data={"csrf_token": token}).status_code == 403
    assert versions(world) == [1]


def test_who_was_dismissed_a_moment_ago_makes_no_key(client: FlaskClient, world: World) -> None:
    second = make_member(world.db, world.bodies[0])
    world.db.commit()
    sign_in(client, second)
    token = csrf_of(client.get("/desk/cases").get_data(as_text=True))
    leave(world.db, second)
    world.db.commit()

    answer = client.post(f"{USERS}/key", data={"csrf_token": token})

    assert answer.status_code in {302, 400}
    assert versions(world) == [1]
