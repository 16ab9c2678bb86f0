"""Which partner: all in one list as long as it is short, else the first few and a search."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from grievance.casework.case.reading import OpenedCase
from grievance.casework.referral.eligible import may_be_asked
from grievance.casework.routes.explaining import may_read_wishes
from grievance.rules.terms import Language
from grievance.rules.text import without_marks
from grievance.store.askable import further_names
from grievance.store.cases import Case
from grievance.store.referrals import latest_route
from grievance.triage.sharing import Row, by_route
from grievance.web.forms import options
from grievance.web.locale import country_name
from grievance.web.service import now
from grievance.web.staff import Desk

WHOLE = 100  # partners that a list still holds
SHOWN = 50  # of more than these; a route keeps no more candidates


def offer_referral(
    db: Session, case: Case, desk: Desk, opened: OpenedCase | None, form: Any
) -> None:
    """Partners with keys that may be asked in this case; for who may read her wishes, those whom
    its route found come first."""
    rows = may_be_asked(db, case, desk.organization_id, now().date())
    offer(db, form, _best_first(db, case, opened, rows))


def likely_first(
    db: Session, case: Case, opened: OpenedCase | None, rows: Sequence[Row]
) -> Sequence[Row]:
    """The same rows; where a list shows not all, as a referral offers them."""
    return _best_first(db, case, opened, rows) if len(rows) > WHOLE else rows


def offer(db: Session, form: Any, rows: Sequence[Row]) -> None:
    """Put everybody of ``rows`` to choice, and what is searched, else the first, on the page."""
    field = form.organization
    field.choices = options((str(one), f"{name} ({country})") for one, name, country in rows)
    if len(rows) > WHOLE:
        places = _search(db, rows, form.find.data or "")
        field.found = len(places)
        field.few = [field.choices[place] for place in (places or range(len(rows)))[:SHOWN]]


def _best_first(
    db: Session, case: Case, opened: OpenedCase | None, rows: Sequence[Row]
) -> Sequence[Row]:
    if len(rows) > WHOLE:
        rows = sorted(rows, key=lambda row: row[2] != case.country)
    route = latest_route(db, case.id)
    if opened and route and route.readable and may_read_wishes(db, route, opened.keys):
        return by_route(rows, route.readable)
    return rows


def _search(db: Session, rows: Sequence[Row], typed: str) -> list[int]:
    """The places of rows that are called so, or are in such a country, whole names first: one that
    is written out is on the page, however many have a part of it."""
    wanted = without_marks(typed)
    if not wanted:
        return list(range(len(rows)))
    names, places = further_names(db), _countries({country for _, _, country in rows})
    found: list[tuple[int, int]] = []
    for place, (one, name, country) in enumerate(rows):
        called = [without_marks(text) for text in (name, *names.get(one, ()))]
        told = "\n".join([*called, places[country]])
        if all(word in told or word == country.casefold() for word in wanted.split()):
            found.append((0 if wanted in called else 1, place))
    return [place for _, place in sorted(found)]


def _countries(codes: set[str]) -> dict[str, str]:
    """What each country is called, by the reader and in English."""
    return {
        code: without_marks(f"{country_name(code)}\n{country_name(code, Language.EN)}")
        for code in codes
    }
