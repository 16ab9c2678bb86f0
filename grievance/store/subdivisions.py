"""States, provinces and other parts of countries: codes and names of ISO 3166-2.

``seed/subdivisions.csv`` has them as Debian's iso-codes 4.15.0 (2023, LGPL-2.1 or later) lists
them. Read on first use; it never changes while the service runs.
"""

import csv
import io
from functools import cache
from importlib import resources

from grievance.rules.text import without_marks

_SEED = resources.files("grievance.store") / "seed" / "subdivisions.csv"


def subdivision_name(code: str) -> str | None:
    """The name of a code such as MY-10; None for a code that there is not."""
    return _names().get(code)


def is_part(country: str | None, code: str | None) -> bool:
    """Whether a code is there and lies in this country."""
    return bool(country and code and code in _names() and code.startswith(f"{country}-"))


def find_subdivision(country: str, said: str) -> str | None:
    """The code of a part of a country by its code, with or without the country, or by its name.

    None where nothing of that name is there, or several are.
    """
    code = said.strip().upper()
    for written in (code, f"{country}-{code}"):
        if is_part(country, written):
            return written
    found = _codes().get((country, without_marks(said)), ())
    return found[0] if len(found) == 1 else None


@cache
def _names() -> dict[str, str]:
    rows = csv.DictReader(io.StringIO(_SEED.read_text("utf-8")))
    return {row["code"]: row["name"] for row in rows}


@cache
def _codes() -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for code, name in _names().items():
        place = code[:2], without_marks(name)
        found[place] = (*found.get(place, ()), code)
    return found
