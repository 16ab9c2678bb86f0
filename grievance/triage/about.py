"""Whom a case is about, as the desk that holds it sees it: names, records, and other cases."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.reading import OpenedCase
from grievance.casework.report.answers import Answers
from grievance.casework.respondents import naming
from grievance.casework.respondents.register import (
    Entry,
    Register,
    links_from,
    links_to,
)
from grievance.rules.alike import Alike, Likeness, alike
from grievance.rules.respondents import Details
from grievance.rules.terms import RespondentKind
from grievance.store.cases import Case
from grievance.store.matching import cases_alike, numbers_seen, several_elsewhere
from grievance.store.queue import Reader
from grievance.store.respondents import marks_of
from grievance.triage.respondent_forms import (
    RECORD,
    THIS_CASE,
    RecordForm,
    TieCaseForm,
    filled,
)
from grievance.web.forms import options
from grievance.web.labels import label
from grievance.web.locale import gettext, lazy
from grievance.web.service import now
from grievance.web.staff import Desk

_WHY: Final[dict[Likeness, Any]] = {
    Likeness.SAME_NUMBER: lazy("same licence number"),
    Likeness.SAME_NAME: lazy("same name"),
    Likeness.NEARLY: lazy("names nearly alike"),
    Likeness.PERHAPS: lazy("names somewhat alike"),
}
_SUGGESTED: Final = 6


@dataclass(frozen=True)
class Told:
    """A name as the worker wrote it, under its kind."""

    kind: str
    kind_words: Any
    name: str


@dataclass(frozen=True)
class Suggestion:
    """A record that may be meant, and what speaks for it."""

    entry: Entry
    kind_words: Any
    why: Any
    score: int
    first: str
    second: str


@dataclass(frozen=True)
class Matched:
    """Another case that may be about the same one, and why it is shown."""

    case_id: UUID
    number: str
    why: Any


def section(
    db: Session, case: Case, reader: Reader, opened: OpenedCase, register: Register,
    linked: Collection[Entry],
) -> dict[str, Any]:  # fmt: skip
    """What stands on the case's own page, for a desk that reads the case."""
    return {
        "told": told(case, opened.answers),
        "linked": [(entry, label(entry.details.kind)) for entry in linked],
        "matched": _matched(db, case, reader, register, linked),
        "several": _several(db, case, reader),
    }


def told(case: Case, answers: Answers | None) -> list[Told]:
    """The kinds that she ticked, with the names she gave."""
    kinds = answers.respondent_kind if answers else case.respondent_kinds
    names = answers.respondent_names if answers else {}
    return [Told(one, label(one, "RespondentKind"), names.get(one, "")) for one in kinds]


def naming_page(
    db: Session, case: Case, desk: Desk, reader: Reader, opened: OpenedCase, register: Register
) -> dict[str, Any]:
    """The page on which a case's respondents are named: all records of the desk are opened."""
    known = naming.readable_entries(db, register, desk.user_id)
    naming.note_reading(db, desk.actor, now(), len(known))
    here = {one.respondent_id for one in links_from(db, register, case.id)}
    linked = {one: entry for one, entry in known.items() if entry.ids & here}
    others = {one: entry for one, entry in known.items() if one not in linked}
    said = told(case, opened.answers)
    return {
        "case": case,
        "told": said,
        "linked": [(entry, label(entry.details.kind)) for entry in linked.values()],
        "suggested": _suggested(said, linked.values(), others.values()),
        "matched_cases": _alike_too(db, case, reader, register, linked.values(), others.values()),
        "several": _several(db, case, reader),
        "choices": record_choices(others.values()),
        "blank": [_blank(one) for one in said] or [RecordForm(formdata=None)],
    }


def record_choices(known: Iterable[Entry]) -> list[tuple[str, str]]:
    """Records to choose one of, by name."""
    rows = [(str(e.id), f"{e.name} ({label(e.details.kind)})") for e in known]
    return sorted(rows, key=lambda pair: (pair[1].casefold(), pair[0]))


