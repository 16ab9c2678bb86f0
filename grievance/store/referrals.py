"""Consents, referrals, the questions that ask for consent, and stored routes."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, extract, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from grievance.rules.lifecycle import ASKED, HOLDING, OPEN_CASE
from grievance.rules.terms import ConsentScope, ConsentVia, ReferralKind, ReferralState
from grievance.store.base import Base, uuid_pk
from grievance.store.cases import Case


class Consent(Base):
    """What the worker allowed one organization: one row for each recipient (standards.md 4.2)."""

    __tablename__ = "consents"
    id: Mapped[uuid_pk]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    scope: Mapped[str] = mapped_column(default=ConsentScope.ALL)
    from_epoch: Mapped[int] = mapped_column(default=0)
    if_nobody: Mapped[bool] = mapped_column(default=False)  # as the overseeing desk only
    via: Mapped[str] = mapped_column(default=ConsentVia.WEB)
    language: Mapped[str]
    text_version: Mapped[int] = mapped_column(default=1)
    given_at: Mapped[datetime]
    spoken_on: Mapped[date | None]  # by voice or paper: the day, as recorded
    recorded_by: Mapped[UUID | None]
    withdrawn_at: Mapped[datetime | None]


class Referral(Base):
    """A case offered to one partner."""

    __tablename__ = "referrals"
    __table_args__ = (
        Index("ix_referrals_organization_id_state", "organization_id", "state"),
        Index("ix_referrals_state_due_at", "state", "due_at"),
        Index("ix_referrals_state_remind_at", "state", "remind_at"),
        Index("ix_referrals_organization_id_answered_at", "organization_id", "answered_at"),
        Index("ix_referrals_first_missed_at_first_due_at", "first_missed_at", "first_due_at"),
    )
    id: Mapped[uuid_pk]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    consent_id: Mapped[UUID] = mapped_column(ForeignKey("consents.id"))
    from_organization_id: Mapped[UUID | None]
    by_user_id: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(default=ReferralKind.HAND_OVER)
    needs: Mapped[list[str]] = mapped_column(default=list)  # terms.NeedLine; none: the whole
    state: Mapped[str] = mapped_column(default=ReferralState.WAITING)
    oversees: Mapped[bool] = mapped_column(default=False)  # asked last, as overseeing desk
    hands_on: Mapped[bool] = mapped_column(default=False)  # asked though somebody holds the case
    position: Mapped[int]  # the worker's order
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    clock_ends_at: Mapped[datetime | None]  # elapsed time alone, with its pauses
    due_at: Mapped[datetime | None]  # the same where the organization is there
    remind_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]  # since when a question to the worker waits
    paused_seconds: Mapped[int] = mapped_column(default=0)  # of questions that were answered
    seen_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]  # accepted, declined, or the clock ran out
    first_due_at: Mapped[datetime | None]  # of one that shares: it does something for her before
    first_missed_at: Mapped[datetime | None]
    reason: Mapped[str | None]  # a code: terms.DeclineReason or terms.PassedOver
    reason_document_id: Mapped[UUID | None]  # a sender's own words, sealed


class ConsentQuestion(Base):
    """An organizer asks the worker, on her return page, whether another organization may help."""

    __tablename__ = "consent_questions"
    id: Mapped[uuid_pk]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    from_organization_id: Mapped[UUID]
    by_user_id: Mapped[UUID]
    kind: Mapped[str] = mapped_column(default=ReferralKind.HAND_OVER)
    reason_document_id: Mapped[UUID | None]
    made_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    agreed: Mapped[bool | None]


class StoredRoute(Base):
    """Why a case went where it went: the readable part; the rest is a sealed document."""

    __tablename__ = "routes"
    id: Mapped[uuid_pk]
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), index=True)
    made_at: Mapped[datetime]
    rule_version: Mapped[int]
    directory_version: Mapped[int] = mapped_column(ForeignKey("directory_versions.number"))
    readable: Mapped[dict[str, Any] | None]  # null while the report is shared with nobody
    sealed_document_id: Mapped[UUID | None]


def referrals_of(db: Session, case_id: UUID) -> Sequence[Referral]:
    """Every referral of a case, in the worker's order."""
    return db.scalars(
        select(Referral)
        .where(Referral.case_id == case_id)
        .order_by(Referral.oversees, Referral.position, Referral.made_at, Referral.id)
    ).all()


