"""What a worker types is in no log, mail, address, database file or temporary folder."""

import gzip
import re
import zlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.handlers import Message

from tests.journeys.instance import Instance, PlainBrowser, Serving
from tests.notices.office import OwnPort

pytestmark = [pytest.mark.plain, pytest.mark.slow]
CANARY = "Kanaryodilaw"
CANARIES = {
    "story": f"{CANARY}story", "respondent_name_employer": f"{CANARY}name",
    "contact": f"{CANARY}contact", "call_me": f"{CANARY}callme", "safe_word": f"{CANARY}safe",
}  # fmt: skip


class Caught(Message):
    """Keeps every mail as bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[bytes] = []

    def handle_message(self, message: object) -> None:
        """Keep it."""
        self.mails.append(bytes(message))  # type: ignore[call-overload]


@pytest.fixture
def caught() -> Iterator[tuple[Caught, int]]:
    """A mail server and its port."""
    made = Caught()
    smtp = OwnPort(made)
    smtp.start()
    yield made, smtp.port
    smtp.stop()


@dataclass
class Story:
    """A worker writes, an organizer answers, and some of it goes wrong on the way."""

    instance: Instance
    server: Serving
    browsers: list[PlainBrowser] = field(default_factory=list)
    code: str = ""
    number: str = ""

    def __post_init__(self) -> None:
        self.desk = self.browser()
        self.desk.activate(self.instance.told["sign_ins"][0])

    def browser(self) -> PlainBrowser:
        """One more phone or desk, whose addresses are kept."""
        self.browsers.append(self.server.browser())
        return self.browsers[-1]

    @property
    def asked(self) -> list[str]:
        """Every address that was asked for or led to."""
        return [url for one in self.browsers for url in one.addresses.asked]

    def one_organization_stands_once(self) -> None:
        """A network of one: it is asked and shown once."""
        first = self.browser()
        first.press("/fil/report/problem", issues="WAG01", action="continue")
        first.press("/fil/report/story", story="x", action="continue")
        first.press("/fil/report/place", country="HK", action="continue")
        sharing = first.get("/fil/report/sharing")
        assert sharing.count('name="recipients"') == 1
        assert 'name="if_nobody"' not in sharing

    def worker_reports(self) -> None:
        """Also with a stale form, an empty choice and far too many words."""
        worker, step = self.browser(), "/fil/report/story"
        assert worker.refused(step, story=CANARY) == 400
        assert worker.refused(step, story=CANARY * 30_000) == 413
        assert worker.refused(step, of=step, story=CANARY * 2_000) == 400
        self.code = worker.report(
            "fil", country="HK", respondent_kind="employer", sharing="chosen", channel="phone",
            recipients=self.instance.told["organization"]["id"], **CANARIES,
        )  # fmt: skip
        self.instance.run("work", "--once")

    def desk_works(self) -> None:
        """Every form that takes words, one of them refused each way."""
        desk = self.desk
        case = re.search(r"/desk/cases/([0-9a-f-]{36})", desk.get("/desk/cases"))
        assert case
        path = f"/desk/cases/{case[1]}"
        if CANARIES["story"] not in desk.get(path):
            desk.press(path, f"{path}/accept")
        assert CANARIES["story"] in desk.get(path)
        assert desk.refused(f"{path}/note", text=f"{CANARY}note") == 400
        desk.press(path, f"{path}/message", text=f"{CANARY}message")
        desk.press(path, f"{path}/note", text=f"{CANARY}note")
        desk.press(path, f"{path}/urgency", urgency="U2", reason=f"{CANARY}urgency")
        self.worker_comes_back()
        page = desk.get(path)
        assert f"{CANARY}reply" in page
        number = re.search(r"\d\d-[2-9A-Z]{5}", page)
        assert number
        self.number = number[0]
        end = {"outcome": "settled", "kind": "resolved", "words": f"{CANARY}closing"}
        assert desk.refused(f"{path}/close", of=path, amount=f"{CANARY}amount", **end) == 400
        desk.press(path, f"{path}/close", **end)
        desk.press(path, f"{path}/reopen", reason=f"{CANARY}reopen")
        assert f"{CANARY}reopen" in desk.get(path)
        desk.press(path, f"{path}/withdraw", reason=f"{CANARY}withdraw")
        self.instance.run("work", "--once")

    def worker_comes_back(self) -> None:
        """Her session was lost while she wrote: her words wait beside the code."""
        back = self.browser()
        assert back.refused("/fil/case/reply", of="/fil/case", message=f"{CANARY}lost") == 400
        page = back.press("/fil/case", code=self.code, message=f"{CANARY}lost")
        assert f"{CANARY}message" in page
        assert f"{CANARY}lost" in page
        assert f"{CANARY}note" not in page
        back.press("/fil/case", "/fil/case/reply", message=f"{CANARY}reply")
        back.press("/fil/case", "/fil/case/contact", channel="phone", contact=f"{CANARY}new")


def test_a_network_of_one_and_no_canary_anywhere(
    tmp_path: Path, caught: tuple[Caught, int]
) -> None:
    post, port = caught
    instance = Instance(
        tmp_path, GRIEVANCE_SMTP_HOST="127.0.0.1", GRIEVANCE_SMTP_PORT=str(port),
        GRIEVANCE_SMTP_STARTTLS="0",
    )  # fmt: skip
    with instance.serving("--no-work") as server:
        told = Story(instance, server)
        told.one_organization_stands_once()
        told.worker_reports()
        told.desk_works()
        secrets = [CANARY, told.code, " ".join(re.findall("....", told.code))]
        names = {path.name for path in files(tmp_path)}
        here = {"grievance.db", "grievance.db-wal", "grievance.db-shm", "server-1.log"}
        assert here <= names
        assert found(tmp_path, secrets) == []  # before SQLite tidies up at its end

    assert found(tmp_path, secrets) == []
    assert "Listening on" in (tmp_path / "server-1.log").read_text()
    assert post.mails
    assert [mail for mail in post.mails if holds(mail, [*secrets, told.number])] == []
    assert len(told.asked) > 60
    assert not holds("\n".join(told.asked).encode(), [*secrets, told.number])


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def found(folder: Path, secrets: list[str]) -> list[Path]:
    """The files that hold a secret: database and its side files, logs, settings, temporary ones."""
    return [path for path in files(folder) if holds(path.read_bytes(), secrets)]


def holds(text: bytes, secrets: list[str]) -> bool:
    """Whether a text holds a secret; one that is packed could hold any, and counts."""
    packed = text.startswith((b"\x1f\x8b", b"\x78\x9c", b"\x78\xda", b"PK\x03\x04"))
    return packed or any(shape in text for secret in secrets for shape in shapes(secret))


def shapes(secret: str) -> Iterator[bytes]:
    """As it is, in wide letters of either order, in hex, in base64.

    The secrets are plain letters, so an address, a form and JSON write them as they are.
    """
    plain = secret.encode()
    yield from (plain, secret.encode("utf-16-le")[:-1], plain.hex().encode())
    yield plain.hex().upper().encode()
    for shift in range(3):
        yield b64encode(b"-" * shift + plain)[4:-4]  # without what its neighbours decide


def test_the_search_would_find_it(tmp_path: Path) -> None:
    told = f"x{{{CANARY}}}"
    ways = [
        told.encode(), told.encode().hex().encode(),
        told.encode("utf-16-be"), told.encode("utf-16-le"),
        gzip.compress(told.encode()), zlib.compress(told.encode()),
        *(b64encode(b"-" * shift + told.encode()) for shift in range(3)),
    ]  # fmt: skip
    for number, text in enumerate(ways):
        (tmp_path / str(number)).write_bytes(text)
    (tmp_path / "none").write_text("Kanaryo")

    assert len(found(tmp_path, [CANARY])) == len(ways)
