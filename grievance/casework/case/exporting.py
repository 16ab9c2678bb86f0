"""Case summaries for a coordinator: coded columns only, in the same scope as her screen.

No word a worker typed is in them. The receipt code is in no export.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.rules.clocks import day_of, month_of
from grievance.rules.disclosure import safe_cell
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.events import Actor, record
from grievance.store.queue import Reader, visible
from grievance.store.reference import IssueCode

COLUMNS = (
    "case_number", "received", "month", "state", "owner", "issues", "issue_groups",
    "ilo_indicators", "needs", "country", "city", "nationality", "sector", "respondent_kinds",
    "languages", "age_band", "sex", "urgency", "asks", "happened", "accepted", "closed",
    "outcome", "closing_kind", "amount", "currency",
)  # fmt: skip
BATCH = 500
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True)
class Period:
    """Whole days, both included, in the network's zone."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def start(self) -> datetime:
        """The first moment inside."""
        return datetime.combine(self.first, time(), self.zone)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last + timedelta(days=1), time(), self.zone)


def hold_still(db: Session) -> None:
    """Let a read session see one picture to its end, so that file and event agree.

    On SQLite a read transaction is one picture already.
    """
    if db.get_bind().dialect.name == "postgresql":
        db.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def cases_inside(db: Session, reader: Reader, period: Period) -> list[UUID]:
    """The cases an export of this period has, in the file's order."""
    inside = (Case.received_at >= period.start, Case.received_at < period.end)
    query = select(Case.id).where(visible(reader), *inside)
    return list(db.scalars(query.order_by(Case.received_at, Case.id)))


def record_export(
    db: Session, actor: Actor, period: Period, cases: Sequence[UUID], *, purpose: str, now: datetime
) -> None:
    """The one event of an export: who, which days, how many, which cases, and what for."""
    details = {
        "level": "coded",
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "rows": len(cases),
        "cases": [str(one) for one in cases],
        "purpose": purpose,
    }
    record(db, "cases_exported", actor, now, details=details)


def rows(db: Session, cases: Sequence[UUID], zone: ZoneInfo) -> Iterator[list[str]]:
    """The row of each case, batch by batch, so that memory stays flat."""
    owners = {key: name for key, name in db.execute(select(Organization.id, Organization.name))}
    indicators = {one.code: one.ilo_indicators for one in db.scalars(select(IssueCode))}
    for start in range(0, len(cases), BATCH):
        batch = select(Case).where(Case.id.in_(cases[start : start + BATCH]))
        for case in db.scalars(batch.order_by(Case.received_at, Case.id)):
            yield [safe_cell(cell) for cell in _cells(case, owners, indicators, zone)]


def _cells(
    case: Case, owners: dict[UUID, str], indicators: dict[str, list[str]], zone: ZoneInfo
) -> list[str]:
    codes = [issue.code for issue in case.issues]
    signs = sorted({sign for code in codes for sign in indicators.get(code, [])})
    return [
        case.number,
        day_of(case.received_at, zone).isoformat(),
        month_of(case.received_at, zone),
        case.state,
        owners.get(case.owner_id, "") if case.owner_id else "",
        _joined(codes),
        _joined({issue.group for issue in case.issues}),
        _joined(signs),
        _joined(case.needs),
        case.country or "",
        case.city or "",
        case.nationality or "",
        case.sector or "",
        _joined(case.respondent_kinds),
        _joined(case.languages),
        case.age_band or "",
        case.sex or "",
        case.urgency or "",
        _joined(case.asks),
        case.happened or "",
        _day(case.accepted_at, zone),
        _day(case.closed_at, zone),
        case.outcome or "",
        case.closing_kind or "",
        case.amount or "",
        case.currency or "",
    ]


def _joined(words: Iterable[str]) -> str:
    return "; ".join(sorted(words))


def _day(moment: datetime | None, zone: ZoneInfo) -> str:
    return day_of(moment, zone).isoformat() if moment else ""
