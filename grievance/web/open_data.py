"""What the public data addresses share: no cookie, may be kept by caches, errors as JSON."""

import json
from typing import Final

from flask import Response, request

PREFIX: Final = "/hsds"
_FRESH_SECONDS: Final = 600  # a listing taken off the page is gone from caches after this
HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_WORDS: Final = {404: "There is nothing at this address.", 405: "Only GET is answered here.",
                 503: "Not available now. Try again later."}  # fmt: skip


def is_open_data(path: str) -> bool:
    """Whether an address belongs to the public data and not to a page."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def answer(made: object) -> Response:
    """JSON that anybody may read and keep for a while."""
    response = Response(json.dumps(made, ensure_ascii=False), mimetype="application/json")
    response.headers.update(HEADERS)
    response.headers["Cache-Control"] = f"public, max-age={_FRESH_SECONDS}"
    response.add_etag()
    response.make_conditional(request)
    return response


def refusal(status: int, words: str | None = None) -> Response:
    """An error in JSON; nothing of it is kept."""
    told = {"error": {"status": status, "message": words or _WORDS.get(status, "Not understood.")}}
    response = Response(json.dumps(told), status=status, mimetype="application/json")
    response.headers.update(HEADERS)
    response.headers["Cache-Control"] = "no-store"
    return response
