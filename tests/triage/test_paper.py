"""Forms on paper at the desk: made field by field, printed as agreed, answered; by plain forms."""

import logging
import re
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from grievance.casework.referral import referring
from grievance.rules.terms import PaperField
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization
from grievance.store.events import Event
from grievance.store.paper import PaperForm
from grievance.web.paper_labels import FIELDS
from tests.casework.world import World
from tests.factories import NOW, MemberKit, csrf_of, make_organization, sign_in
from tests.triage.test_case import Page
from tests.triage.test_release import as_second, danger

__all__ = ["danger"]

TODAY = NOW.date()
UNTIL = str(TODAY + timedelta(days=30))
FILLED = {
    "body": "Kanaryo Clinic", "purpose": "Please see her", "answer_to": "2345 6789",
    "fields": ["place", "call_me"], "consent": "voice", "spoken_on": str(TODAY),
    "language": "fil", "until": UNTIL,
}  # fmt: skip
SOON = re.compile("within (24 hours|72 hours|two weeks)", re.IGNORECASE)
Held = tuple[Case, Organization]


@pytest.fixture
def held(world: World) -> Held:
    """A case with a name, a contact and sealed codes, accepted."""
    answers = replace(
        world.answers("chosen", world.bodies[:2], True), issues=["WAG01", "IMM02", "HEA01"],
        call_me="Berde", channel="phone", contact="9123 4567", safe_times="Sunday",
        respondent_kind=["employer"], respondent_names={"employer": "Chan Tai Man"},
    )  # fmt: skip
    case = world.file(answers)
    [body] = world.asked(case)
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    world.db.commit()
    return case, body


@pytest.fixture
def page(app: Flask, world: World, held: Held) -> Page:
    """Its page at the desk that holds it."""
    return Page(app, world, held[1], held[0])


def forms(world: World) -> list[PaperForm]:
    """The forms as they stand; the test's session lets the application write again."""
    found = list(world.db.scalars(select(PaperForm)))
    world.db.expunge_all()
    world.db.rollback()
    return found


def sheet(world: World, page: Page) -> str:
    [form] = forms(world)
    return page.client.get(f"{page.path}/paper/{form.id}").text


def test_nothing_is_ticked_and_only_what_has_an_answer_is_offered(page: Page) -> None:
    text = page.client.get(f"{page.path}/paper").text

    assert "checked" not in text
    offered = set(re.findall(r'name="(?:fields|sensitive)" value="(\w+)"', text))
    assert offered == {
        "priority", "case_number", "call_me", "contact", "place", "problems", "needs",
        "respondent_kinds", "respondent_names", "story", "status", "health",
    }  # fmt: skip


def test_the_form_shows_the_ticked_fields_and_no_other(page: Page, world: World) -> None:
    assert page.press("paper", **FILLED).status_code == 303

    text = sheet(world, page)

    for shown in ("Kanaryo Clinic", "Please see her", "2345 6789", "Berde", "Hong Kong"):
        assert shown in text
    assert "Do not contact the worker" in text
    for never in ("9123 4567", "Sunday", "Chan Tai Man", "Overstayed", "Wages", "<script"):
        assert never not in text
    assert ">Kanaryo<" not in text


def test_its_title_and_address_tell_nothing_and_no_browser_keeps_it(
    page: Page, world: World
) -> None:
    page.press("paper", **FILLED)
    [form] = forms(world)

    answer = page.client.get(f"{page.path}/paper/{form.id}")

    assert f"<title>{form.number}</title>" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Content-Encoding" not in answer.headers
    printed = answer.text.partition("<main>")[2]
    assert "/desk/" not in printed
    assert "Member" not in printed  # whoever prints it is not named


def test_a_contact_is_never_without_her_rules_for_it(page: Page, world: World) -> None:
    page.press("paper", **FILLED | {"fields": ["contact"]})

    text = sheet(world, page)

    assert "9123 4567" in text
    assert "Safe times: Sunday" in text
    assert "Do not say who you are" in text


