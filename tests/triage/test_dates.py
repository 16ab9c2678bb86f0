"""Dates in law at the desk: what follows, what is missing, where it was read; a person raises."""

import logging
import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from grievance.casework.referral import referring
from grievance.rules.terms import Role, Urgency
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.events import Event
from grievance.store.law import StoredRule
from tests.casework.world import World
from tests.factories import NOW, csrf_of, make_member, sign_in
from tests.triage.test_case import Page

TODAY = NOW.date()
ENDED, VISA = TODAY - timedelta(days=5), TODAY + timedelta(days=200)
DAYS = {"contract_end": str(ENDED), "visa_date": str(VISA)}
Held = tuple[Case, Organization]


@pytest.fixture
def held(world: World) -> Held:
    """A domestic worker's case in Hong Kong about wages, accepted."""
    return holding(world, "WAG01")


def holding(world: World, issue: str) -> Held:
    """A domestic worker's case in Hong Kong, accepted."""
    answers = world.answers("chosen", world.bodies[:1], last=True)
    answers.sector, answers.issues = "domestic_work", [issue]
    case = world.file(answers)
    [body] = world.asked(case)
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    world.db.commit()
    return case, body


def law_of(page: Page) -> str:
    """The section's words as a person reads them."""
    found = re.search(r'<section class="law".*?</section>', page.client.get(page.path).text, re.S)
    assert found
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split())


def urgency_of(world: World, case: Case) -> str | None:
    """As it is kept now; the test's session lets the application write again."""
    found = world.db.scalar(select(Case.urgency).where(Case.id == case.id))
    world.db.rollback()
    return found


def seen_of(page: Page) -> str:
    html = page.client.get(page.path).text
    form = html[html.index(f'action="{page.path}/dates"') :].partition("</form>")[0]
    found = re.search(r'name="seen" value="([^"]*)"', form)
    assert found
    return found[1]


def keep(page: Page, **days: str) -> int:
    return page.press("dates", seen=seen_of(page), **days).status_code


def test_without_a_day_no_date_stands_and_the_missing_ones_are_asked_for(
    app: Flask, world: World, held: Held
) -> None:
    said = law_of(Page(app, world, held[1], held[0]))

    assert "Not known yet: The contract ended, or will end; The date on the visa" in said
    assert " left" not in said
    assert "Until" not in said.partition("Figures")[0]
    assert "Raise to" not in said


def test_days_make_dates_with_source_and_the_day_it_was_checked(
    app: Flask, world: World, held: Held
) -> None:
    page = Page(app, world, held[1], held[0])

    assert keep(page, **DAYS) == 303

    said = law_of(page)
    row = said[said.index("Until 4 December 2026") :]
    assert row.startswith("Until 4 December 2026 9 days left The stay ends 14 days after")
    assert "fairagency.org Checked on 1 November 2026." in row
    assert said.index("Until 27 November 2026") < said.index("Until 4 December 2026")


def test_with_one_of_two_days_the_date_is_the_latest_and_the_other_is_missing(
    app: Flask, world: World, held: Held
) -> None:
    page = Page(app, world, held[1], held[0])
    keep(page, contract_end=str(ENDED))

    assert "4 December 2026 at the latest 9 days left Missing: The date on the visa" in law_of(page)


def test_a_near_date_offers_to_raise_and_a_press_raises(
    app: Flask, world: World, held: Held
) -> None:
    case, body = held
    page = Page(app, world, body, case)
    keep(page, **DAYS)
    assert urgency_of(world, case) == Urgency.U3
    assert "Raise to U1" in law_of(page)

    answer = page.press("urgency", urgency="U1", reason="legal_date", seen="U3", follow=True)

    assert urgency_of(world, case) == Urgency.U1
    assert "Urgency raised: a date in law is near." in answer.text
    assert "Raise to" not in law_of(page)
    details = world.db.scalars(select(Event.details).where(Event.verb == "urgency_set")).all()
    assert details == [{"from": "U3", "to": "U1"}]


def test_the_offer_of_an_old_page_never_lowers(app: Flask, world: World, held: Held) -> None:
    case, body = held
    page = Page(app, world, body, case)
    keep(page, **DAYS)
    case.urgency = Urgency.U0
    world.db.commit()

    answer = page.press("urgency", urgency="U1", reason="legal_date", seen="U3")

    assert (answer.status_code, urgency_of(world, case)) == (409, Urgency.U0)
    assert "Raise to" not in law_of(page)


def test_a_case_that_is_closed_is_not_raised(app: Flask, world: World, held: Held) -> None:
    page = Page(app, world, held[1], held[0])
    keep(page, **DAYS)
    page.press("close", outcome="settled", kind="resolved")

    assert "Raise to" not in law_of(page)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("contract_end", "20/11/2026", "Write a day as 2026-11-25."),
        ("contract_end", "2026-02-30", "Write a day as 2026-11-25."),
        ("contract_end", "0226-11-20", "This year cannot be right."),
        ("visa_date", "9999-12-31", "This year cannot be right."),
        ("injury", "2026-11-27", "This day has not come yet."),
    ],
)
def test_what_is_no_day_comes_back_and_nothing_is_kept(
    app: Flask, world: World, field: str, typed: str, said: str
) -> None:
    case, body = holding(world, "HEA01")
    page = Page(app, world, body, case)

    answer = page.press("dates", seen="", **{field: typed})

    assert answer.status_code == 400
    assert said in answer.text
    assert f'type="text" value="{typed}"' in answer.text
    assert seen_of(page) == ""


