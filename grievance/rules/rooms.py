"""Who has most room, among partners that are alike in all else (design.md 5). Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from grievance.rules.partner_index import all_of_few, lowest, positions

_FEW: Final = 128  # partners whose places are worked out once for a route


@dataclass(frozen=True)
class Rooms:
    """``by_room``: masks of those that are alike in their loads, the one with most room first.
    ``places``: where each stands in them, worked out where they are few that fit."""

    by_room: Sequence[int]
    places: Mapping[int, int] | None

    @classmethod
    def among(cls, fit: int, by_room: Sequence[int], few: int = _FEW) -> "Rooms":
        """For those that fit."""
        if fit.bit_count() > few:
            return cls(by_room, None)
        places: dict[int, int] = {}
        for place, alike in enumerate(by_room):
            if some := fit & alike:
                places |= dict.fromkeys(all_of_few(some), place)
                fit ^= some
            if not fit:
                break
        return cls(by_room, places)

    def first(self, here: int, most: int, wanted: int) -> list[int]:
        """The first few of one rank, and all that are wanted: most room, quickest answer, id."""
        if self.places is None:
            return _first(here, self.by_room, most, wanted)
        found = sorted(all_of_few(here), key=self.places.__getitem__)
        if not here & wanted:
            return found[: max(most, 0)]
        return [one for n, one in enumerate(found) if n < most or wanted >> one & 1]


def _first(here: int, by_room: Sequence[int], most: int, wanted: int) -> list[int]:
    found: list[int] = []
    for alike in by_room:
        some = here & alike
        if not some:
            continue
        best, also = lowest(some, most - len(found)), some & wanted
        found += sorted({*best, *positions(also)}) if also else best
        here ^= some
        if not here or (len(found) >= most and not here & wanted):
            break
    return found
