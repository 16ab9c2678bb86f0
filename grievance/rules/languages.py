"""One function turns any tag into a language of ours; names and directions of the eighteen.

Used for addresses, headers, imports, routing and statistics alike (design.md 8).
"""

import re
from itertools import takewhile
from typing import Final

from babel import Locale, UnknownLocaleError

from grievance.rules.terms import Language

NATIVE_NAMES: Final[dict[Language, str]] = {
    Language.EN: "English",
    Language.FIL: "Filipino",
    Language.ID: "Bahasa Indonesia",
    Language.ZH_HANT: "繁體中文",
    Language.ZH_HANS: "简体中文",
    Language.TH: "ไทย",
    Language.VI: "Tiếng Việt",
    Language.NE: "नेपाली",
    Language.SI: "සිංහල",
    Language.TA: "தமிழ்",
    Language.HI: "हिन्दी",
    Language.BN: "বাংলা",
    Language.MY: "မြန်မာ",
    Language.UR: "اردو",
    Language.AR: "العربية",
    Language.KM: "ភាសាខ្មែរ",
    Language.ES: "Español",
    Language.FR: "Français",
}
RIGHT_TO_LEFT: Final = frozenset({Language.UR, Language.AR})
_ALIASES: Final = {"tl": "fil", "in": "id", "ceb": "fil", "ilo": "fil", "ms": "id"}
_TRADITIONAL: Final = {"HK", "MO", "TW"}
_CHINESE: Final = {"zh", "yue", "wuu", "hak", "nan", "cmn"}
_SCRIPTS: Final = {  # the rest of ours is written in Latin letters
    "th": "thai", "ne": "deva", "hi": "deva", "si": "sinh", "ta": "taml", "bn": "beng",
    "my": "mymr", "ur": "arab", "ar": "arab", "km": "khmr",
}  # fmt: skip
_TAG: Final = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*")
_LONGEST_TAG: Final = 40
_LONGEST_HEADER: Final = 1000


def direction(language: Language) -> str:
    """``rtl`` or ``ltr``."""
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def ours(tag: str) -> Language | None:
    """The language of ours that a tag means; None for one we do not have, or for no tag at all."""
    if len(tag) > _LONGEST_TAG or not _TAG.fullmatch(tag):
        return None
    first, *parts = _before_extensions(tag.lower())
    if first in _CHINESE:
        return _chinese(first, parts)
    plain = _ALIASES.get(first, first)
    if not _scripts(parts) <= {_SCRIPTS.get(plain, "latn")}:
        return None  # who asks for Hindi in Latin letters may not read the script
    try:
        found = Locale.parse(plain).language
    except (UnknownLocaleError, ValueError):
        return None
    return Language(found) if found in set(Language) else None


def _before_extensions(tag: str) -> list[str]:
    """The subtags that name language, script and region: up to one of a single letter."""
    parts = re.split("[-_]", tag)
    return list(takewhile(lambda part: len(part) > 1, parts))


def _scripts(parts: list[str]) -> set[str]:
    return {part for part in parts if len(part) == 4 and part.isalpha()}


def _chinese(first: str, parts: list[str]) -> Language | None:
    if not _scripts(parts) <= {"hans", "hant", "hani"}:
        return None
    if "hans" in parts:
        return Language.ZH_HANS
    if "hant" in parts or first in {"yue", "hak", "nan"}:
        return Language.ZH_HANT
    traditional = any(part.upper() in _TRADITIONAL for part in parts)
    return Language.ZH_HANT if traditional else Language.ZH_HANS


def suggested(header: str, offered: frozenset[Language], most: int = 3) -> list[Language]:
    """Languages an Accept-Language header asks for that we offer, best first; never raises."""
    wanted: list[tuple[float, int, Language]] = []
    for order, part in enumerate(header[:_LONGEST_HEADER].split(",")):
        tag, _, quality = part.strip().partition(";")
        language = ours(tag.strip())
        weight = _weight(quality)
        if language is not None and language in offered and weight > 0:
            wanted.append((-weight, order, language))
    return list(dict.fromkeys(language for _, _, language in sorted(wanted)))[:most]


def _weight(quality: str) -> float:
    found = re.fullmatch(r"\s*q\s*=\s*([01](\.\d{0,3})?)\s*", quality)
    if found:
        return float(found[1])
    return 0.001 if quality.strip() else 1.0
