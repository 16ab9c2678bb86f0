"""Ways to reach an organization, each with who may read it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from grievance.store.base import Base, uuid_pk


class OrganizationContact(Base):
    """One number, address or name. Never where a shelter is (``rules.contacts``)."""

    __tablename__ = "organization_contacts"
    id: Mapped[uuid_pk]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    kind: Mapped[str]  # terms.ContactKind
    value: Mapped[str]
    languages: Mapped[list[str]] = mapped_column(default=list)
    hours: Mapped[str | None]  # in words
    visibility: Mapped[str]  # terms.Visibility
    made_at: Mapped[datetime]


def contacts_of(db: Session, organization_id: UUID) -> Sequence[OrganizationContact]:
    """Every contact of one entry, the oldest first; who may read which, the caller asks."""
    return db.scalars(
        select(OrganizationContact)
        .where(OrganizationContact.organization_id == organization_id)
        .order_by(OrganizationContact.made_at, OrganizationContact.id)
        .execution_options(populate_existing=True)
    ).all()


def contact_of(db: Session, organization_id: UUID, contact_id: UUID) -> OrganizationContact | None:
    """One contact of this entry; another entry's is as if it did not exist."""
    found = db.get(OrganizationContact, contact_id, populate_existing=True)
    return found if found is not None and found.organization_id == organization_id else None
