"""Weighs every answer that a browser of a test gets, and reads what a page would load."""

import gzip
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from flask import Flask, template_rendered
from flask.testing import FlaskClient
from jinja2 import Template
from werkzeug.test import TestResponse

SERVER_WRITES = len("HTTP/1.1 200 OK\r\nDate: Wed, 25 Nov 2026 09:30:00 GMT\r\n\r\n")
# What makes a browser ask for more: all but the icon that stands in the page itself.
LOADS = re.compile(
    r"<(?:script|img|iframe|object|embed|video|audio|source|use|base|frame)\b[^>]*>"
    r'|<link (?!rel="icon" href="data:,">)[^>]*>|http-equiv="refresh"|@import|url\((?!["\']?data:)'
)


@dataclass(frozen=True)
class Weighed:
    """One answer on the scale."""

    path: str
    method: str
    status: int
    size: int
    cache: str | None
    html: str


class Scale:
    """All answers to a worker by an application's test clients, and all pages it made."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.answers: list[Weighed] = []
        self.made: set[str] = set()

    def weigh(self, answer: TestResponse) -> None:
        """Note an answer as it goes over the line, then unpack it for the test."""
        lines = sum(len(f"{name}: {value}\r\n") for name, value in answer.headers)
        size = SERVER_WRITES + lines + len(answer.data)
        if answer.headers.pop("Content-Encoding", "") == "gzip":
            answer.set_data(gzip.decompress(answer.data))
        asked = answer.request
        if asked.path.startswith("/desk"):
            return
        html = answer.text if answer.mimetype == "text/html" else ""
        cache = answer.headers.get("Cache-Control")
        self.answers.append(
            Weighed(asked.path, asked.method, answer.status_code, size, cache, html)
        )

    @property
    def endpoints(self) -> set[tuple[str, str]]:
        """Endpoint and method of everything that was asked for and is there."""
        where = self.app.url_map.bind("localhost")
        with self.app.app_context():  # which languages are addresses stands in the settings
            asked = {(one.path, one.method) for one in self.answers}
            there = {one for one in asked if where.test(*one)}
            return {(where.match(path, method)[0], method) for path, method in there}


@contextmanager
def weighing(app: Flask) -> Iterator[Scale]:
    """Put every answer of the application on a scale."""
    scale = Scale(app)

    class WeighedClient(FlaskClient):
        def open(self, *args: Any, **more: Any) -> TestResponse:
            self.environ_base["HTTP_ACCEPT_ENCODING"] = "gzip"
            follow = more.pop("follow_redirects", False)
            answer = super().open(*args, **more)
            scale.weigh(answer)
            while follow and 300 <= answer.status_code < 400:
                answer = self.get(answer.location)
            return answer

    def made(_sender: Flask, template: Template, **_rest: Any) -> None:
        scale.made.add(str(template.name))

    before, app.test_client_class = app.test_client_class, WeighedClient
    try:
        with template_rendered.connected_to(made, app):
            yield scale
    finally:
        app.test_client_class = before  # tests may share an application
