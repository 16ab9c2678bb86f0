"""The choices that worker pages offer: words of the closed lists, countries, languages."""

from enum import StrEnum
from typing import Any

from grievance.rules.languages import NATIVE_NAMES
from grievance.rules.terms import (
    AgeBand,
    Ask,
    Channel,
    Language,
    RespondentKind,
    Sector,
    Sex,
    When,
)
from grievance.web.labels import label
from grievance.web.locale import country_name, language, lazy

_USUAL = {
    Language.EN: "HK SG TW MY SA AE", Language.FIL: "HK SG SA AE TW JP",
    Language.ID: "HK TW MY SG SA MO", Language.ZH_HANT: "HK MO TW CN",
    Language.ZH_HANS: "HK MO TW CN SG", Language.TH: "TW HK KR IL JP", Language.VI: "TW JP KR MO",
    Language.NE: "MY QA AE SA HK JP", Language.SI: "SA KW AE QA HK", Language.TA: "SA AE SG MY HK",
    Language.HI: "AE SA SG HK KW", Language.BN: "MY SA AE QA SG", Language.MY: "TH MY SG JP KR",
    Language.UR: "SA AE QA OM HK", Language.AR: "SA AE KW JO LB", Language.KM: "TH MY KR JP",
    Language.ES: "US ES CA", Language.FR: "FR CA LB",
}  # fmt: skip
COUNTRIES_OF_WORK = (
    "HK", "MO", "TW", "SG", "MY", "BN", "TH", "JP", "KR", "CN", "AE", "BH", "KW", "OM", "QA",
    "SA", "JO", "LB", "CY", "IL", "TR", "IT", "ES", "FR", "GB", "DE", "GR", "CA", "US", "AU",
    "NZ", "PH", "ID", "NP", "BD", "LK", "IN", "PK", "VN", "MM", "KH",
)  # fmt: skip
ORIGINS = (
    "PH", "ID", "TH", "NP", "LK", "IN", "BD", "VN", "MM", "PK", "KH", "CN", "ET", "KE", "UG",
    "GH", "NG", "EG", "YE", "SD", "SY", "MG", "LA", "MN", "TL", "MX", "GT", "HN", "SV", "NI",
    "CO", "PE", "EC", "BO", "HT",
)  # fmt: skip


def words(kind: type[StrEnum]) -> list[tuple[str, Any]]:
    """Every word of a closed list with what a person reads."""
    return [(str(one), label(one)) for one in kind]


WHEN, ASKS, SECTORS = words(When), words(Ask), words(Sector)
AGES, SEXES, CHANNELS = words(AgeBand), words(Sex), words(Channel)
RESPONDENTS = words(RespondentKind)
YES_NO = [("yes", lazy("Yes")), ("no", lazy("No"))]


def usual_countries() -> list[tuple[str, str]]:
    """Where readers of this language mostly work."""
    return [(code, country_name(code)) for code in _USUAL[language()].split()]


def other_countries() -> list[tuple[str, str]]:
    """Every other country of work, by name."""
    usual = set(_USUAL[language()].split())
    rest = [(code, country_name(code)) for code in COUNTRIES_OF_WORK if code not in usual]
    return sorted(rest, key=lambda pair: pair[1])


def countries() -> list[tuple[str, str]]:
    """Every country of work."""
    return usual_countries() + other_countries()


def nationalities() -> list[tuple[str, str]]:
    """Countries workers come from, by name."""
    return sorted(((code, country_name(code)) for code in ORIGINS), key=lambda pair: pair[1])


def spoken() -> list[tuple[str, str]]:
    """Languages by their own names."""
    return [(str(tag), name) for tag, name in NATIVE_NAMES.items()]
