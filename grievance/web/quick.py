"""Answers a first visit's page before Flask: the same pieces, with a new cookie and token.

Only for a GET without a query by a browser that has no cookie of ours yet. An entry lives for a
minute; then the page is asked from its view again, so that a changed list shows.
"""

import base64
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from grievance.sealing.keys import cookie_keys, new_cookie

if TYPE_CHECKING:
    from grievance.web.pages import Pieces

LIVES_SECONDS = 60.0
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]


@dataclass(frozen=True)
class Entry:
    """A page ready to be sent, and the headers of each way to send it."""

    pieces: "Pieces"
    plain: tuple[tuple[str, str], ...]
    packed: tuple[tuple[str, str], ...]
    until: float


class QuickPages:
    """A layer around the application that knows a few pages by heart."""

    def __init__(self, inner: Application, cookie: str, *, secure: bool) -> None:
        self.inner = inner
        self.mark = f"{cookie}="
        self.attributes = f"; {'Secure; ' if secure else ''}HttpOnly; Path=/; SameSite=Lax"
        self.entries: dict[str, Entry] = {}

    def keep(self, path: str, pieces: "Pieces", headers: list[tuple[str, str]]) -> None:
        """Learn a page by heart, with the headers that every answer carries."""
        plain = (("Content-Type", "text/html; charset=utf-8"), *headers)
        packed = (*plain, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
        until = time.monotonic() + LIVES_SECONDS
        self.entries[path] = Entry(pieces, plain, packed, until)

    def forget(self) -> None:
        """Know nothing by heart any more."""
        self.entries.clear()

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer from memory, or pass on."""
        entry = self.entries.get(environ["PATH_INFO"])
        if entry is None or not self._fits(environ) or entry.until < time.monotonic():
            return self.inner(environ, start_response)
        cookie = new_cookie()
        token = cookie_keys(cookie).csrf_token.encode()
        gzip = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        body = entry.pieces.gzip(token) if gzip else entry.pieces.identity(token)
        value = base64.urlsafe_b64encode(cookie).rstrip(b"=").decode()
        start_response(
            "200 OK",
            [
                *(entry.packed if gzip else entry.plain),
                ("Content-Length", str(len(body))),
                ("Set-Cookie", self.mark + value + self.attributes),
            ],
        )
        return [body]

    def _fits(self, environ: dict[str, Any]) -> bool:
        first_visit = self.mark not in environ.get("HTTP_COOKIE", "")
        return environ["REQUEST_METHOD"] == "GET" and first_visit and not environ["QUERY_STRING"]
