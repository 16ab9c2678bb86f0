"""Headers of every answer. A worker page may use nothing but what stands in it."""

import base64
import hashlib
from functools import cache
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, request

from grievance.web.open_data import is_open_data
from grievance.web.places import static_file

_SHARED = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Robots-Tag": "noindex, nofollow",
}
_POLICY = (
    "default-src 'none'; {style}; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)


@cache
def worker_css() -> str:
    """The stylesheet that is written into each worker page."""
    return static_file("worker.css")


_BY_WERKZEUG = 308  # a missing slash at the end; no view of ours answers so


@cache
def _worker_policy() -> str:
    digest = base64.b64encode(hashlib.sha256(worker_css().encode()).digest()).decode()
    return _POLICY.format(style=f"style-src 'sha256-{digest}'")


@cache
def _staff_policy() -> str:
    return _POLICY.format(style="style-src 'self'")


def add_headers(response: Response) -> Response:
    """Set what is not set yet."""
    path = request.path
    staff = path.startswith("/desk")
    headers = response.headers
    for name, value in _SHARED.items():
        headers.setdefault(name, value)
    headers.setdefault("Content-Security-Policy", _staff_policy() if staff else _worker_policy())
    if response.status_code == _BY_WERKZEUG:  # it takes the host from the request: the path alone
        place = urlsplit(response.headers.get("Location", ""))
        headers["Location"] = urlunsplit(("", "", *place[2:]))
    if is_open_data(path):
        headers.setdefault("Cache-Control", "no-store")
    elif not path.startswith("/static/"):
        headers["Cache-Control"] = "no-store"
    if request.environ.get("wsgi.url_scheme") == "https" or request.is_secure:
        headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def shared_headers() -> list[tuple[str, str]]:
    """What every worker page of this request's scheme carries."""
    answer = add_headers(Response())
    return [(k, v) for k, v in answer.headers if k not in {"Content-Type", "Content-Length"}]


def init_app(app: Flask) -> None:
    """Every answer passes here."""
    app.after_request(add_headers)
