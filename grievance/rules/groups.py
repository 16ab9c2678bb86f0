"""What holds for groups of cases: how large one may be, and when a worker may be told of it."""

import unicodedata
from collections.abc import Iterable
from typing import Final

LARGEST: Final = 100
SEVERAL: Final = 5  # below that, to say that others reported could name them (design.md 7)


def may_tell(sizes: Iterable[int]) -> bool:
    """Whether her page may say that reports of others are worked on together with hers."""
    return any(size >= SEVERAL for size in sizes)


def numbers_in(typed: str) -> list[str]:
    """The case numbers in what was typed, each once: any blanks, commas, case and width."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    apart = "".join(" " if sign in ",;" else sign for sign in plain)
    return list(dict.fromkeys(apart.split()))
