"""What counts as text: blank or not, how long, and which signs are kept out."""

import re
import unicodedata
from typing import Final

# Signs that show nothing although Unicode calls them letters or symbols.
_FILLERS: Final = "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5"
_SELECTORS: Final = (*range(0xFE00, 0xFE10), *range(0x180B, 0x180E), *range(0xE0100, 0xE01F0))
_INVISIBLE: Final = frozenset(_FILLERS) | {chr(code) for code in _SELECTORS}
_UNSEEN_CATEGORIES: Final = {"Cc", "Cf", "Zs", "Zl", "Zp", "Cn", "Cs"}
# Controls but line break and tab, lone surrogates, and what Unicode says is never a character.
_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen (a mark without its letter is not seen either)."""
    if text[:1].isascii() and text[:1].isalnum():
        return False  # nearly every text
    return all(shows_nothing(c) or unicodedata.category(c) in {"Mn", "Me"} for c in text)


def shows_nothing(sign: str) -> bool:
    """Whether a sign shows nothing: blanks, controls, joiners, fillers, signs without a shape."""
    return sign in _INVISIBLE or unicodedata.category(sign) in _UNSEEN_CATEGORIES


def clean(text: str) -> str:
    """One kind of line break; no NUL, control signs, lone surrogates or noncharacters."""
    if text.isprintable():
        return text  # nothing of these can be printed
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def folded(text: str) -> str:
    """Without case, width and blanks around, for comparing names in any script."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def without_marks(text: str) -> str:
    """Folded, and without accents too, so that Seoul is found without its marks."""
    if text.isascii():
        return text.casefold().strip()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).strip()
