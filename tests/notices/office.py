"""An SMTP server of the tests' own, and the outbox sent to it."""

import asyncio
import socket
from dataclasses import replace
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from grievance.config import Settings
from grievance.notices.deliver import deliver
from grievance.notices.mailer import MailServer
from grievance.notices.writing import mail_writer
from grievance.store.engine import Database
from tests.conftest import Clock


class Office:
    """An SMTP server that keeps what it takes, and answers as told."""

    def __init__(self) -> None:
        self.mails: list[str] = []
        self.answers: dict[str, str] = {}
        self.refused: dict[str, str] = {}  # what it answers for one recipient
        self.slow = 0.0

    async def handle_MAIL(self, _s: Any, _n: Any, envelope: Any, sender: str, _o: Any) -> str:
        """Let a sender write, or say no."""
        envelope.mail_from = sender
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, _s: Any, _n: Any, envelope: Any, to: str, _o: Any) -> str:
        """Know an address, or say no."""
        envelope.rcpt_tos.append(to)
        return self.refused.get(to, self.answers.get("RCPT", "250 OK"))

    async def handle_DATA(self, _s: Any, _n: Any, envelope: Any) -> str:
        """Take a mail, or say no."""
        await asyncio.sleep(self.slow)
        answer = self.answers.get("DATA", "250 OK")
        if answer.startswith("250"):
            self.mails.append(envelope.content.decode())
        return answer

    async def handle_QUIT(self, _s: Any, _n: Any, _e: Any) -> str:
        """Say goodbye."""
        return self.answers.get("QUIT", "221 Bye")


class OwnPort(Controller):
    """A mail server on a port that is its own before it starts: nobody else can come first."""

    def __init__(self, handler: Any, **more: Any) -> None:
        self.listens = socket.create_server(("127.0.0.1", 0))
        host, port = self.listens.getsockname()
        # A busy machine may take its time.
        super().__init__(
            handler, hostname=host, port=port, server_hostname=host, ready_timeout=60, **more
        )

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.listens)


def nobody(*_: object) -> AuthResult:
    """Every password is wrong here."""
    return AuthResult(success=False, handled=False)


def send(
    database: Database, settings: Settings, port: int, clock: Clock, **differently: Any
) -> int:
    sender, secret = "noreply@example.org", settings.name_secret
    server = MailServer("127.0.0.1", port, False, None, None, sender, secret)
    return deliver(database, replace(server, **differently), mail_writer(settings), clock)
