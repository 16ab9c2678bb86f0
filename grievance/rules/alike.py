"""How like two respondents are, and why: a hint for a person, who alone decides.

Names are compared in their normal form (``rules/names.py``), which keeps the vowel signs of Indic
and Khmer words; ``rapidfuzz.utils.default_process`` would drop them. Two persons' names that differ
in one letter can score as high as one name with a slip, so nothing is ever merged by itself.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Final

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from grievance.rules.names import normal_name, spelled_out
from grievance.rules.respondents import Details, normal_number

NEARLY: Final = 88.0  # of a hundred
PERHAPS: Final = 76.0
_SHORT: Final = 5  # so short a name is the same or not
_SHORT_UNSPACED: Final = 3  # in scripts where a sign is a syllable or a word
_UNSPACED_FROM: Final = "\u0e00"  # Thai, Lao, Burmese, Khmer, Chinese, Japanese, Korean
_SHORTEST_NUMBER: Final = 3


class Likeness(StrEnum):
    """Why two are shown beside each other, the strongest first."""

    SAME_NUMBER = "same_number"
    SAME_NAME = "same_name"
    NEARLY = "nearly"
    PERHAPS = "perhaps"


_ORDER: Final = {one: place for place, one in enumerate(Likeness)}


@dataclass(frozen=True)
class Alike:
    """How like two are; ``first`` and ``second`` are the names (or numbers) that say so."""

    why: Likeness
    score: float
    first: str
    second: str

    @property
    def rank(self) -> tuple[int, float]:
        """The best comes first."""
        return _ORDER[self.why], -self.score


def alike(one: Details, other: Details) -> Alike | None:
    """The strongest thing that two have in common; None when nothing is like."""
    number = _same_number(one.licences, other.licences)
    if number is not None:
        return number
    return best(one.every_name, other.every_name)


def best(some: Iterable[str], others: Iterable[str]) -> Alike | None:
    """The two names, one of each, that are most alike."""
    found = [pair for a, b in product(some, others) if (pair := names_alike(a, b))]
    return min(found, key=lambda pair: pair.rank, default=None)


def names_alike(one: str, other: str) -> Alike | None:
    """How like two names are; the same whichever comes first."""
    first, second = _form(one), _form(other)
    if not first or not second:
        return None
    if _squashed(first) == _squashed(second) or _sorted(first) == _sorted(second):
        return Alike(Likeness.SAME_NAME, 100.0, one, other)
    score = _score(first, second)
    if _is_short(first) or _is_short(second):
        return _short(first, second, one, other)
    if score < PERHAPS:
        return None
    return Alike(Likeness.NEARLY if score >= NEARLY else Likeness.PERHAPS, score, one, other)


def _short(first: str, second: str, one: str, other: str) -> Alike | None:
    """Of short names one inside the other is the most that can be said (陳大文, 陳大文先生)."""
    words, theirs = first.split(), second.split()
    inside = min(len(words), len(theirs)) > 0 and (
        set(words) <= set(theirs) or set(theirs) <= set(words)
    )
    held = _is_unspaced(first) and _is_unspaced(second) and _holds(first, second)
    if not (inside or held):
        return None
    return Alike(Likeness.PERHAPS, fuzz.ratio(_squashed(first), _squashed(second)), one, other)


def _holds(first: str, second: str) -> bool:
    short, long = sorted((_squashed(first), _squashed(second)), key=len)
    return len(short) > 1 and short in long


def _score(first: str, second: str) -> float:
    """In any order of words, with or without blanks; one slip of a long name leaves it alike."""
    whole = fuzz.ratio(_squashed(first), _squashed(second))
    ordered = fuzz.ratio(_sorted(first), _sorted(second))
    return max(whole, ordered, _slip(_squashed(first), _squashed(second)))


def _slip(first: str, second: str) -> float:
    longest = max(len(first), len(second))
    near = OSA.distance(first, second, score_cutoff=1) <= 1
    return NEARLY if near and longest > _SHORT else 0.0


def _same_number(some: Iterable[str], others: Iterable[str]) -> Alike | None:
    theirs = {normal_number(number): number for number in others}
    for number in some:
        form = normal_number(number)
        if len(form) >= _SHORTEST_NUMBER and form in theirs:
            return Alike(Likeness.SAME_NUMBER, 100.0, number, theirs[form])
    return None


def _form(name: str) -> str:
    """The normal form; where nothing distinctive remains, the name with all its words."""
    return normal_name(name) or spelled_out(name)


def _is_short(form: str) -> bool:
    text = _squashed(form)
    return len(text) <= (_SHORT_UNSPACED if _is_unspaced(form) else _SHORT)


def _is_unspaced(form: str) -> bool:
    return form[0] >= _UNSPACED_FROM


def _squashed(form: str) -> str:
    return form.replace(" ", "")


def _sorted(form: str) -> str:
    return " ".join(sorted(form.split()))
