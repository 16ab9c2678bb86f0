"""Who tries to be somebody else: planted and copied cookies, codes used twice, guesses, races."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grievance.accounts import attempts
from grievance.casework.members.activation import Wrapped
from grievance.casework.members.inviting import invite
from grievance.casework.members.signing_in import Opened, reset_factor
from grievance.rules.terms import MembershipState, Role
from grievance.sealing.keys import fingerprint
from grievance.store.accounts import SessionRow, User, membership_between
from grievance.store.directory import Organization, key_shares_of
from grievance.store.events import OPERATOR, Event
from tests.conftest import Clock
from tests.factories import (
    NOW,
    PASSWORD,
    MemberKit,
    csrf_of,
    leave,
    make_member,
    make_root,
    sign_in,
)

STEP = timedelta(seconds=30)
CODE = "/desk/sign-in/code"


@pytest.fixture
def root(db: Session) -> Organization:
    """The secretariat."""
    return make_root(db)


@pytest.fixture
def kit(db: Session, root: Organization) -> MemberKit:
    """A coordinator of the root, ready to sign in."""
    made = make_member(db, root, roles=(Role.COORDINATOR,))
    db.commit()
    return made


def _post(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    token = csrf_of(client.get(address).text)
    return client.post(address, data={"csrf_token": token, **fields})


def _first_step(client: FlaskClient, kit: MemberKit) -> TestResponse:
    return _post(client, "/desk/sign-in", email=kit.email, password=kit.password)


def _with_cookie_of(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser that holds the same cookie."""
    found, other = client.get_cookie("d"), app.test_client()
    assert found
    other.set_cookie("d", found.value)
    return other


def _at_once(*acts: Callable[[], TestResponse]) -> list[int]:
    """The statuses of several requests that come together, in order of size."""
    with ThreadPoolExecutor(len(acts)) as pool:
        return sorted(done.result().status_code for done in [pool.submit(act) for act in acts])


def _words(answer: TestResponse) -> str:
    return re.sub(r'value="[^"]*"', "", answer.text)


def test_a_planted_cookie_is_worth_nothing_after_each_step(
    app: Flask, client: FlaskClient, kit: MemberKit
) -> None:
    client.get("/desk/sign-in")
    planted = _with_cookie_of(app, client)
    _first_step(client, kit)
    between = _with_cookie_of(app, client)

    assert planted.get(CODE).location == "/desk/sign-in"
    assert _post(client, CODE, totp=kit.totp(NOW)).location == "/desk/"
    for other in (planted, between):
        assert other.get("/desk/users").location == "/desk/sign-in"
        assert other.get(CODE).location == "/desk/sign-in"


def test_a_new_factor_brings_new_cookie_bytes_too(
    app: Flask, client: FlaskClient, kit: MemberKit, db: Session
) -> None:
    reset_factor(db, db.get_one(User, kit.user_id), actor=OPERATOR, now=NOW)
    db.commit()
    _first_step(client, kit)
    between = _with_cookie_of(app, client)
    secret = re.search(r'id="totp-secret">([A-Z2-7]+)<', client.get(CODE).text)
    assert secret
    _post(client, CODE, totp=pyotp.TOTP(secret[1]).at(NOW))

    assert client.get("/desk/users").status_code == 200
    assert between.get("/desk/users").location == "/desk/sign-in"
    assert between.get(CODE).location == "/desk/sign-in"


def test_a_copied_cookie_ends_with_the_sign_out(
    app: Flask, client: FlaskClient, kit: MemberKit, db: Session
) -> None:
    sign_in(client, kit)
    copied = _with_cookie_of(app, client)
    token = csrf_of(copied.get("/desk/users").text)
    client.post("/desk/sign-out", data={"csrf_token": token})

    assert copied.get("/desk/users").location == "/desk/sign-in"
    assert "signed out" in copied.post("/desk/users/invite", data={"csrf_token": token}).text
    assert db.scalars(select(SessionRow)).all() == []


