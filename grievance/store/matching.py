"""Cases that are about the same company, agency or office: by number where one may open them,
else only whether there are several."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from grievance.store.cases import Case, RespondentMark
from grievance.store.queue import Reader, in_scope, may_know, visible
from grievance.store.respondents import DeskMark

SEVERAL: Final = 5  # fewer outside one's scope are not told (design.md 7)
_SHOWN: Final = 100
Numbered = list[tuple[UUID, str]]


def cases_alike(
    db: Session, reader: Reader, digests: Collection[bytes], but: Collection[UUID]
) -> Numbered:
    """Id and number of the cases that this reader may open and that share a hash; the newest
    first, without those in ``but``."""
    query = (
        select(Case.id, Case.number)
        .where(visible(reader), _share(digests), Case.id.not_in(but))
        .order_by(Case.received_at.desc(), Case.id)
        .limit(_SHOWN)
    )
    return [(case_id, number) for case_id, number in db.execute(query)]


def several_elsewhere(db: Session, reader: Reader, digests: Collection[bytes]) -> bool:
    """Whether at least five cases outside this reader's scope share a hash. Those shared with
    nobody, held, or kept away from one of her desks or from herself never count."""
    outside = (may_know(reader), ~in_scope(reader), _share(digests))
    found = db.scalars(select(Case.id).where(*outside).limit(SEVERAL)).all()
    return len(found) >= SEVERAL


def numbers_seen(db: Session, reader: Reader, case_ids: Collection[UUID]) -> Numbered:
    """Those of these cases that this reader may open, with their numbers, the newest first."""
    query = select(Case.id, Case.number).where(visible(reader), Case.id.in_(case_ids))
    rows = db.execute(query.order_by(Case.received_at.desc(), Case.id))
    return [(case_id, number) for case_id, number in rows]


def _share(digests: Collection[bytes]) -> ColumnElement[bool]:
    return or_(
        exists().where(RespondentMark.case_id == Case.id, RespondentMark.digest.in_(digests)),
        exists().where(DeskMark.case_id == Case.id, DeskMark.digest.in_(digests)),
    )