def test_a_case_is_asked_for_the_days_of_its_own_rules_only(
    app: Flask, world: World, held: Held
) -> None:
    """A worker who wrote of her wages is not asked when she died."""
    text = Page(app, world, held[1], held[0]).text

    assert 'name="wage_period_end"' in text
    assert 'name="death"' not in text


def test_a_field_that_the_page_did_not_have_takes_no_day_back(
    app: Flask, world: World, held: Held
) -> None:
    page = Page(app, world, held[1], held[0])
    keep(page, **DAYS)
    keep(page, visa_date="")

    said = law_of(page)
    assert "4 December 2026 at the latest" in said


def test_a_colleagues_days_stand_and_ones_own_are_shown_again(
    app: Flask, world: World, held: Held
) -> None:
    page = Page(app, world, held[1], held[0])
    old = seen_of(page)
    keep(page, **DAYS)

    answer = page.press("dates", seen=old, contract_end="2026-11-01", visa_date="")

    assert answer.status_code == 409
    assert "The contract ended, or will end: 2026-11-01" in answer.text
    assert f'name="visa_date" type="date" value="{VISA}"' in answer.text
    assert seen_of(page) != old


def test_before_acceptance_there_is_no_date(app: Flask, world: World) -> None:
    case = world.file(world.answers("chosen", world.bodies[:1], last=True))
    [body] = world.asked(case)
    world.db.commit()
    page = Page(app, world, body, case)

    assert 'class="law"' not in page.text
    assert page.press("dates", seen="", **DAYS).status_code == 404


def test_no_day_is_in_an_address_or_a_log(
    app: Flask, world: World, held: Held, caplog: pytest.LogCaptureFixture
) -> None:
    page = Page(app, world, held[1], held[0])
    with caplog.at_level(logging.DEBUG):
        answer = page.press("dates", seen=seen_of(page), **DAYS)

    assert str(ENDED) not in answer.headers["Location"]
    assert str(ENDED) not in caplog.text


def test_rules_for_other_work_or_problems_stand_apart_and_raise_nothing(
    app: Flask, world: World, held: Held
) -> None:
    case, body = held
    case.sector = "construction"
    world.db.commit()
    page = Page(app, world, body, case)
    keep(page, **DAYS)

    said = law_of(page)

    assert said.index("for other problems or other work") < said.index("The stay ends 14 days")
    assert "Raise to" not in said


@pytest.mark.parametrize(
    ("country", "said"),
    [
        ("LB", "We know no rule for this place: Lebanon."),
        (None, "She did not say in which country"),
    ],
)
def test_where_no_rule_is_known_the_page_says_so(
    app: Flask, world: World, held: Held, country: str | None, said: str
) -> None:
    case, body = held
    case.country = country
    world.db.commit()

    assert said in law_of(Page(app, world, body, case))


def test_a_rule_past_its_recheck_date_says_so_beside_itself(
    app: Flask, world: World, held: Held
) -> None:
    world.db.execute(
        update(StoredRule)
        .where(StoredRule.id == "hk-stay-end")
        .values(recheck_after=date(2026, 11, 24))
    )
    world.db.commit()
    page = Page(app, world, held[1], held[0])
    keep(page, **DAYS)

    said = law_of(page)

    assert said.count("Should have been read again by 24 November 2026. Do not rely on it.") == 1
    listed = page.client.get("/desk/legal-dates").text
    assert "1 rule should be read again: hk-stay-end." in listed


@pytest.mark.parametrize("role", list(Role))
def test_every_member_reads_all_rules_each_with_its_source(
    app: Flask, world: World, client: FlaskClient, role: Role
) -> None:
    kit = make_member(world.db, world.root, roles=(role,))
    world.db.commit()
    sign_in(client, kit)

    page = client.get("/desk/legal-dates").text

    rows = list(world.db.scalars(select(StoredRule)))
    assert len(rows) == 31
    for row in rows:
        part = page[page.index(f'<tr id="{row.id}">') :].partition("</tr>")[0]
        assert all(f'href="{address}"' in part for address in row.sources), row.id
        assert "Checked on 1 November 2026." in part, row.id
        assert ("To verify:" in part) == (row.certainty == "to_verify"), row.id
        assert ("Our own reasoning" in part) == (row.certainty == "inference"), row.id
    assert csrf_of(page)


def test_an_empty_list_says_what_to_do(app: Flask, world: World, client: FlaskClient) -> None:
    world.db.query(StoredRule).delete()
    world.db.commit()
    sign_in(client, world.kits[world.root])

    assert "No rule is loaded." in client.get("/desk/legal-dates").text
