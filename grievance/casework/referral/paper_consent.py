"""Her word on printed forms: yes, no or fewer fields; and taking one back (design.md 6)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import open_words
from grievance.casework.notices.notifying import notify_organization
from grievance.casework.referral.consenting import Hers, seal_hers
from grievance.casework.referral.paper import standing
from grievance.casework.referral.paper_contents import PaperWords
from grievance.rules.clocks import cut_to_hour
from grievance.rules.paper import in_the_open, state_of
from grievance.rules.terms import DocumentKind, NoticeKind, PaperField, PaperState
from grievance.store.cases import Case
from grievance.store.documents import delete_documents, next_order
from grievance.store.events import WORKER, record
from grievance.store.paper import PaperForm, document_of, forms_of


@dataclass(frozen=True)
class HerForm:
    """A form as she reads it."""

    form: PaperForm
    sealed: PaperWords
    state: PaperState


def her_forms(db: Session, case: Case, her: Hers, today: date) -> Sequence[HerForm]:
    """Every form about her, oldest first; her code opens all of them."""
    found = []
    for form in forms_of(db, case.id):
        words = open_words(document_of(db, form), her.keys)
        if words is not None:
            found.append(
                HerForm(form, PaperWords.from_json(words), state_of(standing(form), today))
            )
    return found


def answer_paper(
    db: Session, case: Case, form: PaperForm, said: Collection[PaperField] | None, her: Hers, *,
    language: str, today: date, now: datetime,
) -> None:  # fmt: skip
    """She says yes to these fields of those that were asked (None: to all), or, with none, no.

    A question that is asked no more stays as it is: another page of hers was quicker.
    A no that comes after her yes takes it back.
    """
    state = state_of(standing(form), today)
    if said is not None and not said and state == PaperState.STANDING:
        take_back(db, case, form, now=now)
    if state != PaperState.ASKED:
        return
    hour = cut_to_hour(now)
    words = open_words(document_of(db, form), her.keys) or {}
    asked = PaperWords.from_json(words)
    agreed = asked.fields if said is None else asked.fields.intersection(said)
    form.agreed, form.answered_at, form.language = bool(agreed), hour, language
    if agreed != asked.fields:
        _keep(db, case, form, asked.only(agreed), her, hour)
    case.last_act_at = hour
    record(
        db, "paper_question_answered", WORKER, hour, case_id=case.id,
        organization_id=form.organization_id,
        details={"form": str(form.id), "agreed": bool(agreed), "fields": list(form.fields)},
    )  # fmt: skip
    _tell(db, case, form, now)


def take_back(db: Session, case: Case, form: PaperForm, *, now: datetime) -> None:
    """It is printed no more; what paper is out cannot be called back. Twice is once."""
    if not form.agreed or form.taken_back_at is not None:
        return
    hour = cut_to_hour(now)
    form.taken_back_at = case.last_act_at = hour
    record(
        db, "paper_taken_back", WORKER, hour, case_id=case.id,
        organization_id=form.organization_id, details={"form": str(form.id)},
    )  # fmt: skip
    _tell(db, case, form, now)


def _keep(
    db: Session, case: Case, form: PaperForm, sealed: PaperWords, her: Hers, hour: datetime
) -> None:
    """What she agreed to takes the place of what was asked; nothing of the rest is kept."""
    old = form.document_id
    document = seal_hers(case, DocumentKind.PAPER, sealed.to_json(), her, hour)
    document.order = next_order(db, case.id)
    db.add(document)
    db.flush()
    form.document_id, form.fields = document.id, in_the_open(sealed.fields)
    delete_documents(db, [old])


def _tell(db: Session, case: Case, form: PaperForm, now: datetime) -> None:
    notify_organization(
        db,
        form.organization_id,
        NoticeKind.ITEM_WAITS,
        now=now,
        about=case,
        caused_by_worker=True,
    )
