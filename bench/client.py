"""A small client: keep-alive connections in threads, and one worker who reports."""

import http.client
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit


@dataclass
class Browser:
    """One connection with its cookie."""

    base: str
    cookie: str = ""
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        """Open the connection."""
        self.connection = http.client.HTTPConnection(urlsplit(self.base).netloc, timeout=60)

    def ask(self, method: str, path: str, fields: object = None, gzip: bool = False) -> str:
        """One request; gives the body, or the place it leads to."""
        body = urlencode(fields, doseq=True) if fields else None
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if gzip:
            headers["Accept-Encoding"] = "gzip"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status}")
        for value in answer.headers.get_all("Set-Cookie") or []:
            self.cookie = value.partition(";")[0]
        return answer.headers.get("Location") or ("" if gzip else data.decode())

    def token(self, path: str) -> str:
        """What a page's form carries against forgery."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.ask("GET", path))
        if found is None:
            raise RuntimeError(f"no form at {path}")
        return found[1]

    def press(self, path: str, **fields: object) -> str:
        """Fill a page's form and press."""
        token = self.token(path)
        started = time.perf_counter()
        place = self.ask("POST", path, fields | {"csrf_token": token})
        self.last = time.perf_counter() - started
        return place


Act = Callable[[Browser], object]


@dataclass
class Load:
    """What so many connections at once got done, and the seconds of each act."""

    per_second: float
    times: list[float]


class Steps:
    """Workers who write the same step of their drafts over and over: one durable write each."""

    def __init__(self) -> None:
        """No connection has a draft yet."""
        self.tokens: dict[int, str] = {}

    def begin(self, browser: Browser) -> None:
        """The first step makes the draft."""
        browser.press("/en/report/problem", issues="WAG01", action="continue")
        self.tokens[id(browser)] = browser.token("/en/report/story")

    def write(self, browser: Browser) -> None:
        """Other words each time, so that there is something to keep."""
        words = f"My pay is late. {time.perf_counter()} " * 20
        fields = {"story": words, "action": "continue", "csrf_token": self.tokens[id(browser)]}
        place = browser.ask("POST", "/en/report/story", fields)
        if not place.endswith("/en/report/place"):
            raise RuntimeError(f"the step was not kept: {place[:80]}")


def load(
    base: str, act: Act, seconds: float, connections: int, begin: Act = lambda _browser: None
) -> Load:
    """Let so many connections act for some seconds, after each has begun."""
    times: list[list[float]] = [[] for _ in range(connections)]
    browsers = [Browser(base) for _ in range(connections)]
    for browser in browsers:
        begin(browser)
    stop = time.perf_counter() + seconds

    def run(browser: Browser, spent: list[float]) -> None:
        while (began := time.perf_counter()) < stop:
            act(browser)
            spent.append(time.perf_counter() - began)

    threads = [threading.Thread(target=run, args=one) for one in zip(browsers, times, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [one for spent in times for one in spent]
    return Load(len(every) / seconds, every)


def rate(base: str, act: Act, seconds: float, connections: int) -> float:
    """Acts a second over so many connections."""
    return load(base, act, seconds, connections).per_second


def report(browser: Browser, recipient: str, pause: Callable[[], None]) -> dict[str, float]:
    """One whole report; seconds of each press."""
    took: dict[str, float] = {}
    for step, fields in (
        ("problem", {"issues": "WAG01", "action": "continue"}),
        ("story", {"story": "My pay is late. " * 20, "action": "continue"}),
        ("place", {"country": "HK", "nationality": "PH", "action": "continue"}),
        ("sharing", {"sharing": "chosen", "recipients": recipient, "action": "continue"}),
        ("contact", {"channel": "none", "action": "continue"}),
        ("check", {"action": "send"}),
    ):
        pause()
        browser.press(f"/en/report/{step}", **fields)
        took[step] = browser.last
    return took
