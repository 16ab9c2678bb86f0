"""The normal form of an organization's name, in every script (design.md 5).

NFKC, signs that show nothing dropped, case folded, traditional and simplified folded, look-alike
letters folded, dotted initials joined, legal forms and words such as "agency" off at both ends.
Vowel signs stay, so that Indic and Khmer words survive; Arabic ones fall, because few people
write them. The keyed hashes of names in the database are made from this form.
"""

import re
import unicodedata
from itertools import groupby
from typing import Final

from zhconv import convert

from grievance.rules.text import shows_nothing

_LONGEST: Final = 400
_KEPT: Final = {"L", "M", "N"}
_ARABIC_SIGNS: Final = re.compile("[\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06ed]")
# Greek letters fold as their capitals look, so that one word stays one word in either case.
_LETTERS: Final = str.maketrans(
    "авеікмнорстухѕјԁɡһԛԝαβεζηικμνορτυχىیکٱةہھłøđı",
    "abeikmhopctyxsjdghqwabezhikmnoptyxييكاهههlodi",
)
_WORDS_OFF: Final = frozenset(
    {
        "ltd", "limited", "co", "company", "inc", "incorporated", "corp", "corporation", "llc",
        "llp", "plc", "pte", "pt", "pty", "cv", "tbk", "sdn", "bhd", "pvt", "private", "gmbh",
        "ag", "kg", "bv", "nv", "sa", "sarl", "sas", "srl", "spa", "ltda", "sp", "spzoo", "kk",
        "the", "of", "and", "for", "agency", "agencies", "employment", "recruitment", "manpower",
        "services", "service", "placement", "center", "centre", "international", "intl", "overseas",
        "consultancy", "consultants", "group", "holdings", "enterprise", "enterprises", "trading",
        "ahensya", "agensi", "perusahaan", "jasa", "tenaga", "kerja", "penyalur", "yayasan",
        "kantor", "office",
        "cong", "ty", "tnhh", "mtv", "phan",
        "ooo", "oao", "зao", "ao", "ип",
        "شركه", "موسسه", "مكتب", "وكاله", "استقدام", "الاستقدام", "المحدوده", "ذمم", "شمم", "شذمم",
        "كمپني", "لميٹڈ", "پراييويٹ",
        "लिमिटेड", "प्राइवेट", "कम्पनी", "कंपनी", "लि", "प्रा", "লিমিটেড", "কোম্পানি",
        "株", "有", "주", "유",
    }
)  # fmt: skip
# Off at both ends of a word, because these scripts put no blank between.
_ENDINGS_OFF: Final = tuple(
    unicodedata.normalize("NFKC", ending)  # Thai has a vowel sign that it takes apart
    for ending in (
        "股份有限公司", "有限责任公司", "有限公司", "株式会社", "有限会社", "合同会社",
        "公益社団法人", "公益财団法人", "一般社団法人", "一般财団法人", "公司", "集团",
        "服务中心", "雇佣中心",
        "佣工中心", "中介公司", "代理公司", "介绍所", "人力资源", "人力仲介", "雇佣", "佣工",
        "中介", "仲介", "代理", "服务处", "服务", "中心", "处",
        "주식회사", "유한회사", "บริษัท", "ห้างหุ้นส่วน", "จำกัด", "มหาชน", "ကုမ္ပဏီ", "လီမိတက်",
        "ក្រុមហ៊ុន",
    )
)  # fmt: skip
_DOTTED: Final = re.compile(r"\b\w(\.\w)+\b")
_POLISH_LTD: Final = re.compile(r"\bsp\W+z\W*oo\b")


def normal_name(name: str) -> str:
    """The normal form of a name; empty when nothing but legal forms and the like remains."""
    words, before = _words(name), [""]
    while words != before:  # what is taken off may leave initials, or another form, at an end
        before = words
        bare = [_without_endings(word) for word in words]
        words = _joined(_trimmed([word for word in bare if word]))
    return unicodedata.normalize("NFC", " ".join(words))


def spelled_out(name: str) -> str:
    """A name in folded letters with all its words, legal forms and the like too."""
    return " ".join(_words(name))


def _words(name: str) -> list[str]:
    joined = _DOTTED.sub(lambda found: found[0].replace(".", ""), _folded(name[:_LONGEST]))
    folded = _POLISH_LTD.sub("spzoo", joined)
    spaced = "".join(c if unicodedata.category(c)[0] in _KEPT else " " for c in folded)
    return [word for word in spaced.split() if not _only_marks(word)]


def _only_marks(word: str) -> bool:
    return all(unicodedata.category(sign)[0] == "M" for sign in word)


def _folded(name: str) -> str:
    # NFKC comes first: compatibility ideographs are folded only in their ordinary form.
    seen = "".join(c for c in unicodedata.normalize("NFKC", name) if not _dropped(c))
    letters = unicodedata.normalize("NFD", convert(seen, "zh-hans").casefold())
    letters = _ARABIC_SIGNS.sub("", letters).translate(_LETTERS)
    return unicodedata.normalize("NFC", _without_accents(letters))


def _dropped(sign: str) -> bool:
    """A sign inside a word that shows nothing: joiners, soft hyphens, fillers; no blank."""
    return unicodedata.category(sign) in {"Cf", "Lo", "Mn"} and shows_nothing(sign)


def _without_accents(text: str) -> str:
    """Latin letters without accents; other scripts keep their signs."""
    out: list[str] = []
    for sign in text:
        latin_mark = unicodedata.category(sign) in {"Mn", "Me"} and out and _is_latin(out[-1])
        if not latin_mark:
            out.append(sign)
    return "".join(out)


def _is_latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _joined(words: list[str]) -> list[str]:
    """Initials as one word: ``A. B. C.``, ``A B C``."""
    found: list[str] = []
    for single, run in groupby(words, key=lambda word: len(word) == 1):
        parts = list(run)
        found += ["".join(parts)] if single else parts
    return found


def _trimmed(words: list[str]) -> list[str]:
    start, end = 0, len(words)
    while start < end and words[start] in _WORDS_OFF:
        start += 1
    while end > start and words[end - 1] in _WORDS_OFF:
        end -= 1
    return words[start:end]


def _without_endings(word: str) -> str:
    if word.isascii():
        return word  # none of them is in Latin letters
    for ending in _ENDINGS_OFF:
        if word.endswith(ending):
            return _without_endings(word.removesuffix(ending))
        if word.startswith(ending):
            return _without_endings(word.removeprefix(ending))
    return word
