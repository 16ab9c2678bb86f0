"""Public contacts of our own listings, as rows of HSDS. A place in words is no row: the standard
has none for it, and nobody should take it for an address."""

from collections.abc import Iterator
from typing import Final

from babel import Locale

from grievance.casework.directory.contacts import public_contacts
from grievance.casework.hsds.gathering import Key
from grievance.rules.contacts import NUMBERS
from grievance.rules.hsds.rows import Values, made_id
from grievance.rules.terms import ContactKind
from grievance.store.contacts import OrganizationContact
from grievance.store.directory import Organization

_NAMES: Final = {
    ContactKind.WHATSAPP: "WhatsApp",
    ContactKind.VIBER: "Viber",
    ContactKind.MESSENGER: "Messenger",
    ContactKind.LINE: "LINE",
}


def contact_rows(body: Organization) -> Iterator[tuple[Key, Values]]:
    """Numbers with the languages spoken there, e-mail addresses, pages and chat names."""
    for one in public_contacts(body):
        kind = ContactKind(one.kind)
        if kind in NUMBERS:
            yield ("phone", one.id), _phone(one, kind)
            yield from _languages(one)
        elif kind == ContactKind.WEB or one.value.startswith("https://"):
            yield ("url", one.id), _of(one, url=one.value, label=_NAMES.get(kind, ""))
        elif kind == ContactKind.EMAIL:
            yield ("contact", one.id), _of(one, email=one.value)
        elif kind != ContactKind.IN_PERSON:
            yield ("contact", one.id), _of(one, name=f"{_NAMES[kind]}: {one.value}")


def _phone(one: OrganizationContact, kind: ContactKind) -> Values:
    words = "; ".join(filter(None, (_NAMES.get(kind), one.hours)))
    spoken = "voice" if kind == ContactKind.PHONE else "text"
    return _of(one, number=one.value, type=spoken, description=words)


def _languages(one: OrganizationContact) -> Iterator[tuple[Key, Values]]:
    names = Locale("en").languages
    for tag in one.languages:
        values: Values = {"phone_id": str(one.id), "code": tag}
        if name := names.get(tag.replace("-", "_")):
            values["name"] = name
        yield ("language", made_id("grievance", "language", str(one.id), tag)), values


def _of(one: OrganizationContact, **values: str) -> Values:
    filled = {name: value for name, value in values.items() if value}
    return {"organization_id": str(one.organization_id), **filled}
