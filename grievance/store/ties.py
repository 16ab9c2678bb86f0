"""Who is tied to whom, from both sides, and bodies to choose one from by name."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.store.directory import Organization


@dataclass(frozen=True)
class Tie:
    """One end of a tie as a page shows it. ``reason``: terms.TieReason; None: the form named it."""

    id: UUID
    slug: str
    name: str
    reason: str | None


@dataclass(frozen=True)
class Found:
    """A body that a search found."""

    id: UUID
    slug: str
    name: str
    country: str


def ties_of(db: Session, body: Organization) -> list[Tie]:
    """The ties that an entry declares, by name."""
    rows = db.execute(
        select(Organization.id, Organization.slug, Organization.name)
        .where(Organization.slug.in_(body.tied_to))
        .order_by(Organization.name, Organization.id)
    )
    return [Tie(one, slug, name, body.tie_reasons.get(slug)) for one, slug, name in rows]


def ties_to(db: Session, slug: str) -> list[Tie]:
    """The ties that others declare to an entry, by name."""
    rows = db.execute(
        select(
            Organization.id, Organization.slug, Organization.name, Organization.tied_to,
            Organization.tie_reasons,
        )
        .where(Organization.listed_from.is_(None))
        .order_by(Organization.name, Organization.id)
    )  # fmt: skip
    return [
        Tie(one, own, name, why.get(slug)) for one, own, name, tied, why in rows if slug in tied
    ]


def bodies_named(db: Session, text: str, limit: int) -> Sequence[Found]:
    """Active bodies by id of the form, name or alias: those called exactly so, else those whose
    name holds the words."""
    rows = db.execute(
        select(
            Organization.id, Organization.slug, Organization.name, Organization.country,
            Organization.names, Organization.aliases,
        )
        .where(Organization.active)
        .order_by(Organization.name, Organization.id)
    )  # fmt: skip
    wanted = _folded(text)
    same: list[Found] = []
    holds: list[Found] = []
    for one, slug, name, country, names, aliases in rows:
        called = {_folded(word) for word in (slug, name, *names.values(), *aliases)}
        if wanted in called:
            same.append(Found(one, slug, name, country))
        elif len(holds) < limit and _holds(called, wanted):
            holds.append(Found(one, slug, name, country))
    return (same or holds)[:limit]


def _holds(called: Iterable[str], wanted: str) -> bool:
    return any(wanted in word for word in called)


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
