"""Printed forms about her, on her return page: what is asked, what may be printed, taking back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.referral.paper_bodies import never_gets_paper
from grievance.casework.referral.paper_consent import (
    HerForm,
    answer_paper,
    her_forms,
    take_back,
)
from grievance.casework.referral.paper_contents import Contents, contents_of
from grievance.casework.report.answers import Answers
from grievance.mycase.opening import OpenCase
from grievance.rules.paper import on_paper, tells_of_minor
from grievance.rules.terms import OPEN_PAPER, PaperField, PaperState, WhoAgrees
from grievance.store.cases import Case
from grievance.store.paper import form_of
from grievance.store.reference import IssueCode, issue_codes
from grievance.store.taxonomy import taxonomy
from grievance.web.database import db
from grievance.web.forms import ServiceForm
from grievance.web.ids import id_of
from grievance.web.locale import language
from grievance.web.offering import names_of
from grievance.web.paper_words import Lines, lines_of
from grievance.web.reaching import Ways, ways_of
from grievance.web.service import now, today

_PAST = frozenset({PaperState.TAKEN_BACK, PaperState.ENDED, PaperState.EXPIRED})


@dataclass(frozen=True)
class Shown:
    """One form as she reads it."""

    form: Any  # the row
    by: str
    to: str
    purpose: str
    answer_to: str
    answer_by: date | None
    state: PaperState
    fields: list[PaperField]
    lines: Lines
    minor: bool
    agreed_by: str
    reach: Ways | None  # of a body in the directory, for herself

    @property
    def recorded(self) -> bool:
        """Whether an organization wrote her yes down."""
        return self.form.spoken_on is not None

    @property
    def other(self) -> str:
        """Who said yes in her place, as a desk wrote it down."""
        return self.agreed_by if self.agreed_by != WhoAgrees.HERSELF else ""

    @property
    def is_out(self) -> bool:
        """Whether it is over, and a paper may be in somebody's hands."""
        return self.state in _PAST and self.form.printed_at is not None


def shown(db: Session, found: OpenCase, answers: Answers) -> list[Shown]:
    """Her forms, oldest first, but for those that were asked and never agreed to."""
    forms = [
        one
        for one in her_forms(db, found.case, found.her, today())
        if one.form.agreed or one.state == PaperState.ASKED
    ]
    if not forms:
        return []
    names = names_of(db, [str(one.form.organization_id) for one in forms])
    problems, codes = taxonomy(db), issue_codes(db)
    reach = ways_of(db, _for_herself(db, found.case, forms, answers))
    return [
        _shown(
            one,
            names,
            on_paper(
                contents_of(found.case.number, answers, problems, one.sealed.said),
                one.sealed.fields,
            ),
            codes,
            reach.get(one.form.listing_id) if one.form.listing_id else None,
        )
        for one in forms
    ]


def _for_herself(db: Session, case: Case, forms: Sequence[HerForm], answers: Answers) -> list[UUID]:
    """Bodies that she may want to ask herself: not where the paper is over, nor one that may have
    none any more."""
    wanted = ((one.form.listing_id, one) for one in forms if one.state in OPEN_PAPER)
    return [
        listing
        for listing, one in wanted
        if listing and not never_gets_paper(db, case, answers, [one.sealed.body], listing, ())
    ]


def _shown(
    one: HerForm, names: Mapping[str, str], contents: Contents, codes: Sequence[IssueCode],
    reach: Ways | None,
) -> Shown:  # fmt: skip
    return Shown(
        form=one.form,
        by=names.get(str(one.form.organization_id), ""),
        to=one.sealed.body,
        purpose=one.sealed.purpose,
        answer_to=one.sealed.answer_to,
        answer_by=one.sealed.said.answer_day,
        state=one.state,
        fields=[field for field in PaperField if field in one.sealed.fields],
        lines=lines_of(contents, codes),
        minor=tells_of_minor(contents),
        agreed_by=one.sealed.said.agreed_by,
        reach=reach,
    )


def answer(found: OpenCase, form: ServiceForm) -> None:
    """Her yes, no, only some of it, or taking back; a form that is not there changes nothing."""
    wanted = id_of(form.form.data)
    row = form_of(db(), found.case.id, wanted) if wanted else None
    said = form.message.data
    if row is None:
        return
    if said == "back":
        take_back(db(), found.case, row, now=now())
        return
    some = [PaperField(one) for one in form.fields.data] if said == "fewer" else []
    answer_paper(
        db(), found.case, row, None if said == "yes" else some, found.her,
        language=language(), today=today(), now=now(),
    )  # fmt: skip
