"""Finds the organizations that a typed name means, to know who a complaint is about.

If nothing distinctive remains of a name, only a body of that very name is meant; if unsure, the
caller counts it as a conflict (design.md 5).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from rapidfuzz import fuzz, process

from grievance.rules.common_words import distinctive, words_of
from grievance.rules.names import normal_name

_SHORTEST_UNSPACED: Final = 2
_SHORTEST_FUZZY: Final = 5
_COMMON: Final = 3  # so many unrelated bodies with a word in their names: it names none of them
SURE: Final = 94.0
UNSURE: Final = 82.0


@dataclass(frozen=True)
class Match:
    """Organizations a name means: surely, and perhaps."""

    sure: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()

    @property
    def all(self) -> frozenset[str]:
        """Everything that must count as a conflict."""
        return self.sure | self.unsure


@dataclass(frozen=True)
class NameIndex:
    """The normal names of a directory, ready to be searched."""

    exact: Mapping[str, frozenset[str]]
    words: Mapping[str, frozenset[str]]
    families: Mapping[str, str] = field(default_factory=dict)
    places: frozenset[str] = frozenset()

    @classmethod
    def build(
        cls,
        names: Iterable[tuple[str, str]],
        families: Mapping[str, str] | None = None,
        cities: Iterable[str] = (),
    ) -> "NameIndex":
        """From pairs of (organization id, name or alias); ``families`` says who belongs together,
        ``cities`` are places that the directory names."""
        exact: dict[str, set[str]] = defaultdict(set)
        words: dict[str, set[str]] = defaultdict(set)
        for organization, name in names:
            form = normal_name(name)
            if form:
                exact[form].add(organization)
                for word in form.split():
                    words[word].add(form)
        return cls(
            {form: frozenset(ids) for form, ids in exact.items()},
            {word: frozenset(forms) for word, forms in words.items()},
            families or {},
            words_of(cities),
        )

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """Every normal name."""
        return tuple(self.exact)

    def match(self, typed: str) -> Match:
        """Which organizations a typed name means."""
        form = normal_name(typed)
        if not form:
            return Match()
        near = self._near(form)
        same = {form, *(other for other, likeness in near.items() if likeness >= SURE)}
        perhaps: set[str] = set()
        if core := self._core(form):
            perhaps = {other for other in near if self._cores_alike(core, other)}
            perhaps |= self._holding(form)
        sure = self._bodies(same)
        return Match(sure, self._bodies(perhaps) - sure)

    def _bodies(self, forms: Iterable[str]) -> frozenset[str]:
        return frozenset(one for form in forms for one in self.exact.get(form, ()))

    def _near(self, form: str) -> dict[str, float]:
        """Forms spelled nearly like one, and how near."""
        near: dict[str, float] = {}
        if len(form) < _SHORTEST_FUZZY:
            return near
        for scorer in (fuzz.ratio, fuzz.token_sort_ratio):
            for other, score, _ in process.extract(
                form, self.forms, scorer=scorer, score_cutoff=UNSURE, limit=20
            ):
                near[other] = max(score, near.get(other, 0.0))
        return near

    def _cores_alike(self, core: str, other: str) -> bool:
        """Alike also without the places and common words that both may hold."""
        theirs = self._core(other)
        return bool(theirs) and fuzz.partial_ratio(core, theirs) >= UNSURE

    def _holding(self, form: str) -> set[str]:
        """Forms that hold the whole of the typed one, or that it holds, by something that is
        theirs and not in the names of many."""
        typed = set(form.split())
        near = {other for word in typed for other in self.words.get(word, ())}
        held = {other for other in near if _inside(typed, set(other.split()))}
        held |= {other for other in self.forms if _unspaced_inside(form, other)}
        return {other for other in held if self._points(min(form, other, key=len))}

    def _points(self, shared: str) -> bool:
        """Whether what two names share points to somebody."""
        core = self._core(shared)
        return bool(core) and not self._is_common(core)

    def _core(self, form: str) -> str:
        return distinctive(form, self.places)

    def _is_common(self, core: str) -> bool:
        """Whether unrelated bodies hold these words. One family, or names that open with the same
        word ("Migrante Taiwan", "Migrante Japan"), count once: that word is theirs."""
        if core.isascii():
            sets = [self.words.get(word, frozenset()) for word in core.split()]
            holders = frozenset.intersection(*sets)
        else:
            holders = frozenset(form for form in self.forms if core in form)
        families = {self.families.get(one, one) for one in self._bodies(holders)}
        openings = {_opening(form) for form in holders}
        return min(len(families), len(openings)) >= _COMMON


def _opening(form: str) -> str:
    first = form.split()[0]
    return first if first.isascii() else first[:_SHORTEST_UNSPACED]


def _inside(some: set[str], others: set[str]) -> bool:
    return some <= others or others <= some


def _unspaced_inside(form: str, other: str) -> bool:
    """Chinese is written without blanks: one name inside the other may be the same body."""
    short, long = sorted((form, other), key=len)
    return len(short) >= _SHORTEST_UNSPACED and not short.isascii() and short in long
