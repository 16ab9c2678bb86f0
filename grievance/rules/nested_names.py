"""Finds names inside names, for scripts that put no blank between words."""

from collections.abc import Iterator
from functools import cached_property

from grievance.rules.common_words import is_unspaced
from grievance.rules.name_book import NameBook, gathered, squashed
from grievance.rules.spelling import Parts


class NestedNames:
    """The names of a directory that are not in Latin letters."""

    def __init__(self, book: NameBook) -> None:
        self._book = book

    def nested(self, form: str) -> set[str]:
        """Names that hold the typed one, or that it holds, by what is not in the names of many."""
        found: set[str] = set()
        for piece in _pieces(form):
            if self._points(piece):
                found.update(self._parts.holding(squashed(piece)))
            inside = self._parts.inside(squashed(piece))
            found |= {other for other in inside if self._points(self._spaced[other])}
        return {name for other in found for name in self._names[other]}

    def _points(self, piece: str) -> bool:
        core = squashed(self._book.core(piece))
        holding = self._parts.holding(core)
        many = (name for one in holding for name in self._names[one])
        return bool(core) and not self._book.are_many(many)

    @cached_property
    def _spaced(self) -> dict[str, str]:
        """Piece without blanks -> piece."""
        return {squashed(piece): piece for form in self._book.bodies for piece in _pieces(form)}

    @cached_property
    def _names(self) -> dict[str, frozenset[str]]:
        """Piece without blanks -> normal names."""
        forms = self._book.bodies
        return gathered((squashed(piece), form) for form in forms for piece in _pieces(form))

    @cached_property
    def _parts(self) -> Parts:
        return Parts(self._names)


def _pieces(form: str) -> Iterator[str]:
    """A name that is not in Latin letters, and its words in scripts without blanks."""
    if not form.isascii():
        yield form
        yield from (word for word in form.split() if word != form and is_unspaced(word))
