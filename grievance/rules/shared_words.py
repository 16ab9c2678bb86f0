"""Finds the names that share a distinctive word with a typed one, also with a slip of the pen."""

from collections import Counter, defaultdict
from functools import cached_property
from itertools import chain, pairwise
from typing import Final

from grievance.rules.common_words import bare, common_from, is_ordinary, is_unspaced
from grievance.rules.name_book import FEW, NameBook, gathered
from grievance.rules.spelling import ANY_SLIP, SURE, UNSURE, Words, may_slip

_ARTICLES: Final = ("al", "el")


class SharedWords:
    """The distinctive words of a directory's names."""

    def __init__(self, book: NameBook) -> None:
        self._book = book

    def sharing(self, form: str) -> set[str]:
        """Names with a word, or words, of the typed one that are not in the names of many."""
        known = self._known(form)
        telling = {word for word in known if self._means_somebody(word)}
        found = {other for word in telling for other in self._names[word]}
        found |= {other for word in known - telling for other in self._opened_by(word)}
        return found | self._together(known - telling) | self._all_ordinary(form, known - telling)

    def is_weak(self, form: str) -> bool:
        """Whether no word of a name means it by itself and with any slip."""
        return not any(
            len(word) >= ANY_SLIP and may_slip(word) and self._means_somebody(word)
            for word in self._parts[form][0]
        )

    def _known(self, form: str) -> set[str]:
        """Words of the directory that a typed name holds, or nearly."""
        words, joined = self._split(form)
        found: set[str] = set()
        for word in words:
            found |= self._words.like(word, UNSURE) | self._joined.like(word, SURE)
            found |= self._written_into(word)
        for word in joined:
            found |= self._words.like(word, SURE)
        return found

    def _written_into(self, word: str) -> set[str]:
        """Words of the directory with common ones written onto them: "caritashongkong"."""
        starts = {word[:n] for n in common_from(word) if ANY_SLIP - 1 <= n < len(word)}
        return starts & self._names.keys()

    def _together(self, words: set[str]) -> set[str]:
        """Names with several words that mean nobody alone, but are together in few names."""
        times = Counter(chain.from_iterable(self._names[word] for word in words))
        alike: dict[frozenset[str], list[str]] = defaultdict(list)
        for other, count in times.items():
            if count > 1:
                alike[frozenset(one for one in words if other in self._names[one])].append(other)
        rare = [others for shared, others in alike.items() if self._is_rare(shared)]
        return set(chain.from_iterable(rare))

    def _all_ordinary(self, form: str, words: set[str]) -> set[str]:
        """Names with an ordinary word that is all that is distinctive in theirs or the typed."""
        typed, _ = self._split(form)
        return {
            other
            for word in words - self._common
            for other in self._names[word]
            if {word} in (typed, self._parts[other][0])
        }

    def _split(self, form: str) -> tuple[set[str], set[str]]:
        """The distinctive words of a name, and what neighbours give when written as one."""
        parts = [bare(word) for word in form.split()]
        words = {bare(word) for word in self._book.telling(form)}
        joined = [
            (one, other)
            for one, other in pairwise(parts)
            if not words.isdisjoint((one, other)) and not is_unspaced(one + other)
        ]
        words |= {one + other for one, other in joined if one in _ARTICLES}  # "Al-Noor", "Alnoor"
        return words, {one + other for one, other in joined}

    def _opened_by(self, word: str) -> frozenset[str]:
        """Names that open with a word that is in many: it is what people call these."""
        return frozenset() if is_ordinary(word) else self._opened.get(word, frozenset())

    def _means_somebody(self, word: str) -> bool:
        return word not in self._common and not is_ordinary(word)

    def _is_rare(self, words: frozenset[str]) -> bool:
        return not self._book.are_many(frozenset.intersection(*map(self._names.__getitem__, words)))

    @cached_property
    def _parts(self) -> dict[str, tuple[set[str], set[str]]]:
        return {form: self._split(form) for form in self._book.bodies}

    @cached_property
    def _names(self) -> dict[str, frozenset[str]]:
        """Distinctive word, or two written as one -> names that hold it."""
        parts = self._parts.items()
        return gathered((word, form) for form, (some, more) in parts for word in some | more)

    @cached_property
    def _opened(self) -> dict[str, frozenset[str]]:
        return gathered((word, form) for form, word in self._book.openings.items())

    @cached_property
    def _common(self) -> frozenset[str]:
        """Words in the names of many."""
        held = self._names.items()
        return frozenset(
            word
            for word, names in held
            if self._book.are_many(names, FEW if is_ordinary(word) else None)
        )

    @cached_property
    def _words(self) -> Words:
        return Words({word for words, _ in self._parts.values() for word in words})

    @cached_property
    def _joined(self) -> Words:
        return Words({word for _, joined in self._parts.values() for word in joined})
