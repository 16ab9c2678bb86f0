"""Respondents as one desk keeps them: sealed records, and what little of them stands readable.

What a record says lies sealed under the desk's own key, and so does which cases are about it. The
hashes are of companies, agencies and offices alone (design.md 4).
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    UniqueConstraint,
    delete,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from grievance.sealing import Sealed
from grievance.store.base import Base, uuid_pk
from grievance.store.cases import RespondentMark


class RespondentKey(Base):
    """The key of a desk's records, sealed to one version of its organization's key.

    A desk has one. Where its organization lost every key there is a next one, and what lies under
    the lost one stays closed. The version that it is sealed to cannot be deleted: without it the
    records would be lost.
    """

    __tablename__ = "respondent_keys"
    __table_args__ = (
        ForeignKeyConstraint(
            ["organization_id", "key_version"],
            ["organization_keys.organization_id", "organization_keys.version"],
            name="fk_respondent_keys_version_organization_keys",  # 63 letters at most
        ),
    )
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key_version: Mapped[int]
    sealed: Mapped[Sealed]
    made_at: Mapped[datetime]


class Respondent(Base):
    """One record. A merged one keeps all it had and points to the record that it is read with."""

    __tablename__ = "respondents"
    id: Mapped[uuid_pk]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    number: Mapped[int]  # of the key that opens it
    sealed: Mapped[Sealed]
    merged_into_id: Mapped[UUID | None] = mapped_column(ForeignKey("respondents.id"))
    made_at: Mapped[datetime]


class RespondentDigest(Base):
    """A keyed hash of a name or licence number of a record of a company, agency or office."""

    __tablename__ = "respondent_digests"
    respondent_id: Mapped[UUID] = mapped_column(ForeignKey("respondents.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True, index=True)


class RespondentLink(Base):
    """A case is about a record. Which case is sealed; ``tag`` finds it for who has the desk's key:
    readable, these rows would tell which cases one household has in common."""

    __tablename__ = "respondent_links"
    __table_args__ = (UniqueConstraint("respondent_id", "tag"),)
    id: Mapped[uuid_pk]
    respondent_id: Mapped[UUID] = mapped_column(ForeignKey("respondents.id"))
    number: Mapped[int]
    tag: Mapped[bytes] = mapped_column(index=True)
    sealed: Mapped[Sealed]


class DeskMark(Base):
    """A keyed hash that a desk's records add to a case, beside those of the worker's own words
    (``RespondentMark``); that desk alone takes it away again."""

    __tablename__ = "desk_marks"
    case_id: Mapped[UUID] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"), primary_key=True)
    digest: Mapped[bytes] = mapped_column(primary_key=True, index=True)


def register_keys(db: Session, organization_id: UUID) -> Sequence[RespondentKey]:
    """The keys of a desk's records as they are kept now, the oldest first."""
    return db.scalars(
        select(RespondentKey)
        .where(RespondentKey.organization_id == organization_id)
        .order_by(RespondentKey.number)
        .execution_options(populate_existing=True)
    ).all()


def register_keys_left(db: Session, organization_id: UUID, versions: Collection[int]) -> int:
    """How many keys of records are sealed to these versions of an organization's key."""
    query = select(func.count()).select_from(RespondentKey)
    theirs = RespondentKey.organization_id == organization_id
    return db.scalar(query.where(theirs, RespondentKey.key_version.in_(versions))) or 0


def respondents_of(db: Session, organization_id: UUID) -> Sequence[Respondent]:
    """Every record of a desk, merged ones too."""
    return db.scalars(
        select(Respondent)
        .where(Respondent.organization_id == organization_id)
        .order_by(Respondent.made_at, Respondent.id)
    ).all()


