"""Contacts of an organization: how each is written, who may read it, what a shelter may give."""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from grievance.rules.email import is_email
from grievance.rules.terms import ContactKind, OrganizationKind, ServiceNeed, Visibility

LONGEST: Final = 200  # letters of a value
MOST: Final = 12  # contacts of one entry
MOST_PUBLIC: Final = 4  # of them on the public page: twenty-five entries must load on a slow line
NUMBERS: Final = frozenset({ContactKind.PHONE, ContactKind.WHATSAPP, ContactKind.VIBER})
_CHAT: Final = frozenset({ContactKind.MESSENGER, ContactKind.LINE})
_NUMBER: Final = re.compile(r"\+[1-9][0-9 ]*")
_DIGITS: Final = range(7, 16)  # ITU-T E.164: fifteen at most


class ContactWrong(StrEnum):
    """Why a contact is not taken."""

    PHONE = "phone"
    EMAIL = "email"
    WEB = "web"
    NAME = "name"
    WORDS = "words"
    SHELTER_PLACE = "shelter_place"
    SHELTER_PUBLIC = "shelter_public"
    TOO_MANY_PUBLIC = "too_many_public"


def read_contact(kind: ContactKind, typed: str) -> str | ContactWrong:
    """The value as it is kept, or what is wrong with it."""
    text = unicodedata.normalize("NFKC", typed).strip()
    if kind in NUMBERS:
        return _number(text)
    if not text or len(text) > LONGEST or not text.isprintable():
        return ContactWrong.WORDS
    if kind == ContactKind.EMAIL:
        return text if is_email(text) else ContactWrong.EMAIL
    if kind == ContactKind.WEB:
        return text if _is_web(text) else ContactWrong.WEB
    if kind in _CHAT:
        plain = " " not in text and "://" not in text
        return text if plain or _is_web(text) else ContactWrong.NAME
    return text


def refused_for_shelter(
    kind: ContactKind, visibility: Visibility, *, shelter: bool, houses: bool
) -> ContactWrong | None:
    """Whoever gives a place to sleep (``houses``) gives no place here, whoever would read it; a
    ``shelter`` is reached in public by phone or chat alone: its pages and mails tell where it is.
    """
    if houses and kind == ContactKind.IN_PERSON:
        return ContactWrong.SHELTER_PLACE
    if shelter and visibility == Visibility.PUBLIC and kind not in NUMBERS | _CHAT:
        return ContactWrong.SHELTER_PUBLIC
    return None


def is_shelter(kind: str) -> bool:
    """Whether the whole body is a shelter."""
    return kind == OrganizationKind.SHELTER


def houses(kind: str, needs: Iterable[str]) -> bool:
    """Whether a body gives a place to sleep, in whole or by one service of many."""
    return is_shelter(kind) or ServiceNeed.SHE in set(needs)


def may_read(visibility: str, *, of_partner: bool, in_charge: bool) -> bool:
    """Whether a member reads a contact: of a partner's desk, or of its own or one above it."""
    if visibility == Visibility.COORDINATOR:
        return in_charge
    return in_charge or visibility == Visibility.PUBLIC or of_partner


def _number(text: str) -> str | ContactWrong:
    """Any script's digits; 00 for +; brackets, dots and dashes are blanks."""
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in text)
    plain = re.sub(r"^00", "+", plain)
    plain = " ".join(re.sub(r"[().\-\u2010-\u2015]", " ", plain).split())
    digits = plain.replace(" ", "")[1:]
    fits = _NUMBER.fullmatch(plain) and len(digits) in _DIGITS
    return plain if fits else ContactWrong.PHONE


def _is_web(text: str) -> bool:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        known = parts.port is None or parts.port > 0
    except ValueError:
        return False
    plain = " " not in text and "@" not in parts.netloc and "\\" not in text
    return known and plain and parts.scheme == "https" and _is_host(host)


def _is_host(host: str) -> bool:
    labels = host.split(".")
    return len(labels) > 1 and all(re.fullmatch(r"[\w-]{1,63}", one) for one in labels)
