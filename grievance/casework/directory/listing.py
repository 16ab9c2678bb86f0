"""Puts organizations into the directory, and the seed lists into their tables."""

from dataclasses import dataclass, field
from datetime import date, datetime
from importlib import resources
from typing import Any

import yaml
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from grievance.casework.directory.form import Entry, Row, read_form
from grievance.casework.directory.form_checks import Checks
from grievance.casework.directory.history import Watch
from grievance.casework.directory.services import write_services
from grievance.casework.directory.version import make_version
from grievance.casework.hsds.becoming import forget_its_places
from grievance.casework.lists.law_file import read_rules
from grievance.casework.lists.taxonomy_file import read_taxonomy
from grievance.rules.terms import ActorKind
from grievance.store.directory import Organization, root
from grievance.store.events import Actor, record
from grievance.store.law import StoredRule
from grievance.store.reference import DangerNumber, IssueCode

_SEED = resources.files("grievance.store") / "seed"
# Ten times as fast, for a list of our own; form files want the other one's forbearance.
_QUICK: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_PLAIN = (
    "name", "names", "description", "kind", "partner", "paused", "capacity", "country",
    "website", "led_by_migrants", "accept_at_once", "duty_rota", "calendar", "notify_email",
    "confirmed_on",
)  # fmt: skip
_LISTS = ("aliases", "origin_of", "tied_to", "sources")


@dataclass
class ImportReport:
    """What an import did, row by row: (line, id, what) and problems in words."""

    rows: list[tuple[int, str, str]] = field(default_factory=list)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    version: int | None = None

    def count(self, what: str) -> int:
        """How many rows were ``added``, ``changed`` or ``unchanged``."""
        return sum(1 for row in self.rows if row[2] == what)


def import_directory(db: Session, text: str, *, actor: Actor, now: datetime) -> ImportReport:
    """Add or change what the form names, skip bad rows, make a new directory version.

    Raises directory_form.FormError when the file is no directory form at all.
    """
    report, taken = ImportReport(), {}
    for row in _unique(read_form(text)):
        if row.entry is None:
            report.problems += [(row.line, row.id, problem) for problem in row.problems]
            continue
        taken[row.entry.id] = row.entry
    known = _by_slug(db)
    report.problems += _checks(db, known, now).leave_out(taken)
    watch = Watch(known[one] for one in taken if one in known)
    whats = {entry.id: _take(db, known, entry) for entry in taken.values()}
    db.flush()
    moved = _link_parents(db, known, taken)
    for entry in taken.values():
        forget_its_places(db, known[entry.id])
    for entry in taken.values():
        unmoved = whats[entry.id] != "unchanged" or entry.id not in moved
        report.rows.append((entry.line, entry.id, whats[entry.id] if unmoved else "changed"))
    watch.note(db, [known[slug] for slug in taken], actor, now)
    report.version = make_version(db, now)
    details = {"added": report.count("added"), "changed": report.count("changed")}
    record(db, "directory_imported", actor, now, details=details)
    return report


def _unique(rows: list[Row]) -> list[Row]:
    seen: set[str] = set()
    for row in rows:
        if row.entry and row.id in seen:
            row.entry = None
            row.problems.append(f'line {row.line}, id: "{row.id}" stands twice in this file')
        seen.add(row.id)
    return rows


def _by_slug(db: Session) -> dict[str, Organization]:
    return {one.slug: one for one in db.scalars(select(Organization))}


def _checks(db: Session, known: dict[str, Organization], now: datetime) -> Checks:
    slugs = {one.id: slug for slug, one in known.items()}
    above = {slug: slugs[one.parent_id] if one.parent_id else None for slug, one in known.items()}
    top = root(db)
    groups = frozenset(db.scalars(select(IssueCode.group).distinct()))
    return Checks(above, top.slug if top else None, groups, now.date())


def _take(db: Session, known: dict[str, Organization], entry: Entry) -> str:
    found = known.get(entry.id)
    one = found or Organization(slug=entry.id, name=entry.name, kind=entry.kind, country="ZZ")
    if found is None:
        db.add(one)
        known[entry.id] = one
    changed = _write(one, entry)
    return "added" if found is None else "changed" if changed else "unchanged"


def _write(one: Organization, entry: Entry) -> bool:
    wanted = {name: getattr(entry, name) for name in _PLAIN}
    wanted |= {name: list(getattr(entry, name)) for name in _LISTS}
    wanted |= _as_the_desk_left_it(one, entry)
    active = one.closed_on is None  # what people closed, people open again
    changed = one.active != active or one.listed_from is not None
    one.active, one.listed_from = active, None  # kept by people from now on
    for name, value in wanted.items():
        if getattr(one, name) != value:
            setattr(one, name, value)
            changed = True
    return write_services(one, entry.services) or changed


