"""Opening a case without the worker's word, on the page: two presses by two persons."""

from datetime import timedelta

import pytest
from flask import Flask

from grievance.casework.referral import referring
from grievance.rules.terms import Role, Urgency
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization
from grievance.store.releases import ReleaseRequest, forget_release_request, releases_of
from tests.casework.world import World
from tests.conftest import Clock
from tests.factories import NOW, MemberKit, make_member
from tests.triage.test_case import Page

WHY = "locked in since Friday, her phone is off"


@pytest.fixture
def danger(world: World) -> tuple[Case, Organization, MemberKit]:
    """A danger case that a desk of two holds."""
    body = world.bodies[0]
    case = world.file(world.answers("chosen", [body], last=False))
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    case.urgency = Urgency.U0
    second = make_member(world.db, body)
    world.db.commit()
    return case, body, second


def as_second(app: Flask, world: World, body: Organization, case: Case, kit: MemberKit) -> Page:
    mine, world.kits[body] = world.kits[body], kit
    page = Page(app, world, body, case)
    world.kits[body] = mine
    return page


def done(world: World, case: Case) -> list[object]:
    found = [one.organization_id for one in releases_of(world.db, case.id)]
    world.db.commit()
    return found


def test_one_asks_another_agrees_and_the_third_reads(
    app: Flask, world: World, danger: tuple[Case, Organization, MemberKit]
) -> None:
    case, body, kit = danger
    to = world.bodies[1]
    first = Page(app, world, body, case)
    assert "A life is at risk and she cannot be asked" in first.text
    assert Page(app, world, to, case).text.count("Kanaryo") == 0

    asked = first.press("release", organization=str(to.id), reason=WHY, follow=True)
    assert "A second person must agree, by a press of her own." in asked.text
    assert WHY in asked.text
    assert "Yes, open it" not in asked.text
    second = as_second(app, world, body, case, kit)
    assert WHY in second.text
    assert second.press("release", organization=str(to.id)).status_code == 303

    page = Page(app, world, to, case)
    assert "Kanaryo" in page.text
    assert "reads this case without the worker" in page.text
    assert WHY in page.text
    assert page.press("message", text="we are on our way").status_code == 303
    assert page.press("close", outcome="settled", kind="resolved").status_code == 404
    assert page.press("assign", member="").status_code == 404
    assert page.press("refer", organization=str(world.bodies[2].id)).status_code == 404


def test_the_second_need_not_name_what_the_first_asked_for_and_may_write_too(
    app: Flask, world: World, danger: tuple[Case, Organization, MemberKit]
) -> None:
    case, body, kit = danger
    to = world.bodies[2]
    Page(app, world, body, case).press("release", organization=str(to.id), reason=WHY)

    as_second(app, world, body, case, kit).press("release", reason="I saw it")

    assert done(world, case) == [to.id]
    assert "I saw it" in Page(app, world, to, case).text


@pytest.mark.parametrize("fields", [{}, {"reason": "   "}, {"reason": "​"}])
def test_without_a_reason_nothing_is_asked_and_the_form_comes_back(
    app: Flask, world: World, danger: tuple[Case, Organization, MemberKit],
    fields: dict[str, str],
) -> None:  # fmt: skip
    case, body, _ = danger
    to = str(world.bodies[1].id)

    answer = Page(app, world, body, case).press("release", organization=to, **fields)

    assert answer.status_code == 400
    assert "Please say why." in answer.text
    assert f'<option value="{to}" selected>' in answer.text
    assert world.db.get(ReleaseRequest, case.id) is None
    world.db.rollback()


@pytest.mark.parametrize("to", ["", "nobody", "00000000-0000-0000-0000-000000000000", "​"])
def test_an_organization_that_was_not_offered_is_refused_and_the_words_stay(
    app: Flask, world: World, danger: tuple[Case, Organization, MemberKit], to: str
) -> None:
    case, body, _ = danger
    page = Page(app, world, body, case)

    answer = page.press("release", organization=to, reason=WHY)

    assert answer.status_code in {303, 400}
    if answer.status_code == 400:
        assert WHY in answer.text
    assert done(world, case) == []


def test_where_nobody_else_could_agree_the_page_says_so_and_keeps_the_words(
    app: Flask, world: World
) -> None:
    body = world.bodies[0]
    case = world.file(world.answers("chosen", [body], last=False))
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    case.urgency = Urgency.U0
    world.db.commit()
    to = str(world.bodies[1].id)

    answer = Page(app, world, body, case).press("release", organization=to, reason=WHY)

    assert answer.status_code == 409
    assert "there is no second one" in answer.text
    assert WHY in answer.text


def test_an_older_page_of_a_case_in_no_danger_any_more_changes_nothing(
    app: Flask, world: World, danger: tuple[Case, Organization, MemberKit]
) -> None:
    case, body, _ = danger
    page = Page(app, world, body, case)
    case.urgency = Urgency.U1
    world.db.commit()
    assert "A life is at risk" not in Page(app, world, body, case).text

    answer = page.press("release", organization=str(world.bodies[1].id), reason=WHY)

    assert answer.status_code == 409
    assert "cannot be opened without her word" in answer.text
    assert WHY in answer.text
    assert done(world, case) == []


