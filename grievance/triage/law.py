"""Dates in law as the desk sees them: on a case's page, and all rules with their sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from grievance.casework.case.dating import known_dates, version_of
from grievance.casework.case.reading import OpenedCase
from grievance.rules import legal_dates
from grievance.rules.terms import (
    CaseState,
    Certainty,
    Effect,
    MustAct,
    Trigger,
    Unit,
    Urgency,
    UrgencyReason,
)
from grievance.rules.urgency import Taxonomy
from grievance.store.cases import Case
from grievance.store.law import StoredRule, legal_rules, rule_of
from grievance.triage import forms
from grievance.triage.law_words import ASKED, CERTAINTY, MUST_ACT, left_words, time_words
from grievance.web.forms import ServiceForm
from grievance.web.locale import country_name, gettext, language
from grievance.web.service import today


@dataclass(frozen=True)
class Shown:
    """One rule in words, and what it comes to in a case."""

    row: StoredRule
    said: str
    language: str
    must_act: Any
    doubt: Any
    time: str  # "14 days"; empty for a figure
    counted_from: list[Any]  # the day, and the one that may cut it short
    sources: list[tuple[str, str]]  # the host, to read, and the address, to open
    past_recheck: bool
    due: date | None = None
    left: str = ""
    near: str = ""  # the urgency that it raises to
    at_latest: bool = False
    missing: tuple[Any, ...] = ()

    @property
    def begins(self) -> bool:
        """Whether something holds from its day on."""
        return self.row.effect == Effect.BEGINS


def section(
    db: Session, case: Case, opened: OpenedCase | None, taxonomy: Taxonomy
) -> dict[str, Any] | None:
    """What the law says about a case; None where this desk does not read its words."""
    if opened is None:
        return None
    places = legal_dates.places_of(case.country, case.sector)
    rows, day = legal_rules(db, places), today()
    known = known_dates(one.words for one in opened.dates)
    said = [*(one.code for one in case.issues), *(opened.answers.issues if opened.answers else [])]
    issues = legal_dates.touched(taxonomy, said)
    about = [row for row in rows if legal_dates.fits(rule_of(row), issues, case.sector)]
    reckoned = {row.id: legal_dates.reckon(rule_of(row), known, day) for row in rows}
    shown = {row.id: _in_case(row, reckoned[row.id], day) for row in rows}
    mine = [shown[row.id] for row in about]
    asked = {one for row in about for one in rule_of(row).triggers} | set(known)
    missing = {one for row in about for one in reckoned[row.id].missing}
    raise_to = legal_dates.raised(_urgency(case), (reckoned[row.id] for row in about))
    return {
        "places": [_place(one) for one in sorted(places)],
        "rules": bool(rows),
        "dated": sorted((s for s in mine if s.due), key=lambda s: (s.due, s.row.position)),
        "undated": [s for s in mine if s.row.trigger and not s.due],
        "figures": [s for s in mine if not s.row.trigger],
        "others": [shown[row.id] for row in rows if row not in about],
        "missing": [ASKED[one] for one in Trigger if one in missing],
        "fields": [one for one in Trigger if one in asked],
        "raise_to": raise_to if case.state != CaseState.CLOSED else None,
        "reason": UrgencyReason.LEGAL_DATE,
    }


def forms_of(opened: OpenedCase | None) -> dict[str, ServiceForm]:
    """The form of a case's days as they stand; none where its words are closed."""
    if opened is None:
        return {}
    known = known_dates(one.words for one in opened.dates)
    data = {str(one): day.isoformat() for one, day in known.items()}
    seen = version_of([one.document for one in opened.dates])
    return {"dates": forms.DatesForm(formdata=None, data=data | {"seen": seen})}


def every_rule(db: Session) -> dict[str, Any]:
    """All rules by place, with those whose source should be read again."""
    day = today()
    shown = [_shown(row, day) for row in legal_rules(db)]
    named = sorted(shown, key=lambda s: (_place(s.row.place), s.row.position))
    places = [(place, list(some)) for place, some in groupby(named, lambda s: _place(s.row.place))]
    return {"places": places, "past": [s for s in shown if s.past_recheck], "total": len(shown)}


def note_words(text: str) -> str:
    """A note as it was written; a fixed reason of a raised urgency in words."""
    if text == UrgencyReason.LEGAL_DATE:
        return gettext("Urgency raised: a date in law is near.")
    return text


def _urgency(case: Case) -> Urgency | None:
    return Urgency(case.urgency) if case.urgency else None


def _place(place: str) -> str:
    return gettext("At sea") if place == legal_dates.AT_SEA else country_name(place)


def _in_case(row: StoredRule, found: legal_dates.Reckoned, day: date) -> Shown:
    left = left_words(found.days_left) if found.days_left is not None else ""
    return _shown(
        row, day, due=found.due, left=left, near=found.raises_to or "",
        at_latest=found.at_latest, missing=tuple(ASKED[one] for one in found.missing),
    )  # fmt: skip


def _shown(row: StoredRule, day: date, **in_case: Any) -> Shown:
    tag = str(language()) if str(language()) in row.text else "en"
    return Shown(
        row=row,
        said=row.text[tag],
        language=tag,
        must_act=MUST_ACT[MustAct(row.must_act)],
        doubt=CERTAINTY[Certainty(row.certainty)],
        time=time_words(row.length, Unit(row.unit)) if row.trigger else "",
        counted_from=[ASKED[one] for one in rule_of(row).triggers],
        sources=_sources(row.sources),
        past_recheck=legal_dates.past_recheck(row.recheck_after, day),
        **in_case,
    )


def _sources(addresses: Sequence[str]) -> list[tuple[str, str]]:
    return [(urlsplit(one).netloc.removeprefix("www.") or one, one) for one in addresses]
