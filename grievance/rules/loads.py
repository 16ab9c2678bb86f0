"""How busy partners are, as masks: all with the same load are compared in one operation."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from grievance.rules.partner_index import PartnerIndex, any_of
from grievance.rules.route import Load

# Hours: coarse, so that a minute decides nothing and many partners are alike.
_ANSWER_STEPS: Final = (4.0, 24.0, 168.0)
ANSWERS_OF_DAYS: Final = 180  # how long an answer counts

Loads = Mapping[Load, int]  # those that have open cases or a known time to answer; the rest is idle


def answer_step(hours: float) -> float:
    """The step that an average time to answer, in hours, lies in."""
    return next((step for step in _ANSWER_STEPS if hours <= step), _ANSWER_STEPS[-1])


def group_loads(loads: Mapping[str, Load], index: PartnerIndex) -> Loads:
    """Partners by their load."""
    alike: dict[Load, list[str]] = defaultdict(list)
    for organization, load in loads.items():
        alike[load].append(organization)
    return {load: index.mask_of(some) for load, some in alike.items()}


def full(loads: Loads, index: PartnerIndex) -> int:
    """Partners that have as many open cases as they can carry."""
    owning: dict[int, int] = defaultdict(int)
    for load, mask in loads.items():
        owning[load.open_cases] |= mask
    owning[0] |= index.everyone & ~any_of(loads.values())
    return any_of(
        able & mask
        for capacity, able in index.capacities.items()
        for count, mask in owning.items()
        if capacity is not None and count >= capacity
    )


def most_room_first(fit: int, loads: Loads, index: PartnerIndex) -> list[int]:
    """Those that fit in the order of their room (open cases against capacity), then of how fast
    they answered before; those that are alike in both share a mask."""
    alike: dict[tuple[float, float], int] = defaultdict(int)
    idle = index.everyone & ~any_of(loads.values())
    limits = [
        (max(limit, 1), able) for limit, able in index.capacities.items() if limit is not None
    ]
    boundless = index.capacities.get(None, 0)
    for load, mask in ((Load(), idle), *loads.items()):
        here = mask & fit
        hours = float("inf") if load.answer_hours is None else load.answer_hours
        alike[0.0, hours] |= boundless & here
        for limit, able in limits if here else ():
            alike[load.open_cases / limit, hours] |= able & here
    return [mask for _, mask in sorted(alike.items()) if mask]
