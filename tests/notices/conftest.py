"""A real SMTP conversation for every test that asks for one."""

import socket
from collections.abc import Iterator

import pytest
from aiosmtpd.controller import Controller

from tests.notices.office import Office, nobody


@pytest.fixture
def office() -> Iterator[tuple[Office, int]]:
    """A running SMTP server and its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = Office()
    controller = Controller(
        made, hostname="127.0.0.1", port=port, authenticator=nobody, auth_require_tls=False
    )
    controller.start()
    yield made, port
    controller.stop()
