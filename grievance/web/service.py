"""What one running application holds: settings, database, clock, and lists read once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import cast

from flask import Flask, current_app

from grievance.config import Settings
from grievance.rules.clocks import day_of
from grievance.store.engine import Database
from grievance.web.quick import QuickPages

EXTENSION = "grievance"


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Service:
    """Reached by ``service()`` in a request; tests replace ``clock``."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime] = field(default=_utc_now)
    quick: QuickPages = field(init=False)

    def register(self, app: Flask) -> None:
        """Make it reachable from the application."""
        app.extensions[EXTENSION] = self


def service() -> Service:
    """The service of the current application."""
    return cast(Service, current_app.extensions[EXTENSION])


def now() -> datetime:
    """The time, aware, in UTC."""
    return service().clock()


def today() -> date:
    """The day in the network's zone."""
    return day_of(now(), settings().zone)


def settings() -> Settings:
    """The settings of the current application."""
    return service().settings
