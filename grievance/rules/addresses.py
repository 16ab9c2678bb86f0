"""Whether a line of text holds a street address: in the words of a shelter it is refused.

Only what leaves no doubt counts: a number beside a word for a street, a numbered floor or flat, the
numbered lanes of Chinese, Japanese and Korean addresses. A year, an hour, a telephone number, an
amount, an avenue of a campaign and a street without a number are no address.
"""

import re
import unicodedata
from typing import Final

_STREETS: Final = (
    "[Ss]treet|[Rr]oad|[Aa]venue|[Ll]ane|Boulevard|Blvd|Highway|Terrace|Crescent|Esplanade|Rd|Ave"
    "|St"
)
_NUMBER: Final = r"(?:no\.? ?)?(?!(?:19|20)\d\d\b)\d{1,5}[a-z]?(?:[-/]\d{1,5}[a-z]?)?"
# Names stand with capitals, so "24 hours on the road" and "jalan keluar 24 jam" are none.
_NAME: Final = r"(?:[A-Z\u00c0-\u00de\u0110][\w'’.-]*|de|del|la|las|los|du|des)"
_NUMBER_FIRST: Final = re.compile(rf"\b(?i:{_NUMBER}),? (?:{_NAME} ){{1,4}}(?:{_STREETS})\b")
_END: Final = r"(?=$|[,;.]|\n| [A-Z])"
_STREET_FIRST: Final = re.compile(
    r"\b(?i:jl|jln|jalan|calle|carrer|rue|viale|avenida|rua|đường|duong|phố|soi)\b\.? "
    rf"(?:{_NAME} ){{0,3}}{_NAME},? (?i:n[oº°r]?\.? ?)?(?i:{_NUMBER}){_END}"
    rf"|(?:ถนน|ซอย) ?[^\s\d]{{1,20}} ?\d{{1,5}}{_END}"
)
_FLOOR: Final = re.compile(
    r"\b\d{1,2}/F\b|\b(?:flat|unit|room|apt|apartment|blk|block) [a-z]?-?\d{1,4}[a-z]?\b"
    r"[^\n]{0,40}\b(?:floor|street|road|building|tower|mansion|estate|house|court)\b",
    re.IGNORECASE,
)
_EAST_ASIA: Final = re.compile(
    r"[路街道巷弄里坊徑径](?:[0-9一二三四五六七八九十百]+[段巷弄])*[東南西北中]? ?"
    r"[0-9一二三四五六七八九十百]+ ?[號号]"
    r"|丁目[0-9]+|[0-9]+番地|[0-9]+-[0-9]+-[0-9]+号"
    r"|[가-힣](?:로|길) ?[0-9]+(?:-[0-9]+)?(?:번지|호)?(?=$|[,;.\n])"
)
_FORMS: Final = (_NUMBER_FIRST, _STREET_FIRST, _FLOOR, _EAST_ASIA)


def tells_a_street(text: str) -> bool:
    """Whether some line of a text holds a street address without doubt."""
    told = unicodedata.normalize("NFKC", text)
    return any(form.search(told) for form in _FORMS)
