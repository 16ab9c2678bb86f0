"""Codes are read as people type them; text that cannot be seen is no text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.rules import codes, text

pytestmark = pytest.mark.plain
DIGITS = st.integers(0, 10**19 - 1)
_BETWEEN = "\u2212./_,\u00b7\u30fb\u30fc\u2800\u3164\ufe0f|~"


@given(DIGITS)
def test_a_new_code_is_read_back_in_every_dress(number: int) -> None:
    code = codes.new_code(lambda _below: number)
    groups = codes.grouped(code).split()
    dresses = [
        code,
        " ".join(groups),
        "\u00a0".join(groups),
        "\u2013".join(groups),
        "\u200b".join(groups),
        "\u3000".join(groups),
        "\u2011".join(groups),
        "\n".join(groups),
        *(sign.join(groups) for sign in _BETWEEN),
        "".join(f"{digit}\ufe0f\u20e3" for digit in code),
        f"1. {codes.grouped(code)}, 2 of 3",
        f"> {' / '.join(groups)}",
        f"{codes.grouped(code)} 2",
        f"2026-11-27 {code}",
        f"{codes.grouped(code)}\n27 Nov 2026",
        f"code: {codes.grouped(code)} thanks.",
        f"\u202a{code}\u202c",
        code.translate({ord(str(n)): chr(0x0966 + n) for n in range(10)}),
        code.translate({ord(str(n)): chr(0x1040 + n) for n in range(10)}),
    ]

    assert [codes.read_code(dress) for dress in dresses] == [code] * len(dresses)


@given(DIGITS, st.integers(0, 19), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(number: int, place: int, more: int) -> None:
    code = codes.new_code(lambda _below: number)
    wrong = str((int(code[place]) + more) % 10)

    assert codes.read_code(code[:place] + wrong + code[place + 1 :]) is None


@given(st.text())
def test_nothing_typed_ever_crashes(typed: str) -> None:
    found = codes.read_code(typed)

    assert found is None or len(found) == 20


def test_a_case_number_tells_the_year_and_nothing_else() -> None:
    assert codes.new_case_number(2026, lambda below: below - 1) == "26-ZZZZZ"


def test_a_case_number_that_is_taken_is_drawn_again() -> None:
    drawn = iter([0] * 5 + [1] * 5)

    assert codes.new_case_number(2026, lambda _below: next(drawn), {"26-22222"}.__contains__) == (
        "26-33333"
    )


@pytest.mark.parametrize(
    "blank", ["", " ", "\u200b" * 15, "\u2800", "\u3164", "\u00ad\u2060", "\ufe0f", "\n\t"]
)
def test_what_cannot_be_seen_is_blank(blank: str) -> None:
    assert text.is_blank(blank)


@pytest.mark.parametrize("name", ["S", "null", "陳", "𠮷", "محمد", "-", "O'Brien"])
def test_short_names_are_not_blank(name: str) -> None:
    assert not text.is_blank(name)


def test_line_breaks_are_one_letter_and_nul_is_none() -> None:
    assert text.clean("a\r\nb\rc\x00\x0b\ud800\ufffe\ufdd0d\t") == "a\nb\ncd\t"
