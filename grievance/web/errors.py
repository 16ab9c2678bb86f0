"""Pages for what went wrong: in the reader's language, with what to do, and nothing lost."""

import logging
from urllib.parse import quote

from flask import Flask, g, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadHost, HTTPException, RequestEntityTooLarge, SecurityError

from grievance.rules.languages import ours, suggested
from grievance.rules.terms import Language
from grievance.store.engine import AWAY
from grievance.web.limits import Slowed
from grievance.web.locale import offered
from grievance.web.open_data import is_open_data, refusal

log = logging.getLogger("grievance.web")
_NEVER_KEPT = {"csrf_token", "code", "password", "totp", "recovery_key", "action"}
_KEPT_LETTERS = 60_000
_DESK_KEEPS = {"unavailable", "not_found"}  # the token was looked at: nobody else's words come back


def init_app(app: Flask) -> None:
    """Register every handler."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Slowed, _slowed)
    for kind in (*AWAY, OSError):
        app.register_error_handler(kind, _away)


def page(name: str, status: int, **values: object) -> tuple[str, int]:
    """One of ``templates/errors``; what was typed can be sent again from it."""
    _settle_language()
    desk = request.path.startswith("/desk")
    kept = [] if desk and name not in _DESK_KEEPS else kept_answers()
    text = render_template(f"errors/{name}.html", desk=desk, kept=kept, **values)
    return text, status


def kept_answers() -> list[tuple[str, str]]:
    """What a refused form held, to be shown and sent again; secrets are left out."""
    if request.method != "POST":
        return []
    try:
        items = list(request.form.items(multi=True))
    except RequestEntityTooLarge:
        return []
    kept = [(name, value) for name, value in items if name not in _NEVER_KEPT]
    return kept if sum(len(value) for _, value in kept) <= _KEPT_LETTERS else []


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if is_open_data(request.path) and 400 <= code < 500:
        return refusal(code)
    if code < 400 or isinstance(error, (BadHost, SecurityError)):
        return error.get_response()  # under a host that cannot be, no page can link to another
    if code == 404:
        return _not_found()
    if code >= 500:
        cause = getattr(error, "original_exception", None)
        log.error("%s at %s", type(cause or error).__name__, request.endpoint)
        return page("unavailable", 503)
    names = {400: "bad_request", 403: "forbidden", 405: "not_found", 413: "too_large"}
    text, status = page(names.get(code, "bad_request"), code)
    return text, status, [one for one in error.get_headers() if one[0] == "Allow"]


def _not_found() -> ResponseReturnValue:
    first, _, rest = request.path.lstrip("/").partition("/")
    language = ours(first)
    if language in offered() and first != language and request.method in {"GET", "HEAD"}:
        place = quote(f"/{language}/{rest}", errors="replace")  # a line break would end the header
        query = quote(request.query_string, safe="%=&+,;:@/?!$'()*[]")
        return redirect(f"{place}?{query}" if query else place, 302)  # another spelling, once
    return page("not_found", 404)


def _slowed(error: Slowed) -> ResponseReturnValue:
    text, status = page("slowed", 429, seconds=error.seconds)
    return text, status, {"Retry-After": str(error.seconds)}


def _away(error: Exception) -> ResponseReturnValue:
    """Locked, gone or full: nothing was kept, so nothing is acknowledged."""
    log.error("%s at %s", type(error).__name__, request.endpoint, exc_info=error)
    session = g.pop("db", None)
    if session is not None:
        session.close()
    if is_open_data(request.path):
        return refusal(503)
    text, status = page("unavailable", 503)
    return text, status, {"Retry-After": "30"}


def _settle_language() -> None:
    if "language" in g:
        return
    first = ours(request.path.lstrip("/").partition("/")[0])
    header = suggested(request.headers.get("Accept-Language", ""), offered(), 1)
    g.language = first if first in offered() else (header or [Language.EN])[0]
