"""One small network for the tests of this room."""

import pytest
from sqlalchemy.orm import Session

from tests.casework.world import World


@pytest.fixture
def world(db: Session) -> World:
    """Three partners below a root."""
    return World.make(db)