def answers_due(db: Session, case_ids: Sequence[UUID]) -> dict[UUID, datetime]:
    """For each of these cases, when the first open question must be answered."""
    rows = db.execute(
        select(Referral.case_id, func.min(Referral.due_at))
        .where(Referral.case_id.in_(case_ids), Referral.state.in_(ASKED))
        .group_by(Referral.case_id)
    )
    return {case_id: due for case_id, due in rows if due is not None}


def answer_hours(
    db: Session, organizations: Collection[UUID], since: datetime
) -> dict[UUID, float]:
    """In how many hours each of these organizations answered on average since then."""
    answered, sent = (extract("epoch", at) for at in (Referral.answered_at, Referral.sent_at))
    rows = db.execute(
        select(Referral.organization_id, func.avg(answered - sent))
        .where(
            Referral.organization_id.in_(organizations),
            Referral.answered_at >= since,
            Referral.sent_at.is_not(None),
        )
        .group_by(Referral.organization_id)
    )
    return {organization: float(seconds) / 3600 for organization, seconds in rows}


def shared_by(db: Session, organizations: Collection[UUID]) -> Counter[UUID]:
    """How many open cases each of these organizations serves a need of beside their owner."""
    rows = db.execute(
        select(Referral.organization_id, func.count())
        .join(Case, Case.id == Referral.case_id)
        .where(
            Referral.organization_id.in_(organizations),
            Referral.kind == ReferralKind.SHARE,
            Referral.state.in_(HOLDING),
            Case.state.in_(OPEN_CASE),
        )
        .group_by(Referral.organization_id)
    )
    return Counter({organization: count for organization, count in rows})


def consents_of(db: Session, case_id: UUID) -> Sequence[Consent]:
    """Every consent of a case, standing or withdrawn."""
    return db.scalars(
        select(Consent).where(Consent.case_id == case_id).order_by(Consent.given_at, Consent.id)
    ).all()


def standing_consent(db: Session, case_id: UUID, organization_id: UUID) -> Consent | None:
    """The consent by which this organization may hold the case now."""
    return db.scalar(
        select(Consent)
        .where(
            Consent.case_id == case_id,
            Consent.organization_id == organization_id,
            Consent.withdrawn_at.is_(None),
        )
        .order_by(Consent.given_at.desc(), Consent.id)
        .limit(1)
    )


def open_questions(db: Session, case_id: UUID) -> Sequence[ConsentQuestion]:
    """Questions for consent that the worker has not answered."""
    return db.scalars(
        select(ConsentQuestion)
        .where(ConsentQuestion.case_id == case_id, ConsentQuestion.answered_at.is_(None))
        .order_by(ConsentQuestion.made_at, ConsentQuestion.id)
    ).all()


def settle_questions(db: Session, case_id: UUID, organization_id: UUID, at: datetime) -> None:
    """Whether this organization may help is asked no more: by her word it is asked already."""
    for question in open_questions(db, case_id):
        if question.organization_id == organization_id:
            question.answered_at, question.agreed = at, True


def drop_questions(db: Session, case_id: UUID, organization_id: UUID, at: datetime) -> None:
    """An organization left the case: what it asked, and whether it may help, is asked no more.
    The rows stay without an answer: a page of hers that is still open may send one."""
    for question in open_questions(db, case_id):
        if organization_id in {question.organization_id, question.from_organization_id}:
            question.answered_at = at


def latest_route(db: Session, case_id: UUID) -> StoredRoute | None:
    """The route that was followed last; of one hour, the one that stands readable."""
    rows = db.scalars(select(StoredRoute).where(StoredRoute.case_id == case_id)).all()
    newest = max((row.made_at for row in rows), default=None)
    last = sorted((row for row in rows if row.made_at == newest), key=lambda row: row.id)
    return next((row for row in last if row.readable is not None), next(iter(last), None))