def test_each_look_is_an_event_with_the_fields_that_may_be_named(page: Page, world: World) -> None:
    more = {"sensitive": ["status"], "careful": "yes"}
    page.press("paper", **FILLED | more)
    sheet(world, page)
    sheet(world, page)

    found = list(world.db.scalars(select(Event.details).where(Event.verb == "paper_printed")))

    assert [one["fields"] for one in found] == [["call_me", "place"]] * 2


def test_how_soon_help_is_needed_stands_there_only_with_her_yes(page: Page, world: World) -> None:
    page.press("paper", **FILLED)
    page.press("paper", **FILLED | {"body": "Bughaw", "fields": ["priority"]})
    ids = sorted((one.fields, one.id) for one in forms(world))

    without, told = (page.client.get(f"{page.path}/paper/{one}").text for _, one in ids)

    assert "How soon" not in without
    assert not SOON.search(without)
    assert SOON.search(told)


@pytest.mark.parametrize("sensitive", ["status", "health", "story"])
def test_what_can_hurt_her_is_confirmed_by_itself(page: Page, world: World, sensitive: str) -> None:
    answer = page.press("paper", **FILLED | {"sensitive": [sensitive]})

    assert answer.status_code == 400
    assert "Confirm that she said yes" in answer.text
    assert "Kanaryo Clinic" in answer.text
    assert answer.text.count("checked") == 3
    assert forms(world) == []
    done = page.press("paper", **FILLED | {"sensitive": [sensitive], "careful": "yes"})
    assert done.status_code == 303


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"body": ""}, "Choose one from the list, or write a name"),
        ({"purpose": " "}, "Please say what they are asked to do"),
        ({"answer_to": ""}, "Please say whom they answer"),
        ({"fields": []}, "Tick what may stand on the form"),
        ({"fields": ["story"]}, "Please choose again"),
        ({"fields": ["safe_word", "place"]}, "Please choose again"),
        ({"listing": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "body": ""}, "Please choose again"),
        ({"consent": "shouted"}, "Please choose again"),
        ({"spoken_on": ""}, "Write the day on which she agreed"),
        ({"spoken_on": str(TODAY + timedelta(days=9))}, "This day has not come yet"),
        ({"language": ""}, "Choose the language"),
        ({"language": "tlh"}, "Please choose again"),
        ({"interpreter": "perhaps"}, "Please choose again"),
        ({"done": "Sinaktan"}, "Confirm that she said yes"),
        ({"done": "a" * 2001, "careful": "yes"}, "too long"),
        ({"answer_by": "tomorrow"}, "Write a day as"),
        ({"answer_by": str(TODAY - timedelta(days=1))}, "not after the last day of the form"),
        ({"answer_by": str(TODAY + timedelta(days=31))}, "not after the last day of the form"),
        ({"until": ""}, "Write a day as"),
        ({"until": str(TODAY - timedelta(days=1))}, "Choose a day from today on"),
        ({"until": "2031-01-01"}, "Choose a day from today on"),
        ({"purpose": "a" * 2001}, "too long"),
        ({"csrf_token": "stale"}, "This page was open for too long"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_is_missing_or_wrong_is_said_and_nothing_is_lost(
    page: Page, world: World, changes: dict[str, object], said: str
) -> None:
    data = {"csrf_token": csrf_of(page.text)} | FILLED | changes

    answer = page.client.post(f"{page.path}/paper", data=data)

    assert answer.status_code == 400
    assert said in answer.text
    assert str(data["answer_to"]) in answer.text
    assert str(data.get("done", "")) in answer.text
    assert forms(world) == []


def test_what_the_desk_adds_stands_on_the_form_and_its_words_are_sealed(
    page: Page, world: World
) -> None:
    day = TODAY + timedelta(days=9)
    more = {"interpreter": "yes", "done": "Sinamahan", "answer_by": str(day), "careful": "yes"}
    assert page.press("paper", **FILLED | more).status_code == 303
    [form] = forms(world)

    text = sheet(world, page)

    for shown in ("An interpreter is needed", "Sinamahan", f"{day.day} December 2026"):
        assert shown in text
    assert form.fields == ["call_me", "interpreter", "place"]


@pytest.mark.parametrize("told", [True, False])
def test_lines_for_a_caregiver_stand_only_where_the_form_tells_she_is_under_18(
    app: Flask, world: World, told: bool
) -> None:
    page = of_minor(app, world)
    offered = page.client.get(f"{page.path}/paper").text
    fields = ["age_band"] if told else ["place"]
    page.press("paper", **FILLED | {"fields": fields, "who": "herself"})

    text = sheet(world, page)

    assert "With empty lines for who takes care" in offered
    assert ("Who takes care of the worker" in text) is told
    assert ("Relation:" in text) is told


def test_for_who_is_under_18_it_is_written_down_who_said_yes_and_no_paper_tells_it(
    app: Flask, world: World
) -> None:
    page = of_minor(app, world)
    nobody = page.press("paper", **FILLED | {"fields": ["place"]})
    assert nobody.status_code == 400
    assert "Say who said yes" in nobody.text

    made = page.press("paper", follow=True, **FILLED | {"fields": ["place"], "who": "caregiver"})

    assert "somebody who takes care of the worker" in made.text
    assert "takes care" not in sheet(world, page)


def test_for_a_grown_up_nobody_is_asked_who_said_yes(page: Page, world: World) -> None:
    assert "Who said yes?" not in page.client.get(f"{page.path}/paper").text

    answer = page.press("paper", **FILLED | {"who": "other"})

    assert answer.status_code == 400
    assert "Please choose again" in answer.text
    assert forms(world) == []


def of_minor(app: Flask, world: World) -> Page:
    answers = replace(world.answers("chosen", world.bodies[:1], True), age_band="under 18")
    case = world.file(answers)
    [body] = world.asked(case)
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    world.db.commit()
    return Page(app, world, body, case)


def test_what_the_desk_leaves_empty_stands_nowhere(page: Page, world: World) -> None:
    page.press("paper", **FILLED | {"interpreter": "", "done": " ", "answer_by": ""})

    text = sheet(world, page)

    for never in ("nterpreter", "done or given", "Answer by"):
        assert never not in text


@pytest.mark.parametrize("name", ["Philippine Consulate", "Immigration Department", "Chan Tai Man"])
def test_a_body_that_gets_none_is_refused_with_the_form_filled(
    page: Page, world: World, name: str
) -> None:
    answer = page.press("paper", **FILLED | {"body": name})

    assert answer.status_code == 409
    assert "No paper goes there" in answer.text
    assert "Please see her" in answer.text
    assert 'value="place" checked' in answer.text
    assert forms(world) == []


def test_a_second_press_makes_no_second_form(page: Page, world: World) -> None:
    page.press("paper", **FILLED)

    again = page.press("paper", **FILLED)

    assert again.status_code == 409
    assert "There is a form for this body already" in again.text
    assert len(forms(world)) == 1


def test_listings_are_those_of_a_country_without_offices_partners_and_who_is_kept_away(
    app: Flask, world: World, held: Held
) -> None:
    case, body = held
    given = {"partner": False, "country": "SG"}
    good = make_organization(world.db, name="Bughaw", **given)
    away = make_organization(world.db, name="Itim", **given)
    world.db.add(CaseExclusion(case_id=case.id, organization_id=away.id))
    for kind in ("consulate", "police", "government", "agency"):
        make_organization(world.db, name=f"Office {kind}", kind=kind, **given)
    make_organization(world.db, name="Partner there", country="SG")
    make_organization(world.db, name="Closed", active=False, **given)
    world.db.commit()
    page = Page(app, world, body, case)

    text = page.client.get(f"{page.path}/paper?country=SG").text

    listed = re.search(r'<select name="listing">(.*?)</select>', text, re.DOTALL)
    assert listed
    assert re.findall(r">([^<>]+)</option>", listed[1]) == ["none of these", "Bughaw"]
    made = page.press("paper", **FILLED | {"body": "", "listing": str(good.id), "country": "SG"})
    assert made.status_code == 303
    refused = page.press("paper", **FILLED | {"body": "", "listing": str(away.id), "country": "SG"})
    assert refused.status_code == 400


@pytest.mark.parametrize("query", ["country=%00", "country=XX", "country=" + "a" * 999, "country="])
def test_any_country_in_the_address_gives_the_page(page: Page, query: str) -> None:
    assert page.client.get(f"{page.path}/paper?{query}").status_code == 200


def test_an_answer_that_came_back_stands_on_the_page_with_its_words(
    page: Page, world: World
) -> None:
    page.press("paper", **FILLED)
    [form] = forms(world)
    wrong = page.press(f"paper/{form.id}/answer", answer="?", text="Lunes sila")
    assert wrong.status_code == 400
    assert "Lunes sila" in wrong.text

    right = page.press(
        f"paper/{form.id}/answer", follow=True, answer="will_help", text="Lunes sila"
    )

    assert "they will help" in right.text
    assert "Lunes sila" in right.text
    listed = page.client.get("/desk/paper").text
    assert form.number in listed
    assert "they will help" in listed
    assert "Kanaryo" not in listed


def test_a_form_that_ended_is_not_printed(page: Page, world: World) -> None:
    page.press("paper", **FILLED)
    [form] = forms(world)
    assert page.press(f"paper/{form.id}/end").status_code == 303

    answer = page.client.get(f"{page.path}/paper/{form.id}")

    assert answer.status_code == 409
    assert "This form cannot be printed" in answer.text
    assert page.press(f"paper/{form.id}/end").status_code == 409


def test_a_form_of_another_case_or_desk_is_not_there(
    app: Flask, world: World, page: Page, held: Held
) -> None:
    page.press("paper", **FILLED)
    [form] = forms(world)
    other = world.file(world.answers("chosen", world.bodies[:1], True))
    referring.accept(world.db, other, world.bodies[0].id, world.actor(world.bodies[0]), NOW)
    world.db.commit()
    theirs = Page(app, world, world.bodies[0], other)
    stranger = app.test_client()
    sign_in(stranger, world.kits[world.bodies[2]])
    token = csrf_of(stranger.get("/desk/").text)

    answers = [
        theirs.client.get(f"{theirs.path}/paper/{form.id}"),
        theirs.press(f"paper/{form.id}/answer", answer="helped"),
        theirs.press(f"paper/{form.id}/end"),
        *(page.client.get(f"{page.path}/paper/{one}") for one in (uuid4(), "1", "%00")),
        *(stranger.get(f"{page.path}/paper{end}") for end in ("", f"/{form.id}")),
        *(
            stranger.post(f"{page.path}/paper{end}", data=FILLED | {"csrf_token": token})
            for end in ("", f"/{form.id}/answer", f"/{form.id}/end")
        ),
    ]  # fmt: skip

    assert {answer.status_code for answer in answers} == {404}
    assert form.number not in stranger.get("/desk/paper").text


def test_before_acceptance_no_form_is_made(app: Flask, world: World) -> None:
    case = world.file(world.answers("chosen", world.bodies[:1], True))
    world.db.commit()
    asked = Page(app, world, world.bodies[0], case)

    assert asked.client.get(f"{asked.path}/paper").status_code == 404
    assert asked.press("paper", **FILLED).status_code == 404


def test_who_reads_it_by_a_release_alone_makes_no_form_and_groups_nothing(
    app: Flask, world: World, danger: tuple[Case, Organization, MemberKit]
) -> None:
    case, body, kit = danger
    to = world.bodies[1]
    number = case.number
    Page(app, world, body, case).press("release", organization=str(to.id), reason="locked in")
    as_second(app, world, body, case, kit).press("release", organization=str(to.id))

    page = Page(app, world, to, case)

    assert "Kanaryo" in page.text
    assert "Forms on paper</h2>" not in page.text
    assert page.client.get(f"{page.path}/paper").status_code == 404
    assert page.press("paper", **FILLED).status_code == 404
    group = page.client.post(
        "/desk/groups", data={"csrf_token": csrf_of(page.text), "name": "x", "numbers": number}
    )
    assert group.status_code == 409


def test_nothing_of_a_form_is_in_the_log(
    page: Page, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        page.press("paper", **FILLED)
        sheet(world, page)

    assert "Kanaryo" not in caplog.text
    assert "Berde" not in caplog.text


def test_every_field_has_words() -> None:
    assert set(FIELDS) == set(PaperField)