def lock_respondents(
    db: Session, organization_id: UUID, ids: Collection[UUID]
) -> dict[UUID, Respondent]:
    """These records of one desk as they are now, kept for this transaction; others wait."""
    query = select(Respondent).where(
        Respondent.id.in_(ids), Respondent.organization_id == organization_id
    )
    rows = db.scalars(
        query.order_by(Respondent.id).with_for_update().execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def links_of(db: Session, ids: Collection[UUID]) -> Sequence[RespondentLink]:
    """The links of these records."""
    return db.scalars(
        select(RespondentLink)
        .where(RespondentLink.respondent_id.in_(ids))
        .order_by(RespondentLink.respondent_id, RespondentLink.id)
    ).all()


def links_by_tag(
    db: Session, organization_id: UUID, tags: Collection[bytes]
) -> Sequence[RespondentLink]:
    """The links of one desk that have these tags."""
    return db.scalars(
        select(RespondentLink)
        .join(Respondent, Respondent.id == RespondentLink.respondent_id)
        .where(Respondent.organization_id == organization_id, RespondentLink.tag.in_(tags))
        .order_by(RespondentLink.id)
    ).all()


def drop_link(db: Session, link_id: UUID) -> None:
    """A case is not about this record after all."""
    db.execute(delete(RespondentLink).where(RespondentLink.id == link_id))


def digests_of(db: Session, ids: Collection[UUID]) -> frozenset[bytes]:
    """The hashes of these records."""
    query = select(RespondentDigest.digest).where(RespondentDigest.respondent_id.in_(ids))
    return frozenset(db.scalars(query))


def set_digests(db: Session, respondent_id: UUID, digests: Iterable[bytes]) -> None:
    """Exactly these hashes are the record's."""
    db.execute(delete(RespondentDigest).where(RespondentDigest.respondent_id == respondent_id))
    db.add_all(RespondentDigest(respondent_id=respondent_id, digest=one) for one in digests)
    db.flush()


def set_desk_marks(
    db: Session, case_id: UUID, organization_id: UUID, digests: Iterable[bytes]
) -> None:
    """Exactly these hashes does this desk add to a case."""
    theirs = (DeskMark.case_id == case_id, DeskMark.organization_id == organization_id)
    db.execute(delete(DeskMark).where(*theirs))
    db.add_all(
        DeskMark(case_id=case_id, organization_id=organization_id, digest=one) for one in digests
    )
    db.flush()


def marks_of(db: Session, case_id: UUID) -> frozenset[bytes]:
    """Every hash by which a case is found: of the worker's words and of desks' records."""
    hers = select(RespondentMark.digest).where(RespondentMark.case_id == case_id)
    desks = select(DeskMark.digest).where(DeskMark.case_id == case_id)
    return frozenset(db.scalars(hers)) | frozenset(db.scalars(desks))


def cases_marked(db: Session, digests: Collection[bytes]) -> frozenset[UUID]:
    """Every case that has one of these hashes."""
    hers = select(RespondentMark.case_id).where(RespondentMark.digest.in_(digests))
    desks = select(DeskMark.case_id).where(DeskMark.digest.in_(digests))
    return frozenset(db.scalars(hers)) | frozenset(db.scalars(desks))


def next_key_number(db: Session, organization_id: UUID) -> int:
    """The number of a desk's next key."""
    query = select(func.max(RespondentKey.number))
    last = db.scalar(query.where(RespondentKey.organization_id == organization_id))
    return 0 if last is None else last + 1


def family_of(db: Session, organization_id: UUID, ids: Collection[UUID]) -> Sequence[Respondent]:
    """These records of a desk with everything they are read with, up and down."""
    of_desk = Respondent.organization_id == organization_id
    named = db.scalars(select(Respondent).where(of_desk, Respondent.id.in_(ids)))
    found = {row.id: row for row in named}
    fresh = set(found)
    while fresh:
        above = {row.merged_into_id for one in fresh if (row := found[one]).merged_into_id}
        near = or_(Respondent.id.in_(above), Respondent.merged_into_id.in_(fresh))
        rows = db.scalars(select(Respondent).where(of_desk, near)).all()
        fresh = {row.id for row in rows} - set(found)
        found |= {row.id: row for row in rows}
    return sorted(found.values(), key=lambda row: (row.made_at, row.id))
