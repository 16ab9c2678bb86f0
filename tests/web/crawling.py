"""A visitor who follows every link of ours and reads every form that stands on the pages."""

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

Fields = dict[str, list[str]]
_OF_A_KIND = 2
_ONE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


@dataclass
class Form:
    """One form as it stood on a page: what it would send if it were pressed as it is."""

    address: str
    page: str
    fields: Fields = field(default_factory=dict)
    written: set[str] = field(default_factory=set)  # fields that one types into
    endpoint: str = ""

    @property
    def kind(self) -> tuple[str, ...]:
        """What tells it from other forms: acts on a group, say, share one endpoint."""
        last = without_ids(self.address).rpartition("/")[2]
        return (self.endpoint, last, *sorted(self.fields))


class _Reader(HTMLParser):
    """The links and the POST forms of one page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.links, self.forms = page, list[str](), list[Form]()
        self._form: Form | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(given.get("href", ""))
        elif tag == "form":
            posts = given.get("method", "").lower() == "post"
            address = given.get("action") or self.page
            self._form = Form(address, self.page) if posts else None
            self.forms += [self._form] if self._form else []
        elif self._form and (name := given.get("name", self._select)):
            self._take(self._form, tag, name, given)

    def _take(self, form: Form, tag: str, name: str, given: dict[str, str]) -> None:
        values = form.fields.setdefault(name, [])
        kind, value = given.get("type", "text"), given.get("value", "")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._area = name
            form.written.add(name)
        elif tag == "option":
            values[:] = [value] if "selected" in given or not any(values) else values
        elif kind in {"radio", "checkbox"}:
            values += [value] if "checked" in given or not values else []
        elif tag == "input":
            values.append(value)
            form.written |= {name} if kind in {"text", "email"} else set()

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._form:
            self._form.fields[self._area] = [data.lstrip("\n")]


def read(page: str, text: str) -> _Reader:
    """What stands on one page."""
    reader = _Reader(page)
    reader.feed(text)
    return reader


def crawl(
    app: Flask, client: FlaskClient, starts: Iterable[str]
) -> tuple[dict[str, int], list[Form]]:
    """Pages that links lead to, a few of each kind, with their status; and each kind of form."""
    seen, forms = dict[str, int](), dict[tuple[str, ...], Form]()
    todo, kinds = deque(starts), Counter[tuple[str, ...]]()
    while todo:
        page = todo.popleft()
        if page in seen:
            continue
        answer = client.get(page, buffered=True)
        seen[page] = answer.status_code
        if answer.mimetype != "text/html":
            continue
        reader = read(page, answer.text)
        for form in reader.forms:
            form.endpoint = endpoint_of(app, form.address)
            forms.setdefault(form.kind, form)
        for link in dict.fromkeys(_ours(reader.links)):
            kind = (without_ids(link), *sorted(parse_qs(urlsplit(link).query)))
            kinds[kind] += link not in seen
            if kinds[kind] <= _OF_A_KIND:
                todo.append(link)
    return seen, list(forms.values())


def endpoint_of(app: Flask, address: str) -> str:
    """Which view takes a form; empty where none does."""
    try:
        with app.app_context():
            place = app.url_map.bind("localhost").match(urlsplit(address).path, method="POST")
    except HTTPException:
        return ""
    return str(place[0])


def _ours(links: list[str]) -> Iterator[str]:
    for link in links:
        path = link.partition("#")[0]
        if path.startswith("/") and not path.startswith(("/static", "/leave")):
            yield path


def without_ids(address: str) -> str:
    """An address without its ids: acts on a group share one endpoint."""
    return _ONE.sub("", urlsplit(address).path)
