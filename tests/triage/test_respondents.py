"""Whom a case is about, at the desk: pages and forms; who is tied or kept away finds nothing."""

import re
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from grievance.casework.directory.version import make_version
from grievance.casework.referral import referring
from grievance.rules.terms import Role
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.respondents import Respondent, RespondentLink
from grievance.store.staff_ties import StaffTie
from tests.casework.world import World
from tests.factories import NOW, MemberKit, csrf_of, make_member, sign_in

AGENCY = "agency_destination"
NAME = "Kintong Bituin"
Held = tuple[Case, Organization]


@pytest.fixture
def held(world: World) -> Held:
    """A case against an agency that she named, accepted."""
    return holding(world, NAME)


def holding(world: World, name: str) -> Held:
    answers = world.answers("chosen", world.bodies[:1], last=True)
    answers.respondent_kind, answers.respondent_names = [AGENCY], {AGENCY: name}
    case = world.file(answers)
    [body] = world.asked(case)
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    world.db.commit()
    return case, body


def browser(app: Flask, kit: MemberKit) -> FlaskClient:
    client = app.test_client()
    sign_in(client, kit)
    return client


def press(client: FlaskClient, page: str, path: str, **fields: object) -> tuple[int, str]:
    token = csrf_of(client.get(page).text)
    answer = client.post(path, data={**fields, "csrf_token": token})
    return answer.status_code, answer.headers.get("Location", answer.text)


def record(client: FlaskClient, case: Case, **fields: object) -> tuple[int, str]:
    here = f"/desk/cases/{case.id}/respondents"
    return press(client, here, f"{here}/make", **{"kind": AGENCY, "names": NAME, **fields})


def only_record(world: World) -> str:
    found = world.db.scalars(select(Respondent.id)).one()
    world.db.commit()
    return str(found)


def test_naming_a_respondent_and_reading_its_record(app: Flask, world: World, held: Held) -> None:
    case, body = held
    client = browser(app, world.kits[body])
    page = client.get(f"/desk/cases/{case.id}/respondents").text
    assert page.count(NAME) >= 2  # as she told it, and ready in the form

    status, _ = record(client, case, names=f"{NAME}\n金星僱傭", licences="EA-5567")

    assert status == 303
    one = only_record(world)
    shown = client.get(f"/desk/respondents/{one}").text
    assert all(word in shown for word in (NAME, "金星僱傭", "EA-5567", case.number))
    row = re.search(rf"{NAME}.*?</tr>", client.get("/desk/respondents").text, re.S)
    assert row
    assert ">1</td>" in row[0]
    assert f"/desk/respondents/{one}" in client.get(f"/desk/cases/{case.id}").text


def test_another_case_is_offered_the_record_with_the_reason(
    app: Flask, world: World, held: Held
) -> None:
    case, body = held
    second, _ = holding(world, "kintong bituin employment agency")
    client = browser(app, world.kits[body])
    record(client, case)
    here = f"/desk/cases/{second.id}/respondents"
    page = client.get(here).text
    assert "same name:" in page
    assert case.number in page  # by its hash

    status, _ = press(client, here, f"{here}/link", record=only_record(world))

    assert status == 303
    assert "same record" in client.get(f"/desk/cases/{case.id}").text
    assert press(client, here, f"{here}/link", record=only_record(world))[0] == 409
    assert press(client, here, f"{here}/unlink", record=only_record(world))[0] == 303
    assert press(client, here, f"{here}/unlink", record=only_record(world))[0] == 404


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"names": " \u200b\n\u3164"}, "Please write a name."),
        ({"kind": "nobody"}, "Please choose again."),
        ({"aliases": "\n".join(map(str, range(21)))}, "At most 20 lines, please."),
        ({"licences": "9" * 201}, "A line has at most 200 letters."),
    ],
)
def test_a_wrong_form_comes_back_filled_and_writes_nothing(
    app: Flask, world: World, held: Held, wrong: dict[str, str], said: str
) -> None:
    case, body = held
    client = browser(app, world.kits[body])

    status, page = record(client, case, **{"aliases": "Bituin ng Kinto", **wrong})

    assert status == 400
    assert said in page
    assert wrong.get("aliases", "Bituin ng Kinto") in page
    assert world.db.scalars(select(Respondent)).all() == []
    world.db.commit()


