"""Finds the organizations that a typed name means, to know who a complaint is about.

Every distinctive word that a typed name shares with a name of a body may mean that body, also
with a slip of the pen; the caller counts that as a conflict (design.md 5). Places, words of the
field and words of many names mean nobody: where nothing else remains, only a body of that very
name is meant. A whole name is found beside anything else, and so are its first letters.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from grievance.rules.common_words import place_forms
from grievance.rules.name_book import NameBook
from grievance.rules.names import normal_name, spelled_out
from grievance.rules.nested_names import NestedNames
from grievance.rules.shared_words import SharedWords
from grievance.rules.short_names import ShortNames
from grievance.rules.whole_names import WholeNames
from grievance.rules.word_for_word import WordForWord


@dataclass(frozen=True)
class Match:
    """Organizations a name means: surely, and perhaps."""

    sure: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Everything that must count as a conflict."""
        return self.sure | self.unsure


class NameIndex:
    """The names of a directory. What a search needs is made at the first one and kept."""

    def __init__(self, book: NameBook) -> None:
        self._book = book
        self._words, self._nested = SharedWords(book), NestedNames(book)
        self._short = ShortNames(book)
        self._wholes = WholeNames(book, self._words.is_weak)
        self._in_order = WordForWord(book)

    @classmethod
    def build(
        cls,
        names: Iterable[tuple[str, str]],
        families: Mapping[str, str] | None = None,
        cities: Iterable[str] = (),
    ) -> "NameIndex":
        """From pairs of (organization id, name or alias); ``families`` says who belongs together,
        ``cities`` are places that the directory names."""
        return cls(NameBook(tuple(names), families or {}, place_forms(cities)))

    def match(self, typed: str) -> Match:
        """Which organizations a typed name means."""
        form = normal_name(typed)
        if not form:
            return Match()
        spelled = spelled_out(typed)
        same, perhaps = self._wholes.like(form, spelled)
        perhaps |= self._words.sharing(form) | self._nested.nested(form)
        perhaps |= self._short.sharing(form) | self._in_order.inside(form, spelled)
        sure = self._book.of(same)
        return Match(sure, self._book.of(perhaps) - sure)