def test_a_new_password_ends_every_session_also_one_between_the_steps(
    app: Flask, client: FlaskClient, kit: MemberKit
) -> None:
    sign_in(client, kit)
    between = app.test_client()
    _first_step(between, kit)
    token = csrf_of(between.get(CODE).text)
    _post(
        app.test_client(), "/desk/recover", email=kit.email, recovery_key=kit.recovery_key,
        password="another long password",
    )  # fmt: skip
    late = {"csrf_token": token, "totp": kit.totp(NOW)}

    assert client.get("/desk/users").location == "/desk/sign-in"
    assert between.post(CODE, data=late).location == "/desk/sign-in"
    assert between.get("/desk/users").location == "/desk/sign-in"


def test_no_code_counts_after_a_later_one(
    app: Flask, client: FlaskClient, kit: MemberKit, clock: Clock
) -> None:
    totp, other = pyotp.TOTP(kit.totp_secret), app.test_client()
    _first_step(client, kit)
    assert _post(client, CODE, totp=totp.at(NOW)).status_code == 303
    _first_step(other, kit)

    assert _post(other, CODE, totp=totp.at(NOW - STEP)).status_code == 400  # never used itself
    clock.forward(seconds=29)
    assert _post(other, CODE, totp=totp.at(NOW)).status_code == 400
    clock.forward(seconds=1)
    assert _post(other, CODE, totp=totp.at(clock())).status_code == 303


@pytest.mark.parametrize("kind", ["totp", "recovery code"])
def test_a_code_that_comes_twice_at_once_counts_once(
    app: Flask, db: Session, kit: MemberKit, kind: str
) -> None:
    code = kit.totp(NOW) if kind == "totp" else kit.recovery_codes[0]
    clients = [app.test_client() for _ in range(4)]
    tokens = []
    for client in clients:
        _first_step(client, kit)
        tokens.append(csrf_of(client.get(CODE).text))
    statuses = _at_once(
        *[
            lambda c=client, t=token: c.post(CODE, data={"csrf_token": t, "totp": code})
            for client, token in zip(clients, tokens, strict=True)
        ]
    )

    assert statuses == [303, 400, 400, 400]
    signed = select(func.count()).select_from(Event).where(Event.verb == "signed_in")
    assert db.scalar(signed) == 1


def test_an_activation_code_that_comes_twice_at_once_counts_once(
    app: Flask, db: Session, root: Organization
) -> None:
    code = _invited(db, root, "ana@example.org")
    clients = [app.test_client() for _ in range(3)]
    data = {"email": "ana@example.org", "code": code, "password": PASSWORD}
    tokens = [csrf_of(client.get("/desk/activate").text) for client in clients]
    pairs = zip(clients, tokens, strict=True)

    assert _at_once(
        *[
            lambda c=client, t=token: c.post("/desk/activate", data=data | {"csrf_token": t})
            for client, token in pairs
        ]
    ) == [200, 400, 400]


def test_an_activation_code_withstands_many_tries_and_still_fits_its_owner(
    app: Flask, db: Session, root: Organization, clock: Clock
) -> None:
    code = _invited(db, root, "ana@example.org")
    thief = app.test_client()
    near = [code[:-1] + letter for letter in "0123456789ABC" if letter != code[-1]][:11]
    data = {"email": "ana@example.org", "password": PASSWORD}
    statuses = [_post(thief, "/desk/activate", code=one, **data).status_code for one in near]
    other = _post(thief, "/desk/activate", code=code, **data | {"email": "eve@example.org"})
    clock.forward(minutes=11)

    assert statuses == [400] * 10 + [429]
    assert other.status_code == 429
    assert "recovery-key" in _post(app.test_client(), "/desk/activate", code=code, **data).text


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("/desk/sign-in", {"password": "some long password"}),
        ("/desk/recover", {"password": "some long password", "recovery_key": "0000"}),
        ("/desk/activate", {"password": "some long password", "code": "0000-0000-0000-0000"}),
    ],
)
def test_no_answer_tells_who_has_an_account(
    app: Flask, client: FlaskClient, db: Session, root: Organization, kit: MemberKit,
    address: str, fields: dict[str, str],
) -> None:  # fmt: skip
    gone = make_member(db, root, roles=(Role.COORDINATOR,))
    leave(db, gone)
    _invited(db, root, "invited@example.org")
    emails = ("nobody@example.org", kit.email, gone.email, "invited@example.org", "no address")
    answers = [_post(client, address, email=email, **fields) for email in emails]

    assert {answer.status_code for answer in answers} == {400}
    assert len({_words(answer) for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.keys())) for answer in answers}) == 1
    for _ in range(5):
        _post(client, address, email="nobody@example.org", **fields)
    slowed = [_post(client, address, email=email, **fields) for email in emails]
    assert {answer.status_code for answer in slowed} == {429}
    assert len({_words(answer) for answer in slowed}) == 1


