"""The reader's language: catalogs, the strings of code, names of countries, days.

A language is offered to workers when every worker string of its catalog is there
(decisions/0008). Catalogs are read from ``translations/<locale>/LC_MESSAGES/messages.po``.
"""

from datetime import date, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, get_day_names
from flask import g, has_request_context
from markupsafe import escape

from grievance.rules.languages import NATIVE_NAMES, direction
from grievance.rules.terms import Language
from grievance.web.catalogs import Catalog, catalog, reviewed_languages, tags_with_catalogs
from grievance.web.service import now, settings

_COUNTRIES = {
    "en": {
        "HK": "Hong Kong", "MO": "Macau", "TW": "Taiwan", "MM": "Myanmar", "PS": "Palestine",
        "CN": "China", "AE": "United Arab Emirates", "ZZ": "Several countries",
    },
    "fil": {"HK": "Hong Kong", "MO": "Macau", "TW": "Taiwan", "MM": "Myanmar", "ZZ": "Ilang bansa"},
    "id": {"HK": "Hong Kong", "MO": "Makau", "TW": "Taiwan", "MM": "Myanmar",
           "ZZ": "Beberapa negara"},
    "zh-Hant": {"HK": "香港", "MO": "澳門", "TW": "台灣", "MM": "緬甸", "ZZ": "多個國家或地區"},
}  # fmt: skip


class Lazy:
    """A sentence that is translated when somebody reads it."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __str__(self) -> str:
        return gettext(self.message)

    def __html__(self) -> str:

        return str(escape(str(self)))

    def __mod__(self, values: Any) -> str:
        return str(str(self) % values)


def language() -> Language:
    """The language of this request; English outside one."""
    if has_request_context():
        found: Language = g.get("language", Language.EN)
        return found
    return Language.EN


def gettext(message: str, **values: Any) -> str:
    """A sentence in the reader's language, its named values put in."""
    text = catalog(language()).gettext(message)
    return text % values if values else text


def ngettext(one: str, many: str, number: int, **values: Any) -> str:
    """A sentence whose form depends on a number."""
    return plain_ngettext(one, many, number) % ({"num": number} | values)


def plain_ngettext(one: str, many: str, number: int) -> str:
    """The same with its holes still open: templates fill them themselves."""
    return catalog(language()).ngettext(one, many, number)


_ = gettext


def lazy(message: str) -> Any:
    """A sentence for a form's label or another module-level place."""
    return Lazy(message)


def translations_for(tag: str) -> Catalog:
    """The catalog for a mail's reader; English where we have none."""
    return catalog(Language(tag) if tag in set(Language) else Language.EN)


@cache
def _complete() -> frozenset[Language]:
    return frozenset({Language.EN} | {t for t in tags_with_catalogs() if catalog(t).complete})


def offered() -> frozenset[Language]:
    """Languages whose worker strings are all there (and reviewed, where that is wanted)."""
    if settings().reviewed_languages_only:
        return frozenset({Language.EN} | (_complete() & reviewed_languages()))
    return _complete()


def is_reviewed(which: Language) -> bool:
    """Whether a named native speaker has reviewed a language; English is the source."""
    return which == Language.EN or which in reviewed_languages()


def picker() -> list[tuple[Language, str, str]]:
    """Offered languages by native name: tag, name, direction."""
    ours = sorted(offered(), key=lambda one: NATIVE_NAMES[one].casefold())
    return [(one, NATIVE_NAMES[one], direction(one)) for one in ours]


def locale() -> Locale:
    """Babel's locale of this request."""
    return _locale(language())


@cache
def _locale(which: Language) -> Locale:
    return Locale.parse(which.replace("-", "_"))


def country_name(code: str | None, which: Language | None = None) -> str:
    """A country's name as its people's friends say it, not as a standard does."""
    if not code:
        return ""
    tag = which or language()
    own = _COUNTRIES.get(tag, {}).get(code)
    return str(own or _locale(tag).territories.get(code) or _COUNTRIES["en"].get(code) or code)


def language_name(tag: str) -> str:
    """A language's name in the reader's language."""
    if tag in set(Language):
        plain = tag.replace("-", "_")
        return str(locale().languages.get(plain) or NATIVE_NAMES[Language(tag)])
    return str(locale().languages.get(tag, tag))


def day(moment: datetime | date) -> str:
    """A day in words, as the reader's language writes it, in the network's zone."""
    local = moment.astimezone(settings().zone) if isinstance(moment, datetime) else moment
    pattern = "d MMMM y" if language() == Language.EN else "long"
    return format_date(local, format=pattern, locale=locale())


def weekdays() -> list[str]:
    """The days of the week from Monday on, in the reader's language."""
    names = get_day_names("wide", locale=locale())
    return [str(names[n]) for n in range(7)]


def by_when(moment: datetime, zone: ZoneInfo) -> str:
    """A promised time as an organization's clock shows it: weekday, day, hour and minute."""
    local = moment.astimezone(zone)
    weekday = format_date(local, format="EEEE", locale=locale())
    return gettext("%(weekday)s, %(day)s, %(time)s", weekday=weekday, day=day(local.date()),
                   time=local.strftime("%H:%M"))  # fmt: skip


def iso_minute(moment: datetime) -> str:
    """A staff time: ``2026-11-25 10:30`` in the network's zone."""
    return moment.astimezone(settings().zone).strftime("%Y-%m-%d %H:%M")


def age(moment: datetime) -> str:
    """How long ago, short, for staff: ``40 min``, ``5 h``, ``3 d``."""
    minutes = max(0, int((now() - moment).total_seconds() // 60))
    if minutes < 60:
        return gettext("%(count)s min", count=minutes)
    if minutes < 48 * 60:
        return gettext("%(count)s h", count=minutes // 60)
    return gettext("%(count)s d", count=minutes // (24 * 60))
