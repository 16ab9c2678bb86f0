"""The production server of one machine: waitress with strict heads and a drained stop.

Nothing of a request or an answer is ever spilled to the disk: bodies are small (the limit below)
and the buffers hold them in memory. Reaches into waitress 3.0's parts, hence the pin below 3.1.
"""

import logging
import signal
import sys
import time
from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import create_server
from waitress.utilities import BadRequest

from grievance.web.logs import watch_process

POSIX = sys.platform != "win32"
LONGEST_BODY = 1 << 20
LONGEST_LINE = 16 << 10  # between the parts of a body without a length
DRAIN_SECONDS = 20
_SETTINGS: dict[str, Any] = {
    "ident": None,
    "connection_limit": 1000 if POSIX else 400,
    "asyncore_use_poll": POSIX,
    "channel_timeout": 120,
    "cleanup_interval": 5,
    "max_request_header_size": 16 << 10,
    "max_request_body_size": 1 << 30,  # read to its end above our limit too, see Unkept
    # The application alone decides by its setting what a proxy may say (``app._behind_proxies``).
    "clear_untrusted_proxy_headers": False,
    "inbuf_overflow": LONGEST_BODY * 2,  # above the limit: a body never reaches the disk
    "outbuf_overflow": 256 << 20,  # an answer neither
    "backlog": 1024,
}


class CannotListen(Exception):
    """The address is taken, not of this machine, or not to be used by this user."""


class Unkept:
    """Takes the place of a body that is too long: counts its bytes and keeps none.

    A connection closed before the body has come is reset, and the browser shows its own error.
    So it is read to its end, and the application answers 413 by its length, in her language.
    """

    def __init__(self, length: int) -> None:
        self._length = length

    def append(self, data: bytes) -> None:
        """Count."""
        self._length += len(data)

    def __len__(self) -> int:
        return self._length

    def getfile(self) -> BytesIO:
        """Nothing to read."""
        return BytesIO()

    def close(self) -> None:
        """Nothing to close."""


class StrictParser(HTTPRequestParser):
    """Refuses what proxies and servers read differently; keeps no body that is too long."""

    def parse_header(self, header_plus: bytes) -> None:
        """One Host, and one way to say how long the body is."""
        super().parse_header(header_plus)
        if self.chunked and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("both Content-Length and Transfer-Encoding")
        if self.version == "1.1" and ("HOST" not in self.headers or "," in self.headers["HOST"]):
            raise ParsingError("one Host header is needed")
        if self.content_length > LONGEST_BODY:
            self.body_rcv.buf = Unkept(0)

    def received(self, data: bytes) -> int:
        """Take bytes of head or body."""
        taken: int = super().received(data)
        body = self.body_rcv
        if self.chunked and body is not None:
            if len(body) > LONGEST_BODY and not isinstance(body.buf, Unkept):
                kept, body.buf = body.buf, Unkept(len(body))
                kept.close()
            if len(body.control_line) + len(body.trailer) > LONGEST_LINE:
                self.error, self.completed = BadRequest("a line between parts is too long"), True
        return taken


class Channel(HTTPChannel):
    """A connection with the strict parser."""

    parser_class = StrictParser

    def busy(self) -> bool:
        """Whether a request is being answered."""
        return bool(self.requests or self.total_outbufs_len)


def serve(app: Flask, listen: str, threads: int, ready: Callable[[str], None]) -> None:
    """Answer until SIGTERM or SIGINT, then finish what runs. ``ready`` gets the address.

    Raises CannotListen.
    """
    watch_process()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    try:
        server = create_server(app, listen=listen, threads=threads, **_SETTINGS)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no address and port"
        raise CannotListen(f"The server cannot listen on {listen}: {why}.") from None
    server.channel_class = Channel
    stopping: list[float] = []

    def stop(_signal: int, _frame: object) -> None:
        stopping.append(time.monotonic())
        server.pull_trigger()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    ready(f"http://{server.effective_host}:{server.effective_port}")
    while not stopping:
        _turn(server, 1.0)
    wasyncore.dispatcher.close(server)
    end = stopping[0] + DRAIN_SECONDS
    while time.monotonic() < end and any(c.busy() for c in list(server.active_channels.values())):
        _turn(server, 0.1)
    server.task_dispatcher.shutdown()


def _turn(server: Any, seconds: float) -> None:
    wasyncore.loop(timeout=seconds, use_poll=POSIX, map=server._map, count=1)