def test_records_merge_and_part_again_by_their_pages(app: Flask, world: World, held: Held) -> None:
    case, body = held
    client = browser(app, world.kits[body])
    record(client, case)
    record(client, case, names="Kintong Bituwin")
    one, two = world.db.scalars(select(Respondent.id).order_by(Respondent.made_at)).all()
    world.db.commit()
    page = f"/desk/respondents/{two}"
    assert "names nearly alike" in client.get(page).text

    assert press(client, page, f"{page}/merge", into=str(two))[0] == 409
    assert press(client, page, f"{page}/merge", into=str(one))[0] == 303

    assert "Part them again" in client.get(page).text  # the address leads to what it is read with
    assert press(client, page, f"/desk/respondents/{one}/part", record=str(two))[0] == 303
    assert "Part them again" not in client.get(f"/desk/respondents/{one}").text
    assert press(client, page, f"/desk/respondents/{one}/part", record=str(two))[0] == 409


def test_another_desks_record_and_case_answer_as_none(app: Flask, world: World, held: Held) -> None:
    case, body = held
    record(browser(app, world.kits[body]), case)
    one = only_record(world)
    other = browser(app, world.kits[world.bodies[2]])
    token = csrf_of(other.get("/desk/").text)

    gets = [other.get(f"/desk/respondents/{end}") for end in (one, uuid4(), "1")]
    gets += [other.get(f"/desk/cases/{end}/respondents") for end in (case.id, uuid4(), "1")]
    posts = [
        other.post(path, data={"csrf_token": token, "record": one, "into": one, "names": "x"})
        for path in (
            f"/desk/respondents/{one}/names", f"/desk/respondents/{one}/merge",
            f"/desk/respondents/{one}/part", f"/desk/cases/{case.id}/respondents/make",
            f"/desk/cases/{case.id}/respondents/link", f"/desk/cases/{case.id}/tie",
        )
    ]  # fmt: skip

    assert {answer.status_code for answer in (*gets, *posts)} == {404}
    assert len({answer.text for answer in gets}) == 1
    assert NAME not in other.get("/desk/respondents").text


def test_whoever_names_her_own_desk_is_told_and_the_case_is_gone(app: Flask, world: World) -> None:
    world.bodies[0].name = "Sampaguita Circle"
    make_version(world.db, NOW)
    case, body = holding(world, "")
    client = browser(app, world.kits[body])

    status, place = record(client, case, names="Sampaguita Circle")

    assert (status, place) == (303, "/desk/respondents?done=gone")
    assert "may be about your own organization" in client.get(place).text
    assert client.get(f"/desk/cases/{case.id}").status_code == 404


EVERYWHERE = (
    "/desk/", "/desk/cases?state=all", "/desk/cases", "/desk/statistics", "/desk/coverage",
    "/desk/audit", "/desk/users", "/desk/respondents", "/desk/ties", "/desk/exports",
)  # fmt: skip


def everything(client: FlaskClient, case: Case) -> str:
    """Every page and file that this member can get."""
    token = csrf_of(client.get("/desk/exports").text)
    day = NOW.date().isoformat()
    export = {
        "csrf_token": token, "period_from": day, "period_to": day, "level": "coded",
        "audience": "own", "format": "csv", "purpose": "to look",
    }  # fmt: skip
    file = client.post("/desk/exports", data=export)
    assert file.status_code == 200
    one = client.get(f"/desk/cases/{case.id}")
    return "\n".join([one.text, file.text, *(client.get(path).text for path in EVERYWHERE)])


