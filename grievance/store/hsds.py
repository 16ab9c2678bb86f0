"""Rows of HSDS files as they came, by source, table and id; and what each points to.

Our own tables model organizations and services. Everything else of a file (phones, contacts,
schedules, locations, terms …) is kept here, without loss, and comes out again on export.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Index, UniqueConstraint, and_, delete, exists, func, select
from sqlalchemy.orm import Mapped, Session, aliased, joinedload, mapped_column, selectinload

from grievance.store.base import Base, Json
from grievance.store.contacts import OrganizationContact
from grievance.store.directory import Organization, Service
from grievance.store.listings import is_listed

_AT_ONCE = 500  # ids in one query
_AS_NUMBER = attrgetter("int")  # UUIDs compare each other in Python, which takes its time


class HsdsRecord(Base):
    """One row of a file. ``record_id`` is what the source calls it, ``uid`` what we call it."""

    __tablename__ = "hsds_records"
    __table_args__ = (UniqueConstraint("source", "of_table", "record_id"),)
    of_table: Mapped[str] = mapped_column(primary_key=True)  # its table in HSDS 3.1
    uid: Mapped[UUID] = mapped_column(primary_key=True)
    source: Mapped[str]
    record_id: Mapped[str]
    content: Mapped[dict[str, Any]] = mapped_column(Json)  # text and numbers by field
    taken_at: Mapped[datetime]  # when it came or last changed
    missing_since: Mapped[datetime | None]  # a newer file of its source does not have it


class HsdsLink(Base):
    """One key of a record, so that what lies below an organization is found without reading all."""

    __tablename__ = "hsds_links"
    __table_args__ = (Index("ix_hsds_links_target_target_table", "target", "target_table"),)
    of_table: Mapped[str] = mapped_column(primary_key=True)
    uid: Mapped[UUID] = mapped_column(primary_key=True)
    target_table: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[UUID] = mapped_column(primary_key=True)


def records_of(db: Session, table: str, uids: Collection[UUID]) -> dict[UUID, HsdsRecord]:
    """Records of one table by their ids."""
    rows = (
        one
        for some in _some(uids)
        for one in db.scalars(
            select(HsdsRecord).where(HsdsRecord.of_table == table, HsdsRecord.uid.in_(some))
        )
    )
    return {one.uid: one for one in rows}


def contents_of(
    db: Session, table: str, uids: Collection[UUID]
) -> dict[UUID, tuple[str, dict[str, Any], bool]]:
    """Of each record: its source, its content, and whether its source lacks it now."""
    rows = (
        one
        for some in _some(uids)
        for one in db.execute(
            select(
                HsdsRecord.uid, HsdsRecord.source, HsdsRecord.content, HsdsRecord.missing_since
            ).where(HsdsRecord.of_table == table, HsdsRecord.uid.in_(some))
        )
    )
    return {uid: (source, content, since is not None) for uid, source, content, since in rows}


def marked(db: Session, tables: Collection[str]) -> Iterator[tuple[str, UUID, str]]:
    """Records of these tables that say who may see them: table, id and what they say."""
    says = HsdsRecord.content["visibility"].as_string()
    query = select(HsdsRecord.of_table, HsdsRecord.uid, says).where(
        HsdsRecord.of_table.in_(tables), says.is_not(None)
    )
    rows = db.execute(query.execution_options(yield_per=_AT_ONCE))
    return ((table, uid, word) for table, uid, word in rows)


def own_bodies(db: Session) -> frozenset[UUID]:
    """Organizations, services and contacts that this directory keeps without any file."""
    found: set[UUID] = set()
    for model, table in ((Organization, "organization"), (Service, "service")):
        from_file = exists().where(HsdsRecord.of_table == table, HsdsRecord.uid == model.id)
        found |= set(db.scalars(select(model.id).where(~from_file)))
    return frozenset(found | set(db.scalars(select(OrganizationContact.id))))


def known_targets(db: Session, targets: Collection[tuple[str, UUID]]) -> set[tuple[str, UUID]]:
    """Which of these rows there are."""
    found: set[tuple[str, UUID]] = set()
    for some in _some({uid for _, uid in targets}):
        rows = db.execute(
            select(HsdsRecord.of_table, HsdsRecord.uid).where(HsdsRecord.uid.in_(some))
        )
        found |= {(table, uid) for table, uid in rows}
    return found & set(targets)


def present(table: str, source: str | None = None) -> ColumnElement[bool]:
    """Records of a table that their source still has."""
    condition = and_(HsdsRecord.of_table == table, HsdsRecord.missing_since.is_(None))
    return condition if source is None else and_(condition, HsdsRecord.source == source)


def pages_of(
    db: Session, condition: ColumnElement[bool], *, size: int = _AT_ONCE
) -> Iterator[Sequence[HsdsRecord]]:
    """Records by id, some at a time; each page is let go before the next is read."""
    last: UUID | None = None
    while True:
        query = select(HsdsRecord).where(condition)
        query = query if last is None else query.where(HsdsRecord.uid > last)
        rows = db.scalars(query.order_by(HsdsRecord.uid).limit(size)).all()
        if not rows:
            return
        yield rows
        last = rows[-1].uid
        db.expunge_all()


def ids_of(db: Session, condition: ColumnElement[bool]) -> Iterator[list[UUID]]:
    """The ids of records in their order, some at a time."""
    last: UUID | None = None
    while True:
        query = select(HsdsRecord.uid).where(condition)
        query = query if last is None else query.where(HsdsRecord.uid > last)
        found = list(db.scalars(query.order_by(HsdsRecord.uid).limit(_AT_ONCE)))
        if not found:
            return
        yield found
        last = found[-1]


def children_of(
    db: Session, parents: Collection[tuple[str, UUID]]
) -> dict[tuple[str, UUID], set[tuple[str, UUID]]]:
    """Which rows point to each of these."""
    found: dict[tuple[str, UUID], set[tuple[str, UUID]]] = {}
    for some in _some({uid for _, uid in parents}):
        rows = db.execute(
            select(HsdsLink.target_table, HsdsLink.target, HsdsLink.of_table, HsdsLink.uid).where(
                HsdsLink.target.in_(some)
            )
        )
        for parent, target, table, uid in rows:
            found.setdefault((parent, target), set()).add((table, uid))
    return found


def loose(table: str, parents: Collection[str], holders: Collection[str]) -> ColumnElement[bool]:
    """Records that lie in nothing: no row that would list or hold them is there."""
    link, above = aliased(HsdsLink), aliased(HsdsRecord)
    listed = exists().where(
        link.of_table == HsdsRecord.of_table, link.uid == HsdsRecord.uid,
        link.target_table.in_(parents), above.of_table == link.target_table,
        above.uid == link.target, above.missing_since.is_(None),
    )  # fmt: skip
    held = exists().where(
        link.target_table == HsdsRecord.of_table, link.target == HsdsRecord.uid,
        link.of_table.in_(holders), above.of_table == link.of_table,
        above.uid == link.uid, above.missing_since.is_(None),
    )  # fmt: skip
    return and_(present(table), ~listed, ~held)


def count(db: Session, condition: ColumnElement[bool]) -> int:
    """How many records meet a condition."""
    return db.scalar(select(func.count()).select_from(HsdsRecord).where(condition)) or 0


def own_listings() -> ColumnElement[bool]:
    """Organizations of the public page that came by no file: what an export adds."""
    from_file = exists().where(
        HsdsRecord.of_table == "organization", HsdsRecord.uid == Organization.id
    )
    return and_(is_listed(), ~from_file)


def listings_page(
    db: Session, condition: ColumnElement[bool], last: UUID | None, size: int
) -> Sequence[Organization]:
    """Organizations by id with their services and contacts, from a place on."""
    query = select(Organization).where(condition)
    query = query if last is None else query.where(Organization.id > last)
    lists = (selectinload(Organization.services), selectinload(Organization.contacts))
    return db.scalars(query.options(*lists).order_by(Organization.id).limit(size)).all()


def shelters(db: Session) -> tuple[set[UUID], dict[UUID, UUID]]:
    """Organizations that are shelters; services that give shelter, with their organizations."""
    bodies = set(db.scalars(select(Organization.id).where(Organization.kind == "shelter")))
    rows = db.execute(select(Service.id, Service.organization_id, Service.needs))
    return bodies, {uid: body for uid, body, needs in rows if "SHE" in needs}


def services_by_id(db: Session, uids: Collection[UUID]) -> dict[UUID, Service]:
    """Services by id, with their organizations."""
    rows = (
        one
        for some in _some(uids)
        for one in db.scalars(
            select(Service).where(Service.id.in_(some)).options(joinedload(Service.organization))
        )
    )
    return {one.id: one for one in rows}


def forget(db: Session, rows: Collection[tuple[str, UUID]]) -> None:
    """Delete these rows and what they point to."""
    for table, uid in rows:
        for model in (HsdsRecord, HsdsLink):
            db.execute(delete(model).where(model.of_table == table, model.uid == uid))


def of_source(db: Session, source: str, uids: Collection[UUID]) -> dict[UUID, Organization]:
    """Listings that this source keeps, by id."""
    query = select(Organization).where(Organization.listed_from == source)
    rows = (
        one for some in _some(uids) for one in db.scalars(query.where(Organization.id.in_(some)))
    )
    return {one.id: one for one in rows}


def parents_of_source(db: Session, source: str, uids: Collection[UUID]) -> dict[UUID, UUID | None]:
    """What the listings that this source keeps hang on, by id."""
    query = select(Organization.id, Organization.parent_id).where(
        Organization.listed_from == source
    )
    rows = (
        one for some in _some(uids) for one in db.execute(query.where(Organization.id.in_(some)))
    )
    return {uid: parent for uid, parent in rows}


def _some(uids: Collection[UUID]) -> Iterator[list[UUID]]:
    ordered = sorted(set(uids), key=_AS_NUMBER)
    for start in range(0, len(ordered), _AT_ONCE):
        yield ordered[start : start + _AT_ONCE]
