"""Names whom the first invented cases are about, so that their desk has records to look at."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.reading import DeskKeys
from grievance.casework.respondents import naming
from grievance.casework.respondents.register import links_from, open_register
from grievance.rules.respondents import Details
from grievance.rules.terms import RespondentKind
from grievance.store.cases import Case
from grievance.store.events import Actor

# Spelled as people spell; the second and third are one person.
NAMES: Final = (
    "Bauhinia Trading Ltd",
    "Chan Tai Man",
    "陳大文 (Chan Tai-man)",
    "Bauhinia Tradings",
)
NUMBERS: Final = {"Bauhinia Trading Ltd": ("BR-204417",)}
_COMPANIES: Final = frozenset({"Bauhinia Trading Ltd", "Bauhinia Tradings"})
_MOST: Final = 24  # cases; more would only take time


@dataclass
class Records:
    """The records that were made: by desk and name."""

    made: dict[tuple[UUID, str], UUID] = field(default_factory=dict)
    count: int = 0

    def name(
        self, db: Session, case: Case, desk: DeskKeys, actor: Actor, secret: bytes, at: datetime
    ) -> None:
        """The next case of a desk is about the next of these names."""
        if self.count >= _MOST:
            return
        name = NAMES[self.count % len(NAMES)]
        keeper = naming.Keeper(desk, secret, actor, at)
        known = self.made.get((desk.organization_id, name))
        self.count += 1
        if known is not None:
            naming.link(db, case, known, keeper)
            return
        company = name in _COMPANIES
        details = Details(
            RespondentKind.EMPLOYER, (name,), licences=NUMBERS.get(name, ()), company=company
        )
        naming.make(db, case, details, keeper)
        [link] = links_from(db, open_register(db, desk), case.id)
        self.made[desk.organization_id, name] = link.respondent_id
