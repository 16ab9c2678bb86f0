"""Answers a first visit's page before Flask: the same pieces, with a new cookie and token.

Only for a GET without a query by a browser that has no session yet: no cookie of ours, or one
without a row. An entry lives for a minute; then the page is asked from its view again, so that a
changed list shows.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import SQLAlchemyError

from grievance.sealing.keys import cookie_keys, new_cookie
from grievance.web.cookies import cookie_bytes, cookie_text

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

    def __init__(
        self,
        inner: Application,
        cookie: str,
        *,
        secure: bool,
        has_row: Callable[[bytes], bool],
    ) -> None:
        self.inner, self.has_row = inner, has_row
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
        if entry is None or not _is_plain_get(environ) or entry.until < time.monotonic():
            return self.inner(environ, start_response)
        known = _cookie(environ.get("HTTP_COOKIE", ""), self.mark)
        if known is not None and self._has_session(known):
            return self.inner(environ, start_response)
        cookie = known or new_cookie()
        token = cookie_keys(cookie).csrf_token.encode()
        gzip = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "")
        body = entry.pieces.gzip(token) if gzip else entry.pieces.identity(token)
        headers = [*(entry.packed if gzip else entry.plain), ("Content-Length", str(len(body)))]
        if known is None:
            headers.append(("Set-Cookie", self.mark + cookie_text(cookie) + self.attributes))
        start_response("200 OK", headers)
        return [body]

    def _has_session(self, cookie: bytes) -> bool:
        try:
            return self.has_row(cookie_keys(cookie).row_id)
        except SQLAlchemyError:
            return True  # the view behind makes a page of the trouble


def _is_plain_get(environ: dict[str, Any]) -> bool:
    return environ["REQUEST_METHOD"] == "GET" and not environ["QUERY_STRING"]


def _cookie(header: str, mark: str) -> bytes | None:
    """The bytes of our cookie, if the header holds a whole one."""
    for part in header.split(";"):
        pair = part.strip()
        if pair.startswith(mark):
            return cookie_bytes(pair[len(mark) :])
    return None
