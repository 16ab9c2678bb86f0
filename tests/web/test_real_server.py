"""The production server itself: bodies that are too long, and what stands in front of it."""

import http.client
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from urllib.parse import urlencode, urlsplit

import pytest

from tests.journeys.instance import Instance

pytestmark = pytest.mark.plain
MB = 1 << 20
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """``grievance serve`` behind one proxy."""
    one = Instance(tmp_path_factory.mktemp("served"), GRIEVANCE_TRUSTED_PROXIES="1")
    with one.serving("--no-work") as server:
        yield urlsplit(server.url).netloc


class Browser:
    """One kept connection with one cookie: a reset or a close of it fails the test."""

    def __init__(self, address: str, page: str) -> None:
        self.line = http.client.HTTPConnection(address, timeout=30)
        self.page = page
        self.line.request("GET", page)
        answer = self.line.getresponse()
        self.cookie = answer.headers["Set-Cookie"].partition(";")[0]
        self._keep(answer.read().decode())

    def _keep(self, text: str) -> None:
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)
        self.token = found[1] if found else ""

    def post(
        self, body: bytes, *, parts: int = 0, **headers: str
    ) -> tuple[http.client.HTTPResponse, str]:
        """Send a body whole, or in parts without a length."""
        sent: dict[str, str] = {"Cookie": self.cookie, "Content-Type": FORM} | headers
        pieces = [body[at : at + parts] for at in range(0, len(body), parts)] if parts else body
        self.line.request("POST", self.page, pieces, sent, encode_chunked=bool(parts))
        answer = self.line.getresponse()
        return answer, answer.read().decode()

    def form(self, **fields: str) -> bytes:
        """A form with this session's token."""
        return urlencode(fields | {"csrf_token": self.token}).encode()


Browse = Callable[[str], Browser]


@pytest.fixture
def browse(address: str) -> Iterator[Browse]:
    """Opens a page in a browser of its own."""
    opened: list[Browser] = []

    def to(page: str) -> Browser:
        opened.append(Browser(address, page))
        return opened[-1]

    yield to
    for one in opened:
        one.line.close()


@pytest.mark.parametrize("length", [300_000, MB - 1, MB, MB + 1, 3 * MB, 40 * MB])
@pytest.mark.parametrize("parts", [0, 50_000])
def test_a_body_too_long_gets_a_page_in_her_language_and_ends_nothing(
    browse: Browse, length: int, parts: int
) -> None:
    her = browse("/id/report/story")
    answer, _ = her.post(her.form(story="Kanaryo", action="continue"))
    assert answer.status == 303

    answer, text = her.post(her.form(story="x" * length), parts=parts)

    assert answer.status == 413
    assert 'lang="id"' in text
    assert "Ini terlalu panjang" in text
    her.line.request("GET", her.page, headers={"Cookie": her.cookie})
    assert "Kanaryo" in her.line.getresponse().read().decode()


def test_a_body_in_parts_without_a_length_is_taken_as_any_other(browse: Browse) -> None:
    her = browse("/en/report/story")

    answer, _ = her.post(her.form(story="Kanaryo" * 500, action="continue"), parts=7)

    assert answer.status == 303


def test_an_endless_line_between_parts_is_refused(address: str) -> None:
    host, _, port = address.partition(":")
    with socket.create_connection((host, int(port)), timeout=30) as line:
        line.sendall(b"POST /en/case HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        line.sendall(b"1;" + b"x" * 17_000)

        assert line.recv(100).startswith(b"HTTP/1.1 400 ")


def test_the_proxy_in_front_names_the_source_of_wrong_tries(browse: Browse) -> None:
    def wrong(source: str) -> int:
        her = browse("/en/case")
        answer, _ = her.post(her.form(code="1234"), **{"X-Forwarded-For": source})
        return answer.status

    assert [wrong("192.0.2.1") for _ in range(11)] == [400] * 10 + [429]
    assert wrong("192.0.2.2") == 400


@pytest.mark.parametrize(
    ("method", "path", "words"),
    [("POST", "/id/danger", "Halaman ini tidak ada"), ("DELETE", "/id/report/story", ""),
     ("PUT", "/desk/sign-in", "This page is not here"), ("GET", "/desk/sign-out", "")],
)  # fmt: skip
def test_a_method_that_is_not_allowed_says_which_are(
    address: str, method: str, path: str, words: str
) -> None:
    with closing(http.client.HTTPConnection(address, timeout=30)) as line:
        line.request(method, path)
        answer = line.getresponse()
        text = answer.read().decode()

    assert answer.status == 405
    assert answer.headers["Allow"]
    assert method not in answer.headers["Allow"].replace(",", "").split()
    assert words in text
    assert f'lang="{"en" if path.startswith("/desk") else "id"}"' in text
