"""What an import did to listings, for their histories: as ``directory.history`` tells it, from the
fields that an import writes, so that a listing which stays as it is costs nothing."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.orm import Session

from grievance.casework.directory.history import texts
from grievance.store.entries import EntryChange
from grievance.store.events import Actor

# Of who gives a place to sleep a history tells only that these changed.
_FREE_WORDS = {"description", "website"}
Differences = Mapping[str, tuple[object, object]]  # field -> before and after


class Histories:
    """Lines for the histories of some entries, written at once."""

    def __init__(self, actor: Actor, now: datetime) -> None:
        self.actor, self.now = actor, now
        self._lines: list[dict[str, object]] = []

    def added(self, body: UUID, name: str, service: bool = False) -> None:
        """A new entry, or a new service of one that was there, is its name alone."""
        if service:
            self._note(body, name, "name", None, name)
        else:
            self._note(body, None, "added", None, name)

    def changed(
        self, body: UUID, service: str | None, found: Differences, *, houses: bool = False
    ) -> None:
        """Fields of an entry, or of the ``service`` with this name, before and after."""
        for name, (before, after) in found.items():
            if name == "organization_id":
                self._moved(UUID(str(before)), body, found.get("name", (service,))[0], service)
                continue
            if houses and name in _FREE_WORDS:
                before, after = bool(before), bool(after)
            if name != "name" or "organization_id" not in found:
                self._note(body, service, name, before, after)

    def _moved(self, before: UUID, body: UUID, old: object, name: str | None) -> None:
        """A service leaves one history by its old name, and comes to another by its new one."""
        self._note(before, str(old), "name", old, None)
        self._note(body, name, "name", None, name)

    def _note(
        self, body: UUID, service: str | None, name: str, before: object, after: object
    ) -> None:
        self._lines.append(
            {
                "organization_id": body, "at": self.now, "actor": self.actor.kind,
                "by_id": self.actor.user_id, "for_id": self.actor.organization_id,
                "service": service, "field": name, "before": texts(before), "after": texts(after),
            }
        )  # fmt: skip

    def write(self, db: Session) -> None:
        """Keep the lines, and begin anew."""
        if self._lines:
            db.execute(insert(EntryChange), self._lines)
        self._lines = []
