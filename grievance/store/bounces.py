"""Addresses that mail came back from. The mark is the address's, not the person's: who gets another
address, or an organization whose entry is corrected, is reached there at once."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from grievance.rules.terms import MembershipState
from grievance.store.accounts import Membership, User
from grievance.store.base import Base
from grievance.store.directory import Organization


class BouncedAddress(Base):
    """An address that mail came back from, to the hour: a mail leaves in the minute a worker
    wrote, and comes back soon after."""

    __tablename__ = "bounced_addresses"
    email: Mapped[str] = mapped_column(primary_key=True)  # in its normal form
    unreachable_since: Mapped[datetime | None]  # no mail goes there any more
    soft: Mapped[int] = mapped_column(default=0)  # came back for now; mail goes on
    last_at: Mapped[datetime]
    status: Mapped[str]  # RFC 3463, as 5.1.1; never the server's words


class Unreached(NamedTuple):
    """Somebody whom mail does not reach."""

    name: str  # the member's; empty for an organization's own address
    organization_id: UUID
    organization_name: str
    email: str
    since: datetime | None


def bounced(db: Session, email: str) -> BouncedAddress | None:
    """What came back from an address, its row locked and read anew."""
    return db.get(BouncedAddress, email, with_for_update=True, populate_existing=True)


def unreachable_among(db: Session, emails: Collection[str]) -> dict[str, datetime]:
    """Those of these addresses that no mail goes to, and since when."""
    rows = db.execute(
        select(BouncedAddress.email, BouncedAddress.unreachable_since).where(
            BouncedAddress.email.in_(emails), BouncedAddress.unreachable_since.is_not(None)
        )
    )
    return {email: since for email, since in rows if since is not None}


def users_at(db: Session, email: str) -> list[UUID]:
    """The user with this address, her row locked until commit, so that one bounce waits for
    another."""
    return list(db.scalars(select(User.id).where(User.email == email).with_for_update()))


def desks_of_address(db: Session, email: str) -> list[UUID]:
    """The organizations that an address speaks for: where its user is invited or in office, and
    those that named it as their own."""
    seats = (
        select(Membership.organization_id)
        .join(User)
        .where(User.email == email, Membership.state != MembershipState.ENDED)
    )
    query = select(Organization.id).where(
        or_(Organization.id.in_(seats), func.lower(Organization.notify_email) == email)
    )
    return list(db.scalars(query.order_by(Organization.id)))


def unreached(db: Session, organization_ids: Collection[UUID]) -> list[Unreached]:
    """Whom mail does not reach at these organizations, by organization and name."""
    body, gone = Organization, BouncedAddress
    members = (
        select(User.name, body.id, body.name, gone.email, gone.unreachable_since)
        .join_from(gone, User, User.email == gone.email)
        .join(Membership, Membership.user_id == User.id)
        .join(body, body.id == Membership.organization_id)
        .where(Membership.state != MembershipState.ENDED)
    )
    bodies = select(body.name, body.id, body.name, gone.email, gone.unreachable_since).join_from(
        gone, body, func.lower(body.notify_email) == gone.email
    )
    here = (body.id.in_(organization_ids), gone.unreachable_since.is_not(None))
    found = [Unreached(*row) for row in db.execute(members.where(*here))]
    found += [Unreached(*row)._replace(name="") for row in db.execute(bodies.where(*here))]
    return sorted(found, key=lambda one: (one.organization_name, one.organization_id, one.name))


def all_bounced(db: Session) -> list[BouncedAddress]:
    """Every address that mail came back from, by name."""
    return list(db.scalars(select(BouncedAddress).order_by(BouncedAddress.email)))
