"""Wages and a place to sleep, in a real browser: two organizations, one owner, and no barrier."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.journeys.pressing import press
from tests.journeys.test_barriers import Looks
from tests.journeys.test_browser import Walk, sign_in

pytestmark = [pytest.mark.plain, pytest.mark.slow]


def reported(walk: Walk, looks: Looks) -> str:
    """Two needs; a union's desk and an office that helps with everything; gives the code."""
    walk.go("/en/report/problem")
    for group in ("WAG", "LIV"):
        walk.page.check(f"input[value={group}]")
    walk.press()
    for code in ("WAG01", "LIV02"):
        walk.page.check(f"input[value={code}]")
    walk.press()
    walk.page.fill("textarea", "Kanaryo")
    walk.press()
    walk.page.check("input[value=HK]")
    walk.press()
    looks.look("sharing")
    assert walk.page.locator("form#step h2").all_inner_texts() == [
        "For everything", "For your wages", "For a safe place to sleep",
    ]  # fmt: skip
    assert walk.page.locator("input[name=recipients]:checked").count() == 0
    walk.page.check("input[value=chosen]")
    for name in ("Demo Sampaguita", "Demo Harbour"):
        walk.page.check(f"label:has-text('{name}') input[name=recipients]")
    walk.press()
    walk.press()
    walk.press()
    assert "If they cannot help, we ask: Demo Sampaguita" in walk.page.inner_text("main")
    looks.look("sent")
    return "".join(walk.page.locator(".code span").all_inner_texts())


def hers(browser: Browser, url: str, code: str) -> Walk:
    """Her page, opened by the code on another phone."""
    walk = Walk(browser, url, script=True)
    walk.go("/en/case")
    walk.page.fill("[name=code]", code)
    press(walk.page, "main form button")
    return walk


def desk(browser: Browser, demo: dict[str, Any], organization: str) -> Page:
    """A signed-in organizer."""
    walk = Walk(browser, demo["url"], script=True, width=1280)
    sign_in(walk, demo, "organizer", organization)
    return walk.page


def test_two_needs_find_two_organizations_and_one_owner(
    demo: dict[str, Any], browser: Browser
) -> None:
    url = demo["url"]
    walk = Walk(browser, url, script=True)
    looks = Looks(walk.page)
    code = reported(walk, looks)
    office = desk(browser, demo, "Harbour")
    office.goto(f"{url}/desk/cases?referral=sent&sort=newest")
    path = office.locator("td a").first.get_attribute("href")
    office.goto(f"{url}{path}")
    assert "You are asked for: claims and papers; a safe place." in office.inner_text("main")
    office.select_option("form[action$='/decline'] select", "no_capacity")
    press(office, "form[action$='/decline'] button")

    union = desk(browser, demo, "Sampaguita")
    union.goto(f"{url}{path}")
    press(union, "form[action$='/accept'] button")
    assert "Nobody is left for: a safe place." in union.inner_text("main")
    page = hers(browser, url, code).page
    assert "For a safe place to sleep: Nobody helps you with this yet." in page.inner_text("main")
    unmet = Looks(page)
    unmet.look("her page, one need without anybody")

    union.click("details:has(form[action$='/refer']) > summary")
    form = union.locator("form[action$='/refer']")
    form.locator("[name=kind]").select_option("share")
    form.locator("[name=organization]").select_option(label="Demo Harbour Casework (HK)")
    form.locator("[name=consent]").select_option("voice")
    form.locator("textarea").fill("a bed for tonight")
    press(union, form.locator("button"))
    owner = Looks(union)
    owner.look("the owner's case")
    office.goto(f"{url}{path}")
    beside = Looks(office)
    beside.look("asked to share")
    press(office, "form[action$='/accept'] button")
    beside.look("sharing")

    assert "You help here with: a safe place." in office.inner_text("main")
    assert office.locator("form[action$='/close']").count() == 0
    page = hers(browser, url, code).page
    text = page.inner_text("main")
    assert "With Demo Sampaguita Desk" in text
    assert "For a safe place to sleep — Demo Harbour Casework: they said yes" in text
    assert [each.found for each in (looks, unmet, owner, beside)] == [{}] * 4
