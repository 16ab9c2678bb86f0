""" "Why not there": one organization, chosen by country, and why the case was not offered to it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.routes.explaining import open_sealed_part, why_not
from grievance.rules.explaining import WhyNot
from grievance.rules.route import RULE_VERSION
from grievance.store.cases import Case
from grievance.store.choosing import SHOWN, bodies_in, count_bodies_in, countries_with_bodies
from grievance.store.directory import body_names
from grievance.store.referrals import StoredRoute, latest_route
from grievance.triage.because import exclusion_words, reason_words
from grievance.web.ids import id_of, place_of
from grievance.web.locale import country_name
from grievance.web.service import now
from grievance.web.staff import Desk, desk_keys


@dataclass(frozen=True)
class Chooser:
    """A country, and one page of its organizations."""

    countries: list[tuple[str, str]]
    country: str
    bodies: list[tuple[str, str]]
    page: int
    pages: int


def chooser(db: Session, args: Mapping[str, str], usual: str | None) -> Chooser:
    """What there is to choose from; what means nothing in the address narrows nothing."""
    codes = countries_with_bodies(db)
    named = sorted(((one, country_name(one)) for one in codes), key=lambda pair: pair[1])
    wanted = args.get("country", usual or "")
    country = wanted if wanted in codes else ""
    pages = -(-count_bodies_in(db, country) // SHOWN)
    page = min(place_of(args.get("page", "")), max(pages - 1, 0))
    rows = bodies_in(db, country, page) if country else []
    return Chooser(named, country, [(str(one), name) for one, name in rows], page, pages)


def why_page(db: Session, case: Case, desk: Desk, args: Mapping[str, str]) -> dict[str, Any]:
    """The page: a form to choose with, and the answer for what was chosen."""
    stored = latest_route(db, case.id)
    able = stored if stored and stored.readable else None
    wanted = id_of(args.get("organization", ""))
    name = body_names(db, [wanted]).get(wanted) if wanted else None
    asked = str(wanted) if name and able else ""
    return {
        "case": case,
        "chooser": chooser(db, args, case.country),
        "routed": able is not None,
        "asked": asked,
        "name": name,
        "told": _told(db, case, able, desk, asked) if able and asked else None,
    }


def _told(
    db: Session, case: Case, stored: StoredRoute, desk: Desk, organization: str
) -> dict[str, Any]:
    """The answer in words; the whole of it where this desk may read the sealed part."""
    secret = open_sealed_part(db, case, stored, desk_keys(desk), desk.actor, now())
    found = why_not(db, stored, organization, secret)
    return {
        "answer": str(found.answer),
        "why": exclusion_words(found.exclusion) if found.exclusion else "",
        "reasons": [reason_words(one) for one in found.reasons],
        "place": found.place,
        "first": _first(db, found),
        "whole": secret is not None,
        "other_rules": stored.rule_version if stored.rule_version != RULE_VERSION else None,
    }


def _first(db: Session, found: WhyNot) -> tuple[str, list[str]] | None:
    if found.first is None:
        return None
    one = UUID(found.first.organization)
    name = body_names(db, [one]).get(one, "")
    return name, [reason_words(reason) for reason in found.first.reasons]
