"""Sends pages small and fast: worker pages compressed around the token, fresh ones made once.

The CSRF token stands uncompressed between ready deflate blocks, so that it is never compressed
beside what a reader typed (BREACH). A fresh page is rendered once a language and cut at the token.
"""

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, Response, g, request

from grievance.web.headers import shared_headers
from grievance.web.locale import language
from grievance.web.service import service
from grievance.web.sessions import HOLE, visit

_GZIP_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
_TOKEN = len(HOLE)
# A stored block: the token goes in as it is.
_STORED = b"\x00" + struct.pack("<HH", _TOKEN, _TOKEN ^ 0xFFFF)
_MOST_PAGES = 200


@dataclass(frozen=True)
class Pieces:
    """A page in parts between its tokens, each compressed by itself."""

    plain: tuple[bytes, ...]
    packed: tuple[bytes, ...]

    @classmethod
    def cut(cls, page: bytes, token: bytes, level: int = 9) -> "Pieces":
        """Cut a page at its tokens."""
        plain = tuple(page.split(token))
        last = len(plain) - 1
        return cls(plain, tuple(_deflate(p, i == last, level) for i, p in enumerate(plain)))

    def gzip(self, token: bytes) -> bytes:
        """The page as gzip (RFC 1952), this token put in."""
        body = (_STORED + token).join(self.packed)
        whole = token.join(self.plain)
        return _GZIP_HEAD + body + struct.pack("<II", zlib.crc32(whole), len(whole) & 0xFFFFFFFF)

    def identity(self, token: bytes) -> bytes:
        """The page as it is."""
        return token.join(self.plain)


def _deflate(part: bytes, last: bool, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, 9)
    return packer.compress(part) + packer.flush(zlib.Z_FINISH if last else zlib.Z_FULL_FLUSH)


_made: dict[tuple[str, ...], Pieces] = {}


def fresh_page(name: str, revision: Callable[[], str], render: Callable[[], str]) -> Response:
    """A page that is the same for everybody but for its token: made once for each language.

    ``revision`` names what it stands on (say, when the taxonomy was loaded); a new one makes it
    anew. A first visit's page is also learnt by heart (``web/quick.py``).
    """
    key = (name, language(), revision())
    pieces = _made.get(key)
    if pieces is None:
        g.cutting = True
        try:
            html = render()
        finally:
            g.cutting = False
        if len(_made) >= _MOST_PAGES:
            _made.clear()
        pieces = _made[key] = Pieces.cut(html.encode(), HOLE.encode())
    if not visit().stored and not request.query_string:
        service().quick.keep(request.path, pieces, shared_headers())
    return _response(pieces)


def forget_made() -> None:
    """Make every page anew, for tests and after a change of catalogs."""
    _made.clear()


def _response(pieces: Pieces) -> Response:
    token = visit().csrf_token.encode()
    g.packed = True
    if not _takes_gzip():
        return Response(pieces.identity(token), mimetype="text/html")
    answer = Response(pieces.gzip(token), mimetype="text/html")
    answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    return answer


def _takes_gzip() -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "")


def pack(response: Response) -> Response:
    """Compress a worker's page; the desk's pages show case words and stay as they are."""
    skip = request.path.startswith("/desk") or g.get("packed") or response.is_streamed
    if skip or response.mimetype != "text/html" or not _takes_gzip():
        return response
    token = visit().csrf_token.encode()
    response.set_data(Pieces.cut(response.get_data(), token, 6).gzip(token))
    response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response


def init_app(app: Flask) -> None:
    """Worker pages leave compressed."""
    app.after_request(pack)
