"""Days as people write them here: 2026-11-25. Any other order is asked again, never guessed."""

import re
from datetime import date

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def read_day(text: str) -> date:
    """The day that a text names.

    Raises ValueError for anything else, also for what Python alone would read (20261125,
    2026-W48-3).
    """
    if not _DAY.fullmatch(text):
        raise ValueError("a day is written as 2026-11-25")
    return date.fromisoformat(text)
