"""Compares names of organizations in every script, to find who a complaint is about.

The normal form (design.md 5): NFKC, case folded, traditional and simplified folded, look-alike
letters folded, legal forms and words such as "agency" off at both ends. Vowel signs stay, so that
Indic and Khmer words survive. If nothing distinctive remains there is no match; if unsure, the
caller counts it as a conflict.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import fuzz, process
from zhconv import convert

_KEPT: Final = {"L", "M", "N"}
_LOOK_ALIKE: Final = str.maketrans(
    "авеікмнорсстухѕјԁɡαβεηικμνορτυχ", "abeikmhopcctyxsjdgabenikmvoptyx"
)
_WORDS_OFF: Final = frozenset(
    {
        "ltd", "limited", "co", "company", "inc", "incorporated", "corp", "corporation", "llc",
        "llp", "plc", "pte", "pt", "cv", "tbk", "sdn", "bhd", "pvt", "private", "gmbh", "bv",
        "sa", "sarl", "srl", "the", "of", "and", "for", "agency", "agencies", "employment",
        "recruitment", "manpower", "services", "service", "placement", "center", "centre",
        "international", "overseas", "consultancy", "consultants", "group", "holdings",
        "enterprise", "enterprises", "trading", "ahensya", "agensi", "perusahaan", "jasa",
        "tenaga", "kerja", "penyalur", "yayasan", "kantor", "office",
    }
)  # fmt: skip
_CHINESE_OFF: Final = (
    "股份有限公司", "有限责任公司", "有限公司", "株式会社", "公司", "集团", "服务中心", "雇佣中心",
    "佣工中心", "中介公司", "代理公司", "介绍所", "雇佣", "佣工", "中介", "仲介", "代理", "服务处",
    "服务", "中心", "处",
)  # fmt: skip
_SHORTEST_CHINESE: Final = 2
_SHORTEST_FUZZY: Final = 5
SURE: Final = 94.0
UNSURE: Final = 82.0


@dataclass(frozen=True)
class Match:
    """Organizations a name means: surely, and perhaps."""

    sure: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Everything that must count as a conflict."""
        return self.sure | self.unsure


@dataclass(frozen=True)
class NameIndex:
    """The normal names of a directory, ready to be searched."""

    exact: Mapping[str, frozenset[str]]
    forms: tuple[str, ...]
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def build(cls, names: Iterable[tuple[str, str]]) -> "NameIndex":
        """From pairs of (organization id, name or alias)."""
        exact: dict[str, set[str]] = defaultdict(set)
        words: dict[str, set[str]] = defaultdict(set)
        for organization, name in names:
            form = normal_name(name)
            if form:
                exact[form].add(organization)
                for word in form.split():
                    words[word].add(form)
        return cls(
            {form: frozenset(ids) for form, ids in exact.items()},
            tuple(exact),
            {word: frozenset(forms) for word, forms in words.items()},
        )

    def match(self, typed: str) -> Match:
        """Which organizations a typed name means."""
        form = normal_name(typed)
        if not form:
            return Match()
        sure = set(self.exact.get(form, ()))
        unsure: set[str] = set()
        for other, likeness in self._alike(form):
            (sure if likeness >= SURE else unsure).update(self.exact[other])
        return Match(frozenset(sure), frozenset(unsure - sure))

    def _alike(self, form: str) -> list[tuple[str, float]]:
        found = [(other, UNSURE) for other in self._holding(form)]
        if len(form) < _SHORTEST_FUZZY:
            return found
        for scorer in (fuzz.ratio, fuzz.token_sort_ratio):
            near = process.extract(form, self.forms, scorer=scorer, score_cutoff=UNSURE, limit=20)
            found += [(other, score) for other, score, _ in near]
        return found

    def _holding(self, form: str) -> set[str]:
        """Forms that hold every word of the typed one, or whose every word it holds."""
        typed = set(form.split())
        near = {other for word in typed for other in self.words.get(word, ())}
        held = {other for other in near if _inside(typed, set(other.split()))}
        return held | {other for other in self.forms if _chinese_inside(form, other)}


def normal_name(name: str) -> str:
    """The normal form of a name; empty when nothing distinctive remains."""
    # NFKC comes first: compatibility ideographs are folded only in their ordinary form.
    folded = convert(unicodedata.normalize("NFKC", name[:400]), "zh-hans").casefold()
    latin = _without_accents(folded).translate(_LOOK_ALIKE)
    spaced = "".join(c if unicodedata.category(c)[0] in _KEPT else " " for c in latin)
    words = [_without_chinese_form(word) for word in spaced.split() if not _invisible(word)]
    return " ".join(_trim([word for word in words if word]))


def _invisible(word: str) -> bool:
    return all(c in "\u115f\u1160\u3164\uffa0" for c in word)


def _without_accents(text: str) -> str:
    """Latin letters without accents; other scripts keep their signs."""
    out: list[str] = []
    for sign in unicodedata.normalize("NFD", text):
        latin_mark = unicodedata.category(sign) == "Mn" and out and out[-1].isascii()
        if not latin_mark:
            out.append(sign)
    return unicodedata.normalize("NFC", "".join(out)).replace("đ", "d").replace("ı", "i")


def _trim(words: list[str]) -> list[str]:
    start, end = 0, len(words)
    while start < end and words[start] in _WORDS_OFF:
        start += 1
    while end > start and words[end - 1] in _WORDS_OFF:
        end -= 1
    return words[start:end]


def _without_chinese_form(word: str) -> str:
    for ending in _CHINESE_OFF:
        if word.endswith(ending):
            return _without_chinese_form(word.removesuffix(ending))
        if word.startswith(ending):
            return _without_chinese_form(word.removeprefix(ending))
    return word


def _inside(some: set[str], others: set[str]) -> bool:
    return some <= others or others <= some


def _chinese_inside(form: str, other: str) -> bool:
    """Chinese is written without blanks: one name inside the other may be the same body."""
    short, long = sorted((form, other), key=len)
    return len(short) >= _SHORTEST_CHINESE and not short.isascii() and short in long
