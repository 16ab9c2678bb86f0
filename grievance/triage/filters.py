"""The queue's filters live in the address; a value that means nothing narrows nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from grievance.rules.terms import CaseState, ReferralState, Urgency
from grievance.store.cases import Case
from grievance.store.queue import WAITS, Filters

SORTS = ("urgency", "due", "newest", "oldest")
_START = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)
_SIMPLE = ("state", "urgency", "country", "issue", "owner", "referral")


def read(args: Mapping[str, str]) -> Filters:
    """Filters from an address; never raises."""
    state, sort = args.get("state"), args.get("sort", "urgency")
    urgency, referral = args.get("urgency"), args.get("referral")
    return Filters(
        state=state if state in {*CaseState, "all"} else None,
        urgency=urgency if urgency in set(Urgency) else None,
        country=_letters(args.get("country", "")),
        issue=_letters(args.get("issue", "")),
        owner=args.get("owner") or None,
        referral=referral if referral in {*ReferralState, *WAITS} else None,
        sort=sort if sort in SORTS else "urgency",
        after=place(args.get("after", "")),
    )


def chosen(filters: Filters) -> dict[str, str]:
    """The filters that narrow, for links and chips."""
    values = {name: getattr(filters, name) for name in _SIMPLE}
    kept = {name: value for name, value in values.items() if value}
    return kept | ({"sort": filters.sort} if filters.sort != "urgency" else {})


def without(filters: Filters) -> list[tuple[str, str, dict[str, str]]]:
    """For each filter that narrows: its name, its value, and the query that leaves it out."""
    kept = chosen(filters)
    return [
        (name, value, {n: v for n, v in kept.items() if n != name})
        for name, value in kept.items()
        if name != "sort"
    ]


def place(text: str) -> tuple[str, datetime, UUID] | None:
    """Where a page begins: urgency, time and id of the case before it."""
    parts = text.split("_")
    if len(parts) != 3:
        return None
    try:
        return (Urgency(parts[0]), _START + int(parts[1]) * _TICK, UUID(parts[2]))
    except (ValueError, OverflowError):
        return None


def place_after(case: Case, at: datetime) -> str:
    """The place behind a case; ``at`` is the time that its list is ordered by."""
    return f"{case.urgency or Urgency.U4}_{(at - _START) // _TICK}_{case.id}"


def _letters(text: str) -> str | None:
    return text[:6].upper() if text.isascii() and text.isalnum() else None


def as_query(filters: Filters, **more: Any) -> dict[str, Any]:
    """Arguments of a link that keeps the filters."""
    return chosen(filters) | more
