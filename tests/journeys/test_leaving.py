"""After Leave the browser's Back shows nothing of the report, and nothing is left in it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, Request, Response

from tests.journeys.test_browser import Walk

pytestmark = [pytest.mark.plain, pytest.mark.slow]
WORDS = "Kanaryo. Walang sahod."
UNSENT = "Kanaryo unsent"
NO_PAGE = "chrome-error://chromewebdata/"  # what stands where an address gave nothing
KEPT = """async () => ({
  local: localStorage.length, session: sessionStorage.length, state: history.state,
  databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
  workers: (await navigator.serviceWorker.getRegistrations()).length,
  name: window.name, cookies: document.cookie,
})"""
EMPTY = {
    "local": 0, "session": 0, "state": None, "databases": 0, "caches": 0, "workers": 0,
    "name": "", "cookies": "",
}  # fmt: skip
TITLES = {"Helpdesk", "Pakitingnan · Helpdesk"}


class Seen:
    """Every address, title and cache rule of a walk, and what other hosts were told."""

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.titles: set[str] = set()
        self.urls: list[str] = []
        self.stored: list[str] = []
        self.outside: list[Request] = []
        walk.page.on("load", self._loaded)
        walk.page.on("request", self._asked)
        walk.page.on("response", self._answered)

    def _loaded(self, page: Page) -> None:
        self.urls.append(page.url)

    def _asked(self, request: Request) -> None:
        self.urls.append(request.url)
        if not request.url.startswith((self.walk.url, "data:")):
            self.outside.append(request)

    def _answered(self, response: Response) -> None:
        if response.headers.get("cache-control") != "no-store":
            self.stored.append(response.url)
        title = re.search(r"<title>(.*?)</title>", response.text()) if response.ok else None
        self.titles |= {title[1]} if title else set()

    def tells_nothing(self, *secrets: str) -> None:
        """No title, no address and no other host says more than which step this is."""
        assert self.stored == []
        assert {re.sub(r"^[1-6]/6 · ", "", one) for one in self.titles} <= TITLES
        places = [url.removeprefix(self.walk.url) for url in self.urls]  # a port has digits too
        assert [place for place in places for one in secrets if one in place] == []
        assert [one.headers.get("referer") for one in self.outside] == [None]
        assert self.outside[0].url.count("/") == 3


@pytest.fixture(params=[False, True], ids=["plain", "script"])
def walk(request: pytest.FixtureRequest, demo: dict[str, Any], browser: Browser) -> Iterator[Walk]:
    """A worker's phone with script off, then on."""
    walk = Walk(browser, demo["url"], script=request.param)
    yield walk
    walk.context.close()


def leave(walk: Walk) -> None:
    """Press Leave: the weather page is not reached here, only asked."""
    with walk.page.expect_event("requestfailed", lambda one: not one.url.startswith(walk.url)):
        walk.page.click("a.leave")
    walk.page.wait_for_url(NO_PAGE)


def back_everywhere(walk: Walk) -> list[str]:
    """Press Back until the first page; what each of them shows, typed words too."""
    shown = []
    for _ in range(30):
        answer = None
        try:
            # A page that the browser kept whole comes back without loading, and fails here.
            answer = walk.page.go_back()
        except Error as asks_first:  # the browser asks before it would send a form again
            if "ERR_CACHE_MISS" not in asks_first.message:
                raise
            walk.page.wait_for_url(NO_PAGE)
        if walk.page.url == "about:blank":
            return shown
        assert answer is None or answer.url.startswith(walk.url)
        fields = walk.page.locator("input, textarea")
        typed = [fields.nth(n).input_value() for n in range(fields.count())]
        shown.append(" ".join([walk.page.content(), *typed]))
        boxes = "all => all.filter(one => one.checked && !one.defaultChecked).map(one => one.value)"
        assert walk.page.locator("[type=radio], [type=checkbox]").evaluate_all(boxes) == []
    raise AssertionError("Back has no end")


def nothing_shows(walk: Walk, *secrets: str) -> None:
    """Leave, then Back through everything: no words, no code, nothing kept in the browser."""
    leave(walk)
    pages = back_everywhere(walk)
    assert len(pages) > 2
    assert [page for page in pages for one in secrets if one in page] == []
    walk.page.goto(f"{walk.url}/fil/")
    if walk.script:
        assert walk.page.evaluate(KEPT) == EMPTY
    assert {one["name"] for one in walk.context.cookies()} <= {"s"}
    walk.page.goto(f"{walk.url}/fil/case")
    assert walk.page.locator("#code").input_value() == ""


def test_back_after_leaving_in_the_middle_shows_nothing(walk: Walk) -> None:
    seen = Seen(walk)
    walk.go("/fil/report/problem")
    walk.page.check("input[value=WAG]")
    walk.go("/fil/report/story")
    walk.page.fill("textarea", WORDS)
    walk.press()
    walk.go("/fil/report/story")
    walk.page.fill("textarea", WORDS * 1000)
    walk.press()
    assert walk.loaded[-1].status == 400
    assert "Kanaryo" in walk.page.content()
    walk.go("/fil/report/check")
    assert "Kanaryo" in walk.page.content()
    walk.go("/fil/report/story")
    walk.page.fill("textarea", UNSENT)

    nothing_shows(walk, "Kanaryo")
    seen.tells_nothing("Kanaryo")


def test_back_after_leaving_shows_no_number_that_was_kept_or_typed(walk: Walk) -> None:
    walk.go("/fil/report/story")
    walk.page.fill("textarea", WORDS)
    walk.press()
    for moment in ("kept", "typed"):
        walk.go("/fil/report/contact")
        if moment == "kept":
            walk.page.click("details:has([name=call_me]) > summary")
        walk.page.fill("[name=call_me]", f"Kanaryo {moment}")
        walk.page.fill("[name=contact]", "9123 4567")
        if moment == "kept":
            walk.press()

    nothing_shows(walk, "Kanaryo", "9123 4567")


def test_back_after_leaving_with_the_code_on_the_screen_shows_nothing(walk: Walk) -> None:
    seen = Seen(walk)
    code = walk.report("fil", WORDS)
    groups = re.findall("....", code)

    nothing_shows(walk, "Kanaryo", code, f"<span>{groups[0]}</span>", f"<span>{groups[4]}</span>")
    seen.tells_nothing("Kanaryo", code, *groups)


def test_back_after_leaving_the_return_page_shows_nothing(
    walk: Walk, demo: dict[str, Any], browser: Browser
) -> None:
    code = Walk(browser, demo["url"], script=False).report("fil", WORDS)
    seen = Seen(walk)
    walk.go("/fil/case")
    walk.page.fill("#code", code)
    walk.press("main button.main")
    walk.page.fill("[name=message]", "Kanaryo sent")
    walk.press("form[action$='/reply'] button")
    assert "Kanaryo sent" in walk.page.content()
    walk.page.fill("[name=message]", UNSENT)

    nothing_shows(walk, "Kanaryo", code, " ".join(re.findall("....", code)))
    seen.tells_nothing("Kanaryo", code)
