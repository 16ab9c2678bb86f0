"""What an import of HSDS has to say: each problem with its row, and counts."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

Tell = Callable[[str, str], None]  # place, words


@dataclass
class Notes:
    """``tell`` hears each remark at once; what was left out is counted."""

    tell: Tell
    counts: Counter[tuple[str, str]] = field(default_factory=Counter)  # (what, table)
    left_out: int = 0
    remarks: int = 0

    def remark(self, place: str, words: str) -> None:
        """Something a person should know; nothing was lost."""
        self.remarks += 1
        self.tell(place, words)

    def lost(self, place: str, words: str) -> None:
        """Something that was not taken."""
        self.left_out += 1
        self.tell(place, words)

    def problem(self, place: str, words: str) -> None:
        """Either of them, by its words."""
        (self.lost if "left out" in words else self.remark)(place, words)

    def add(self, what: str, table: str, number: int = 1) -> None:
        """Count rows that were added, changed, unchanged …"""
        self.counts[what, table] += number

    def total(self, what: str) -> int:
        """How many rows of all tables."""
        return sum(number for (one, _), number in self.counts.items() if one == what)
