"""Reads what a question to the public data asks for. Anything it cannot answer is a 400 in words:
a filter that is mistyped would else give everything."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

_MOST: Final = 100  # items a page
_USUAL: Final = 50
_LAST_PAGE: Final = 1_000_000
_LONGEST_SEARCH: Final = 200
_TRUTHS: Final = {"true": True, "1": True, "false": False, "0": False}
FORMATS: Final = ("json", "ndjson")
SHARED: Final = ("page", "per_page", "format")


class NotUnderstood(Exception):
    """A parameter that cannot be answered; the message says which and what to write."""


@dataclass(frozen=True)
class Asked:
    """The parameters of one question."""

    page: int = 1
    per_page: int = _USUAL
    ndjson: bool = False
    search: str = ""
    organization_id: UUID | None = None
    taxonomy_id: str = ""
    taxonomy_term_id: str = ""
    minimal: bool = False
    full: bool = False


def read(given: Mapping[str, list[str]], allowed: Collection[str]) -> Asked:
    """What is asked. Raises NotUnderstood."""
    for name, values in given.items():
        if name not in allowed:
            raise NotUnderstood(
                f'"{name[:60]}" is no parameter here. Known: {", ".join(sorted(allowed))}.'
            )
        if len(values) > 1:
            raise NotUnderstood(f'"{name}" stands twice.')
    one = {name: values[0].strip() for name, values in given.items()}
    return Asked(
        page=_number(one, "page", 1, _LAST_PAGE),
        per_page=_number(one, "per_page", _USUAL, _MOST),
        ndjson=_format(one) == "ndjson",
        search=_search(one),
        organization_id=_id(one, "organization_id"),
        taxonomy_id=str(_id(one, "taxonomy_id") or ""),
        taxonomy_term_id=str(_id(one, "taxonomy_term_id") or ""),
        minimal=_truth(one, "minimal"),
        full=_truth(one, "full") or _truth(one, "full_service"),
    )


def _number(one: Mapping[str, str], name: str, usual: int, most: int) -> int:
    text = one.get(name)
    if text is None:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 9 and 1 <= int(text) <= most):
        raise NotUnderstood(f'"{name}" must be a whole number from 1 to {most}.')
    return int(text)


def _format(one: Mapping[str, str]) -> str:
    text = one.get("format", "json")
    if text not in FORMATS:
        raise NotUnderstood(f'"format" must be one of: {", ".join(FORMATS)}.')
    return text


def _search(one: Mapping[str, str]) -> str:
    text = one.get("search", "")
    if len(text) > _LONGEST_SEARCH:
        raise NotUnderstood(f'"search" may have {_LONGEST_SEARCH} letters.')
    return text


def _id(one: Mapping[str, str], name: str) -> UUID | None:
    if name not in one:
        return None
    try:
        return UUID(one[name])
    except ValueError:
        raise NotUnderstood(f'"{name}" must be an id of this directory (a UUID).') from None


def _truth(one: Mapping[str, str], name: str) -> bool:
    if name not in one:
        return False
    if one[name].casefold() not in _TRUTHS:
        raise NotUnderstood(f'"{name}" must be true or false.')
    return _TRUTHS[one[name].casefold()]
