"""Says what an unexpected error was and where it arose, never its message: that may hold words."""

import traceback
from pathlib import Path

_OURS = Path(__file__).parents[1]


def named(error: Exception) -> str:
    """The error's type, and the innermost line of ours that it passed."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if _is_ours(f.filename)]
    if not frames:
        return type(error).__name__
    place = Path(frames[-1].filename).relative_to(_OURS)
    return f"{type(error).__name__} at {place}:{frames[-1].lineno}"


def _is_ours(file: str) -> bool:
    return Path(file).is_relative_to(_OURS)
