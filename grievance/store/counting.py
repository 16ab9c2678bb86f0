"""Counts of cases in a desk's scope, by one dimension."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session

from grievance.rules.clocks import month_of
from grievance.rules.coverage import Touched
from grievance.rules.terms import ServiceNeed
from grievance.store.cases import Case, CaseIssue
from grievance.store.queue import Reader, visible

Counts = Sequence[tuple[str | None, int]]


def total(db: Session, reader: Reader) -> int:
    """All cases in scope."""
    return db.scalar(select(func.count()).select_from(Case).where(visible(reader))) or 0


def by_group(db: Session, reader: Reader) -> Counts:
    """Cases by problem group; a case with two groups counts once in each, one with none as None."""
    rows = db.execute(
        select(CaseIssue.group, func.count(func.distinct(Case.id)))
        .select_from(Case)
        .outerjoin(CaseIssue, Case.id == CaseIssue.case_id)
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


def by_month(db: Session, reader: Reader, zone: ZoneInfo, now: datetime) -> Counts:
    """Cases by month of receipt in the network's zone: every month from the first case to now."""
    hours = db.execute(
        select(Case.received_at, func.count()).where(visible(reader)).group_by(Case.received_at)
    )
    months: Counter[str] = Counter()
    for hour, count in hours:
        months[month_of(hour, zone)] += count
    last = max(month_of(now, zone), *months) if months else ""
    return [(month, months[month]) for month in _every_month(min(months, default=""), last)]


def by_place_and_need(db: Session, reader: Reader) -> Counter[Touched]:
    """Cases by country of work, nationality and need; one with two needs counts once in each."""
    wanted = cast(Case.needs, String)  # a list is compared as its text, on both databases
    country = func.coalesce(Case.country, "")  # none: in no table of countries
    rows = db.execute(
        select(country, Case.nationality, wanted, func.count())
        .where(visible(reader))
        .group_by(Case.country, Case.nationality, wanted)
    )
    found: Counter[Touched] = Counter()
    for place, nationality, needs, count in rows:
        for need in set(json.loads(needs)) & set(ServiceNeed):
            found[place, nationality, ServiceNeed(need)] += count
    return found


def _every_month(first: str, last: str) -> list[str]:
    if not first:
        return []
    start, end = (int(month[:4]) * 12 + int(month[5:]) - 1 for month in (first, last))
    return [f"{month // 12:04}-{month % 12 + 1:02}" for month in range(start, end + 1)]


def _sorted(counts: dict[str | None, int]) -> Counts:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0] or ""))
