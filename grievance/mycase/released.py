"""Who reads her report without her word, since two persons decided so: as she reads it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from grievance.casework.case.reasons import reasons_for_worker
from grievance.mycase.opening import OpenCase
from grievance.rules.clocks import cut_to_hour
from grievance.store.referrals import standing_consent
from grievance.store.releases import Release, releases_of
from grievance.web import offering
from grievance.web.locale import by_when
from grievance.web.service import settings


@dataclass(frozen=True)
class Opened:
    """One release in her words; ``reasons`` as a person wrote them."""

    name: str
    by: str  # the organization that asked
    at: str  # weekday, day and hour
    reasons: list[str]
    ended: bool  # and she has not agreed to them since


def released(db: Session, found: OpenCase) -> list[Opened]:
    """Every release of her case, those she ended too."""
    rows = releases_of(db, found.case.id)
    if not rows:
        return []
    ids = {str(one) for row in rows for one in (row.organization_id, row.from_organization_id)}
    names = offering.names_of(db, sorted(ids))
    words = reasons_for_worker(db, found.case, found.private)
    return [
        Opened(
            name=names.get(str(row.organization_id), ""),
            by=names.get(str(row.from_organization_id), ""),
            at=by_when(cut_to_hour(row.released_at), settings().zone),
            reasons=[one.words["text"] for one in words if one.document.epoch == row.epoch],
            ended=row.ended_at is not None and not _agreed(db, row),
        )
        for row in rows
    ]


def _agreed(db: Session, row: Release) -> bool:
    return standing_consent(db, row.case_id, row.organization_id) is not None
