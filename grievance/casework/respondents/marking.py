"""Keyed hashes of companies, agencies and offices, and what a case's hashes keep from whom.

Steps of the verbs in ``reporting``, ``consenting``, ``naming`` and ``tying``.
"""

import hashlib
import hmac
from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from grievance.casework.report.answers import Answers
from grievance.rules.names import normal_name
from grievance.rules.respondents import HASHED_KINDS, name_form
from grievance.store.cases import Case, RespondentMark
from grievance.store.respondents import marks_of
from grievance.store.staff_ties import CaseTie, StaffTie, cases_by_tie, ties_on


def digests(name_secret: bytes, forms: Iterable[bytes]) -> frozenset[bytes]:
    """The keyed hashes of normal forms (``rules.respondents``)."""
    return frozenset(hmac.digest(name_secret, form, hashlib.sha256) for form in forms)


def marks(case_id: UUID, answers: Answers, name_secret: bytes) -> list[RespondentMark]:
    """Keyed hashes of the names of agencies and offices that she wrote."""
    found = {
        (kind, digest)
        for kind, name in answers.respondent_names.items()
        if kind in HASHED_KINDS and (form := normal_name(name))
        for digest in digests(name_secret, [name_form(form)])
    }
    return [RespondentMark(case_id=case_id, kind=k, digest=d) for k, d in sorted(found)]


def keep_from_tied(db: Session, case_id: UUID, bodies: Collection[str]) -> bool:
    """A case is, or has come to be, about somebody: members tied to one of these organizations
    (ids), or to a record with one of its hashes, find nothing of it from now on. Whether it is
    newly kept from somebody."""
    ties = ties_on(db, bodies, marks_of(db, case_id))
    return any([keep_from(db, tie, [case_id]) for tie in ties])


def keep_from(db: Session, tie: StaffTie, case_ids: Iterable[UUID]) -> frozenset[UUID]:
    """These cases are kept from a tied member, and given to her they are nobody's again; which of
    them were not kept from her yet."""
    new = frozenset(case_ids) - cases_by_tie(db, tie.id)
    db.add_all(CaseTie(case_id=one, user_id=tie.user_id, tie_id=tie.id) for one in sorted(new))
    db.flush()
    hers = update(Case).where(Case.id.in_(new), Case.assignee_id == tie.user_id)
    db.execute(hers.values(assignee_id=None))
    return new
