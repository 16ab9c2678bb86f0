"""What desks that cannot read her report yet ask her, each with a box for her answer; who was asked
for advice without her name; and which facts were corrected."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import open_words
from grievance.casework.case.reading import holds
from grievance.casework.referral import questions
from grievance.mycase.forms import TellForm
from grievance.mycase.opening import OpenCase
from grievance.rules.terms import CaseState, DocumentKind, GrantKind
from grievance.store.documents import Document, documents
from grievance.store.events import events_of_verb
from grievance.store.opinions import advice_asked
from grievance.store.questions import Question, questions_of
from grievance.web.database import db
from grievance.web.forms import ServiceForm
from grievance.web.locale import gettext, language, lazy
from grievance.web.offering import names_of
from grievance.web.service import now
from grievance.web.sessions import visit

_FACTS = {
    "country": lazy("country of work"),
    "city": lazy("city"),
    "nationality": lazy("nationality"),
    "sector": lazy("kind of work"),
}


@dataclass(frozen=True)
class Correction:
    """Facts of her report that an organization corrected."""

    who: str
    at: datetime
    what: list[str]


@dataclass(frozen=True)
class Panel:
    """One open question as she reads it."""

    who: str
    text: str
    language: str | None
    reads_report: bool  # it holds the case by now
    form: ServiceForm


def panels(db: Session, found: OpenCase, forms: Mapping[str, ServiceForm]) -> list[Panel]:
    """The questions that wait for her answer, with their forms."""
    case = found.case
    shown: list[Panel] = []
    threads = questions.threads(db, case.id, found.her.questions)
    names = names_of(db, [str(one.question.organization_id) for one in threads])
    for one in threads:
        form = forms.get(name_of(one.question.id))
        if form is not None and one.question.is_open:
            asker = one.question.organization_id
            who, reads = names.get(str(asker), ""), holds(db, case, asker)
            shown.append(Panel(who, one.asked["text"], one.asked.get("language"), reads, form))
    return shown


def forms_for(db: Session, found: OpenCase) -> dict[str, ServiceForm]:
    """An empty form for each open question; words that a lost session held stand in their own."""
    if found.case.state == CaseState.CLOSED:
        return {}
    made: dict[str, ServiceForm] = {}
    for one in questions_of(db, found.case.id):
        if one.is_open and one.number in found.her.questions:
            typed = visit().get("pending", "") if is_pending(one.id) else ""
            data = {"question": str(one.id), "message": typed}
            made[name_of(one.id)] = _with_own_id(TellForm(formdata=None, data=data), one.id)
    return made


def is_pending(question_id: UUID) -> bool:
    """Whether the words that a lost session held were the answer to this question."""
    return str(visit().get("pending_for", "")) == str(question_id)


def sent_form(question_id: UUID) -> TellForm:
    """The form as she sent it."""
    form = TellForm()
    _with_own_id(form, question_id)
    return form


def tell(found: OpenCase, form: ServiceForm) -> None:
    """Her answer. Raises ``questions.AskedNoMore``."""
    question = db().get(Question, UUID(form.question.data), populate_existing=True)
    if question is None or question.case_id != found.case.id:
        raise questions.AskedNoMore
    questions.answer(
        db(), found.case, question, form.message.data, found.her, language=language(), now=now()
    )
    if is_pending(question.id):
        visit().pop("pending", None)
        visit().pop("pending_for", None)


def name_of(question_id: UUID | str) -> str:
    """How the page knows a question's form."""
    return f"tell-{question_id}"


def advice(db: Session, case_id: UUID) -> list[tuple[str, str]]:
    """Who asked whom for advice about her case, by name."""
    pairs = advice_asked(db, case_id)
    names = names_of(db, [str(one) for pair in pairs for one in pair])
    return [(names.get(str(asker), ""), names.get(str(one), "")) for asker, one in pairs]


def corrected(db: Session, case_id: UUID) -> list[Correction]:
    """What organizations corrected in her report; not what stood there."""
    found = events_of_verb(db, case_id, "facts_changed")
    names = names_of(db, [str(one.organization_id) for one in found if one.organization_id])
    return [
        Correction(
            names.get(str(one.organization_id), ""), one.at,
            [gettext(_FACTS[field].message) for field in one.details["fields"]],
        )
        for one in sorted(found, key=lambda one: one.at)
    ]  # fmt: skip


def written(db: Session, found: OpenCase) -> list[tuple[Document, Mapping[str, str]]]:
    """Messages, with answered questions and their answers in their places among them."""
    waiting = {one.number for one in questions_of(db, found.case.id) if one.is_open}
    shown: list[tuple[Document, Mapping[str, str]]] = []
    for row in documents(db, found.case.id, DocumentKind.MESSAGE, DocumentKind.QUESTION):
        asked = row.key == GrantKind.QUESTION
        words = open_words(row, found.her.questions if asked else found.her.keys)
        if words is not None and not (asked and row.epoch in waiting):
            shown.append((row, words))
    return shown


def _with_own_id(form: TellForm, question_id: UUID) -> TellForm:
    """Several of these forms stand on one page."""
    form.message.id = f"answer-{question_id}"
    return form
