"""The worker's and the organizer's whole way in a real browser, with script off and on."""

import re
import time
from collections.abc import Callable
from typing import Any

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, Response

from tests.journeys.pressing import press

pytestmark = [pytest.mark.plain, pytest.mark.slow]
LANGUAGES = ("en", "fil", "id", "zh-Hant")
LEAST = 14_000
MOST_MILLISECONDS = 120_000  # a busy machine is no fault
MAYA = "Maya. Walang sahod."
SAFE_SECONDS = 15  # from here to the server, on a slow machine
_last: dict[str, int] = {}  # by secret: no step counts twice, nor after a later one


class Walk:
    """A page that counts what it loads."""

    def __init__(self, browser: Browser, url: str, *, script: bool, width: int = 360) -> None:
        self.context: BrowserContext = browser.new_context(
            java_script_enabled=script, viewport={"width": width, "height": 740}
        )
        self.context.set_default_timeout(MOST_MILLISECONDS)
        self.page: Page = self.context.new_page()
        self.url, self.script = url, script
        self.loaded: list[Response] = []
        self.page.on("response", lambda response: self.loaded.append(response))

    def go(self, path: str) -> None:
        """Open a page: one request, none to another host, small."""
        self.loaded.clear()
        self.page.goto(self.url + path)
        self.check_loads()

    def press(self, selector: str = "form#step button.main") -> None:
        self.loaded.clear()
        press(self.page, selector)
        self.check_loads()

    def check_loads(self) -> None:
        final = [r for r in self.loaded if r.status < 300 or r.status >= 400]
        assert all(r.url.startswith(self.url) for r in self.loaded)
        assert len(final) == 1, [r.url for r in final]

    def report(self, lang: str, words: str = "Kanaryo. Walang sahod.") -> str:
        """The six steps; gives the code."""
        self.go(f"/{lang}/report/problem")
        self.page.check("input[value=WAG]")
        self.press()
        self.page.check("input[value=WAG01]")
        self.press()
        self.page.fill("textarea", words)
        self.press()
        self.page.check("input[value=HK]")
        self.press()
        self.page.check("input[value=chosen]")
        self.page.check("label:has-text('Demo Sampaguita') input")
        self.press()
        self.press()
        self.press()
        return "".join(self.page.locator(".code span").all_inner_texts())


def sign_in(
    walk: Walk,
    said: dict[str, Any],
    role: str,
    organization: str,
    look: Callable[[str], None] = str,
) -> None:
    """Both steps; ``look`` is called on the page between them."""
    user = next(u for u in said["users"] if u["role"] == role and organization in u["organization"])
    walk.page.goto(walk.url + "/desk/sign-in")
    walk.page.fill("[name=email]", user["email"])
    walk.page.fill("[name=password]", user["password"])
    press(walk.page, "main button")
    look("second step")
    walk.page.fill("[name=totp]", unused_code(user["totp_secret"]))
    press(walk.page, "main button")
    assert walk.page.url.endswith("/desk/"), walk.page.url


def unused_code(secret: str) -> str:
    """The earliest code that was not used yet and is still good when it arrives."""
    step, into = divmod(int(time.time()), 30)
    first = step - 1 if into < 30 - SAFE_SECONDS else step
    _last[secret] = max(first, _last.get(secret, 0) + 1)
    assert _last[secret] <= step + 1, "she signed in too often within a minute"
    return pyotp.TOTP(secret).generate_otp(_last[secret])


@pytest.mark.parametrize(("script", "lang"), [(False, "fil"), (True, "zh-Hant")])
def test_a_worker_reports_comes_back_and_leaves_nothing(
    demo: dict[str, Any], browser: Browser, script: bool, lang: str
) -> None:
    walk = Walk(browser, demo["url"], script=script)
    walk.go("/")
    walk.go(f"/{lang}/")
    code = walk.report(lang)
    assert re.fullmatch(r"\d{20}", code)
    walk.press("button[value=kept]")
    assert code[:8] not in re.sub(r"<[^>]+>|\s", "", walk.page.content())
    assert code not in re.sub(r"\s", "", walk.page.content())  # nor within a tag
    walk.go(f"/{lang}/case")
    walk.page.fill("#code", " ".join(code[i : i + 4] for i in range(0, 20, 4)))
    walk.press("main button.main")
    assert "Kanaryo" in walk.page.content()
    cookies = walk.context.cookies()
    assert [c["name"] for c in cookies] == ["s"]
    assert cookies[0]["httpOnly"]
    if script:
        stored = "localStorage.length + sessionStorage.length"
        assert walk.page.evaluate(stored) == 0

    left = walk.page.request.get(walk.url + "/leave?in=fil", max_redirects=0)
    assert left.status == 303
    assert walk.context.cookies() == []
    walk.page.reload()
    assert "Kanaryo" not in walk.page.content()
    walk.go(f"/{lang}/case")

    assert "Kanaryo" not in walk.page.content()


