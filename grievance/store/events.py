"""The append-only trail: who did what when. Ids and codes, never words, no foreign keys."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index, and_, exists, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from grievance.rules.terms import ActorKind
from grievance.store.base import Base, uuid_pk
from grievance.store.cases import CaseExclusion
from grievance.store.staff_ties import is_tied


@dataclass(frozen=True)
class Actor:
    """Who acts: the kind, and for staff the user and the organization acted for."""

    kind: ActorKind
    user_id: UUID | None = None
    organization_id: UUID | None = None


WORKER = Actor(ActorKind.WORKER)
SYSTEM = Actor(ActorKind.SYSTEM)
OPERATOR = Actor(ActorKind.OPERATOR)


class Event(Base):
    """One act. A worker's time is cut to the hour before it comes here."""

    __tablename__ = "events"
    __table_args__ = (
        Index("ix_events_organization_id_at", "organization_id", "at"),
        Index("ix_events_case_id_at", "case_id", "at"),
    )
    id: Mapped[uuid_pk]
    at: Mapped[datetime]
    verb: Mapped[str]
    actor: Mapped[str]
    user_id: Mapped[UUID | None]
    organization_id: Mapped[UUID | None]  # in whose trail it stands
    case_id: Mapped[UUID | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


def record(
    db: Session,
    verb: str,
    actor: Actor,
    at: datetime,
    *,
    case_id: UUID | None = None,
    organization_id: UUID | None = None,
    details: dict[str, Any] | None = None,
) -> None:
    """Write one event into an organization's trail (the actor's own where none is named)."""
    db.add(
        Event(
            at=at,
            verb=verb,
            actor=actor.kind,
            user_id=actor.user_id,
            organization_id=organization_id or actor.organization_id,
            case_id=case_id,
            details=details or {},
        )
    )


def trail_of(
    db: Session, organization_id: UUID, *, desks: Collection[UUID] = (),
    user_id: UUID | None = None, before: tuple[datetime, UUID] | None, limit: int,
) -> Sequence[Event]:  # fmt: skip
    """One organization's acts, newest first, from a place in it (time and id). Cases of which one
    of her other ``desks``, or she herself (``user_id``), must find nothing are left out."""
    kept_away = exists().where(
        CaseExclusion.case_id == Event.case_id, CaseExclusion.organization_id.in_(desks)
    )
    hers = is_tied(user_id, Event.case_id)
    query = select(Event).where(Event.organization_id == organization_id, ~kept_away, ~hers)
    if before is not None:
        at, event_id = before
        query = query.where(or_(Event.at < at, and_(Event.at == at, Event.id < event_id)))
    return db.scalars(query.order_by(Event.at.desc(), Event.id.desc()).limit(limit)).all()


def events_of_verb(db: Session, case_id: UUID, verb: str) -> Sequence[Event]:
    """Every act of one kind on a case."""
    return db.scalars(select(Event).where(Event.case_id == case_id, Event.verb == verb)).all()


# Whom else she said yes to, or took it back from; whom the case is kept from.
_OWNERS = frozenset(
    {
        "case_left", "conflicts_checked", "consent_given", "consent_withdrawn", "need_unmet",
        "referral_passed_over",
    }
)  # fmt: skip
_OF_A_CASE = 60  # the trail (``trail_of``) has the rest


def events_of_case(db: Session, case_id: UUID, organizations: frozenset[UUID]) -> Sequence[Event]:
    """What was done with a case, newest first: acts in these trails, and acts of no desk, but for
    those that are an owner's to know where the case has none."""
    nobodys = and_(Event.organization_id.is_(None), Event.verb.not_in(_OWNERS))
    of_these = or_(Event.organization_id.in_(organizations), nobodys)
    return db.scalars(
        select(Event)
        .where(Event.case_id == case_id, of_these)
        .order_by(Event.at.desc(), Event.id)
        .limit(_OF_A_CASE)
    ).all()
