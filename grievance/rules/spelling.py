"""Finds what is written nearly alike, fast among very many."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from grievance.rules.common_words import is_unspaced

SURE: Final = 94.0
UNSURE: Final = 82.0
_SHORTEST_WORD: Final = 5  # shorter ones, such as acronyms, are the same or not
ANY_SLIP: Final = 6  # from so many letters on any one slip leaves a word alike
_LONG: Final = 17  # from so many on any one slip leaves it surely alike
_SHORTEST_PART: Final = 2
_LONGER: Final = 2  # so many letters more at most: a mission is no commission


class Words:
    """Words by their first and last two letters: one slip of the pen leaves either as it was."""

    def __init__(self, words: Collection[str]) -> None:
        self._all = frozenset(words)
        self._ends: dict[tuple[str, str], list[str]] = defaultdict(list)
        for word in filter(may_slip, words):
            for end in _ends(word):
                self._ends[end].append(word)

    def like(self, word: str, least: float) -> set[str]:
        """The word itself, and those at least so like it (of a hundred)."""
        found = {word} & self._all
        if may_slip(word):
            for end in _ends(word):
                alike = _like(word, self._ends.get(end, ()), least)
                found |= {other for other in alike if abs(len(other) - len(word)) <= _LONGER}
        return found


class Wholes:
    """Whole names by length: only those about as long as one can be like it."""

    def __init__(self, texts: Collection[str]) -> None:
        self._texts = sorted(texts, key=len)
        self._lengths = [len(text) for text in self._texts]

    def like(self, text: str, least: float) -> dict[str, float]:
        """Those at least so like it (of a hundred), and how like."""
        span = least / (200 - least)  # of the longer, what the shorter must have at least
        return _like(text, self._between(len(text) * span, len(text) / span), least)

    def one_slip_from(self, text: str) -> set[str]:
        """Those with one letter more, one less, another one, or two neighbours swapped; of long
        texts none, because these are surely alike."""
        if len(text) >= _LONG:
            return set()
        around = self._between(len(text) - 1, len(text) + 1)
        found = process.extract(text, around, scorer=OSA.distance, score_cutoff=1, limit=None)
        return {other for other, _, _ in found if max(len(text), len(other)) >= ANY_SLIP}

    def _between(self, shortest: float, longest: float) -> Sequence[str]:
        start = bisect_left(self._lengths, shortest)
        return self._texts[start : bisect_right(self._lengths, longest)]


class Parts:
    """Texts, to be searched for those that hold one or that it holds."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = [text for text in texts if len(text) >= _SHORTEST_PART]
        # One long text: to search it once is far quicker than to search each.
        self._all = "\n".join(self._texts)
        self._starts = [0, *accumulate(len(text) + 1 for text in self._texts)]
        self._openings: dict[str, list[str]] = defaultdict(list)
        for text in self._texts:
            self._openings[text[:_SHORTEST_PART]].append(text)

    def holding(self, part: str) -> Iterator[str]:
        """Those that hold a part."""
        found = self._all.find(part)
        while found >= 0:
            place = bisect_right(self._starts, found)
            yield self._texts[place - 1]
            found = self._all.find(part, self._starts[place])

    def inside(self, text: str) -> set[str]:
        """Those that a text holds."""
        return {
            part
            for start in range(len(text) - 1)
            for part in self._openings.get(text[start : start + _SHORTEST_PART], ())
            if text.startswith(part, start)
        }


def _like(text: str, among: Sequence[str], least: float) -> dict[str, float]:
    found = process.extract(text, among, scorer=fuzz.ratio, score_cutoff=least, limit=None)
    return {other: likeness for other, likeness, _ in found}


def may_slip(word: str) -> bool:
    """Whether a word may be another one with a slip of the pen."""
    return len(word) >= _SHORTEST_WORD and not is_unspaced(word)


def _ends(word: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return ("first", word[:2]), ("last", word[-2:])