def likest(details: Details, others: Iterable[Entry]) -> list[Suggestion]:
    """The records that are most like one, the best first."""
    found = [(pair, e) for e in others if (pair := alike(details, e.details))]
    found.sort(key=lambda one: (one[0].rank, str(one[1].id)))
    return [_suggestion(pair, entry) for pair, entry in found[:_SUGGESTED]]


def _suggested(
    said: Iterable[Told], linked: Iterable[Entry], others: Iterable[Entry]
) -> list[Suggestion]:
    """Records like a name that she wrote, or like one that the case is about."""
    every = list(others)
    asked = [Details(RespondentKind(one.kind), (one.name,)) for one in said if one.name]
    asked += [entry.details for entry in linked]
    best: dict[UUID, Suggestion] = {}
    for details in asked:
        for one in likest(details, every):
            before = best.get(one.entry.id)
            if before is None or one.score > before.score:
                best[one.entry.id] = one
    return sorted(best.values(), key=lambda one: -one.score)[:_SUGGESTED]


def _suggestion(pair: Alike, entry: Entry) -> Suggestion:
    kind = label(entry.details.kind)
    return Suggestion(entry, kind, _WHY[pair.why], round(pair.score), pair.first, pair.second)


def _matched(
    db: Session, case: Case, reader: Reader, register: Register, about: Iterable[Entry]
) -> list[Matched]:
    """Cases of the same record, then those that share a hash of a company or office."""
    ids = frozenset().union(*(entry.ids for entry in about))
    same = {one.case_id for one in links_to(db, register, ids)} - {case.id} if ids else set()
    found = [Matched(*pair, gettext("same record")) for pair in numbers_seen(db, reader, same)]
    marks = marks_of(db, case.id)
    hashed = cases_alike(db, reader, marks, {case.id, *same}) if marks else []
    return found + [Matched(*pair, gettext("same company or office")) for pair in hashed]


def _alike_too(
    db: Session, case: Case, reader: Reader, register: Register, linked: Iterable[Entry],
    others: Iterable[Entry],
) -> list[Matched]:  # fmt: skip
    """The same, and cases of records that are nearly like this case's: persons are compared here
    alone, in a session that may read both."""
    every, mine = list(others), list(linked)
    found = _matched(db, case, reader, register, mine)
    seen = {one.case_id for one in found} | {case.id}
    for entry in mine:
        for near in likest(entry.details, every):
            cases = {one.case_id for one in links_to(db, register, near.entry.ids)} - seen
            found += [Matched(*pair, near.why) for pair in numbers_seen(db, reader, cases)]
            seen |= cases
    return found


def _several(db: Session, case: Case, reader: Reader) -> bool:
    marks = marks_of(db, case.id)
    return bool(marks) and several_elsewhere(db, reader, marks)


def _blank(one: Told) -> RecordForm:
    return filled(Details(RespondentKind(one.kind), (one.name,) if one.name else ()))


def case_counts(
    db: Session, reader: Reader, register: Register, known: Mapping[UUID, Entry]
) -> Counter[UUID]:
    """Of each record how many cases this reader may open are about it."""
    whose = {part.id: one for one, entry in known.items() for part in entry.parts}
    links = links_to(db, register, whose)
    seen = {one for one, _number in numbers_seen(db, reader, {link.case_id for link in links})}
    pairs = {(whose[link.respondent_id], link.case_id) for link in links if link.case_id in seen}
    return Counter(one for one, _case in pairs)


def case_form(linked: Iterable[Entry]) -> TieCaseForm:
    """To say on a case's page that it is about somebody close to her."""
    form = TieCaseForm(formdata=None)
    form.whom.choices = case_choices(linked)
    return form


def case_choices(linked: Iterable[Entry]) -> list[Any]:
    """This case alone, or with every case about one of its records."""
    alone = (THIS_CASE, gettext("This case only"))
    return list(
        options([alone, *((f"{RECORD}:{one}", name) for one, name in record_choices(linked))])
    )
