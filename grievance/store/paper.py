"""Printed referral forms: whom one is for is sealed with its words; here stands how far it is."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Select, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from grievance.rules.terms import NEVER_ASKED
from grievance.store.base import Base, uuid_pk
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization
from grievance.store.documents import Document
from grievance.store.queue import Reader, visible

SHOWN = 200


class PaperForm(Base):
    """A referral to a body that is not on the system, by the fields the worker agrees to.

    ``fields`` names only those that may be known: whether she agreed to a sensitive one stands in
    the sealed document (``rules.paper.in_the_open``).
    """

    __tablename__ = "paper_forms"
    id: Mapped[uuid_pk]
    number: Mapped[str] = mapped_column(unique=True)  # what stands on the paper
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    by_user_id: Mapped[UUID]
    listing_id: Mapped[UUID | None]  # no key: a listing may leave the directory
    document_id: Mapped[UUID]
    fields: Mapped[list[str]] = mapped_column(default=list)
    via: Mapped[str]  # terms.ConsentVia
    language: Mapped[str | None]  # in which she heard or read what it would tell
    text_version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime]
    spoken_on: Mapped[date | None]  # by voice or on paper: the day, as recorded
    answered_at: Mapped[datetime | None]  # her yes or no; cut to the hour where she gave it
    agreed: Mapped[bool | None]
    valid_until: Mapped[date]
    taken_back_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    printed_at: Mapped[datetime | None]  # first: from then on a paper may be out
    outcome: Mapped[str | None]  # terms.PaperOutcome
    outcome_at: Mapped[datetime | None]


def forms_of(db: Session, case_id: UUID) -> Sequence[PaperForm]:
    """Every form of a case, oldest first."""
    query = select(PaperForm).where(PaperForm.case_id == case_id)
    return db.scalars(query.order_by(PaperForm.made_at, PaperForm.id)).all()


def form_of(db: Session, case_id: UUID, form_id: UUID) -> PaperForm | None:
    """One form, of this case."""
    found = db.get(PaperForm, form_id)
    return found if found is not None and found.case_id == case_id else None


def document_of(db: Session, form: PaperForm) -> Document:
    """The sealed part of a form. Raises NoResultFound."""
    return db.get_one(Document, form.document_id)


def is_form_number_taken(db: Session, number: str) -> bool:
    """Whether a form has this number."""
    return db.scalar(select(PaperForm.id).where(PaperForm.number == number)) is not None


def forms_of_desk(db: Session, reader: Reader, limit: int) -> Sequence[tuple[PaperForm, Case]]:
    """The newest forms of a desk, of cases that it still sees."""
    rows = db.execute(
        select(PaperForm, Case)
        .join(Case, Case.id == PaperForm.case_id)
        .where(PaperForm.organization_id == reader.organization_id, visible(reader))
        .order_by(PaperForm.made_at.desc(), PaperForm.id)
        .limit(limit)
    )
    return [(form, case) for form, case in rows]


def end_forms_not_held(db: Session, case_id: UUID, holders: frozenset[UUID], at: datetime) -> None:
    """Who does not hold the case any more prints no paper of it, and asks for none."""
    for form in forms_of(db, case_id):
        if form.organization_id not in holders and form.ended_at is None:
            form.ended_at = at


def bodies_for_paper(db: Session, case_id: UUID, country: str) -> list[tuple[UUID, str]]:
    """Id and name of listings of a country that a paper may go to, by name: no partner (it is
    asked here), no official body, no agency, nobody who is kept away from the case."""
    query = _for_paper(case_id).where(Organization.country == country)
    few = query.order_by(Organization.name, Organization.id).limit(SHOWN)
    rows = db.execute(few.with_only_columns(Organization.id, Organization.name))
    return [(one, name) for one, name in rows]


def body_for_paper(db: Session, case_id: UUID, organization_id: UUID) -> Organization | None:
    """One of them."""
    return db.scalar(_for_paper(case_id).where(Organization.id == organization_id))


def _for_paper(case_id: UUID) -> Select[Organization]:
    away = select(CaseExclusion.organization_id).where(CaseExclusion.case_id == case_id)
    return select(Organization).where(
        Organization.active, ~Organization.partner, Organization.kind.not_in(NEVER_ASKED),
        Organization.id.not_in(away),
    )  # fmt: skip
