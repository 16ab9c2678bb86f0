"""Refers a case on paper to a body that is not on the system: made, printed, answered, ended.

By single field, and never to an official body, an agency or whom the report is about, not even
with her yes (decisions/0026).
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from grievance.casework.case.keyring import open_all, open_words, seal_words
from grievance.casework.case.reading import OpenedCase, answers_of
from grievance.casework.case.working import NotAllowed, newest_key, writer_of
from grievance.casework.referral.paper_bodies import (
    NeverOnPaper,
    names_of_body,
    never_gets_paper,
)
from grievance.casework.referral.paper_contents import Contents, PaperWords, Said, contents_of
from grievance.rules.codes import new_case_number
from grievance.rules.names import normal_name
from grievance.rules.paper import (
    Standing,
    in_the_open,
    may_answer_by,
    may_last,
    on_paper,
    others_may_agree,
    priority_of,
    state_of,
)
from grievance.rules.respondents import Details
from grievance.rules.terms import (
    OPEN_PAPER,
    CaseState,
    ConsentVia,
    DocumentKind,
    PaperField,
    PaperOutcome,
    PaperState,
    WhoAgrees,
)
from grievance.store.cases import Case
from grievance.store.documents import Document, documents, next_order
from grievance.store.events import Actor, record
from grievance.store.paper import (
    PaperForm,
    document_of,
    forms_of,
    is_form_number_taken,
)
from grievance.store.taxonomy import taxonomy


class FormThere(Exception):
    """A form for this body is asked for or may be printed already."""


class CannotPrint(Exception):
    """She did not say yes, took it back, or its time is over; or another desk made it."""


@dataclass(frozen=True)
class Wanted:
    """A form that an organizer wants to make; ``consent`` None: she is asked on her page."""

    listing_id: UUID | None
    typed_body: str
    purpose: str
    answer_to: str
    fields: frozenset[PaperField]
    consent: ConsentVia | None
    language: str | None
    spoken_on: date | None
    valid_until: date
    interpreter: str = ""  # "yes" or "no", where the form says so
    done: str = ""
    answer_by: date | None = None
    agreed_by: WhoAgrees = WhoAgrees.HERSELF  # of a consent that is written down
    records: tuple[Details, ...] = ()  # the desk's, of whom the case is about


@dataclass(frozen=True)
class Sheet:
    """What is printed: the sealed part, and the contents of the agreed fields alone."""

    form: PaperForm
    sealed: PaperWords
    contents: Contents


def make_form(
    db: Session, case: Case, wanted: Wanted, opened: OpenedCase, *, today: date, actor: Actor,
    now: datetime,
) -> PaperForm:  # fmt: skip
    """Make a form, with her recorded word or as a question on her page.

    ``today`` is the desk's day. Raises NotAllowed (the desk cannot read her answers, the case is
    closed, or the last day is not within a year), NeverOnPaper or FormThere.
    """
    answers = answers_of(db, case.id, opened.keys)
    if answers is None or actor.organization_id is None or case.state == CaseState.CLOSED:
        raise NotAllowed
    if not answers.says_something:  # later words alone: nobody could be checked against them
        raise NotAllowed
    if actor.user_id is None or not may_last(wanted.valid_until, today):
        raise NotAllowed
    by = wanted.answer_by
    if by is not None and not may_answer_by(by, wanted.valid_until, today):
        raise NotAllowed
    if wanted.agreed_by != WhoAgrees.HERSELF and not others_may_agree(
        answers.age_band, answers.for_somebody
    ):
        raise NotAllowed
    names = names_of_body(db, case, wanted.listing_id, wanted.typed_body)
    if never_gets_paper(db, case, answers, names, wanted.listing_id, wanted.records):
        raise NeverOnPaper
    said = _said(case, wanted)
    filled = contents_of(case.number, answers, taxonomy(db), said)
    told = wanted.fields & filled.keys()
    sealed = PaperWords(names[0], wanted.purpose, wanted.answer_to, told, said.only(told))
    if _is_there(db, case, sealed.body, wanted.listing_id, opened, today):
        raise FormThere
    document = _seal(db, case, sealed, opened, actor, now)
    spoken = wanted.consent is not None
    form = PaperForm(
        id=uuid4(), number=_number(db, now), case_id=case.id, by_user_id=actor.user_id,
        organization_id=actor.organization_id, listing_id=wanted.listing_id,
        document_id=document.id, fields=in_the_open(sealed.fields),
        via=wanted.consent or ConsentVia.WEB, language=wanted.language if spoken else None,
        made_at=now, spoken_on=wanted.spoken_on if spoken else None,
        answered_at=now if spoken else None, agreed=True if spoken else None,
        valid_until=wanted.valid_until,
    )  # fmt: skip
    db.add(form)
    case.last_act_at = now
    record(
        db, "paper_made" if spoken else "paper_asked", actor, now, case_id=case.id,
        details=_details(form),
    )  # fmt: skip
    return form


def print_form(
    db: Session, case: Case, form: PaperForm, opened: OpenedCase, *, today: date, actor: Actor,
    now: datetime, records: Collection[Details] = (),
) -> Sheet:  # fmt: skip
    """Open a form to be printed: one event each time, with the fields that may be named.

    Raises CannotPrint, or NeverOnPaper where its body became one that never gets any.
    """
    if form.organization_id != actor.organization_id:
        raise CannotPrint
    if state_of(standing(form), today) != PaperState.STANDING:
        raise CannotPrint
    sealed, answers = sealed_part(db, form, opened), answers_of(db, case.id, opened.keys)
    if sealed is None or answers is None or not answers.says_something:
        raise CannotPrint
    if never_gets_paper(db, case, answers, [sealed.body], form.listing_id, records):
        raise NeverOnPaper
    filled = contents_of(case.number, answers, taxonomy(db), sealed.said)
    form.printed_at = form.printed_at or now
    record(db, "paper_printed", actor, now, case_id=case.id, details=_details(form))
    return Sheet(form, sealed, on_paper(filled, sealed.fields))


def answer_form(
    db: Session, case: Case, form: PaperForm, outcome: PaperOutcome, text: str,
    opened: OpenedCase, *, actor: Actor, now: datetime,
) -> None:  # fmt: skip
    """Type in what came back on paper; its words are sealed, and she sees that an answer came.

    It may come after she took the form back. Raises NotAllowed where it never was agreed to.
    """
    if not form.agreed or form.organization_id != actor.organization_id:
        raise NotAllowed
    epoch, key = newest_key(case, opened)
    db.add(
        seal_words(
            case_id=case.id, kind=DocumentKind.PAPER_ANSWER, epoch=epoch, key=key,
            words={"form": str(form.id), "outcome": str(outcome), "text": text},
            writer=writer_of(actor), made_at=now, order=next_order(db, case.id),
        )
    )  # fmt: skip
    form.outcome, form.outcome_at = outcome, now
    case.last_act_at = now
    details = {"form": str(form.id), "outcome": str(outcome)}
    record(db, "paper_answered", actor, now, case_id=case.id, details=details)


def end_form(db: Session, case: Case, form: PaperForm, *, actor: Actor, now: datetime) -> None:
    """The desk needs it no more: it is asked for, and printed, no longer. Raises NotAllowed."""
    if form.organization_id != actor.organization_id or form.ended_at is not None:
        raise NotAllowed
    form.ended_at = case.last_act_at = now
    record(db, "paper_ended", actor, now, case_id=case.id, details={"form": str(form.id)})


def sealed_part(db: Session, form: PaperForm, opened: OpenedCase) -> PaperWords | None:
    """For whom and what for; None where its epoch is not this desk's to open."""
    words = open_words(document_of(db, form), opened.keys)
    return PaperWords.from_json(words) if words is not None else None


