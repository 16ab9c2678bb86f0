"""What a case's page says of its needs: who is asked for which, who shares it, who is missing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from grievance.casework.referral.chains import unmet
from grievance.rules.lifecycle import ASKED, HOLDING
from grievance.rules.terms import CaseState, NeedLine, ReferralKind
from grievance.store.cases import Case
from grievance.store.referrals import Referral
from grievance.web.locale import gettext, lazy

Row = tuple[UUID, str, str]
_NEEDS: Final[dict[NeedLine, Any]] = {
    NeedLine.CLAIM: lazy("claims and papers"),
    NeedLine.SAFE: lazy("a safe place"),
}


def need(line: str) -> str:
    """One line of needs, for staff."""
    return gettext(_NEEDS[NeedLine(line)].message)


def needs(referral: Referral) -> str:
    """What an organization is asked for; empty where that is the whole case."""
    return "; ".join(need(line) for line in referral.needs)


def by_route(rows: Iterable[Row], part: Mapping[str, Any]) -> list[Row]:
    """Organizations (their id comes first in a row): whom a route found in its order, then the
    others as they come."""
    named = [*part["candidates"], *(one for line in part.get("lines", ()) for one in line[1])]
    place = {one: n for n, (one, *_) in reversed(list(enumerate(named)))}
    return sorted(rows, key=lambda row: place.get(str(row[0]), len(named)))


def page(case: Case, own: Sequence[Referral], known: Sequence[Referral]) -> dict[str, Any]:
    """``own``: the desk's referrals. ``known``: those that it may read of."""
    shares = [row for row in own if row.kind == ReferralKind.SHARE]
    is_open = case.state != CaseState.CLOSED
    left = unmet(case, known) if is_open else frozenset()
    asked = next((row for row in own if row.state in ASKED), None)
    return {
        "needs": {row.id: needs(row) for row in known},
        "asked": asked if asked is not None and (asked.needs or asked in shares) else None,
        "held": next((row for row in shares if row.state in HOLDING), None),
        "due": next((r.first_due_at for r in shares if r.first_due_at), None),
        "late": any(r.first_missed_at for r in shares),
        "unmet": [need(line) for line in NeedLine if line in left],
    }
