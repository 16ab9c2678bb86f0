"""Sign-in by two steps: what fits, what does not, and that no answer tells which part was wrong."""

import re
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grievance.casework.members import signing_in
from grievance.casework.members.signing_in import reset_factor
from grievance.rules.terms import Role
from grievance.sealing.keys import Cost, password_key
from grievance.store.accounts import SessionRow, User
from grievance.store.events import OPERATOR, Event
from tests.conftest import Clock
from tests.factories import NOW, MemberKit, csrf_of, make_member, make_root, no_code, sign_in

WRONG = "This does not fit."
STALE = "open for too long"


@pytest.fixture
def kit(db: Session) -> MemberKit:
    """A coordinator of the root, ready to sign in."""
    made = make_member(db, make_root(db), roles=(Role.COORDINATOR,))
    db.commit()
    return made


def _post(client: FlaskClient, address: str, **fields: str) -> TestResponse:
    token = csrf_of(client.get(address).get_data(as_text=True))
    return client.post(address, data={"csrf_token": token, **fields})


def _first_step(client: FlaskClient, kit: MemberKit) -> TestResponse:
    return _post(client, "/desk/sign-in", email=kit.email, password=kit.password)


def _cookie(client: FlaskClient) -> str:
    found = client.get_cookie("d")
    return found.value if found else ""


def _without_token(answer: TestResponse) -> str:
    return re.sub(r'value="[^"]*"', "", answer.get_data(as_text=True))


def test_both_steps_lead_to_the_desk(client: FlaskClient, kit: MemberKit) -> None:
    sign_in(client, kit)

    assert client.get("/desk/users").status_code == 200


def test_the_desk_stays_closed_before_and_between_the_steps(
    client: FlaskClient, kit: MemberKit
) -> None:
    assert client.get("/desk/users").location == "/desk/sign-in"
    _first_step(client, kit)

    assert client.get("/desk/users").location == "/desk/sign-in"
    assert client.get("/desk/sign-in/code").status_code == 200


def test_the_second_step_does_not_open_by_itself(client: FlaskClient) -> None:
    assert client.get("/desk/sign-in/code").location == "/desk/sign-in"


def test_the_address_is_read_without_case_and_blanks(client: FlaskClient, kit: MemberKit) -> None:
    answer = _post(client, "/desk/sign-in", email=f"  {kit.email.upper()} ", password=kit.password)

    assert answer.location == "/desk/sign-in/code"


def test_each_step_brings_new_cookie_bytes(client: FlaskClient, kit: MemberKit) -> None:
    client.get("/desk/sign-in")
    seen = [_cookie(client)]
    _first_step(client, kit)
    seen.append(_cookie(client))
    _post(client, "/desk/sign-in/code", totp=kit.totp(NOW))
    seen.append(_cookie(client))

    assert len(set(seen)) == 3


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(
    client: FlaskClient, kit: MemberKit
) -> None:
    unknown = _post(client, "/desk/sign-in", email="nobody@x.org", password="some password")
    wrong = _post(client, "/desk/sign-in", email=kit.email, password="some password")

    assert (unknown.status_code, wrong.status_code) == (400, 400)
    assert WRONG in unknown.get_data(as_text=True)
    assert _without_token(unknown) == _without_token(wrong)


