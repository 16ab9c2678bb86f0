"""Entries of the directory as the desk lists them, and the history of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Select, func, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column, selectinload

from grievance.rules.terms import NEVER_ASKED
from grievance.rules.text import folded
from grievance.store.base import Base, uuid_pk
from grievance.store.directory import Organization, Service, root


class EntryChange(Base):
    """One field of an entry before and after, as texts to read. Directory data is no case's.

    ``by_id`` and ``for_id`` (the member, and the organization she acted for) are no foreign keys:
    the history outlives them.
    """

    __tablename__ = "entry_changes"
    __table_args__ = (Index("ix_entry_changes_organization_id_at", "organization_id", "at"),)
    id: Mapped[uuid_pk]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organizations.id"))
    at: Mapped[datetime]
    actor: Mapped[str]  # terms.ActorKind
    by_id: Mapped[UUID | None]
    for_id: Mapped[UUID | None]
    service: Mapped[str | None]  # the name of the service that the field is one of
    field: Mapped[str]
    before: Mapped[list[str]]
    after: Mapped[list[str]]


_BY_NAME = (func.lower(Organization.name), Organization.id)


@dataclass(frozen=True)
class Listed:
    """One line of a list of entries; ``depth`` is how many bodies of the network stand above."""

    body: Organization
    depth: int
    below: str  # the name of the body above it


def changes_of(
    db: Session, organization_id: UUID, *, skip: int, most: int
) -> Sequence[EntryChange]:
    """The history of one entry, newest first, from a place on."""
    query = select(EntryChange).where(EntryChange.organization_id == organization_id)
    order = (EntryChange.at.desc(), EntryChange.service, EntryChange.field, EntryChange.id)
    return db.scalars(query.order_by(*order).offset(skip).limit(most)).all()


def entry(db: Session, organization_id: UUID) -> Organization | None:
    """One entry with its services and where they reach, whoever keeps it."""
    query = select(Organization).where(Organization.id == organization_id)
    whole = selectinload(Organization.services).selectinload(Service.areas)
    return db.scalar(query.options(whole))


def children(db: Session, organization_id: UUID, most: int) -> Sequence[Organization]:
    """The active entries right below one, by name."""
    query = select(Organization).where(
        Organization.parent_id == organization_id, Organization.active
    )
    return db.scalars(query.order_by(Organization.name, Organization.id).limit(most)).all()


def has_helpers_below(db: Session, organization_id: UUID) -> bool:
    """Whether an active entry that is no office and no agency hangs right below one."""
    query = select(Organization.id).where(
        Organization.parent_id == organization_id, Organization.active,
        Organization.kind.not_in(NEVER_ASKED),
    )  # fmt: skip
    return db.scalar(query.limit(1)) is not None


def bodies_above(db: Session, body: Organization) -> list[Organization]:
    """The bodies above one, nearest first."""
    above: list[Organization] = []
    seen = {body.id}
    while body.parent_id and body.parent_id not in seen:
        body = db.get_one(Organization, body.parent_id)
        seen.add(body.id)
        above.append(body)
    return above


def network_page(db: Session, *, skip: int, most: int) -> list[Listed]:
    """The network from its root down, each body before those below it, from a place on."""
    lines = list(_walk(db))[skip : skip + most]
    return _filled(db, lines)


def _walk(db: Session) -> Iterator[tuple[UUID, int]]:
    """Ids with depths. Nothing is walked twice, so no ring can hold it."""
    top = root(db)
    if top is None:
        return
    rows = db.execute(
        select(Organization.id, Organization.parent_id, Organization.name).where(
            Organization.active, Organization.parent_id.is_not(None)
        )
    )
    below: dict[UUID, list[tuple[str, UUID]]] = {}
    for one, parent, name in rows:
        if parent is not None and one != top.id:
            below.setdefault(parent, []).append((folded(name), one))
    waiting = [(top.id, 0)]
    while waiting:
        one, depth = waiting.pop()
        yield one, depth
        inner = sorted(below.pop(one, ()), reverse=True)
        waiting += [(child, depth + 1) for _, child in inner]


def apart_page(db: Session, *, skip: int, most: int) -> list[Listed]:
    """Active entries without a place in the network's tree, by name, from a place on."""
    query = select(Organization.id).where(Organization.active, Organization.id.not_in(_network()))
    ids = db.scalars(query.order_by(*_BY_NAME).offset(skip).limit(most)).all()
    return _filled(db, [(one, 0) for one in ids])


def found_page(db: Session, words: str, country: str, *, skip: int, most: int) -> list[Listed]:
    """Active entries by a part of a name or alias in any script, and by country, from a place on.

    Read through here and not asked of the database, so that both databases find alike.
    """
    query = select(Organization.id, Organization.name, Organization.names, Organization.aliases)
    query = query.where(Organization.active).order_by(*_BY_NAME)
    if country:
        query = query.where(Organization.country == country)
    wanted = folded(words)
    found: list[tuple[UUID, int]] = []
    for one, name, names, aliases in db.execute(query.execution_options(yield_per=500)):
        told = folded("\n".join([name, *names.values(), *aliases]))
        if wanted in told:
            found.append((one, 0))
            if len(found) == skip + most:
                break
    return _filled(db, found[skip:])


def countries_of_entries(db: Session) -> Sequence[str]:
    """The countries of active entries."""
    return db.scalars(select(Organization.country).where(Organization.active).distinct()).all()


def kept_by_people(db: Session) -> Iterator[Organization]:
    """Active entries that no file of another directory keeps, by slug, with their services."""
    whole = selectinload(Organization.services).selectinload(Service.areas)
    query = select(Organization).where(Organization.active, Organization.listed_from.is_(None))
    yield from db.scalars(
        query.options(whole).order_by(Organization.slug).execution_options(yield_per=200)
    )


def named_by_slug(db: Session, wanted: Sequence[str]) -> list[tuple[UUID, str]]:
    """Ids and names of the active entries of these short names, by name."""
    query = select(Organization.id, Organization.name).where(
        Organization.active, Organization.slug.in_(wanted)
    )
    return [(one, name) for one, name in db.execute(query.order_by(*_BY_NAME))]


def slugs(db: Session) -> dict[UUID, str]:
    """The short name of every organization, by id."""
    return {one: slug for one, slug in db.execute(select(Organization.id, Organization.slug))}


def called(db: Session, name: str) -> list[tuple[UUID, str]]:
    """Ids and slugs of the active entries of exactly this name or slug."""
    query = select(Organization.id, Organization.slug).where(
        Organization.active, (Organization.name == name) | (Organization.slug == name)
    )
    return [(one, slug) for one, slug in db.execute(query.order_by(Organization.slug))]


def _network() -> Select[UUID]:
    top = select(Organization.id).where(Organization.is_root)
    line = top.cte(recursive=True)
    other = aliased(Organization)
    below = select(other.id).join(line, other.parent_id == line.c.id)
    return select(line.union_all(below).c.id)


def _filled(db: Session, lines: Sequence[tuple[UUID, int]]) -> list[Listed]:
    rows = db.scalars(
        select(Organization)
        .where(Organization.id.in_([one for one, _ in lines]))
        .options(selectinload(Organization.services))
    )
    bodies = {one.id: one for one in rows}
    parents = {one.parent_id for one in bodies.values() if one.parent_id}
    names: dict[UUID, str] = {
        one: name
        for one, name in db.execute(
            select(Organization.id, Organization.name).where(Organization.id.in_(parents))
        )
    }
    return [
        Listed(bodies[one], depth, names.get(bodies[one].parent_id or one, ""))
        for one, depth in lines
    ]