def _as_the_desk_left_it(one: Organization, entry: Entry) -> dict[str, Any]:
    """Members accept the terms, pause, confirm, set their hours and declare ties themselves; an
    older form takes none back."""
    days = [day for day in (one.confirmed_on, entry.confirmed_on) if day]
    declared = [slug for slug in one.tie_reasons or {} if slug not in entry.tied_to]
    return {
        "partner": entry.partner or one.terms_on is not None,
        "paused_until": None if entry.paused is False else one.paused_until,
        "tied_to": [*entry.tied_to, *declared],
        "paused": bool(one.paused) if entry.paused is None else entry.paused,
        "duty_rota": bool(one.duty_rota) if entry.duty_rota is None else entry.duty_rota,
        "calendar": entry.calendar if entry.names_calendar else one.calendar,
        "confirmed_on": max(days, default=None),
    }


def _link_parents(db: Session, known: dict[str, Organization], taken: dict[str, Entry]) -> set[str]:
    """Parents come last, since a form may name a child before its parent. Who was moved."""
    before = {slug: known[slug].parent_id for slug in taken}
    for slug, entry in taken.items():
        known[slug].parent_id = known[entry.parent].id if entry.parent else None
        for named in filter(None, (entry.parent, *entry.tied_to)):
            known[named].listed_from = None
    top = root(db)
    if top is not None:
        _hang_below(top, known)
    return {slug for slug in taken if known[slug].parent_id != before[slug]}


def _hang_below(top: Organization, known: dict[str, Organization]) -> None:
    """Every partner hangs below the secretariat, with whatever it hangs on: else nobody there
    could confirm its first member or take over what it does not answer."""
    by_id = {one.id: one for one in known.values()}
    for body in [one for one in known.values() if one.partner]:
        while body.parent_id:
            body = by_id[body.parent_id]
            body.listed_from = None  # no file takes a partner's tree apart
        if body is not top:
            body.parent_id = top.id


def load_reference(db: Session, now: datetime) -> dict[str, int]:
    """Load taxonomy, danger numbers and legal dates from the seed lists; a second run changes
    nothing."""
    issues = load_taxonomy(db, (_SEED / "taxonomy.csv").read_text("utf-8"), now)
    numbers = load_danger(db, (_SEED / "danger.yaml").read_text("utf-8"))
    rules = load_legal_dates(db, (_SEED / "legal_dates.yaml").read_text("utf-8"), now)
    return {"issues": issues, "numbers": numbers, "legal dates": rules}


def load_taxonomy(db: Session, text: str, now: datetime) -> int:
    """Load the problems a report can name (columns of seed/taxonomy.csv); how many there are.

    A code that the file no longer names stays for old cases and is not offered any more.
    Raises taxonomy_file.TaxonomyError, before anything is changed.
    """
    rows = read_taxonomy(text)
    known = {one.code: one for one in db.scalars(select(IssueCode))}
    for position, raw in enumerate(rows):
        one = known.pop(raw["code"], None)
        if one is None:
            one = IssueCode(code=raw["code"])
            db.add(one)
        one.loaded_at = now
        one.group, one.group_label, one.label = raw["group"], raw["group_label"], raw["label_en"]
        one.needs, one.urgency = raw["service_needs"].split(), raw["default_urgency"]
        one.readable, one.position, one.active = raw["readable"], position, True
        one.ilo_indicators = raw["ilo_indicators"].split()
        one.htcds_methods_of_control = raw["htcds_methods_of_control"].split()
        one.htcds_type_of_exploitation = raw["htcds_type_of_exploitation"].split()
    for gone in known.values():
        gone.active = False
    record(db, "taxonomy_loaded", Actor(ActorKind.OPERATOR), now, details={"codes": len(rows)})
    return len(rows)


def load_danger(db: Session, text: str) -> int:
    """Load the numbers to call in danger; each needs its source and the day it was checked."""
    rows = _danger_rows(text)
    db.execute(delete(DangerNumber))
    db.add_all(rows)
    return len(rows)


def load_legal_dates(db: Session, text: str, now: datetime) -> int:
    """Load the rules of law that have times (fields of seed/legal_dates.yaml); how many there are.

    The file stands over what was there. Raises law_file.LawFileError before anything is changed.
    """
    db.flush()
    known = db.execute(select(IssueCode.code, IssueCode.group).where(IssueCode.active))
    rows = read_rules(text, {word for pair in known for word in pair}, now.date())
    db.execute(delete(StoredRule))
    db.add_all(rows)
    record(db, "legal_dates_loaded", Actor(ActorKind.OPERATOR), now, details={"rules": len(rows)})
    return len(rows)


def packaged_numbers() -> list[DangerNumber]:
    """The numbers to call as the seed list has them, for when the database is away."""
    return _danger_rows((_SEED / "danger.yaml").read_text("utf-8"))


def _danger_rows(text: str) -> list[DangerNumber]:
    document = yaml.load(text, Loader=_QUICK)  # noqa: S506 -- text, lists and maps only
    return [
        DangerNumber(
            country=raw["country"],
            number=raw["number"],
            what=raw["what"],
            note=raw.get("note") or None,
            languages=raw.get("languages") or [],
            hours=raw.get("hours") or None,
            source=raw["source"],
            checked_on=date.fromisoformat(raw["checked"]),
            position=position,
        )
        for position, raw in enumerate(document["numbers"])
    ]
