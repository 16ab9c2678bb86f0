"""What the desk's pages show of printed forms."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.reading import OpenedCase, accepted
from grievance.casework.referral import paper
from grievance.casework.referral.paper_contents import PaperWords, Said, contents_of
from grievance.rules.paper import others_may_agree, priority_of, state_of, tells_of_minor
from grievance.rules.terms import PaperField, PaperState
from grievance.store.cases import Case
from grievance.store.choosing import countries_with_bodies
from grievance.store.paper import PaperForm, bodies_for_paper, forms_of, forms_of_desk
from grievance.store.queue import Reader
from grievance.store.reference import issue_codes
from grievance.store.taxonomy import taxonomy
from grievance.triage.paper_forms import MakePaperForm, PaperAnswerForm
from grievance.web.labels import label
from grievance.web.locale import country_name
from grievance.web.paper_words import lines_of
from grievance.web.service import today

_LISTED = 100


@dataclass(frozen=True)
class Shown:
    """One form on a case's page."""

    form: PaperForm
    words: PaperWords
    state: PaperState
    fields: list[Any]
    answers: list[str]
    ours: bool

    @property
    def prints(self) -> bool:
        """Whether this desk may print it today."""
        return self.ours and self.state == PaperState.STANDING

    @property
    def ends(self) -> bool:
        """Whether this desk may end it."""
        return self.ours and self.state in {PaperState.ASKED, PaperState.STANDING}

    @property
    def takes_answer(self) -> bool:
        """Whether an answer may be typed in."""
        return self.ours and bool(self.form.agreed)


def on_case(db: Session, case: Case, desk_id: UUID, opened: OpenedCase | None) -> dict[str, Any]:
    """The forms of a case, and an empty one for answers; None where this desk did not accept it, or
    does not read her answers."""
    if opened is None or opened.answers is None or not accepted(db, case, desk_id):
        return {"paper": None}
    answers = paper.paper_answers(db, case, opened)
    forms = [
        _shown(form, words, desk_id, answers.get(form.id, []))
        for form in forms_of(db, case.id)
        if (words := paper.sealed_part(db, form, opened)) is not None
    ]
    return {"paper": forms, "paper_answer": PaperAnswerForm(formdata=None)}


def _shown(form: PaperForm, words: PaperWords, desk_id: UUID, answers: list[str]) -> Shown:
    state = state_of(paper.standing(form), today())
    fields = [label(one) for one in PaperField if one in words.fields]
    return Shown(form, words, state, fields, answers, form.organization_id == desk_id)


def making(
    db: Session, case: Case, opened: OpenedCase, form: MakePaperForm, country: str
) -> dict[str, Any]:
    """The page on which a form is made; ``form`` gets what there is to choose from."""
    countries = countries_with_bodies(db)
    asked = country if country in countries else case.country or ""
    listings = [(str(one), name) for one, name in bodies_for_paper(db, case.id, asked)]
    said = Said(priority=priority_of(case.urgency) or "")
    filled = contents_of(case.number, opened.answers, taxonomy(db), said) if opened.answers else {}
    told = opened.answers
    others = told is not None and others_may_agree(told.age_band, told.for_somebody)
    form.offer(listings, list(filled), others=others)
    form.country.data = asked
    return {
        "case": case,
        "form": form,
        "minor": tells_of_minor(filled),
        "told": dict(lines_of(filled, issue_codes(db))),
        "countries": sorted(((one, country_name(one)) for one in countries), key=lambda c: c[1]),
        "country": asked,
    }


def listed(db: Session, reader: Reader) -> dict[str, Any]:
    """The desk's newest forms, so that an answer that comes back finds its case."""
    rows = forms_of_desk(db, reader, _LISTED)
    return {
        "rows": [(form, case, state_of(paper.standing(form), today())) for form, case in rows],
        "most": _LISTED,
    }
