"""Ports for commands, one that nobody listens on and one that is taken; HSDS at a set time."""

import socket
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from grievance.cli import base, directory, hsds, hsds_export
from grievance.config import Settings
from tests.factories import NOW, make_root


@pytest.fixture
def unused_port() -> Iterator[int]:
    """A port that nobody listens on, nor can come to while it is held."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield int(other.getsockname()[1])


@pytest.fixture
def hsds_commands(monkeypatch: pytest.MonkeyPatch, settings: Settings, db: Session) -> None:
    """The commands read the test's database at the test's time."""
    monkeypatch.setattr(base, "settings", lambda: settings)
    for module in (directory, hsds, hsds_export):
        monkeypatch.setattr(module, "now", lambda: NOW)
    make_root(db)
    db.commit()
