"""Groups at the desk: started by numbers, one message for all, nothing of it elsewhere."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from grievance.rules.terms import DocumentKind
from grievance.store.cases import Case
from grievance.store.documents import Document
from grievance.store.groups import CaseGroup
from tests.casework.test_grouping import hold
from tests.casework.world import World
from tests.factories import csrf_of, sign_in

ACTS = ("message", "note", "contact", "add", "leave", "name", "say")


class Groups:
    """A member on the pages of her desk's groups."""

    def __init__(self, app: Flask, world: World) -> None:
        self.world = world
        self.cases: list[Case] = hold(world, 3)
        self.numbers = [one.number for one in self.cases]
        self.ids = [str(one.id) for one in self.cases]
        world.db.commit()
        self.client: FlaskClient = app.test_client()
        sign_in(self.client, world.kits[world.bodies[0]])
        self.path = ""

    def start(self, numbers: str, name: str = "Kanaryo dormitory") -> TestResponse:
        answer = self.post("/desk/groups", name=name, numbers=numbers)
        self.path = answer.location or self.path
        return answer

    def post(self, path: str, **fields: Any) -> TestResponse:
        token = csrf_of(self.client.get("/desk/groups").text)
        return self.client.post(path, data={"csrf_token": token} | fields)

    def act(self, act: str, seen: str = "0", **fields: Any) -> TestResponse:
        return self.post(f"{self.path}/{act}", seen=seen, **fields)

    def page(self) -> str:
        return self.client.get(self.path).text

    def count(self, kind: DocumentKind) -> int:
        found = self.world.db.scalar(select(func.count()).where(Document.kind == kind)) or 0
        self.world.db.rollback()
        return found


@pytest.fixture
def groups(app: Flask, world: World) -> Groups:
    """Three cases that the desk holds, and its groups."""
    return Groups(app, world)


def test_a_group_is_started_by_numbers_and_shows_its_cases(groups: Groups) -> None:
    assert groups.start("\n".join(groups.numbers).lower()).status_code == 303

    page = groups.page()

    assert "Kanaryo dormitory" in page
    for number in groups.numbers:
        assert number in page
    assert ">Kanaryo<" not in page  # no words of theirs
    assert "Kanaryo dormitory" in groups.client.get("/desk/groups").text
    assert "This case is in a group" in groups.client.get(f"/desk/cases/{groups.ids[0]}").text


def test_a_case_leads_to_a_new_group_with_its_number(groups: Groups) -> None:
    assert groups.numbers[0] in groups.client.get(f"/desk/groups?case={groups.ids[0]}").text


@pytest.mark.parametrize("case", ["1", "%00", "7c9e6679-7425-40de-944b-e07fc1f90ae7"])
def test_any_case_in_the_address_gives_the_page(groups: Groups, case: str) -> None:
    assert groups.client.get(f"/desk/groups?case={case}").status_code == 200


@pytest.mark.parametrize(
    ("name", "numbers", "status", "said"),
    [
        ("", "26-AAAAA", 400, "Please write a name"),
        ("Crew", " ", 400, "at least one case number"),
        ("Crew", "26-AAAAA", 409, "holds no case with this number: 26-AAAAA"),
        ("a" * 301, "26-AAAAA", 400, "too long"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    groups: Groups, name: str, numbers: str, status: int, said: str
) -> None:
    answer = groups.start(numbers, name)

    assert answer.status_code == status
    assert said in answer.text
    assert name in answer.text


def test_a_case_in_a_group_joins_no_second(groups: Groups) -> None:
    groups.start(" ".join(groups.numbers))

    assert groups.start(groups.numbers[0], "Another").status_code == 409


def test_one_message_is_sealed_in_each_case_and_a_second_press_sends_none(groups: Groups) -> None:
    groups.start(" ".join(groups.numbers))

    assert groups.act("message", text="Linggo sa parke").status_code == 303
    again = groups.act("message", text="Linggo sa parke")

    assert again.status_code == 409
    assert "Linggo sa parke" in again.text
    assert groups.count(DocumentKind.MESSAGE) == 3


def test_each_act_comes_back_to_the_group(groups: Groups) -> None:
    groups.start(" ".join(groups.numbers[:2]))
    fields = {
        "note": {"text": "x"}, "contact": {"on": "2026-11-29"}, "name": {"name": "Crew"},
        "say": {"may_say": "yes"}, "add": {"numbers": groups.numbers[2]},
        "leave": {"cases": groups.ids[:1]},
    }  # fmt: skip
    for seen, (act, given) in enumerate(fields.items()):
        assert groups.act(act, str(seen), **given).status_code == 303, act

    page = groups.page()

    assert "Crew" in page
    assert "29 November 2026" in page
    assert groups.numbers[0] not in page
    assert groups.numbers[2] in page
    assert 'value="yes" checked' in page
    assert groups.count(DocumentKind.NOTE) == 2


@pytest.mark.parametrize(
    ("act", "fields", "said"),
    [
        ("message", {"text": ""}, "Please write a few words"),
        ("contact", {"on": "29/11/2026"}, "Write a day as"),
        ("leave", {}, "Please tick at least one case"),
        ("leave", {"cases": ["1"]}, "Please choose again"),
        ("add", {"numbers": ""}, "at least one case number"),
        ("name", {"name": ""}, "Please write a name"),
    ],
)
def test_a_wrong_form_stands_on_the_page_again(
    groups: Groups, act: str, fields: dict[str, Any], said: str
) -> None:
    groups.start(" ".join(groups.numbers))

    answer = groups.act(act, **fields)

    assert answer.status_code == 400
    assert said in answer.text


def test_the_last_case_takes_the_page_along(groups: Groups) -> None:
    groups.start(groups.numbers[0])

    answer = groups.act("leave", cases=groups.ids[:1])

    assert answer.location.endswith("/desk/groups")
    assert groups.client.get(groups.path).status_code == 404


def test_a_group_of_others_not_there_or_no_id_answers_alike(
    app: Flask, world: World, groups: Groups
) -> None:
    groups.start(" ".join(groups.numbers))
    stranger = app.test_client()
    sign_in(stranger, world.kits[world.bodies[1]])
    token = csrf_of(stranger.get("/desk/").text)
    paths = [groups.path, f"/desk/groups/{uuid4()}", "/desk/groups/1", "/desk/groups/%00"]
    data = {"csrf_token": token, "text": "x", "seen": "0"}

    looks = [stranger.get(path) for path in paths]
    acts = [stranger.post(f"{path}/{act}", data=data) for path in paths for act in ACTS]

    assert {one.status_code for one in (*looks, *acts, groups.act("delete"))} == {404}
    assert len({one.text for one in looks}) == len({one.text for one in acts}) == 1
    page = stranger.get("/desk/groups").text
    assert "Kanaryo" not in page
    taken = stranger.post(
        "/desk/groups",
        data={"csrf_token": token, "name": "Mine", "numbers": " ".join(groups.numbers)},
    )
    assert taken.status_code == 409
    assert len(list(world.db.scalars(select(CaseGroup)))) == 1
