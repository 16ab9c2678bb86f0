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

    def press(self, path: str, **fields: object) -> str:
        """Fill a page's form and press."""
        page = self.ask("GET", path)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        if token is None:
            raise RuntimeError(f"no form at {path}")
        started = time.perf_counter()
        place = self.ask("POST", path, fields | {"csrf_token": token[1]})
        self.last = time.perf_counter() - started
        return place


def rate(base: str, act: Callable[[Browser], object], seconds: float, connections: int) -> float:
    """Acts a second over so many connections."""
    stop, counts = time.perf_counter() + seconds, [0] * connections

    def run(number: int) -> None:
        browser = Browser(base)
        while time.perf_counter() < stop:
            act(browser)
            counts[number] += 1

    threads = [threading.Thread(target=run, args=[n]) for n in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


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
