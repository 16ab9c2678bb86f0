"""Reads catalogs into memory and checks them: complete for workers, placeholders unchanged."""

import io
import logging
import re
from functools import cache
from gettext import NullTranslations
from typing import Any

import yaml
from babel.messages import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from grievance.rules.terms import Language
from grievance.web.places import folder

# Where a string stands tells who reads it: these places are read by workers.
WORKER_PLACES = (
    "templates/intake/", "templates/mycase/", "templates/directory/", "templates/macros/",
    "templates/errors/", "templates/base.html", "grievance/intake/", "grievance/mycase/",
    "grievance/directory/", "grievance/web/", "grievance/store/seed/",
)  # fmt: skip
STAFF_PLACES = (  # in a worker's room, read by staff alone
    "grievance/web/trail_words.py", "grievance/directory/entry", "grievance/directory/service_",
    "grievance/directory/contacts.py", "grievance/directory/contact_forms.py",
    "grievance/directory/life", "grievance/directory/tie",
    "templates/directory/entry", "templates/directory/service", "templates/directory/_network",
    "templates/directory/_entry", "templates/directory/_contact_form", "templates/directory/_more",
    "templates/directory/contact", "templates/directory/life", "templates/directory/terms",
    "templates/directory/tie",
)  # fmt: skip
_HOLE = re.compile(r"%(?:\(\w*\))?.?", re.DOTALL)  # every %: a stray one ends a page with 500
log = logging.getLogger("grievance.locale")


class Catalog(NullTranslations):
    """One language's sentences; a missing one stands in English."""

    def __init__(self, inner: NullTranslations, *, complete: bool) -> None:
        super().__init__()
        self.inner = inner
        self.complete = complete

    def gettext(self, message: str) -> str:
        """The sentence in this language."""
        return self.inner.gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The sentence in the form that a number asks for."""
        return self.inner.ngettext(msgid1, msgid2, n)


@cache
def catalog(language: Language) -> Catalog:
    """The catalog of a language, read once."""
    path = folder("translations") / _locale_name(language) / "LC_MESSAGES" / "messages.po"
    if language == Language.EN or not path.is_file():
        return Catalog(NullTranslations(), complete=language == Language.EN)
    with path.open("rb") as file:
        po = read_po(file)
    complete = True
    for message in list(po):
        if message.id and not fits(message):
            log.error("%s: a placeholder differs in message %r", language, message.id)
            complete = complete and not is_workers(message)
            po.delete(message.id, message.context)
            continue
        complete = complete and not (is_workers(message) and not _translated(message))
    buffer = io.BytesIO()
    write_mo(buffer, po)
    buffer.seek(0)
    return Catalog(Translations(buffer), complete=complete)


def tags_with_catalogs() -> list[Language]:
    """Languages that have a catalog at all."""
    places = folder("translations")
    return [tag for tag in Language if (places / _locale_name(tag) / "LC_MESSAGES").is_dir()]


@cache
def reviewed_languages() -> frozenset[Language]:
    """Languages that a named native speaker has reviewed (translations/reviewed.yaml)."""
    path = folder("translations") / "reviewed.yaml"
    rows: Any = yaml.safe_load(path.read_text("utf-8")) if path.is_file() else {}
    return frozenset(Language(tag) for tag in (rows or {}))


def is_workers(message: Message) -> bool:
    """Whether workers read a message."""
    places = [str(place) for place, _ in message.locations]
    read = [place for place in places if not place.startswith(STAFF_PLACES)]
    return bool(message.id) and any(place.startswith(WORKER_PLACES) for place in read)


def _translated(message: Message) -> bool:
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    return all(strings) and not message.fuzzy


def fits(message: Message) -> bool:
    """Placeholders equal those of the source; a special plural form may leave its number out."""
    ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
    strings = message.string if isinstance(message.string, tuple) else (message.string,)
    wanted = {hole for one in ids for hole in _HOLE.findall(one)}
    *special, general = [set(_HOLE.findall(str(one))) for one in strings if one] or [wanted]
    return general == wanted and all(
        found <= wanted and len(wanted - found) <= 1 for found in special
    )


def _locale_name(language: Language) -> str:
    return language.replace("-", "_")
