"""What a worker types is in no log, mail, address, database file or temporary folder."""

import re
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from tests.journeys.instance import Instance

pytestmark = [pytest.mark.plain, pytest.mark.slow]
CANARIES = {
    "story": "Kanaryostory", "respondent_name_employer": "Kanaryoname",
    "contact": "Kanaryocontact", "call_me": "Kanaryocallme", "safe_word": "Kanaryosafe",
}  # fmt: skip


class Caught(Message):
    """Keeps every mail as bytes."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[bytes] = []

    def handle_message(self, message: object) -> None:
        """Keep it."""
        self.mails.append(bytes(message))  # type: ignore[call-overload]


def test_a_network_of_one_and_no_canary_anywhere(tmp_path: Path, unused_port: int) -> None:
    caught = Caught()
    smtp = Controller(caught, hostname="127.0.0.1", port=unused_port)
    smtp.start()
    try:
        _journey(tmp_path, unused_port, caught)
    finally:
        smtp.stop()


def _journey(tmp_path: Path, port: int, caught: Caught) -> None:
    instance = Instance(
        tmp_path, GRIEVANCE_SMTP_HOST="127.0.0.1", GRIEVANCE_SMTP_PORT=str(port),
        GRIEVANCE_SMTP_STARTTLS="0",
    )  # fmt: skip
    with instance.serving("--no-work") as server:
        desk = server.browser()
        desk.activate(instance.told["sign_ins"][0])
        root = instance.told["organization"]["id"]
        worker = server.browser()
        worker.press("/fil/report/problem", issues="WAG01", action="continue")
        worker.press("/fil/report/story", story="x", action="continue")
        worker.press("/fil/report/place", country="HK", action="continue")
        sharing = worker.get("/fil/report/sharing")
        assert sharing.count('name="recipients"') == 1
        assert 'name="if_nobody"' not in sharing
        code = server.browser().report(
            "fil", country="HK", respondent_kind="employer", sharing="chosen", recipients=root,
            channel="phone", **CANARIES,
        )  # fmt: skip
        instance.run("work", "--once")
        case = re.search(r"/desk/cases/([0-9a-f-]{36})", desk.get("/desk/cases"))
        assert case
        path = f"/desk/cases/{case[1]}"
        if "Kanaryostory" not in desk.get(path):
            desk.press(path, f"{path}/accept")
        assert "Kanaryostory" in desk.get(path)
        desk.press(path, f"{path}/message", text="Kanaryomessage")
        desk.press(path, f"{path}/note", text="Kanaryonote")
        page = server.browser().open(code, "fil")
        assert "Kanaryomessage" in page
        assert "Kanaryonote" not in page
        number = re.search(r"\d\d-[2-9A-Z]{5}", desk.get(path))
        instance.run("work", "--once")

    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.suffix in {".db", ".sqlite"} or "sqlite" in path.name for path in files)
    for path in files:
        assert b"Kanaryo" not in path.read_bytes(), path
        assert code.encode() not in path.read_bytes(), path
    assert caught.mails
    for mail in caught.mails:
        assert b"Kanaryo" not in mail
        assert number
        assert number[0].encode() not in mail