def test_she_says_herself_that_a_case_is_about_hers_and_no_page_has_it(
    app: Flask, world: World, held: Held
) -> None:
    case, body = held
    kit = make_member(world.db, body, roles=(Role.ORGANIZER, Role.COORDINATOR))
    world.db.commit()
    record(browser(app, world.kits[body]), case)
    one, client = only_record(world), browser(app, kit)
    assert case.number in everything(client, case)
    here = f"/desk/cases/{case.id}"

    status, place = press(client, here, f"{here}/tie", whom=f"record:{one}", reason="family")

    assert status == 303
    assert "shown to this member no more" in client.get(place).text
    found = everything(client, case)
    assert case.number not in found
    assert str(case.id) not in found
    assert client.get(here).status_code == 404
    assert client.get(f"/desk/respondents/{one}").status_code == 404
    assert case.number in everything(browser(app, world.kits[body]), case)


def test_what_a_coordinator_wrote_down_of_her_is_not_shown_to_her(
    app: Flask, world: World, held: Held
) -> None:
    case, body = held
    organizer = make_member(world.db, body, name="Organizer Ana")
    coordinator = make_member(world.db, body, roles=(Role.ORGANIZER, Role.COORDINATOR))
    world.db.commit()
    record(browser(app, world.kits[body]), case)
    whom, above = f"record:{only_record(world)}", browser(app, coordinator)

    status, _ = press(
        above, "/desk/ties", "/desk/ties/declare",
        member=str(organizer.user_id), whom=whom, reason="work",
    )  # fmt: skip

    assert status == 303
    assert NAME in above.get("/desk/ties").text
    hers = browser(app, organizer)
    table = hers.get("/desk/ties").text.partition("Name a tie")[0]
    assert NAME not in table
    assert "record of this desk" not in table
    assert case.number not in everything(hers, case)
    tie = world.db.scalars(select(StaffTie.id)).one()
    world.db.commit()
    token = csrf_of(hers.get("/desk/ties").text)
    answer = hers.post("/desk/ties/end", data={"csrf_token": token, "tie": str(tie)})
    assert answer.status_code == 403
    stale = above.post("/desk/ties/end", data={"csrf_token": "x" * 43, "tie": str(tie)})
    assert stale.status_code == 400
    assert "Nothing was changed." in stale.text
    assert press(above, "/desk/ties", "/desk/ties/end", tie=str(tie))[0] == 303
    assert press(above, "/desk/ties", "/desk/ties/end", tie=str(tie))[0] == 404
    assert case.number in everything(hers, case)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("whom", ""), ("whom", "record:1"), ("whom", f"body:{'0' * 32}"), ("whom", "case"),
        ("reason", "none"), ("member", "x"), ("whom", f"record:{'0' * 32}"),
    ],
)  # fmt: skip
def test_a_tie_to_nobody_is_asked_again(app: Flask, world: World, field: str, value: str) -> None:
    kit = make_member(world.db, world.bodies[0], roles=(Role.COORDINATOR,))
    world.db.commit()
    client = browser(app, kit)
    fields = {
        "member": str(kit.user_id), "whom": f"body:{world.bodies[1].id}", "reason": "family",
    }  # fmt: skip

    status, page = press(client, "/desk/ties", "/desk/ties/declare", **(fields | {field: value}))

    assert status == 400
    assert "Please choose again." in page
    assert world.db.scalars(select(StaffTie)).all() == []
    world.db.commit()


def test_who_is_no_manager_ties_herself_alone(app: Flask, world: World, held: Held) -> None:
    _, body = held
    other = make_member(world.db, body)
    world.db.commit()
    client = browser(app, world.kits[body])

    status, _ = press(
        client, "/desk/ties", "/desk/ties/declare",
        member=str(other.user_id), whom=f"body:{world.bodies[1].id}", reason="family",
    )  # fmt: skip

    assert status == 400


def test_odd_addresses_are_no_errors(app: Flask, world: World, held: Held) -> None:
    client = browser(app, world.kits[held[1]])

    for path in (
        "/desk/respondents?page=0", "/desk/respondents?page=9999999999", "/desk/respondents?page=x",
        "/desk/ties?country=??&page=-1", "/desk/respondents?done=<b>", "/desk/ties?page=²",
    ):  # fmt: skip
        assert client.get(path).status_code == 200, path
    assert world.db.scalars(select(RespondentLink)).all() == []