def test_from_above_she_reads_number_urgency_and_reason_and_no_word(
    app: Flask, world: World
) -> None:
    body = world.bodies[0]
    case = world.file(world.answers("chosen", [body], last=False))
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    case.urgency = Urgency.U0
    world.kits[world.root] = make_member(world.db, world.root, roles=(Role.COORDINATOR,))
    world.db.commit()
    to = world.bodies[1]
    Page(app, world, body, case).press("release", organization=str(to.id), reason=WHY)

    above = Page(app, world, world.root, case)

    assert case.number in above.text
    assert WHY in above.text
    assert "Kanaryo" not in above.text
    assert "Yes, open it" in above.text
    assert above.press("release", organization=str(to.id)).status_code == 303
    assert "Kanaryo" in Page(app, world, to, case).text
    assert "Kanaryo" not in Page(app, world, world.root, case).text


def test_a_case_of_others_answers_as_one_that_is_not_there(
    app: Flask, world: World, danger: tuple[Case, Organization, MemberKit]
) -> None:
    case, body, _ = danger
    Page(app, world, body, case).press("release", organization=str(world.bodies[1].id), reason=WHY)
    world.db.add(CaseExclusion(case_id=case.id, organization_id=world.bodies[2].id))
    world.db.commit()

    for other in world.bodies[1:]:
        page = Page(app, world, other, case)
        assert page.client.get(page.path).status_code == 404
        assert page.client.get("/desk/cases?referral=closing").text.count(case.number) == 0


def test_a_day_later_the_page_asks_for_a_first_word_again(
    app: Flask, world: World, clock: Clock, danger: tuple[Case, Organization, MemberKit]
) -> None:
    case, body, kit = danger
    to = str(world.bodies[1].id)
    Page(app, world, body, case).press("release", organization=to, reason=WHY)
    clock.forward(hours=24)

    page = as_second(app, world, body, case, kit)

    assert "Yes, open it" not in page.text
    assert page.press("release", organization=to).status_code == 400
    assert page.press("release", organization=to, reason=WHY).status_code == 303
    assert done(world, case) == []
    assert clock.time == NOW + timedelta(hours=24)


# The second person says no


def test_the_second_says_no_with_a_reason_and_it_ends_for_everybody(
    app: Flask, world: World, danger: tuple[Case, Organization, MemberKit]
) -> None:
    case, body, kit = danger
    to = world.bodies[1]
    first = Page(app, world, body, case)
    first.press("release", organization=str(to.id), reason=WHY)
    assert "No, do not open it" not in Page(app, world, body, case).text
    second = as_second(app, world, body, case, kit)
    assert "No, do not open it" in second.text

    assert second.press("refuse", reason="ask_her").status_code == 303

    assert world.db.get(ReleaseRequest, case.id) is None
    assert done(world, case) == []
    page = Page(app, world, body, case).text
    assert "A second person did not agree to open this case" in page
    assert "Why: she can be asked in time." in page
    assert WHY not in page
    assert "Kanaryo" not in Page(app, world, to, case).text
    assert second.press("release", reason="").status_code == 400  # nothing is there to agree to


@pytest.mark.parametrize("reason", ["", "because I say so", "​"])
def test_a_reason_that_was_not_offered_refuses_nothing(
    app: Flask, world: World, danger: tuple[Case, Organization, MemberKit], reason: str
) -> None:
    case, body, kit = danger
    to = str(world.bodies[1].id)
    Page(app, world, body, case).press("release", organization=to, reason=WHY)

    answer = as_second(app, world, body, case, kit).press("refuse", reason=reason)

    assert answer.status_code == 400
    assert "Please choose again." in answer.text
    assert world.db.get(ReleaseRequest, case.id) is not None
    world.db.rollback()


def test_who_asked_cannot_refuse_it_and_the_next_second_reads_the_no(
    app: Flask, world: World, danger: tuple[Case, Organization, MemberKit]
) -> None:
    case, body, kit = danger
    to = str(world.bodies[1].id)
    first = Page(app, world, body, case)
    first.press("release", organization=to, reason=WHY)
    assert first.press("refuse", reason="unclear").status_code == 409
    second = as_second(app, world, body, case, kit)
    assert second.press("refuse", reason="unclear").status_code == 303

    first.press("release", organization=to, reason=WHY + ", her sister called")

    again = as_second(app, world, body, case, kit)
    assert "Yes, open it" in again.text
    assert "the reason does not say enough" in again.text
    assert again.press("release").status_code == 303
    assert "A second person did not agree" not in Page(app, world, body, case).text


def test_a_no_on_an_old_page_ends_nothing_that_was_asked_for_since(
    app: Flask, world: World, danger: tuple[Case, Organization, MemberKit]
) -> None:
    case, body, kit = danger
    before, now = (str(one.id) for one in world.bodies[1:3])
    Page(app, world, body, case).press("release", organization=before, reason=WHY)
    old = as_second(app, world, body, case, kit)
    assert f'name="seen" value="{before}"' in old.text
    forget_release_request(world.db, case.id)  # she came back
    world.db.commit()
    Page(app, world, body, case).press("release", organization=now, reason=WHY)

    assert old.press("refuse", reason="not_them", seen=before).status_code == 409

    assert world.db.get(ReleaseRequest, case.id) is not None
    world.db.rollback()