def paper_answers(db: Session, case: Case, opened: OpenedCase) -> dict[UUID, list[str]]:
    """Form id -> the words of the answers that came back, oldest first."""
    found: dict[UUID, list[str]] = {}
    for _row, words in open_all(documents(db, case.id, DocumentKind.PAPER_ANSWER), opened.keys):
        found.setdefault(UUID(words["form"]), []).append(words["text"])
    return found


def standing(form: PaperForm) -> Standing:
    """The row as its rule takes it."""
    return Standing(
        form.agreed, form.taken_back_at is not None, form.ended_at is not None, form.valid_until
    )


def _is_there(
    db: Session, case: Case, body: str, listing_id: UUID | None, opened: OpenedCase, today: date
) -> bool:
    """Whether a form for this body is open already: a second press of the button, too."""
    for form in forms_of(db, case.id):
        if state_of(standing(form), today) not in OPEN_PAPER:
            continue
        if listing_id is not None and form.listing_id == listing_id:
            return True
        before = sealed_part(db, form, opened)
        if before is not None and normal_name(before.body) == normal_name(body):
            return True
    return False


def _said(case: Case, wanted: Wanted) -> Said:
    return Said(
        priority=priority_of(case.urgency) or "",
        interpreter=wanted.interpreter,
        done=wanted.done,
        agreed_by=str(wanted.agreed_by) if wanted.consent else "",
        answer_by=wanted.answer_by.isoformat() if wanted.answer_by else "",
    )


def _seal(
    db: Session, case: Case, sealed: PaperWords, opened: OpenedCase, actor: Actor, now: datetime
) -> Document:
    epoch, key = newest_key(case, opened)
    document = seal_words(
        case_id=case.id, kind=DocumentKind.PAPER, epoch=epoch, key=key, words=sealed.to_json(),
        writer=writer_of(actor), made_at=now, order=next_order(db, case.id),
    )  # fmt: skip
    db.add(document)
    db.flush()
    return document


def _number(db: Session, now: datetime) -> str:
    """``P26-7F3K9``: unrelated to the case's, so that two bodies cannot put theirs together."""

    def taken(number: str) -> bool:
        return is_form_number_taken(db, f"P{number}")

    return f"P{new_case_number(now.year, secrets.randbelow, taken)}"


def _details(form: PaperForm) -> dict[str, object]:
    return {"form": str(form.id), "fields": list(form.fields)}
