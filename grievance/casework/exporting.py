"""Case summaries for a coordinator: coded columns only, in the same scope as her screen.

No word a worker typed is in them. The receipt code is in no export.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
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


def count_rows(db: Session, reader: Reader, period: Period) -> int:
    """How many rows an export of this period has."""
    query = select(func.count()).select_from(Case).where(*_inside(reader, period))
    return db.scalar(query) or 0


def record_export(
    db: Session, actor: Actor, period: Period, *, rows: int, purpose: str, now: datetime
) -> None:
    """The one event of an export: who, which days, how many, and what for."""
    details = {
        "level": "coded",
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "rows": rows,
        "purpose": purpose,
    }
    record(db, "cases_exported", actor, now, details=details)


def rows(db: Session, reader: Reader, period: Period) -> Iterator[list[str]]:
    """Every row, batch by batch, so that memory stays flat."""
    owners = {one.id: one.name for one in db.scalars(select(Organization))}
    indicators = {one.code: one.ilo_indicators for one in db.scalars(select(IssueCode))}
    place: tuple[datetime, UUID] | None = None
    while True:
        cases = _batch(db, reader, period, place)
        for case in cases:
            yield [safe_cell(cell) for cell in _cells(case, owners, indicators, period.zone)]
        if len(cases) < BATCH:
            return
        place = (cases[-1].received_at, cases[-1].id)
        db.expunge_all()


def _batch(
    db: Session, reader: Reader, period: Period, place: tuple[datetime, UUID] | None
) -> list[Case]:
    query = select(Case).where(*_inside(reader, period))
    if place is not None:
        at, case_id = place
        query = query.where(
            (Case.received_at > at) | ((Case.received_at == at) & (Case.id > case_id))
        )
    return list(db.scalars(query.order_by(Case.received_at, Case.id).limit(BATCH)))


def _inside(reader: Reader, period: Period) -> list[ColumnElement[bool]]:
    return [
        visible(reader), Case.received_at >= period.start, Case.received_at < period.end,
    ]  # fmt: skip


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
