"""A real SMTP conversation for every test that asks for one."""

from collections.abc import Iterator

import pytest

from tests.notices.office import Office, OwnPort, nobody


@pytest.fixture
def office() -> Iterator[tuple[Office, int]]:
    """A running SMTP server and its port."""
    made = Office()
    controller = OwnPort(made, authenticator=nobody, auth_require_tls=False)
    controller.start()
    yield made, controller.port
    controller.stop()
