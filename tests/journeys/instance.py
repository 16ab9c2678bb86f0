"""An instance as an operator makes it: init by options, serve and work as processes."""

import json
import os
import re
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any
from urllib.parse import urlencode

import pyotp
import pytest

COMMAND = [sys.executable, "-m", "grievance.cli"]
START_SECONDS = ANSWER_SECONDS = 120  # on a busy machine
END_SECONDS = 60  # the server finishes what runs for up to 20 seconds
PASSWORD = "a plain long password"


def end(process: "subprocess.Popen[str]") -> None:
    """Ask a process to end, and make it where it does not."""
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise


class Instance:
    """A folder with settings and database, and the commands over it."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.folder = folder
        self.servings = 0
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.environ = {
            **{k: v for k, v in os.environ.items() if not k.startswith("GRIEVANCE_")},
            "TMPDIR": str(self.temporary),
            "GRIEVANCE_SETTINGS": str(folder / "settings.env"),
            **more,
        }
        told = self.run(
            "init", "--folder", str(folder), "--name", "One Desk", "--country", "HK",
            "--email", "one@example.org", "--admin-name", "One", "--one-person", "--json",
            "--no-listings", "--public-url", "http://127.0.0.1:5099",
        )  # fmt: skip
        self.told: dict[str, Any] = json.loads(told)

    def run(self, *arguments: str) -> str:
        """One command, which must succeed."""
        done = subprocess.run(
            [*COMMAND, *arguments], env=self.environ, capture_output=True, text=True, check=False
        )
        with (self.folder / "commands.log").open("a") as log:
            log.write(done.stdout + done.stderr)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def serving(self, *options: str) -> Iterator["Serving"]:
        """The production server, until the block ends. All it says goes to a log of its own."""
        self.servings += 1
        process = subprocess.Popen(
            [*COMMAND, "serve", "--listen", "127.0.0.1:0", *options],
            env=self.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        heard = Listener(process, self.folder / f"server-{self.servings}.log")
        try:
            yield Serving(process, heard.address())
        finally:
            end(process)
            heard.join()


class Listener(Thread):
    """Writes down all that a server says, and tells where it listens."""

    def __init__(self, process: "subprocess.Popen[str]", log: Path) -> None:
        super().__init__(daemon=True)
        self.process, self.log = process, log
        self.addresses: Queue[str] = Queue()
        self.start()

    def run(self) -> None:
        """Until the server closes its mouth."""
        assert self.process.stdout is not None
        with self.process.stdout as said, self.log.open("w", buffering=1) as log:
            for line in said:
                log.write(line)
                found = re.search(r"Listening on (http://[\d.:]+),", line)
                if found:
                    self.addresses.put(found[1])
        self.addresses.put("")  # it ended; whoever still waits need not

    def address(self) -> str:
        """Where the server listens, once it does."""
        found = self.addresses.get(timeout=START_SECONDS)
        assert found, self.log.read_text()
        return found


class Serving:
    """A running server."""

    def __init__(self, process: "subprocess.Popen[str]", url: str) -> None:
        self.process, self.url = process, url

    def browser(self) -> "PlainBrowser":
        """A browser without script: urllib with cookies."""
        return PlainBrowser(self.url)


class Addresses(urllib.request.BaseHandler):
    """Keeps the address of every request, redirected ones too."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def http_request(self, request: urllib.request.Request) -> urllib.request.Request:
        """Keep it."""
        self.asked.append(request.full_url)
        return request


class PlainBrowser:
    """Plain forms over urllib."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.addresses = Addresses()
        self.opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), self.addresses
        )

    def get(self, path: str) -> str:
        """A page, after redirects."""
        with self.opener.open(self.url + path, timeout=ANSWER_SECONDS) as answer:
            return str(answer.read().decode())

    def refused(self, path: str, of: str = "", **fields: Any) -> int:
        """Post what will be refused; gives the status. Without a page it has no token."""
        fields |= {"csrf_token": self.token(of)} if of else {}
        with pytest.raises(urllib.error.HTTPError) as caught:
            self.opener.open(self.url + path, urlencode(fields).encode(), timeout=ANSWER_SECONDS)
        with caught.value as answer:
            return answer.code

    def token(self, path: str) -> str:
        """The token of a page's first form."""
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', self.get(path))
        assert found, path
        return found[1]

    def press(self, path: str, to: str | None = None, **fields: Any) -> str:
        """Fill a page's form and press; gives the page it leads to."""
        data = urlencode(fields | {"csrf_token": self.token(path)}, doseq=True).encode()
        with self.opener.open(self.url + (to or path), data, timeout=ANSWER_SECONDS) as answer:
            return str(answer.read().decode())

    def report(self, lang: str = "en", **answers: Any) -> str:
        """The six steps; gives the code."""
        base = f"/{lang}/report"
        self.press(f"{base}/problem", issues=answers.pop("issues", "WAG01"), action="continue")
        steps = {
            "story": ("story",),
            "place": ("country", "city", "respondent_kind"),
            "sharing": ("sharing", "recipients", "if_nobody"),
            "contact": ("channel", "contact", "call_me", "safe_word"),
        }
        for step, names in steps.items():
            given = {
                name: value
                for name, value in answers.items()
                if name in names or (step == "place" and name.startswith("respondent_name"))
            }
            self.press(f"{base}/{step}", action="continue", **given)
        page = self.press(f"{base}/check", action="send")
        code = "".join(re.findall(r"<span>(\d{4})</span>", page))
        assert len(code) == 20, page[:2000]
        return code

    def open(self, code: str, lang: str = "en") -> str:
        """Type the code and read the case."""
        return self.press(f"/{lang}/case", code=code)

    def activate(self, sign_in: dict[str, Any]) -> str:
        """Activate an account and sign in by both steps; gives the second factor's secret."""
        page = self.press(
            "/desk/activate", email=sign_in["email"], code=sign_in["code"], password=PASSWORD
        )
        secret = re.search(r"\b[A-Z2-7]{32}\b", page)
        assert secret, page[:3000]
        self.sign_in(sign_in["email"], secret[0])
        return secret[0]

    def sign_in(self, email: str, secret: str) -> None:
        """Both steps."""
        self.press("/desk/sign-in", email=email, password=PASSWORD)
        page = self.press("/desk/sign-in/code", totp=pyotp.TOTP(secret).now())
        assert "/desk/cases" in page, page[:2000]
