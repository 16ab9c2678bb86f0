"""Partners to choose from where a network has many: few are on the page, and all are in reach."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from grievance.casework.directory.version import make_version
from grievance.casework.referral import referring
from grievance.rules.terms import MembershipState, OrganizationKind, Urgency
from grievance.sealing import Sealed
from grievance.sealing.keys import KeyPair
from grievance.store.accounts import Membership
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization, OrganizationKey, OrganizationKeyShare
from grievance.store.opinions import Opinion
from grievance.store.referrals import ConsentQuestion, latest_route
from grievance.store.releases import ReleaseRequest
from grievance.triage.partners import SHOWN, WHOLE
from tests.casework.world import World
from tests.factories import NOW, make_member, make_organization
from tests.triage.test_case import Page
from tests.triage.test_many_partners import counted

LISTS = ("refer", "opinion", "release")
NAMES = ("Rosal House", "Bituin Desk", "Tala Circle")
Held = tuple[Case, Organization]


class Crowd:
    """Partners with keys, all of one member's: what a network of many costs nobody here."""

    def __init__(self, world: World) -> None:
        self.world, self.kit = world, make_member(world.db, world.root)

    def grow(self, number: int, **given: Any) -> list[Organization]:
        return [self.add(**given) for _ in range(number)]

    def add(self, **given: Any) -> Organization:
        db, root = self.world.db, self.world.root
        one = make_organization(db, parent_id=root.id, service=False, **given)
        key = OrganizationKey(
            organization_id=one.id, version=1, public_key=KeyPair.generate().public, made_at=NOW
        )
        seat = Membership(
            user_id=self.kit.user_id, organization_id=one.id, roles=["organizer"],
            state=MembershipState.CONFIRMED,
        )  # fmt: skip
        db.add_all([key, seat])
        db.flush()
        share = OrganizationKeyShare(
            key_id=key.id, user_id=self.kit.user_id, sealed=Sealed(b"-"), made_at=NOW
        )
        db.add(share)
        return one

    def add_beyond(self, name: str = "Zz Rosal House", **given: Any) -> Organization:
        """One that comes after all that a page lists."""
        self.grow(WHOLE)
        one = self.add(name=name, **given)
        self.settle()
        return one

    def settle(self) -> None:
        make_version(self.world.db, NOW)
        self.world.db.commit()


@pytest.fixture
def crowd(world: World) -> Crowd:
    found = Crowd(world)
    found.settle()
    return found


@pytest.fixture
def held(world: World) -> Held:
    """A danger case whose owner may refer it, ask for advice and ask to have it released."""
    case = world.file(world.answers("chosen", [world.bodies[0]], last=False))
    [body] = world.asked(case)
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    case.urgency = Urgency.U0
    make_member(world.db, body)
    world.db.commit()
    return case, body


def form(text: str, act: str) -> str:
    """One form of the page."""
    found = re.search(rf'<form[^>]*action="[^"]*/{act}".*?</form>', text, re.DOTALL)
    assert found, act
    return found[0]


def listed(text: str, act: str) -> list[str]:
    """The ids that one list of partners holds."""
    [select_tag] = re.findall(
        r'<select name="organization">.*?</select>', form(text, act), re.DOTALL
    )
    return [one for one in re.findall(r'<option value="([^"]*)"', select_tag) if one]


def chosen(text: str, act: str) -> str:
    """The id that is chosen in it."""
    found = re.findall(r'<option value="([0-9a-f-]{36})" selected>', form(text, act))
    return next(iter(found), "")


def sent(world: World, act: str) -> list[UUID]:
    """To whom it went."""
    kept = {
        "refer": ConsentQuestion.organization_id, "opinion": Opinion.to_organization_id,
        "release": ReleaseRequest.organization_id,
    }  # fmt: skip
    world.db.rollback()
    return list(world.db.scalars(select(kept[act])))


def find(page: Page, act: str, words: str, **typed: Any) -> str:
    """Press the button beside the search."""
    answer = page.press(act, search="1", find=words, **typed)
    assert answer.status_code == 200
    return answer.text


