"""Reads one value of a file as its field wants it; what cannot be read is named, never guessed."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from html import unescape
from html.parser import HTMLParser
from typing import Final

from babel import Locale

from grievance.rules.email import is_email
from grievance.rules.hsds.tables import ADDRESSES, DAYS, EMAILS, MOMENTS, NUMBERS, TIMES, WORDS
from grievance.rules.text import clean, is_blank

Value = str | int | float
Say = Callable[[str], None]
_MARKUP: Final = re.compile(r"<[A-Za-z/!?][^<>]*>|&(#\d+|#x[0-9A-Fa-f]+|[A-Za-z][A-Za-z0-9]*);")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+")
_BAD_SCHEMES: Final = ("javascript:", "data:", "vbscript:")
_HOST: Final = re.compile(r"[\w-]+(\.[\w-]+)+([/:?#][^\s]*)?")
_CLOCK: Final = re.compile(
    r"(\d{1,2})(?::(\d{2}))?(?::(\d{2})(?:\.\d+)?)?\s*([ap])?\.?(?:m\.?)?\s*(Z|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE | re.ASCII,
)
_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2}|\d{4})", re.ASCII)
_LONG_DAYS: Final = ("%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y")
_GUARD: Final = re.compile(r"'+(?=[=@\t\r+-])")
_MARKUP_TURNS = 5  # "&amp;lt;b&amp;gt;": what is left must not be markup either
_HIGHEST: Final = {"latitude": 90, "longitude": 180}
_SMALLEST_CENTURY: Final = 70  # 12/24/70 is 1970, 12/24/15 is 2015


def read_value(table: str, column: str, given: object, say: Say) -> Value | None:
    """The value, or None for nothing. ``say`` hears what is wrong with it, in words."""
    if isinstance(given, bool) or not isinstance(given, (str, int, float)):
        if given is not None:
            say(f'"{str(given)[:60]}" is no text and no number: left out')
        return None
    if column in NUMBERS:
        return _number(column, given, say)
    text = _text(column, given)
    if is_blank(text):
        return None
    if (table, column) in WORDS:
        return _word(table, column, text, say)
    read = _READERS.get(column)
    return read(text, say) if read else text


def _text(column: str, given: Value) -> str:
    text = clean(str(given)).strip()
    text = _GUARD.sub("", text, count=1) if text.startswith("'") else text
    if column == "number" and len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].strip()
    return text if column == "extent" else plain(text)  # an area may be written in KML


def plain(text: str) -> str:
    """Text without markup; what stood in scripts and styles goes too."""
    if "<" not in text and "&" not in text:
        return text
    for _ in range(_MARKUP_TURNS):
        if not _MARKUP.search(text):
            return text
        reader = _Words()
        reader.feed(text)
        reader.close()
        text = clean("".join(reader.kept)).strip()
    return _MARKUP.sub("", unescape(text)).replace("<", "").replace(">", "").strip()


class _Words(HTMLParser):
    """Keeps the words of a page, a line break for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note blocks, and what is never shown."""
        self.hidden += tag in {"script", "style"}
        if tag in {"p", "br", "li", "div", "tr", "h1", "h2", "h3"} and self.kept:
            self.kept.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """The end of what is never shown."""
        self.hidden -= bool(self.hidden) and tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        """Words."""
        if not self.hidden:
            self.kept.append(data)


def _number(column: str, given: Value, say: Say) -> int | float | None:
    text = str(given).strip()
    if not text:
        return None
    try:
        number = float(text) if text.isascii() and "_" not in text else math.nan
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        say(f'"{text[:60]}" is no number: left out')
        return None
    if abs(number) > _HIGHEST.get(column, math.inf):
        say(f"{text} lies outside of -{_HIGHEST[column]} to {_HIGHEST[column]}: kept as it is")
    return int(number) if number == int(number) else number


def _word(table: str, column: str, text: str, say: Say) -> str | None:
    words = WORDS[table, column]
    for word in words:
        if text.casefold() == word.casefold():
            return word
    say(f'"{text[:60]}" is not one of: {", ".join(words)}: left out')
    return None


def _email(text: str, say: Say) -> str | None:
    if is_email(text):
        return text
    say(f'"{text[:60]}" is no e-mail address: left out')
    return None


def _address(text: str, say: Say) -> str | None:
    if _SCHEME.fullmatch(text) and not text.lower().startswith(_BAD_SCHEMES):
        return text
    if _HOST.fullmatch(text):
        return f"http://{text}"
    say(f'"{text[:60]}" is no address of the web: left out')
    return None


def _day(text: str, say: Say) -> str | None:
    found = _iso_day(text) or _long_day(text) or _slashed_day(text)
    if found is None:
        say(f'"{text[:60]}" is no day, or could be two (write 2026-11-25): left out')
    return found.isoformat() if found else None


def _iso_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if text[4:5] == "-" else None
    except ValueError:
        return None


def _long_day(text: str) -> date | None:
    for form in _LONG_DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 -- a day has no zone
        except ValueError:
            continue
    return None


def _slashed_day(text: str) -> date | None:
    """12/24/15 can be one day only; 01/02/2015 could be two and is not read."""
    found = _SLASHED.fullmatch(text)
    if not found:
        return None
    first, second, year = int(found[1]), int(found[2]), int(found[3])
    if len(found[3]) == 2:
        year += 1900 if year >= _SMALLEST_CENTURY else 2000
    days = {d for d in (_made(year, first, second), _made(year, second, first)) if d}
    return days.pop() if len(days) == 1 else None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _time(text: str, say: Say) -> str | None:
    found = _CLOCK.fullmatch(text.strip())
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    half = (found[4] or "").lower() if found else ""
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    if (
        found is None
        or hour * 60 + minute > 24 * 60
        or minute > 59
        or (half and int(found[1]) > 12)
    ):
        say(f'"{text[:60]}" is no time of the day (write 09:30): left out')
        return None
    seconds = f":{found[3]}" if found[3] else ""
    return f"{hour:02}:{minute:02}{seconds}{found[5] or ''}"


def _moment(text: str, say: Say) -> str | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        say(f'"{text[:60]}" is no date with time: left out')
        return None
    if len(text) <= 10 or found.tzinfo is None:
        return f"{found.isoformat()}Z"  # the schema asks for a zone; files without one mean UTC
    return text.replace(" ", "T")


def country(text: str, say: Say) -> str:
    """A country as two letters where that is clear; else as it was written, and said."""
    known = _country_names()
    found = known.get(text.casefold())
    if found is None:
        say(f'"{text[:60]}" is no country that we know: kept as it is')
    return found or text


_READERS: Final[dict[str, Callable[[str, Say], str | None]]] = {
    "country": country,
    **dict.fromkeys(ADDRESSES, _address),
    **dict.fromkeys(EMAILS, _email),
    **dict.fromkeys(DAYS, _day),
    **dict.fromkeys(TIMES, _time),
    **dict.fromkeys(MOMENTS, _moment),
}


@cache
def _country_names() -> dict[str, str]:
    """Two letters and English names, folded, to the two letters."""
    territories = {c: n for c, n in Locale("en").territories.items() if len(c) == 2 and c.isalpha()}
    also = {"usa": "US", "u.s.a.": "US", "uk": "GB", "hong kong": "HK", "macau": "MO",
            "great britain": "GB", "united states of america": "US", "myanmar": "MM"}  # fmt: skip
    names = {name.casefold(): code for code, name in territories.items()}
    return names | also | {code.casefold(): code for code in territories if code != "ZZ"}


def is_country(code: str) -> bool:
    """Whether these are the two letters of a country."""
    return len(code) == 2 and code.isupper() and code.casefold() in _country_names()


@cache
def language_code(name: str) -> str | None:
    """The tag of a language by its English name."""
    folded = name.casefold().strip()
    also = {"cantonese": "yue", "taiwanese": "nan", "mandarin": "cmn", "tagalog": "tl",
            "chinese (cantonese)": "yue", "chinese (mandarin)": "cmn"}  # fmt: skip
    return also.get(folded) or _language_names().get(folded)


@cache
def _language_names() -> dict[str, str]:
    return {name.casefold(): code for code, name in Locale("en").languages.items()}
