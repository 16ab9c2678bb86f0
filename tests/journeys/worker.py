"""A worker as a script: she follows the pages with plain forms and no JavaScript."""

import re
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse


def token_of(html: str) -> str:
    """The token of the first form on a page."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', html)
    assert found, "the page has no form"
    return found[1]


@dataclass
class Worker:
    """One browser without script, in one language."""

    client: FlaskClient
    lang: str = "en"
    code: str = ""
    pages: list[str] = field(default_factory=list)

    def get(self, path: str) -> str:
        """A page that answers, after redirects."""
        answer = self.client.get(f"/{self.lang}/{path}", follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code)
        self.pages.append(answer.text)
        return answer.text

    def press(self, path: str, **fields: Any) -> TestResponse:
        """Fill the form of a page and press a button."""
        fields.setdefault("action", "continue")
        page = self.get(path)
        return self.client.post(
            f"/{self.lang}/{path}", data=fields | {"csrf_token": token_of(page)}
        )

    def act(self, name: str, **fields: Any) -> TestResponse:
        """One act on the return page."""
        page = self.get("case")
        path = f"/{self.lang}/case/{name}"
        return self.client.post(path, data=fields | {"csrf_token": token_of(page)})

    def report(self, **answers: Any) -> str:
        """The whole journey; gives the code. Answers go to the step that asks them."""
        self.press("report/problem", issues=answers.pop("issues", ["WAG01"]))
        steps = {
            "report/story": ("story", "when", "asks"),
            "report/place": (
                "country", "city", "nationality", "sector", "languages", "age_band", "sex",
                "respondent_kind",
            ),
            "report/sharing": ("sharing", "recipients", "if_nobody", "rule_out"),
            "report/contact": ("channel", "contact", "call_me", "safe_times", "safe_word"),
        }  # fmt: skip
        for step, names in steps.items():
            given = {
                name: value
                for name, value in answers.items()
                if name in names or (step.endswith("place") and name.startswith("respondent_name"))
            }
            answer = self.press(step, **given)
            assert answer.status_code == 303, (step, answer.status_code)
        return self.send()

    def send(self) -> str:
        """Press Send and read the code."""
        answer = self.press("report/check", action="send")
        assert answer.status_code == 303, answer.status_code
        page = self.get("report/sent")
        self.code = "".join(re.findall(r"<span>(\d{4})</span>", page))
        assert len(self.code) == 20
        return self.code

    def come_back(self, code: str | None = None) -> str:
        """Type the code and see the case."""
        answer = self.press("case", code=code or self.code)
        assert answer.status_code == 303, answer.status_code
        return self.get("case")