def test_the_organizer_accepts_and_the_worker_reads_the_answer(
    demo: dict[str, Any], browser: Browser
) -> None:
    worker = Walk(browser, demo["url"], script=False)
    code = worker.report("fil", MAYA)
    desk = Walk(browser, demo["url"], script=False, width=1280)
    sign_in(desk, demo, "organizer", "Sampaguita")
    accept_hers(desk)
    desk.page.fill("#message-text", "Nabasa namin.")
    press(desk.page, "form.to-worker button")

    back = Walk(browser, demo["url"], script=False)
    back.go("/fil/case")
    back.page.fill("#code", code)
    back.press("main button.main")

    assert "Nabasa namin." in back.page.content()


def accept_hers(desk: Walk) -> None:
    """Accept what waits until her words show; hours make ties, so the list does not tell."""
    desk.page.goto(desk.url + "/desk/cases?referral=sent&sort=newest")
    links = desk.page.locator("td a").evaluate_all("all => all.map(a => a.href)")
    for link in links:
        desk.page.goto(link)
        assert MAYA not in desk.page.content()
        press(desk.page, "form[action$='/accept'] button")
        if MAYA in desk.page.content():
            return
    raise AssertionError("her report is not in the list")


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_worker_pages_have_no_barrier(
    demo: dict[str, Any], browser: Browser, lang: str, width: int
) -> None:
    walk = Walk(browser, demo["url"], script=True, width=width)
    axe, found = Axe(), {}

    def look(name: str) -> None:
        result = axe.run(walk.page, options={"rules": {"target-size": {"enabled": True}}})
        wide = walk.page.evaluate("document.documentElement.scrollWidth")
        if result.violations_count or wide > width:
            found[name] = result.generate_report()[:1500], wide

    for path in ("/", f"/{lang}/", f"/{lang}/danger", f"/{lang}/organizations?country=HK",
                 f"/{lang}/case", f"/{lang}/nothing", f"/{lang}/report/problem"):  # fmt: skip
        walk.page.goto(walk.url + path)
        look(path)
    walk.page.check("input[value=SAF]")
    for step in ("codes", "story", "place", "sharing"):
        walk.press()
        look(step)
        if step == "story":
            walk.page.fill("textarea", "Kanaryo")
        if step == "place":
            walk.page.check("input[value=HK]")
    walk.press()
    look("sharing with an error")
    walk.page.check("input[value=nobody]")
    for step in ("contact", "check", "sent"):
        walk.press()
        look(step)
    code = "".join(walk.page.locator(".code span").all_inner_texts())
    walk.press("button[value=kept]")
    look("kept")
    walk.go(f"/{lang}/case")
    walk.page.fill("#code", code)
    walk.press("main button.main")
    look("case")

    assert found == {}


def test_every_page_fits_the_first_round_trip(demo: dict[str, Any], browser: Browser) -> None:
    for lang in LANGUAGES:
        walk = Walk(browser, demo["url"], script=False)
        sizes: dict[str, int] = {}

        def weigh(response: Response, sizes: dict[str, int] = sizes) -> None:
            size = response.request.sizes()
            sizes[response.url] = size["responseBodySize"] + size["responseHeadersSize"]

        walk.page.on("response", weigh)
        walk.go("/")
        walk.go(f"/{lang}/")
        walk.report(lang)
        walk.go(f"/{lang}/organizations?country=HK")
        walk.go(f"/{lang}/danger")

        assert {url: size for url, size in sizes.items() if size > LEAST} == {}
        assert sum(sizes.values()) <= 120_000
