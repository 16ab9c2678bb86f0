"""Who stands on the public page, for workers who look by themselves, and who is a partner."""

from collections.abc import Collection, Iterator, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from grievance.rules.terms import NEVER_ASKED
from grievance.store.directory import NOWHERE, Organization, Service


def listed_countries(db: Session) -> Sequence[str]:
    """Countries that have an organization on the public page."""
    return db.scalars(select(Organization.country).where(is_listed()).distinct()).all()


def listed_in(
    db: Session, country: str, *, skip: int = 0, most: int | None = None
) -> Sequence[Organization]:
    """Organizations of a country for the public page, from a place on: partners first, then those
    that people list, then those of files; official bodies never."""
    return db.scalars(
        select(Organization)
        .where(Organization.country == country, is_listed())
        .options(selectinload(Organization.services), selectinload(Organization.contacts))
        .order_by(
            Organization.partner.desc(), Organization.listed_from.is_not(None), Organization.name,
            Organization.id,
        )
        .offset(skip)
        .limit(most)
    ).all()  # fmt: skip


def is_listed() -> ColumnElement[bool]:
    """Consulates, offices, police and agencies are not offered as help; of what is nowhere, nobody
    can say whom it helps."""
    return and_(
        Organization.active, Organization.kind.not_in(NEVER_ASKED), Organization.country != NOWHERE
    )


def partners(db: Session) -> Sequence[Organization]:
    """Every active partner, by country and name."""
    return db.scalars(
        select(Organization)
        .where(Organization.partner, Organization.active)
        .options(selectinload(Organization.services))
        .order_by(Organization.country, Organization.name)
    ).all()


def listed(db: Session, organization_id: UUID) -> Organization | None:
    """One organization of the public page."""
    query = select(Organization).where(Organization.id == organization_id, is_listed())
    return db.scalar(query.options(selectinload(Organization.services)))


def listed_page(
    db: Session, *, only: Collection[UUID] | None = None, skip: int = 0, most: int
) -> Sequence[Organization]:
    """Organizations of the public page by id, from a place on (``only``: of these)."""
    query = select(Organization).where(is_listed())
    query = query if only is None else query.where(Organization.id.in_(only))
    query = query.options(selectinload(Organization.services), selectinload(Organization.contacts))
    return db.scalars(query.order_by(Organization.id).offset(skip).limit(most)).all()


def count_listed(db: Session) -> int:
    """How many organizations the public page shows in all."""
    return db.scalar(select(func.count()).select_from(Organization).where(is_listed())) or 0


def listed_service(db: Session, service_id: UUID) -> Service | None:
    """One service of an organization of the public page."""
    return db.scalar(_listed_services().where(Service.id == service_id))


def listed_services_page(
    db: Session, *, only: Collection[UUID] | None = None, skip: int = 0, most: int
) -> Sequence[Service]:
    """Services of organizations of the public page by id, from a place on."""
    query = _listed_services()
    query = query if only is None else query.where(Service.id.in_(only))
    return db.scalars(query.order_by(Service.id).offset(skip).limit(most)).all()


def count_listed_services(db: Session) -> int:
    """How many services organizations of the public page give."""
    query = select(func.count()).select_from(Service).join(Service.organization)
    return db.scalar(query.where(Service.active, is_listed())) or 0


def words_of_listed(db: Session) -> Iterator[tuple[UUID, str]]:
    """Each listed organization's names and description, to be searched alike on both databases."""
    rows = db.execute(
        select(
            Organization.id, Organization.name, Organization.names, Organization.aliases,
            Organization.description,
        ).where(is_listed()).order_by(Organization.id)
    )  # fmt: skip
    for uid, name, names, aliases, says in rows:
        yield uid, " ".join([name, *names.values(), *aliases, *says.values()])


def facts_of_listed_services(db: Session) -> Iterator[tuple[UUID, UUID, str, list[str]]]:
    """Each listed service's id, organization, words and needs."""
    rows = db.execute(
        select(Service.id, Service.organization_id, Service.name, Service.names, Service.needs)
        .join(Service.organization)
        .where(Service.active, is_listed())
        .order_by(Service.id)
    )
    for uid, body, name, names, needs in rows:
        yield uid, body, " ".join([name, *names.values()]), needs


def _listed_services() -> Select[Service]:
    query = select(Service).join(Service.organization).where(Service.active, is_listed())
    return query.options(contains_eager(Service.organization))
