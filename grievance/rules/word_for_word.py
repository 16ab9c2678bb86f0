"""Finds names that stand in a typed one word for word, or by their first letters."""

from collections.abc import Iterator
from functools import cached_property
from typing import Final, TypeAlias

from grievance.rules.common_words import told_in_full, without_particles
from grievance.rules.name_book import NameBook, gathered, in_brackets, outside_brackets
from grievance.rules.names import spelled_out

_FEWEST_LETTERS: Final = 3
_SHORT: Final = 3  # "Ana" and "Lin" are people too
_FEWEST_WORDS: Final = 2
_Words: TypeAlias = tuple[str, ...]


class WordForWord:
    """The words of a directory's names in their order, and what they begin with."""

    def __init__(self, book: NameBook) -> None:
        self._book = book

    def inside(self, form: str, spelled: str) -> set[str]:
        """Names that a typed one (in its normal form, and spelled out) holds."""
        return self._in_full(spelled) | self._by_initials(form)

    def _in_full(self, spelled: str) -> set[str]:
        """The whole name beside a town or a person: "Sari of the Indonesian Migrant Workers
        Union". Names without any word of their own are found by nothing else."""
        return {
            form
            for words in self._told(spelled)
            for start, first in enumerate(words)
            for name in self._by_first_word.get(first, ())
            if words[start : start + len(name)] == name
            for form in self._in_words[name]
        }

    def _told(self, spelled: str) -> tuple[_Words, _Words]:
        """Without the small words, and without places either: she may leave the place out."""
        full = tuple(without_particles(spelled.split()))
        return full, tuple(told_in_full(spelled, self._book.places))

    def _by_initials(self, form: str) -> set[str]:
        """A short one only where nothing else that tells something stands beside it."""
        telling = self._book.core(form).split()
        meant = [one for one in telling if len(one) > _SHORT or len(telling) == 1]
        names = (self._initials.get(one, frozenset()) for one in meant)
        return {one for found in names if not self._book.are_many(found) for one in found}

    @cached_property
    def _in_words(self) -> dict[_Words, frozenset[str]]:
        return gathered(
            (words, form)
            for _, name, form in self._book.normal
            for part in (name, *in_brackets(name))
            for words in self._told(spelled_out(part))
            if len(words) >= _FEWEST_WORDS
        )

    @cached_property
    def _by_first_word(self) -> dict[str, frozenset[_Words]]:
        return gathered((words[0], words) for words in self._in_words)

    @cached_property
    def _initials(self) -> dict[str, frozenset[str]]:
        return gathered(
            (letters, form)
            for _, name, form in self._book.normal
            for letters in self._initials_of(name)
        )

    def _initials_of(self, name: str) -> Iterator[str]:
        """With the small words and without, also without places: MFMW, MMW; ISACP, ISAC."""
        spelled = spelled_out(outside_brackets(name)).removeprefix("the ")
        if not spelled.isascii():
            return
        for words in (spelled.split(), *self._told(spelled)):
            if len(words) >= _FEWEST_LETTERS:
                yield "".join(word[0] for word in words)
