"""The names of a directory in their normal forms, and which of them mean nobody."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

from grievance.rules.common_words import distinctive, telling, told_in_full, without_places
from grievance.rules.names import normal_name

Key = TypeVar("Key")
Value = TypeVar("Value")
_BRACKETS: Final = re.compile(r"[(（\[]([^)）\]]*)[)）\]]")
_OPENING: Final = 2  # letters that open a name in a script without blanks
# So many unrelated bodies with a word in their names, and it names none of them: a twentieth of
# the directory, within these. To keep a case away from some of very many empties no offer.
FEW: Final = 3
_MANY: Final = 8
_SHARE: Final = 20


@dataclass(frozen=True)
class NameBook:
    """Names and aliases by organization; who belongs together; places that the directory names."""

    names: tuple[tuple[str, str], ...]
    families: Mapping[str, str]
    places: frozenset[str]

    @cached_property
    def normal(self) -> list[tuple[str, str, str]]:
        """Organization, name and normal name, of all that have one; what stands outside brackets
        is a name too, where it tells something."""
        found = [(one, name, normal_name(name)) for one, name in self.names]
        bare = [(one, name, outside_brackets(name)) for one, name in self.names]
        outside = [(one, out, normal_name(out)) for one, name, out in bare if out != name]
        found += [(one, out, form) for one, out, form in outside if self.tells(form)]
        return [(one, name, form) for one, name, form in found if form]

    @cached_property
    def bodies(self) -> dict[str, frozenset[str]]:
        """Normal name -> organizations."""
        return gathered((form, one) for one, _, form in self.normal)

    def tells(self, form: str) -> bool:
        """Whether a name is more than a place and one word of the field."""
        return bool(self.core(form)) or len(told_in_full(form, self.places)) > 1

    def of(self, forms: Iterable[str]) -> frozenset[str]:
        """The organizations of normal names."""
        return frozenset(one for form in forms for one in self.bodies[form])

    def telling(self, form: str) -> list[str]:
        """The words of a normal name that are no places and no words of the field."""
        return telling(form, self.places)

    def core(self, form: str) -> str:
        """What remains of a normal name without places and words of the field."""
        return distinctive(form, self.places)

    def are_many(self, forms: Iterable[str], most: int | None = None) -> bool:
        """Whether unrelated bodies have these names, ``most`` or a share of all. One family, or
        names that open with the same word ("Migrante Taiwan", "Migrante Japan"), count once: that
        word is theirs."""
        families: set[str] = set()
        openings: set[str] = set()
        for form in forms:
            families.update(self.families.get(one, one) for one in self.bodies[form])
            openings.add(self.openings[form])
            if min(len(families), len(openings)) >= (most or self._share):
                return True
        return False

    @cached_property
    def openings(self) -> dict[str, str]:
        """Normal name -> the word with which it opens, places left out."""
        return {form: self._opening(form) for form in self.bodies}

    def _opening(self, form: str) -> str:
        first = (told_in_full(form, self.places) or form.split())[0]
        return first if first.isascii() else (without_places(first) or first)[:_OPENING]

    @cached_property
    def _share(self) -> int:
        bodies = len({one for one, _ in self.names})
        return max(FEW, min(_MANY, bodies // _SHARE))


def gathered(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, frozenset[Value]]:
    """All values of each key."""
    found: dict[Key, set[Value]] = defaultdict(set)
    for key, value in pairs:
        found[key].add(value)
    return {key: frozenset(values) for key, values in found.items()}


def squashed(form: str) -> str:
    """A name without blanks: "Al-Noor" and "Alnoor" are one."""
    return form.replace(" ", "")


def outside_brackets(name: str) -> str:
    """A name without what stands in brackets."""
    return _BRACKETS.sub(" ", name)


def in_brackets(name: str) -> list[str]:
    """What stands in the brackets of a name."""
    return _BRACKETS.findall(name)
