"""The simulator at the desk: answers of nobody in the address, and where they would go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from grievance.casework.directory.version import load_directory
from grievance.casework.report.answers import Answers
from grievance.casework.routes.routing import Routed
from grievance.casework.routes.simulating import simulate
from grievance.rules.route import Candidate
from grievance.rules.terms import AgeBand, Language, RespondentKind, Sector, Sex
from grievance.rules.urgency import Taxonomy, urgency_of
from grievance.store.choosing import bodies_in
from grievance.store.directory import body_names
from grievance.store.reference import IssueCode, issue_codes
from grievance.store.taxonomy import taxonomy_of
from grievance.triage import sharing
from grievance.triage.because import exclusion_words, reason_words
from grievance.web import choices
from grievance.web.ids import id_of
from grievance.web.locale import gettext
from grievance.web.service import now, settings

Pairs = Sequence[tuple[str, Any]]
Address = MultiDict[str, str]


@dataclass(frozen=True)
class Supposed:
    """What the address asks: answers as a worker could give them, and whom it is about."""

    answers: Answers
    respondents: tuple[str, ...]


def read(args: Address, taxonomy: Taxonomy) -> Supposed:
    """From an address; a value that means nothing is left out."""
    answers = Answers(
        issues=[one for one in dict.fromkeys(args.getlist("issues")) if taxonomy.knows(one)],
        country=_one(args, "country", choices.COUNTRIES_OF_WORK),
        city=args.get("city") or None,
        nationality=_one(args, "nationality", choices.ORIGINS),
        sector=_one(args, "sector", Sector),
        languages=_some(args, "languages", Language),
        age_band=_one(args, "age_band", AgeBand),
        sex=_one(args, "sex", Sex),
        respondent_kind=_some(args, "respondent_kind", RespondentKind),
        rule_out=[str(one) for one in _ids(args.getlist("rule_out"))],
    )
    return Supposed(answers, tuple(str(one) for one in _ids(args.getlist("respondent"))))


def page(db: Session, args: Address) -> dict[str, Any]:
    """The form, and what comes out where something was asked."""
    rows = issue_codes(db)
    known = taxonomy_of(rows)
    asked = read(args, known)
    cities = load_directory(db).cities(asked.answers.country) if asked.answers.country else []
    if asked.answers.city not in cities:
        asked.answers.city = None
    return {
        "asked": asked.answers,
        "respondents": asked.respondents,
        "choices": _choices(db, asked, rows),
        "cities": [(one, one) for one in cities],
        "result": _result(db, asked, known) if args else None,
    }


def _result(db: Session, asked: Supposed, known: Taxonomy) -> dict[str, Any]:
    routed = simulate(
        db, asked.answers, asked.respondents, known,
        today=now().date(), confirm_months=settings().confirm_months,
    )  # fmt: skip
    found, names = routed.route, _names(db, routed)
    kept_away = dict(found.sealed) | dict(found.exclusions)
    return {
        "candidates": _with_reasons(found.candidates, names),
        "lines": [
            (sharing.need(each.line), _with_reasons(each.candidates, names)) for each in found.lines
        ],
        "further": found.further,
        "fallback": found.fallback,
        "overseer": names.get(routed.overseer or ""),
        "kept_away": sorted(
            (names.get(one, ""), exclusion_words(why)) for one, why in kept_away.items()
        ),
        "counts": [
            (exclusion_words(why), count) for why, count in (*found.sealed_counts, *found.counts)
        ],
        "urgency": urgency_of(known, routed.facets.issues, danger_now=False),
        "needs": sorted(routed.facets.needs),
    }


def _with_reasons(some: Sequence[Candidate], names: dict[str, str]) -> list[tuple[str, list[str]]]:
    return [(names.get(c.organization, ""), [reason_words(r) for r in c.reasons]) for c in some]


def _names(db: Session, routed: Routed) -> dict[str, str]:
    found = routed.route
    ids = {*found.named, *dict(found.exclusions), *dict(found.sealed)}
    ids |= {routed.overseer} if routed.overseer else set()
    return {str(one): name for one, name in body_names(db, _ids(ids)).items()}


def _choices(db: Session, asked: Supposed, rows: Sequence[IssueCode]) -> dict[str, Pairs]:
    return {
        "issues": _issues(rows),
        "country": choices.countries(),
        "nationality": choices.nationalities(),
        "sector": choices.SECTORS,
        "languages": choices.spoken(),
        "age_band": choices.AGES,
        "sex": choices.SEXES,
        "respondent_kind": choices.RESPONDENTS,
        "bodies": _bodies(db, asked),
    }


def _issues(rows: Sequence[IssueCode]) -> Pairs:
    """Each group and beneath it its codes; a sealed code counts as its group, so it is left out."""
    found: dict[str, str] = {}
    for row in rows:
        found.setdefault(row.group, gettext(row.group_label))
        if row.readable != "group":
            found[row.code] = f"– {gettext(row.label)}"
    return list(found.items())


def _bodies(db: Session, asked: Supposed) -> Pairs:
    """Organizations of both countries, and those that the address names already."""
    answers = asked.answers
    named = body_names(db, _ids((*asked.respondents, *answers.rule_out)))
    places = dict.fromkeys(filter(None, (answers.country, answers.nationality)))
    near = [pair for place in places for pair in bodies_in(db, place)]
    return [(str(one), name) for one, name in (named | dict(near)).items()]


def _one(args: Address, name: str, allowed: Iterable[str]) -> str | None:
    wanted = args.get(name, "")
    return wanted if wanted in {str(one) for one in allowed} else None


def _some(args: Address, name: str, allowed: Iterable[str]) -> list[str]:
    known = {str(one) for one in allowed}
    return [one for one in dict.fromkeys(args.getlist(name)) if one in known]


def _ids(texts: Iterable[str]) -> list[UUID]:
    """What is an id among these."""
    return [one for text in texts if (one := id_of(text))]