def test_an_unknown_address_costs_the_same_argon2(
    client: FlaskClient, kit: MemberKit, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs: list[Cost] = []

    def counted(password: str, salt: bytes, cost: Cost) -> bytes:
        costs.append(cost)
        return password_key(password, salt, cost)

    monkeypatch.setattr(signing_in, "password_key", counted)
    _post(client, "/desk/sign-in", email="nobody@x.org", password="some password")
    _post(client, "/desk/sign-in", email=kit.email, password="some password")
    _post(client, "/desk/recover", email="nobody@x.org", recovery_key="0", password="x" * 12)

    assert len(costs) == 3
    assert len(set(costs)) == 1


@pytest.mark.parametrize("shape", ["{0}{1} {2}", "{0}\u00a0{1}{2}", "{0}-{1}-{2}", " {0}{1}{2}\t"])
def test_blanks_in_a_code_do_not_matter(client: FlaskClient, kit: MemberKit, shape: str) -> None:
    _first_step(client, kit)
    code = kit.totp(NOW)
    answer = _post(client, "/desk/sign-in/code", totp=shape.format(code[:2], code[2:3], code[3:]))

    assert answer.location == "/desk/"


@pytest.mark.parametrize("digits", ["٠١٢٣٤٥٦٧٨٩", "၀၁၂၃၄၅၆၇၈၉", "०१२३४५६७८९"])
def test_digits_of_any_script_are_read(client: FlaskClient, kit: MemberKit, digits: str) -> None:
    _first_step(client, kit)
    typed = "".join(digits[int(c)] for c in kit.totp(NOW))

    assert _post(client, "/desk/sign-in/code", totp=typed).location == "/desk/"


@pytest.mark.parametrize(("late", "fits"), [(-60, False), (-30, True), (30, True), (60, False)])
def test_a_clock_may_be_one_step_off(
    client: FlaskClient, kit: MemberKit, late: int, fits: bool
) -> None:
    _first_step(client, kit)
    code = pyotp.TOTP(kit.totp_secret).at(NOW + timedelta(seconds=late))
    answer = _post(client, "/desk/sign-in/code", totp=code)

    assert (answer.status_code == 303) == fits


def test_a_code_counts_once(app: Flask, client: FlaskClient, kit: MemberKit) -> None:
    code, other = pyotp.TOTP(kit.totp_secret).at(NOW), app.test_client()
    _first_step(client, kit)
    _first_step(other, kit)

    assert _post(client, "/desk/sign-in/code", totp=code).status_code == 303
    assert _post(other, "/desk/sign-in/code", totp=code).status_code == 400


def test_a_recovery_code_fits_once(app: Flask, client: FlaskClient, kit: MemberKit) -> None:
    code, other = kit.recovery_codes[0], app.test_client()
    _first_step(client, kit)
    _first_step(other, kit)
    first = _post(client, "/desk/sign-in/code", totp=code.lower().replace("-", " "))

    assert first.location == "/desk/"
    assert _post(other, "/desk/sign-in/code", totp=code).status_code == 400


def test_a_wrong_code_gets_the_words_of_a_wrong_password(
    client: FlaskClient, kit: MemberKit
) -> None:
    _first_step(client, kit)
    answer = _post(client, "/desk/sign-in/code", totp=no_code(kit.totp_secret))

    assert answer.status_code == 400
    assert WRONG in answer.get_data(as_text=True)


def test_after_five_wrong_codes_the_password_is_asked_again(
    client: FlaskClient, kit: MemberKit
) -> None:
    _first_step(client, kit)
    wrong = no_code(kit.totp_secret)
    for _ in range(5):
        last = _post(client, "/desk/sign-in/code", totp=wrong).get_data(as_text=True)
    fields = {"csrf_token": csrf_of(last), "email": kit.email, "password": "some password"}

    assert STALE not in client.post("/desk/sign-in", data=fields).get_data(as_text=True)
    assert client.get("/desk/sign-in/code").location == "/desk/sign-in"
    assert _first_step(client, kit).status_code == 303  # the account itself is never locked


def test_the_second_step_is_open_for_ten_minutes(
    client: FlaskClient, kit: MemberKit, clock: Clock
) -> None:
    _first_step(client, kit)
    token = csrf_of(client.get("/desk/sign-in/code").get_data(as_text=True))
    clock.forward(minutes=10)
    late = {"csrf_token": token, "totp": kit.totp(clock())}

    assert client.post("/desk/sign-in/code", data=late).location == "/desk/sign-in"
    assert client.get("/desk/users").location == "/desk/sign-in"


def test_wrong_ones_slow_their_source_and_lock_nobody(
    app: Flask, client: FlaskClient, kit: MemberKit, clock: Clock
) -> None:
    for _ in range(10):
        _post(client, "/desk/sign-in", email=kit.email, password="some password")
    slowed = _first_step(client, kit)
    elsewhere = app.test_client()
    token = csrf_of(elsewhere.get("/desk/sign-in").get_data(as_text=True))
    fields = {"csrf_token": token, "email": kit.email, "password": kit.password}
    there = elsewhere.post(
        "/desk/sign-in", data=fields, environ_overrides={"REMOTE_ADDR": "192.0.2.7"}
    )

    assert slowed.status_code == 429
    assert int(slowed.headers["Retry-After"]) > 0
    assert kit.email in slowed.get_data(as_text=True)  # the form is kept
    assert there.status_code == 303
    clock.forward(minutes=10)
    assert _first_step(client, kit).status_code == 303


def test_a_stale_token_gives_the_form_again_with_what_was_typed(
    client: FlaskClient, kit: MemberKit
) -> None:
    answer = client.post(
        "/desk/sign-in", data={"csrf_token": "old", "email": kit.email, "password": kit.password}
    )
    page = answer.get_data(as_text=True)

    assert answer.status_code == 400
    assert kit.email in page
    assert kit.password not in page
    assert csrf_of(page)


@pytest.mark.parametrize(
    "typed", ["", " ", "\x00", "x" * 100_000, "\u202e\u200b", "‮🙂", "0" * 6, "ॐ"]
)
def test_bad_input_never_breaks_a_form(client: FlaskClient, kit: MemberKit, typed: str) -> None:
    fields = dict.fromkeys(["email", "password", "code", "recovery_key", "totp"], typed)
    _first_step(client, kit)
    for address in ("/desk/sign-in/code", "/desk/sign-in", "/desk/activate", "/desk/recover"):
        assert _post(client, address, **fields).status_code < 500


def test_signing_out_ends_the_row_too(client: FlaskClient, kit: MemberKit, db: Session) -> None:
    sign_in(client, kit)
    token = csrf_of(client.get("/desk/users").get_data(as_text=True))
    db.rollback()
    assert db.scalars(select(SessionRow)).all()
    db.rollback()
    answer = client.post("/desk/sign-out", data={"csrf_token": token})

    assert answer.location == "/desk/sign-in"
    assert client.get("/desk/users").location == "/desk/sign-in"
    assert not db.scalars(select(SessionRow)).all()


def test_signing_in_and_out_are_events(client: FlaskClient, kit: MemberKit, db: Session) -> None:
    sign_in(client, kit)
    token = csrf_of(client.get("/desk/users").get_data(as_text=True))
    client.post("/desk/sign-out", data={"csrf_token": token})
    verbs = set(db.scalars(select(Event.verb).where(Event.user_id == kit.user_id)))

    assert {"signed_in", "signed_out"} <= verbs


def test_recovery_sets_a_password_ends_sessions_and_still_asks_the_second_step(
    app: Flask, client: FlaskClient, kit: MemberKit
) -> None:
    sign_in(client, kit)
    other = app.test_client()
    answer = _post(
        other, "/desk/recover", email=kit.email, recovery_key=kit.recovery_key.lower(),
        password="another long password",
    )  # fmt: skip

    assert answer.location == "/desk/sign-in?done=recovered"
    assert client.get("/desk/users").location == "/desk/sign-in"
    assert _first_step(other, kit).status_code == 400
    kit.password = "another long password"
    assert _first_step(other, kit).location == "/desk/sign-in/code"


def test_a_wrong_recovery_key_gets_the_same_answer_as_an_unknown_address(
    client: FlaskClient, kit: MemberKit
) -> None:
    answers = [
        _post(client, "/desk/recover", email=email, recovery_key="0000", password="x" * 12)
        for email in (kit.email, "nobody@x.org")
    ]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert _without_token(answers[0]) == _without_token(answers[1])


def test_after_a_reset_the_password_sets_up_a_factor_once(
    app: Flask, client: FlaskClient, kit: MemberKit, db: Session
) -> None:
    reset_factor(db, db.get_one(User, kit.user_id), actor=OPERATOR, now=NOW)
    db.commit()
    _first_step(client, kit)
    page = client.get("/desk/sign-in/code").get_data(as_text=True)
    found = re.search(r'id="totp-secret">([A-Z2-7]+)<', page)
    assert found
    assert "<svg" in page
    wrong = no_code(found[1])
    assert _post(client, "/desk/sign-in/code", totp=wrong).status_code == 400
    answer = _post(client, "/desk/sign-in/code", totp=pyotp.TOTP(found[1]).at(NOW))

    assert answer.status_code == 200
    assert len(re.findall(r'<code class="ltr">', answer.get_data(as_text=True))) == 10
    assert client.get("/desk/users").status_code == 200
    again = app.test_client()
    _first_step(again, kit)
    assert "totp-secret" not in again.get("/desk/sign-in/code").get_data(as_text=True)


def test_a_reset_that_was_not_used_in_a_day_is_over(
    client: FlaskClient, kit: MemberKit, db: Session, clock: Clock
) -> None:
    reset_factor(db, db.get_one(User, kit.user_id), actor=OPERATOR, now=NOW)
    db.commit()
    clock.forward(days=1)
    _first_step(client, kit)

    assert "totp-secret" not in client.get("/desk/sign-in/code").get_data(as_text=True)


def test_the_database_holds_the_second_factor_sealed_only(
    client: FlaskClient, kit: MemberKit, db: Session
) -> None:
    sign_in(client, kit)
    user = db.get_one(User, kit.user_id)
    stored = repr(vars(user)) + repr([row.sealed for row in db.scalars(select(SessionRow))])

    assert kit.totp_secret not in stored
    assert kit.recovery_key not in stored
    assert not any(code in stored for code in kit.recovery_codes)
    assert repr(kit.private_key) not in stored


@pytest.mark.parametrize("address", ["/desk/sign-in", "/desk/activate", "/desk/recover"])
def test_every_form_with_a_secret_is_slowed_and_kept(
    client: FlaskClient, kit: MemberKit, address: str
) -> None:
    fields = {"email": kit.email, "password": "x" * 12, "code": "0", "recovery_key": "0"}
    answers = [_post(client, address, **fields) for _ in range(11)]

    assert [answer.status_code for answer in answers] == [400] * 10 + [429]
    assert kit.email in answers[-1].get_data(as_text=True)


def test_the_second_step_is_slowed_too_and_stays_open(
    app: Flask, client: FlaskClient, kit: MemberKit, clock: Clock
) -> None:
    _first_step(client, kit)
    other = app.test_client()
    for _ in range(10):
        _post(other, "/desk/sign-in", email="nobody@x.org", password="some password")
    slowed = _post(client, "/desk/sign-in/code", totp=kit.totp(NOW))

    assert slowed.status_code == 429
    assert client.get("/desk/sign-in/code").status_code == 200


def test_signing_out_before_signing_in_is_no_mistake(client: FlaskClient) -> None:
    token = csrf_of(client.get("/desk/sign-in").get_data(as_text=True))

    assert client.post("/desk/sign-out", data={"csrf_token": token}).status_code == 303
