"""How busy partners are, as masks: all with the same load are compared in one operation."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from grievance.rules.partner_index import PartnerIndex, any_of
from grievance.rules.route import Load

# Hours: coarse, so that a minute decides nothing and many partners are alike.
_ANSWER_STEPS: Final = (4.0, 24.0, 168.0)
ANSWERS_OF_DAYS: Final = 180  # how long an answer counts


@dataclass(frozen=True)
class Loads:
    """How busy partners are, sorted once for a route; the rest is idle.

    ``alike``: those that have open cases or a known time to answer, by their load. ``full``: those
    that have as many open cases as they can carry. ``by_room``: everyone in the order of their room
    (open cases against capacity), then of how fast they answered before; those that are alike in
    both share a mask.
    """

    alike: Mapping[Load, int]
    full: int
    by_room: tuple[int, ...]

    @classmethod
    def build(cls, alike: Mapping[Load, int], index: PartnerIndex) -> "Loads":
        """From partners by their load."""
        idle = index.everyone & ~any_of(alike.values())
        both = ((Load(), idle), *alike.items())
        return cls(alike, _full(both, index), _most_room_first(both, index))


def answer_step(hours: float) -> float:
    """The step that an average time to answer, in hours, lies in."""
    return next((step for step in _ANSWER_STEPS if hours <= step), _ANSWER_STEPS[-1])


def group_loads(loads: Mapping[str, Load], index: PartnerIndex) -> Loads:
    """From each partner's load."""
    alike: dict[Load, list[str]] = defaultdict(list)
    for organization, load in loads.items():
        alike[load].append(organization)
    return Loads.build({load: index.mask_of(some) for load, some in alike.items()}, index)


def _full(loads: Iterable[tuple[Load, int]], index: PartnerIndex) -> int:
    owning: dict[int, int] = defaultdict(int)
    for load, mask in loads:
        owning[load.open_cases] |= mask
    return any_of(
        able & mask
        for capacity, able in index.capacities.items()
        for count, mask in owning.items()
        if capacity is not None and count >= capacity
    )


def _most_room_first(loads: Iterable[tuple[Load, int]], index: PartnerIndex) -> tuple[int, ...]:
    alike: dict[tuple[float, float], int] = defaultdict(int)
    for load, mask in loads:
        hours = float("inf") if load.answer_hours is None else load.answer_hours
        for capacity, able in index.capacities.items():
            room = 0.0 if capacity is None else load.open_cases / max(capacity, 1)
            alike[room, hours] |= able & mask
    return tuple(mask for _, mask in sorted(alike.items()) if mask)
