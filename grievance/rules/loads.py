"""How busy partners are, as masks: all with the same load are compared in one operation."""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from grievance.rules.partner_index import PartnerIndex, any_of
from grievance.rules.route import Load

Loads = Mapping[Load, int]  # those that have open cases or a known time to answer; the rest is idle


def group_loads(loads: Mapping[str, Load], index: PartnerIndex) -> Loads:
    """Partners by their load."""
    alike: dict[Load, list[str]] = defaultdict(list)
    for organization, load in loads.items():
        alike[load].append(organization)
    return {load: index.mask_of(some) for load, some in alike.items()}


def full(loads: Loads, index: PartnerIndex) -> int:
    """Partners that have as many open cases as they can carry."""
    return any_of(
        mask
        for load, capacity, mask in _by_capacity(loads, index)
        if capacity is not None and load.open_cases >= capacity
    )


def most_room_first(fit: int, loads: Loads, index: PartnerIndex) -> list[int]:
    """Those that fit in the order of their room (open cases against capacity), then of how fast
    they answered before; those that are alike in both share a mask."""
    alike: dict[tuple[float, float], int] = defaultdict(int)
    for load, capacity, mask in _by_capacity(loads, index):
        taken = 0.0 if capacity is None else load.open_cases / max(capacity, 1)
        hours = float("inf") if load.answer_hours is None else load.answer_hours
        alike[taken, hours] |= mask & fit
    return [mask for _, mask in sorted(alike.items()) if mask]


def _by_capacity(loads: Loads, index: PartnerIndex) -> Iterator[tuple[Load, int | None, int]]:
    busy = any_of(loads.values())
    for capacity, able in index.capacities.items():
        yield Load(), capacity, able & ~busy
        for load, mask in loads.items():
            yield load, capacity, able & mask
