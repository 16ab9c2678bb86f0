"""The figures of a run beside their targets (design.md 10): one row each, a table, a file."""

import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

OUT = Path("build/bench.json")
Rows = list[dict[str, Any]]


def percentile(values: Sequence[float], part: float) -> float:
    """The least value that so large a part of all do not exceed (nearest rank)."""
    return sorted(values)[max(1, math.ceil(part * len(values))) - 1]


def row(
    name: str,
    value: float,
    unit: str,
    floor: float | None = None,
    *,
    limit: float | None = None,
    at_least: float | None = None,
) -> dict[str, Any]:
    """One figure; ``limit`` is the most it may be, ``at_least`` the least ratio to its floor."""
    ratio = value / floor if floor else None
    fine = (limit is None or value <= limit) and (
        at_least is None or (ratio is not None and ratio >= at_least)
    )
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "floor": None if floor is None else round(floor, 1),
        "ratio": None if ratio is None else round(ratio, 3),
        "target": _target(limit, at_least),
        "fine": fine,
    }


def _target(limit: float | None, at_least: float | None) -> str:
    if at_least is not None:
        return f"ratio at least {at_least:g}"
    return "" if limit is None else f"at most {limit:g}"


def show(rows: Rows) -> None:
    """Print the table and keep the figures."""
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(rows, indent=1))
    print(f"{'figure':<44} {'value':>10} {'':<6} {'ratio':>6}  target")
    for one in rows:
        ratio = "" if one["ratio"] is None else f"{one['ratio']:.3f}"
        met = one["target"] and (": met" if one["fine"] else ": MISSED")
        value = f"{one['value']:,.2f}"
        print(f"{one['name']:<44} {value:>10} {one['unit']:<6} {ratio:>6}  {one['target']}{met}")
