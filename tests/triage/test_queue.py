"""The list of cases: filters and places in the address, and whose cases it holds."""

import html
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from grievance.casework.case import closing
from grievance.casework.case.closing import Closing, SecondPersonNeeded
from grievance.casework.referral import asking, referring
from grievance.rules.terms import (
    ClosingKind,
    DeclineReason,
    MembershipState,
    Outcome,
    Role,
    Urgency,
)
from grievance.sealing.keys import KeyPair
from grievance.store.accounts import Membership
from grievance.store.cases import Case, CaseExclusion
from grievance.store.events import record
from grievance.store.referrals import referrals_of
from grievance.triage import lists
from tests.casework.world import World, refer
from tests.factories import NOW, make_member, sign_in, words_of


@pytest.fixture
def cases(world: World) -> list[Case]:
    """Five cases for the first partner, all of one hour."""
    made = []
    for _ in range(5):
        world.pair = KeyPair.generate()
        made.append(world.file(world.answers("chosen", [world.bodies[0]], last=True)))
    world.db.commit()
    return made


def signed_in(app: Flask, world: World, place: int) -> FlaskClient:
    client = app.test_client()
    sign_in(client, world.kits[world.bodies[place]])
    return client


@pytest.mark.parametrize("sort", ["urgency", "due", "newest", "oldest"])
def test_page_after_page_shows_every_case_once(
    app: Flask, world: World, cases: list[Case], sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = sorted(str(case.id) for case in cases)
    client = signed_in(app, world, 0)
    monkeypatch.setattr(lists, "PAGE", 2)
    seen: list[str] = []
    address = f"/desk/cases?sort={sort}"
    for _ in range(3):
        page = client.get(address).text
        seen += re.findall(r'/desk/cases/([0-9a-f-]{36})"', page)
        more = re.search(r'class="button" href="([^"]+)"', page)
        address = html.unescape(more[1]) if more else ""

    assert sorted(seen) == ids
    assert address == ""


BAD = [
    "after=%00_1_{id}", "after=U0_99999999999999999999_{id}", "after=U0_-99999999999999999_{id}",
    "after=U0_1_nothing", "after=_", "after=U9_1_{id}", "country=%00", "owner=%00", "owner=me%00",
    "issue=%00", "issue=%F0%90", "state=%00", "state=nothing", "urgency=U9", "referral=%00",
    "sort=%00", "after=U0_" + "9" * 5000 + "_{id}",
]  # fmt: skip


@pytest.mark.parametrize("query", BAD, ids=range(len(BAD)))
@pytest.mark.parametrize("sort", ["urgency", "due"])
def test_a_value_that_means_nothing_narrows_nothing(
    app: Flask, world: World, cases: list[Case], query: str, sort: str
) -> None:
    address = f"/desk/cases?{query.format(id=cases[0].id)}&sort={sort}"
    client = signed_in(app, world, 0)

    assert client.get(address).status_code == 200


def listed(client: FlaskClient, query: str) -> set[str]:
    page = client.get(f"/desk/cases?{query}").text
    return set(re.findall(r'/desk/cases/([0-9a-f-]{36})"', page))


def test_what_waits_for_another_organization_and_what_is_due_soon(
    app: Flask, world: World, cases: list[Case]
) -> None:
    held, due, later = cases[:3]
    for case in cases:
        [asked] = referrals_of(world.db, case.id)[:1]
        asked.due_at = NOW + (timedelta(hours=1) if case is due else timedelta(days=9))
    referring.accept(world.db, held, world.bodies[0].id, world.actor(world.bodies[0]), NOW)
    world.db.flush()
    refer(world, held, world.bodies[0], world.bodies[1])
    world.db.commit()
    ids = {case: str(case.id) for case in cases}
    first, second = signed_in(app, world, 0), signed_in(app, world, 1)

    assert listed(first, "referral=elsewhere") == {ids[held]}
    assert listed(second, "referral=elsewhere") == set()
    assert listed(second, "referral=sent") == {ids[held]}
    assert listed(first, "referral=soon") == {ids[due]}
    assert ids[later] in listed(first, "referral=sent")


def test_a_closing_waits_for_everybody_but_the_one_who_asked_for_it(
    app: Flask, world: World, cases: list[Case]
) -> None:
    case, body = cases[0], world.bodies[0]
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    case.urgency = Urgency.U0
    ending = Closing(Outcome.SETTLED, ClosingKind.RESOLVED, None, None, "")
    with pytest.raises(SecondPersonNeeded):
        closing.close(world.db, case, ending, None, world.actor(body), NOW)
    other = make_member(world.db, body)
    world.db.commit()
    client = app.test_client()
    sign_in(client, other)

    assert listed(client, "referral=closing") == {str(case.id)}
    assert listed(signed_in(app, world, 0), "referral=closing") == set()


def test_a_filter_is_taken_away_alone(app: Flask, world: World, cases: list[Case]) -> None:
    page = signed_in(app, world, 0).get("/desk/cases?country=HK&urgency=U2&state=all&sort=due").text
    chips = re.search(r'<ul class="chips">(.*?)</ul>', page, re.DOTALL)
    assert chips
    links = [html.unescape(one) for one in re.findall(r'href="([^"]+)"', chips[1])]

    assert "/desk/cases?state=all&country=HK&sort=due" in links
    assert links[-1] == "/desk/cases"


def test_a_member_is_chosen_by_name(app: Flask, world: World, cases: list[Case]) -> None:
    body = world.bodies[0]
    other = make_member(world.db, body, name="Rina")
    cases[0].assignee_id, cases[0].owner_id = other.user_id, body.id
    world.db.commit()
    client = signed_in(app, world, 0)

    assert f'<option value="{other.user_id}">Rina</option>' in client.get("/desk/cases").text
    assert listed(client, f"owner={other.user_id}") == {str(cases[0].id)}


def test_who_is_only_asked_learns_nothing_of_another_desk(app: Flask, world: World) -> None:
    """Neither that another was asked and said no, nor who works on the case there."""
    case = world.file(world.answers("chosen", world.bodies[:2], last=False))
    [first] = world.asked(case)
    asking.decline(
        world.db, case, first.id, DeclineReason.NO_CAPACITY, world.actor(first), NOW
    )  # fmt: skip
    [second] = world.asked(case)
    case.assignee_id = make_member(world.db, world.root, name="Rina Root").user_id
    world.db.commit()
    client, case_id = signed_in(app, world, world.bodies.index(second)), str(case.id)

    assert listed(client, "referral=sent") == {case_id}
    assert listed(client, "referral=declined") == set()
    assert listed(client, f"owner={case.assignee_id}") == set()
    assert listed(client, "owner=none") == {case_id}
    assert "Rina Root" not in client.get("/desk/cases").text


def test_the_trail_leaves_out_what_another_desk_of_hers_must_not_find(
    app: Flask, world: World, cases: list[Case]
) -> None:
    there, here = sorted(world.bodies[:2], key=lambda one: one.id)
    kit = world.kits[here]
    world.db.add(
        Membership(
            user_id=kit.user_id, organization_id=there.id, roles=[Role.ORGANIZER],
            state=MembershipState.CONFIRMED, confirmed_at=NOW + timedelta(days=1),
        )
    )  # fmt: skip
    for case in cases[:2]:
        record(world.db, "case_reopened", world.actor(here), NOW, case_id=case.id)
    world.db.add(CaseExclusion(case_id=cases[1].id, organization_id=there.id))
    world.db.commit()
    client = app.test_client()
    sign_in(client, kit)
    page = client.get("/desk/audit").text  # she stays at the desk where she sat first

    assert cases[0].number in page
    assert cases[1].number not in page


def test_counts_and_lists_hold_only_the_own_cases(
    app: Flask, world: World, cases: list[Case]
) -> None:
    numbers = [case.number for case in cases]
    stranger = signed_in(app, world, 1)

    for path in ("/desk/", "/desk/cases?state=all", "/desk/cases?country=HK&issue=WAG"):
        page = stranger.get(path).text
        assert not any(number in page for number in numbers)
    assert set(re.findall(r"<strong>(\d+)</strong>", stranger.get("/desk/").text)) == {"0"}
    assert "5" in re.findall(r"<strong>(\d+)</strong>", signed_in(app, world, 0).get("/desk/").text)


@pytest.mark.parametrize("danger", [True, False])
def test_danger_that_waits_stands_out_in_the_work_waiting(
    app: Flask, world: World, cases: list[Case], danger: bool
) -> None:
    cases[0].urgency = Urgency.U0 if danger else Urgency.U1
    world.db.commit()

    page = signed_in(app, world, 0).get("/desk/").text

    marked = re.findall(r'<a href="([^"]+)" class="now">', page)
    assert marked == (["/desk/cases?urgency=U0"] if danger else [])


def test_the_list_names_languages_in_words(app: Flask, world: World, cases: list[Case]) -> None:
    cases[0].languages = ["fil", "id"]
    world.db.commit()

    assert "Filipino, Indonesian" in words_of(signed_in(app, world, 0).get("/desk/cases").text)
