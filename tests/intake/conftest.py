"""A network with partners and problems, and a worker's phone that presses buttons."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from grievance.casework.directory.listing import load_reference
from grievance.casework.directory.version import make_version
from grievance.rules.terms import Language
from grievance.store.directory import Organization
from grievance.web.pages import forget_made
from tests.factories import NOW, csrf_of, make_member, make_organization, make_root


@dataclass
class Network:
    """A root with two partners below it, each with a member and keys."""

    root: Organization
    near: Organization
    other: Organization
    members: list[Any] = field(default_factory=list)


@pytest.fixture
def problems(db: Session) -> None:
    """The taxonomy; pages made for another database are forgotten."""
    load_reference(db, NOW)
    db.commit()
    forget_made()


@pytest.fixture
def network(db: Session, problems: None) -> Network:
    """The root serves nobody itself: it is the overseeing desk."""
    root = make_root(db, name="Secretariat", service=False)
    near = make_organization(db, name="Helping Hands", parent_id=root.id, led_by_migrants=True)
    other = make_organization(db, name="Union House", parent_id=root.id)
    members = [make_member(db, one) for one in (root, near, other)]
    make_version(db, NOW)
    db.commit()
    return Network(root, near, other, members)


class Phone:
    """A worker's browser: it posts what its last page's token and revision allow."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.language = "en"

    def page(self, step: str, query: str = "") -> str:
        """What a GET of a step shows, redirects followed."""
        address = f"/{self.language}/report/{step}{query}"
        return self.client.get(address, follow_redirects=True).get_data(as_text=True)

    def press(self, step: str, action: str = "continue", **answers: Any) -> TestResponse:
        """Open a step and press one of its buttons."""
        query = answers.pop("query", "")
        return self.post(step, self.page(step, query), action, **answers)

    def post(self, step: str, page: str, action: str = "continue", **answers: Any) -> TestResponse:
        """Press a button on a page that was opened before."""
        fields = {"csrf_token": csrf_of(page), "action": action, **answers}
        for name in ("revision", "part", "held"):
            found = re.search(rf'name="{name}" value="(\w*)"', page)
            if found:
                fields.setdefault(name, found[1])
        return self.client.post(f"/{self.language}/report/{step}", data=fields)

    def send(self, **sharing: Any) -> str:
        """A small report from the first page to the code; the code without spaces."""
        self.press("problem", issues=["WAG01"])
        self.press("story", story="No wages since May.")
        self.press("place", country="HK")
        answer = self.press("sharing", **(sharing or {"sharing": "nobody"}))
        assert answer.status_code == 303, answer.get_data(as_text=True)
        self.press("contact")
        assert self.press("check", "send").status_code == 303
        return code_on(self.page("sent"))


def code_on(page: str) -> str:
    """The code that a page shows, or nothing."""
    found = re.search(r'<p class="code">(.*?)</p>', page, re.DOTALL)
    return "".join(re.findall(r"\d", found[1])) if found else ""


def chosen(*organizations: Organization, if_nobody: UUID | None = None) -> dict[str, Any]:
    """The fields of the sharing page for these organizations."""
    fields: dict[str, Any] = {"sharing": "chosen", "recipients": [str(o.id) for o in organizations]}
    return fields | ({"if_nobody": str(if_nobody)} if if_nobody else {})


@pytest.fixture
def phone(client: FlaskClient) -> Phone:
    """One worker's browser."""
    return Phone(client)


@pytest.fixture
def second_phone(app: Flask) -> Phone:
    """Another browser, without a session."""
    return Phone(app.test_client())


@pytest.fixture
def languages(monkeypatch: pytest.MonkeyPatch) -> Iterator[frozenset[Language]]:
    """Five languages are offered, one of them from right to left, whatever their catalogs lack.

    No other test meets a page that was made with them.
    """
    tags = frozenset({Language.EN, Language.FIL, Language.ID, Language.ZH_HANT, Language.AR})
    for place in ("app", "intake.views", "web.errors", "web.locale"):
        monkeypatch.setattr(f"grievance.{place}.offered", lambda: tags)
    forget_made()
    yield tags
    forget_made()
