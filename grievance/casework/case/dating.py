"""Keeps the days that times in law are counted from: sealed, whole, only the newest.

A visa's date identifies and tells her status, so that it is no facet and stands in no event.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import open_all, seal_words
from grievance.casework.case.reading import OpenedCase
from grievance.casework.case.working import Changed, newest_key, writer_of
from grievance.rules.days import read_day
from grievance.rules.terms import DocumentKind, Trigger
from grievance.store.cases import Case
from grievance.store.documents import Document, delete_documents, documents, next_order
from grievance.store.events import Actor, record


def set_dates(
    db: Session, case: Case, given: Mapping[Trigger, date | None], opened: OpenedCase, *,
    seen: str, actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Write down the days she told of; None takes one back, what is not named stays as it is.

    ``seen`` is what the form showed (``version_of``). Raises NotAllowed where the desk cannot
    seal, or Changed where a colleague was quicker. The same days again change nothing.
    """
    epoch, key = newest_key(case, opened)
    before = open_all(documents(db, case.id, DocumentKind.DATES), opened.keys)
    if seen != version_of([row for row, _ in before]):
        raise Changed
    kept = _merged(words for _, words in before)
    words = kept | {one: day.isoformat() if day else None for one, day in given.items()}
    words = {one: day for one, day in words.items() if day or one in kept}
    if words == kept:
        return
    db.add(
        seal_words(
            case_id=case.id, kind=DocumentKind.DATES, epoch=epoch, key=key, words=words,
            writer=writer_of(actor), made_at=now, order=next_order(db, case.id),
        )
    )  # fmt: skip
    delete_documents(db, [row.id for row, _ in before])
    case.last_act_at = now
    record(db, "dates_set", actor, now, case_id=case.id)


def known_dates(opened: Iterable[Mapping[str, Any]]) -> dict[Trigger, date]:
    """The days of a case, of its opened documents from old to new; later ones stand."""
    return {Trigger(one): read_day(day) for one, day in _merged(opened).items() if day}


def version_of(rows: Sequence[Document]) -> str:
    """What a form saw: the newest document that its reader could open."""
    return str(rows[-1].id) if rows else ""


def _merged(opened: Iterable[Mapping[str, Any]]) -> dict[str, str | None]:
    """Who reads from a later epoch on finds only what was written since; words of another
    release are passed over."""
    found: dict[str, str | None] = {}
    for words in opened:
        found |= {one: words[one] for one in Trigger if one in words}
    return found
