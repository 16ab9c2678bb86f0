"""What staff read for the words of an entry: kinds, places, fields, and what a field holds."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, Final

from babel import Locale

from grievance.rules.bodies import ALL, ANY
from grievance.rules.regions import REGIONS
from grievance.rules.terms import (
    AgeBand,
    AreaLevel,
    Language,
    OrganizationKind,
    Sector,
    ServiceNeed,
    Sex,
)
from grievance.rules.text import folded
from grievance.store.subdivisions import subdivision_name
from grievance.web.labels import label
from grievance.web.locale import country_name, gettext, language, language_name
from grievance.web.locale import lazy as _

KINDS: Final[dict[str, Any]] = {
    OrganizationKind.SECRETARIAT: _("Secretariat of the network"),
    OrganizationKind.ALLIANCE: _("Alliance"),
    OrganizationKind.NETWORK: _("Network"),
    OrganizationKind.MIGRANT_LED: _("Group led by migrants"),
    OrganizationKind.UNION: _("Union"),
    OrganizationKind.SERVICE_NGO: _("Organization that gives services"),
    OrganizationKind.SHELTER: _("Shelter"),
    OrganizationKind.FAITH_BASED: _("Faith-based organization"),
    OrganizationKind.CONSULATE: _("Consulate or embassy (never asked)"),
    OrganizationKind.GOVERNMENT: _("Government office (never asked)"),
    OrganizationKind.POLICE: _("Police or immigration (never asked)"),
    OrganizationKind.AGENCY: _("Recruitment agency (never asked)"),
    OrganizationKind.OTHER: _("Something else"),
}
_REGIONS: Final[dict[str, Any]] = {
    "east_asia": _("East Asia"),
    "south_east_asia": _("South-East Asia"),
    "south_asia": _("South Asia"),
    "gulf": _("The Gulf"),
    "middle_east": _("Middle East"),
    "africa": _("Africa"),
    "europe": _("Europe"),
    "north_america": _("North America"),
    "latin_america": _("Latin America"),
    "oceania": _("Oceania"),
}
_NAMED: Final = {"groups", "parent_id"}
_NONE: Final = {"EU", "EZ", "UN", "QO", "XA", "XB"}  # of CLDR's two letters, no countries
FIELDS: Final[dict[str, Any]] = {
    "added": _("New entry"),
    "name": _("Name"),
    "names": _("Name in other languages"),
    "aliases": _("Other names"),
    "description": _("What it does"),
    "kind": _("Kind"),
    "parent_id": _("Below"),
    "country": _("Country"),
    "website": _("Website"),
    "led_by_migrants": _("Led by migrants"),
    "origin_of": _("Stands for people from"),
    "sources": _("Sources"),
    "accept_at_once": _("Takes what fits without a press"),
    "notify_email": _("Address for notices"),
    "partner": _("Partner"),
    "active": _("In use"),
    "paused": _("Paused"),
    "capacity": _("Open cases it can hold"),
    "duty_rota": _("Awake at night"),
    "calendar": _("Hours"),
    "confirmed_on": _("Confirmed on"),
    "tied_to": _("Tied to"),
    "listed_from": _("Kept by the file"),
    "invited_on": _("Invited on"),
    "terms_on": _("Terms accepted on"),
    "paused_until": _("Paused until"),
    "closed_on": _("Closed on"),
    "needs": _("Helps with"),
    "groups": _("Problems"),
    "communities": _("People from"),
    "languages": _("Languages"),
    "sectors": _("Work"),
    "age_bands": _("Ages"),
    "sexes": _("For"),
    "areas": _("Where"),
    "free": _("Free"),
}


def region_words() -> list[tuple[str, str]]:
    """Each part of the world with its name."""
    return [(name, str(_REGIONS[name])) for name in REGIONS]


def said(field: str, texts: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """The texts of a field (``casework.directory.history``) in the reader's words. ``names``: of
    bodies and of problem groups, by id."""
    word = _WORDS.get(field, str)
    named = names if field in _NAMED else {}
    return [named.get(text) or word(text) for text in texts]


def area_words(text: str) -> str:
    """An area as the history writes it, in words."""
    level, _space, place = text.partition(" ")
    if level == AreaLevel.CITY:
        country, _space, city = place.partition(" ")
        return gettext("%(city)s, %(country)s", city=city, country=country_name(country))
    if level == AreaLevel.SUBDIVISION:
        name = subdivision_name(place) or place
        return gettext("%(city)s, %(country)s", city=name, country=country_name(place[:2]))
    if level == AreaLevel.COUNTRY:
        return country_name(place)
    return str(_REGIONS.get(place, place)) if place else gettext("The whole world")


def read_country(text: str) -> str | None:
    """The two letters of a country by these, or by its name in the reader's language or English."""
    return _countries(language()).get(folded(text))


def country_names() -> list[str]:
    """Countries in the reader's language, by name: what a field suggests."""
    codes = {code for code in _countries(language()).values() if code != "ZZ"}
    return sorted(country_name(code) for code in codes)


@cache
def _countries(which: Language) -> dict[str, str]:
    found: dict[str, str] = {}
    for tag in (Language.EN, which):
        names = _territories(tag)
        found |= {folded(name): code for code, name in names.items()}
        found |= {folded(country_name(code, tag)): code for code in names}
    return found | {code.casefold(): code for code in _territories(Language.EN)}


def _territories(tag: Language) -> dict[str, str]:
    """Countries and territories of CLDR, by their two letters."""
    names = Locale.parse(tag.replace("-", "_")).territories.items()
    return {c: str(n) for c, n in names if isinstance(c, str) and len(c) == 2 and c not in _NONE}


def _of(kind: type, all_word: str = "", everything: Any = "") -> Callable[[str], str]:
    def word(text: str) -> str:
        if all_word and text == all_word:
            return str(everything)
        return str(label(text, kind.__name__)) if text in set(kind) else text  # type: ignore[call-overload]

    return word


def _community(text: str) -> str:
    return gettext("everybody") if text == ANY else country_name(text)


def _by_language(text: str) -> str:
    tag, colon, words = text.partition(": ")
    return f"{language_name(tag)}: {words}" if colon else text


def _yes(text: str) -> str:
    return gettext("yes")


_WORDS: Final[dict[str, Callable[[str], str]]] = {
    "kind": lambda text: str(KINDS.get(text, text)),
    "country": country_name,
    "origin_of": country_name,
    "communities": _community,
    "languages": language_name,
    "needs": _of(ServiceNeed),
    "sectors": _of(Sector, ALL, _("every kind of work")),
    "age_bands": _of(AgeBand),
    "sexes": _of(Sex),
    "areas": area_words,
    "names": _by_language,
    "description": _by_language,
} | dict.fromkeys(
    ("led_by_migrants", "accept_at_once", "partner", "active", "paused", "duty_rota", "free",
     "notify_email"),
    _yes,
)  # fmt: skip
