"""What a worker reads of how to reach an organization by herself, and how far to trust it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy.orm import Session

from grievance.casework.directory.contacts import public_contacts
from grievance.casework.hsds.reaching import Number, Reach, reach_of
from grievance.rules.contacts import is_shelter
from grievance.rules.terms import ContactKind
from grievance.store.contacts import OrganizationContact
from grievance.store.directory import Organization
from grievance.store.listings import listed_page
from grievance.web import hours_words
from grievance.web.contact_words import KINDS
from grievance.web.hours_words import Hours
from grievance.web.locale import language, language_name
from grievance.web.service import today


@dataclass(frozen=True)
class Contact:
    """One way to reach it; ``call`` is the number for a phone's own keys."""

    kind: Any
    value: str
    call: str | None
    languages: list[str]
    hours: str | None = None


@dataclass(frozen=True)
class Ways:
    """How an organization is reached, and of a listing who says so and when it was last right."""

    page: str | None
    contacts: list[Contact]
    hours: list[Hours]
    says: str = ""  # of its hours, in words of its own
    listing: bool = False
    confirmed: date | None = None
    source: str = ""
    taken: date | None = None  # from a file: since when it is here so

    @property
    def empty(self) -> bool:
        """Whether no way is known."""
        return not (self.page or self.contacts or self.hours or self.says)


def ways(row: Organization, reach: Reach | None) -> Ways:
    """What anybody may read of this body; ``reach``: what a file adds, where one told of it."""
    of_file = _of_file(row, reach) if reach else Ways(None, [], [])
    own = hours_words.of_calendar(row.calendar)
    contacts = [_contact(one) for one in sorted(public_contacts(row), key=_in_other_words)]
    seen = reach.confirmed_on if reach else None
    return Ways(
        page=(None if is_shelter(row.kind) else row.website) or of_file.page,
        contacts=contacts + of_file.contacts,
        hours=[own] if own else of_file.hours,
        says=of_file.says,
        listing=not row.partner,
        confirmed=max(filter(None, (row.confirmed_on, seen)), default=None),
        source=reach.source if reach else "" if row.partner else _first_host(row),
        taken=reach.taken_on if reach else None,
    )


def ways_of(db: Session, listings: Collection[UUID]) -> dict[UUID, Ways]:
    """How these bodies are reached, those that stand on the public page and of whom it is known."""
    rows = listed_page(db, only=listings, most=len(listings))
    reach = reach_of(db, rows, today())
    found = {row.id: ways(row, reach.get(row.id)) for row in rows}
    return {one: told for one, told in found.items() if not told.empty}


def _of_file(row: Organization, reach: Reach) -> Ways:
    hours = [hours_words.of_week(week, row.country, name) for name, week in reach.weeks]
    return Ways(reach.page, [_number(one) for one in reach.numbers], hours, says=reach.says)


def _first_host(row: Organization) -> str:
    """Where people read of it first."""
    told = next((str(one.get("url", "")) for one in row.sources), "")
    try:
        return (urlsplit(told).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _in_other_words(one: OrganizationContact) -> bool:
    """Whether nobody there speaks the reader's language: such a line comes after hers."""
    return language() not in one.languages


def _contact(one: OrganizationContact) -> Contact:
    plain = one.value.replace(" ", "") if one.kind == ContactKind.PHONE else None
    spoken = [language_name(tag) for tag in one.languages]
    return Contact(KINDS[ContactKind(one.kind)], one.value, plain, spoken, one.hours)


def _number(one: Number) -> Contact:
    spoken = [language_name(tag) for tag in one.languages]
    return Contact(KINDS[ContactKind.PHONE], one.value, one.dialled, spoken)
