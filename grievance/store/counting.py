"""Counts of cases in a desk's scope, by one dimension."""

from collections import Counter
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grievance.rules.clocks import month_of
from grievance.store.cases import Case, CaseIssue
from grievance.store.queue import Reader, visible

Counts = Sequence[tuple[str | None, int]]


def total(db: Session, reader: Reader) -> int:
    """All cases in scope."""
    return db.scalar(select(func.count()).select_from(Case).where(visible(reader))) or 0


def by_group(db: Session, reader: Reader) -> Counts:
    """Cases by problem group; a case with two groups counts once in each."""
    rows = db.execute(
        select(CaseIssue.group, func.count(func.distinct(Case.id)))
        .join(Case, Case.id == CaseIssue.case_id)
        .where(visible(reader))
        .group_by(CaseIssue.group)
    )
    return _sorted({key: count for key, count in rows})


def by_country(db: Session, reader: Reader) -> Counts:
    """Cases by country of work."""
    rows = db.execute(
        select(Case.country, func.count()).where(visible(reader)).group_by(Case.country)
    )
    return _sorted({key: count for key, count in rows})


def by_nationality(db: Session, reader: Reader) -> Counts:
    """Cases by nationality."""
    rows = db.execute(
        select(Case.nationality, func.count()).where(visible(reader)).group_by(Case.nationality)
    )
    return _sorted({key: count for key, count in rows})


def by_month(db: Session, reader: Reader, zone: ZoneInfo) -> Counts:
    """Cases by month of receipt in the network's zone, oldest first."""
    hours = db.execute(
        select(Case.received_at, func.count()).where(visible(reader)).group_by(Case.received_at)
    )
    months: Counter[str | None] = Counter()
    for hour, count in hours:
        months[month_of(hour, zone)] += count
    return sorted(months.items(), key=lambda pair: pair[0] or "")


def _sorted(counts: dict[str | None, int]) -> Counts:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] or ""))