def test_a_dismissed_member_signs_in_no_more_with_everything_right(
    client: FlaskClient, db: Session, root: Organization, kit: MemberKit
) -> None:
    gone = make_member(db, root, roles=(Role.COORDINATOR,))
    db.commit()
    _first_step(client, gone)
    token = csrf_of(client.get(CODE).text)
    leave(db, gone)
    db.commit()
    late = client.post(CODE, data={"csrf_token": token, "totp": gone.totp(NOW)})
    recovered = {"recovery_key": gone.recovery_key, "password": "another long password"}

    assert late.location == "/desk/sign-in"
    assert _first_step(client, gone).status_code == 400
    assert _post(client, "/desk/recover", email=gone.email, **recovered).status_code == 400


def test_two_last_key_holders_are_not_both_dismissed_at_once(
    app: Flask, db: Session, root: Organization
) -> None:
    holders = [make_member(db, root), make_member(db, root)]
    clients = [app.test_client(), app.test_client()]
    others = [make_member(db, root, roles=(Role.ADMINISTRATOR,)) for _ in clients]
    db.commit()
    posts = []
    for client, other, holder in zip(clients, others, holders, strict=True):
        sign_in(client, other)
        seat = membership_between(db, holder.user_id, root.id)
        assert seat
        address = f"/desk/users/{seat.id}/dismiss"
        db.rollback()
        token = csrf_of(client.get("/desk/users").text)
        posts.append((client, address, {"csrf_token": token}))
    _at_once(*[lambda c=c, to=to, data=data: c.post(to, data=data) for c, to, data in posts])
    db.rollback()

    assert len([h for h in holders if key_shares_of(db, h.user_id, root.id)]) == 1


@pytest.mark.parametrize("turn", range(3))
def test_who_is_confirmed_while_she_is_dismissed_is_not_back(
    app: Flask, db: Session, root: Organization, turn: int
) -> None:
    holder, head = make_member(db, root), make_member(db, root, roles=(Role.ADMINISTRATOR,))
    waiting = make_member(db, root, confirmed=False)
    db.commit()
    seat = membership_between(db, waiting.user_id, root.id)
    assert seat
    seat_id = seat.id
    db.rollback()
    posts, read = [], fingerprint(waiting.fingerprint_key)
    for member, act in ((holder, "confirm"), (head, "dismiss")):
        client = app.test_client()
        sign_in(client, member)
        posts.append(
            (client, f"/desk/users/{seat_id}/{act}", csrf_of(client.get("/desk/users").text))
        )
    _at_once(
        *[
            lambda c=client, to=to, t=token: c.post(to, data={"csrf_token": t, "compared": read})
            for client, to, token in posts
        ]
    )
    db.rollback()
    ended = membership_between(db, waiting.user_id, root.id)

    assert ended
    assert ended.state == MembershipState.ENDED
    assert key_shares_of(db, waiting.user_id, root.id) == []


def test_a_recovery_that_a_dismissal_overtakes_gets_the_words_of_a_wrong_key(
    client: FlaskClient, db: Session, root: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = make_member(db, root, roles=(Role.ADMINISTRATOR,))
    db.commit()
    slow = attempts.by_recovery_key

    def overtaken(email: str, recovery_key: str, password: str) -> tuple[Opened, Wrapped]:
        opened = slow(email, recovery_key, password)
        db.get_one(User, gone.user_id).dismissed_at = NOW
        db.commit()
        return opened

    monkeypatch.setattr(attempts, "by_recovery_key", overtaken)
    fields = {"recovery_key": gone.recovery_key, "password": "another long password"}

    assert _post(client, "/desk/recover", email=gone.email, **fields).status_code == 400


def _invited(db: Session, root: Organization, email: str) -> str:
    made = invite(
        db, email=email, name="Ana", roles=[Role.ORGANIZER], organization_id=root.id,
        actor=OPERATOR, now=NOW,
    )  # fmt: skip
    db.commit()
    assert made.code
    return made.code
