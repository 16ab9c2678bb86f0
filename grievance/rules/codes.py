"""The receipt code and the case number: making, reading and writing them.

The code is 19 random digits and an ISO 7064 MOD 11,10 check digit, which finds every single wrong
digit and nearly every swap of neighbours.
"""

import unicodedata
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Final

from grievance.rules.text import shows_nothing

CODE_DIGITS: Final = 20
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is read as another
_LONGEST: Final = 2000
_DASHES: Final = "\u2212\u30fc\uff70_"  # signs that look like one; the rest is category Pd


def check_digit(digits: str) -> str:
    """The ISO 7064 MOD 11,10 check digit of plain ASCII digits."""
    rest = 10
    for digit in digits:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return str((11 - rest) % 10)


def new_code(below: Callable[[int], int]) -> str:
    """Twenty digits; ``below(n)`` gives a random number under n (``secrets.randbelow``)."""
    digits = f"{below(10 ** (CODE_DIGITS - 1)):0{CODE_DIGITS - 1}d}"
    return digits + check_digit(digits)


def read_code(typed: str) -> str | None:
    """The code in what was typed or pasted, as plain digits; None when there is none.

    Blanks, dashes, dots, line breaks, invisible signs, text around and the digits of any script
    are taken. A wrong check digit is no code, so it costs no key derivation.
    """
    start = typed[:_LONGEST]
    # Dots and the like come second: in "1. <code>, 2 of 3" they part the code from other digits.
    runs = [*_digit_runs(start, _is_gap), *_digit_runs(start, _is_no_letter)]
    whole = ("".join(run) for run in runs)
    # Last: a date or a number stands beside it, with nothing else between.
    rows = (row for run in runs for row in _rows(run))
    return next((one for one in (*whole, *rows) if _is_code(one)), None)


def _is_code(digits: str) -> bool:
    return len(digits) == CODE_DIGITS and check_digit(digits[:-1]) == digits[-1]


def _digit_runs(typed: str, between: Callable[[str], bool]) -> list[list[str]]:
    """Runs of digits with nothing else than such signs between, each as its pieces."""
    runs: list[list[str]] = [[""]]
    for sign in typed:
        digit = unicodedata.decimal(sign, None)
        if digit is not None:
            runs[-1][-1] += str(digit)
        elif not between(sign):
            runs.append([""])
        elif runs[-1][-1]:
            runs[-1].append("")
    return runs


def _rows(pieces: list[str]) -> Iterator[str]:
    """Every row of neighbouring pieces that is as long as a code."""
    digits, ends = "".join(pieces), {0, *accumulate(map(len, pieces))}
    yield from (digits[at : at + CODE_DIGITS] for at in sorted(ends) if at + CODE_DIGITS in ends)


def _is_gap(sign: str) -> bool:
    """Blanks, dashes, and marks over a digit (a keycap)."""
    return (
        sign in _DASHES or shows_nothing(sign) or unicodedata.category(sign) in {"Pd", "Mn", "Me"}
    )


def _is_no_letter(sign: str) -> bool:
    return _is_gap(sign) or unicodedata.category(sign)[0] in "PSM"


def grouped(code: str) -> str:
    """The code as it is shown: five groups of four."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


def new_case_number(
    year: int, below: Callable[[int], int], taken: Callable[[str], bool] = lambda _number: False
) -> str:
    """``26-7F3K9``: year and random letters, so that no gap tells of a hidden case.

    Among 10,000 of one year two would be alike by chance: one that is ``taken`` is drawn again.
    """
    while True:
        letters = "".join(_LETTERS[below(len(_LETTERS))] for _ in range(5))
        if not taken(number := f"{year % 100:02d}-{letters}"):
            return number
