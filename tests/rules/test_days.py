"""A day is written in one way."""

from datetime import date

import pytest

from grievance.rules.days import read_day

pytestmark = pytest.mark.plain


def test_a_day_is_read_as_written() -> None:
    assert read_day("2026-11-25") == date(2026, 11, 25)


@pytest.mark.parametrize(
    "text",
    ["20261125", "2026-W48-3", "2026-329", "2026-11-25\n", " 2026-11-25", "2026-11-31",
     "2026-02-30", "2026-11-25T00:00", "٢٠٢٦-١١-٢٥", "25.11.2026", ""],
)  # fmt: skip
def test_no_other_order_is_guessed(text: str) -> None:
    with pytest.raises(ValueError, match="day"):
        read_day(text)
