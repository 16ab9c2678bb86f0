"""Parts of countries are found by code and by name, and never guessed."""

import re

import pytest

from grievance.store.subdivisions import _names, find_subdivision, is_part, subdivision_name

pytestmark = pytest.mark.plain


@pytest.mark.parametrize(
    ("country", "said", "code"),
    [
        ("MY", "MY-10", "MY-10"), ("MY", "10", "MY-10"), ("MY", " selangor ", "MY-10"),
        ("IT", "lazio", "IT-62"), ("CA", "quebec", "CA-QC"), ("MY", "HK-10", None),
        ("PH", "Selangor", None), ("MY", "", None), ("MY", "Atlantis", None),
    ],
)  # fmt: skip
def test_a_part_is_found_in_its_own_country(country: str, said: str, code: str | None) -> None:
    assert find_subdivision(country, said) == code


def test_of_two_with_one_name_none_is_guessed() -> None:
    same: dict[tuple[str, str], list[str]] = {}
    for code, name in _names().items():
        same.setdefault((code[:2], name.casefold()), []).append(code)
    country, name = next(place for place, codes in same.items() if len(codes) > 1)

    assert find_subdivision(country, name) is None


def test_every_code_is_one_of_the_standard() -> None:
    assert len(_names()) > 5000
    assert all(re.fullmatch("[A-Z]{2}-[A-Z0-9]{1,3}", code) for code in _names())
    assert subdivision_name("MY-10") == "Selangor"
    assert all(name.strip() == name != "" for name in _names().values())
    assert is_part("MY", "MY-10")
    assert not is_part("HK", "MY-10")
    assert not is_part(None, "MY-10")
    assert not is_part("MY", None)
