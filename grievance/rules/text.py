"""What counts as text: blank or not, how long, and which signs are kept out."""

import unicodedata
from typing import Final

# Signs that show nothing although Unicode calls them letters or symbols.
_INVISIBLE: Final = frozenset("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")
_UNSEEN_CATEGORIES: Final = {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn", "Me", "Cn", "Cs"}
_KEPT_CONTROLS: Final = "\n\t"


def is_blank(text: str) -> bool:
    """Whether nothing of a text can be seen (invisible signs only count as nothing)."""
    return all(c in _INVISIBLE or unicodedata.category(c) in _UNSEEN_CATEGORIES for c in text)


def clean(text: str) -> str:
    """One kind of line break; no NUL, control signs, lone surrogates or noncharacters."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in _KEPT_CONTROLS or not _unwanted(c))


def _unwanted(sign: str) -> bool:
    code = ord(sign)
    noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return noncharacter or unicodedata.category(sign) in {"Cc", "Cs"}
