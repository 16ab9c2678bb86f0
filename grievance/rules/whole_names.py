"""Finds the names that are, as a whole, nearly a typed one."""

from collections.abc import Callable, Iterable
from functools import cached_property

from rapidfuzz import fuzz

from grievance.rules.common_words import told_in_full, without_particles
from grievance.rules.name_book import NameBook, gathered, squashed
from grievance.rules.names import spelled_out
from grievance.rules.spelling import SURE, UNSURE, Wholes


class WholeNames:
    """The names of a directory without blanks; ``is_weak`` says whose words tell little alone."""

    def __init__(self, book: NameBook, is_weak: Callable[[str], bool]) -> None:
        self._book, self._is_weak = book, is_weak

    def like(self, form: str, spelled: str) -> tuple[set[str], set[str]]:
        """Those that are the same but for trifles, and those that may be."""
        text, spelled = squashed(form), squashed(spelled)
        near, near_spelled = self._wholes.like(text, UNSURE), self._spelled.like(spelled, SURE)
        same = self._named({spelled} & self._texts.keys())
        same |= self._named(other for other, likeness in near.items() if likeness >= SURE)
        alike = self._named({*near, *near_spelled})
        perhaps = self._with_core_alike(form, alike) | self._named(self._wholes.one_slip_from(text))
        return same, perhaps | self._weak_like(form) | self._plain_like(form, spelled)

    def _named(self, texts: Iterable[str]) -> set[str]:
        return {form for text in texts for form in self._texts[text]}

    def _with_core_alike(self, form: str, others: set[str]) -> set[str]:
        """Those that are alike also without the places and common words that both may hold."""
        core = self._book.core(form)
        theirs = {other: self._book.core(other) for other in others} if core else {}
        return {o for o, one in theirs.items() if one and fuzz.partial_ratio(core, one) >= UNSURE}

    def _weak_like(self, form: str) -> set[str]:
        """Nearly the same name in any order of words, of those whose words tell little alone."""
        near = self._weak.like(_in_order(form), UNSURE)
        same = {text for text, likeness in near.items() if likeness >= SURE}
        names = {other for text in near for other in self._weak_texts[text]}
        return self._with_core_alike(form, names).union(*(self._weak_texts[text] for text in same))

    def _plain_like(self, form: str, spelled: str) -> set[str]:
        """Names of which nothing distinctive remains: the very name, but for a slip."""
        told = told_in_full(form, self._book.places)  # without the place that she may add
        near = {*self._plain.like(_in_order(form), SURE), *self._plain.like(spelled, SURE)}
        near |= self._plain.one_slip_from(spelled)
        near |= self._plain.like(_in_order(" ".join(told)), SURE).keys() if len(told) > 1 else set()
        return {other for text in near for other in self._plain_texts[text]}

    @cached_property
    def _texts(self) -> dict[str, frozenset[str]]:
        """Name without blanks, in its normal form and as it is spelled -> normal names."""
        normal = ((squashed(form), form) for form in self._book.bodies)
        spelled = ((squashed(spelled_out(name)), form) for _, name, form in self._book.normal)
        return gathered((*normal, *spelled))

    @cached_property
    def _weak_texts(self) -> dict[str, frozenset[str]]:
        weak = filter(self._is_weak, self._book.bodies)
        return gathered((_in_order(form), form) for form in weak)

    @cached_property
    def _plain_texts(self) -> dict[str, frozenset[str]]:
        plain = [(n, form) for _, n, form in self._book.normal if not self._book.core(form)]
        spelled = ((squashed(spelled_out(name)), form) for name, form in plain)
        ordered = ((_in_order(form), form) for _, form in plain)
        # She may leave the place out.
        full = ((told_in_full(form, self._book.places), form) for _, form in plain)
        placeless = ((_in_order(" ".join(told)), form) for told, form in full if len(told) > 1)
        return gathered((*spelled, *ordered, *placeless))

    @cached_property
    def _wholes(self) -> Wholes:
        return Wholes({squashed(form) for form in self._book.bodies})

    @cached_property
    def _spelled(self) -> Wholes:
        return Wholes(self._texts.keys() - {squashed(form) for form in self._book.bodies})

    @cached_property
    def _weak(self) -> Wholes:
        return Wholes(self._weak_texts)

    @cached_property
    def _plain(self) -> Wholes:
        return Wholes(self._plain_texts)


def _in_order(form: str) -> str:
    return "".join(sorted(without_particles(form.split())))