def test_up_to_a_hundred_stand_in_one_list_and_beyond_few_do(
    app: Flask, world: World, held: Held, crowd: Crowd
) -> None:
    case, body = held
    there = len(listed(Page(app, world, body, case).text, "refer"))
    world.db.rollback()
    crowd.grow(WHOLE - there)
    crowd.settle()
    whole = Page(app, world, body, case).text
    crowd.grow(1)
    crowd.settle()
    many = Page(app, world, body, case).text

    assert len(listed(whole, "refer")) == WHOLE
    assert 'name="find"' not in whole
    assert [len(listed(many, act)) for act in LISTS] == [SHOWN] * 3
    assert many.count('name="find"') == len(LISTS)


def test_the_page_is_as_small_and_asks_as_little_with_three_times_as_many(
    app: Flask, world: World, held: Held, crowd: Crowd
) -> None:
    case, body = held
    few, weights, asks = len(Page(app, world, body, case).text), [], []
    world.db.rollback()
    for _ in range(3):
        crowd.grow(WHOLE + 10)
        crowd.settle()
        page = Page(app, world, body, case)
        with counted() as sent:
            text = page.client.get(page.path).text
        world.db.rollback()
        weights.append(len(text))
        asks.append(len([one for one in sent if one.startswith("SELECT")]))

    assert max(weights) - min(weights) < 2000
    assert max(weights) - few < 20_000
    assert len(set(asks)) == 1


@pytest.mark.parametrize("act", LISTS)
def test_one_that_is_not_listed_is_found_by_any_name_and_country_and_words_stay(
    app: Flask, world: World, held: Held, crowd: Crowd, act: str
) -> None:
    case, body = held
    one = crowd.add_beyond(names={"zh-Hant": "白恩逢庇護所"}, aliases=["Hus Niña"], country="FJ")
    page, before = Page(app, world, body, case), str(world.bodies[1].id)
    assert str(one.id) not in listed(page.text, act)
    kept = {"reason": "nearer to her", "text": "nearer to her"}
    for words in ("rosal", "ROSAL  house", "Hús nina", "白恩逢", "fiji", "FJ"):
        text = find(page, act, words, **kept, organization=before)

        assert listed(text, act) == [str(one.id)], words
    assert chosen(text, act) == ""
    assert "nearer to her</textarea>" in form(text, act)
    assert "1 partner fits" in form(text, act)
    assert re.search(rf"<details open>(?:(?!</details>).)*/{act}\"", text, re.DOTALL)
    assert "?" not in "".join(re.findall(r'action="([^"]*)"', form(text, act)))


@pytest.mark.parametrize("act", LISTS)
def test_one_that_was_found_is_taken(
    app: Flask, world: World, held: Held, crowd: Crowd, act: str
) -> None:
    case, body = held
    one = crowd.add_beyond()
    page = Page(app, world, body, case)
    find(page, act, "rosal")
    words = {"reason": "nearer to her", "text": "What worked?"}

    answer = page.press(act, organization=str(one.id), find="rosal", **words)

    assert answer.status_code == 303
    assert sent(world, act) == [one.id]


@pytest.mark.parametrize("act", LISTS)
def test_who_finds_and_then_chooses_nobody_sends_it_to_nobody(
    app: Flask, world: World, held: Held, crowd: Crowd, act: str
) -> None:
    case, body = held
    crowd.add_beyond()
    page = Page(app, world, body, case)
    find(page, act, "organization")

    answer = page.press(act, organization="", find="organization", reason="near", text="What?")

    assert answer.status_code == 400
    assert chosen(answer.text, act) == ""
    assert sent(world, act) == []


@pytest.mark.parametrize("words", ["", "rosal"])
@pytest.mark.parametrize("act", LISTS)
def test_a_refused_form_comes_back_with_who_was_chosen(
    app: Flask, world: World, held: Held, crowd: Crowd, words: str, act: str
) -> None:
    case, body = held
    crowd.grow(WHOLE)
    one, other = crowd.add(name="Zz Rosal House"), crowd.add(name="Zz Rosal Desk")
    crowd.settle()

    answer = Page(app, world, body, case).press(act, organization=str(one.id), find=words)

    assert answer.status_code == 400
    assert chosen(answer.text, act) == str(one.id)
    assert (str(other.id) in listed(answer.text, act)) == (words == "rosal")


@pytest.mark.parametrize("act", LISTS)
def test_who_must_not_be_asked_is_neither_listed_nor_found_nor_taken(
    app: Flask, world: World, held: Held, crowd: Crowd, act: str
) -> None:
    case, body = held
    db, kept = world.db, {"country": "FJ", "aliases": ["Rosal"]}
    crowd.grow(WHOLE + 1)
    away, paused, lapsed, closed, office, taken = [crowd.add(**kept) for _ in range(6)]
    db.add(CaseExclusion(case_id=case.id, organization_id=away.id))
    paused.paused, closed.active, office.kind = True, False, OrganizationKind.CONSULATE
    lapsed.confirmed_on = NOW.date() - timedelta(days=800)
    keyless = make_organization(db, **kept)
    taken.partner = False
    never = {str(one.id) for one in (away, paused, lapsed, closed, office, keyless, taken)}
    crowd.settle()
    page = Page(app, world, body, case)

    assert not never & set(listed(page.text, act))
    for words in ("rosal", "fiji", away.name):
        text = find(page, act, words, organization=str(away.id))
        assert not [one for one in never if one in text], words
    for one in never:
        words = {"reason": "nearer to her", "text": "What worked?"}
        answer = page.press(act, organization=one, find="rosal", **words)
        assert answer.status_code == 400
        assert one not in answer.text


def test_a_name_that_is_written_out_is_on_the_page_however_many_have_a_part_of_it(
    app: Flask, world: World, held: Held, crowd: Crowd
) -> None:
    case, body = held
    for number in range(WHOLE):
        crowd.add(name=f"A Rosal {number}")
    one = crowd.add(name="Rosal")
    crowd.settle()

    text = find(Page(app, world, body, case), "refer", "rosal")

    assert listed(text, "refer")[0] == str(one.id)
    assert len(listed(text, "refer")) == SHOWN
    assert f"{SHOWN} of {WHOLE + 1} that fit" in form(text, "refer")


@pytest.mark.parametrize("act", LISTS)
def test_first_stand_whom_the_route_found_and_then_those_of_her_country(
    app: Flask, world: World, held: Held, crowd: Crowd, act: str
) -> None:
    case, body = held
    crowd.grow(WHOLE, name="A Desk afar", country="FJ")
    near = crowd.add(name="Zy Desk")
    route = latest_route(world.db, case.id)
    assert route
    assert route.readable
    for one in world.bodies:
        one.name = "Zz found by the route"
    by_route = [one for one, *_ in route.readable["candidates"] if one != str(body.id)]
    crowd.settle()

    text = Page(app, world, body, case).text

    assert len(by_route) > 1
    found = listed(text, act)
    assert found[: len(by_route)] == by_route
    assert str(near.id) in found[len(by_route) :]
    assert found.index(str(near.id)) < len(by_route) + 2  # the root is near too


def test_a_search_changes_nothing_whatever_it_is_sent(
    app: Flask, world: World, held: Held, crowd: Crowd
) -> None:
    case, body = held
    crowd.grow(WHOLE)
    crowd.settle()
    page = Page(app, world, body, case)

    for words in ("\x00", "%", "_", "(", "\u202e", "白" * 50, " \n"):
        assert page.press("refer", search="1", find=words).status_code == 200
    long = page.press("refer", search="1", find="9" * 5000)
    assert long.status_code == 400
    assert "This is too long" in long.text
    stale = page.client.post(
        f"{page.path}/refer", data={"search": "1", "find": "rosal", "reason": "nearer to her"}
    )
    assert stale.status_code == 400
    assert "nearer to her</textarea>" in stale.text
    assert not list(world.db.scalars(select(ConsentQuestion)))
