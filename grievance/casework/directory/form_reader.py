"""Takes typed values out of one map of text and collects what is wrong, with its line."""

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from grievance.rules import languages
from grievance.rules.days import read_day
from grievance.rules.email import is_email
from grievance.rules.text import is_blank

_NOTED = {"__line__", "__odd__"}  # what the loader notes of each map
_MISSING = "?"
_DIGITS = 6
_TRUE, _FALSE = {"true", "yes", "on"}, {"false", "no", "off", ""}


class Reader:
    """Takes typed values out of one map of text and collects what is wrong."""

    def __init__(
        self, raw: Mapping[str, Any], problems: list[str] | None = None, prefix: str = ""
    ) -> None:
        self.raw = raw
        self.problems = [] if problems is None else problems
        self.prefix = prefix
        self.asked = set(_NOTED)
        for name, problem in raw.get("__odd__", ()):
            self.say(name, problem)

    def rest(self) -> None:
        """Name what the form does not know: a mistyped field would be lost in silence."""
        for name in self.raw:
            if name not in self.asked:
                self.say(str(name), "is not a field of this form")

    def say(self, name: str, problem: str) -> None:
        self.problems.append(f"line {self.raw.get('__line__', 0)}, {self.prefix}{name}: {problem}")

    def text(self, name: str) -> str | None:
        value = self._take(name)
        if value is None or isinstance(value, str):
            return None if is_blank(value or "") else str(value).strip()
        self.say(name, "must be one text")
        return None

    def needed(self, name: str) -> str:
        value = self.text(name)
        if value is None:
            self.say(name, "is missing")
        return value or _MISSING

    def truth(self, name: str) -> bool | None:
        value = self.text(name)
        if value is None or value.lower() == "null":
            return None
        if value.lower() in _TRUE | _FALSE:
            return value.lower() in _TRUE
        self.say(name, f'write true or false, not "{value}"')
        return None

    def number(self, name: str) -> int | None:
        value = self.text(name)
        if value is None:
            return None
        if value.isascii() and value.isdigit() and len(value) <= _DIGITS:
            return int(value)
        self.say(name, f'write a whole number of at most {_DIGITS} digits, not "{value}"')
        return None

    def day(self, name: str) -> date | None:
        value = self.text(name)
        try:
            return read_day(value) if value else None
        except ValueError:
            self.say(name, f'write a day as 2026-11-25, not "{value}"')
            return None

    def many(self, name: str) -> tuple[str, ...]:
        value = self._take(name) or []
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(one.strip() for one in value if one.strip())
        self.say(name, "must be a list of texts")
        return ()

    def maps(self, name: str) -> list[Mapping[str, Any]]:
        value = self._take(name) or []
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            return value
        self.say(name, "must be a list of maps")
        return []

    def map(self, name: str, or_word: str | None = None) -> Mapping[str, Any] | None:
        """One inner map; None for the one word that may stand for none, and for anything else,
        which is named as wrong."""
        value = self._take(name) or {}
        if isinstance(value, dict):
            return value
        if value != or_word:
            self.say(name, "must be a map")
        return None

    def one_or_many(self, name: str) -> tuple[str, ...]:
        """A list of texts, or one text with commas."""
        value = self._take(name)
        if isinstance(value, str):
            return tuple(one.strip() for one in value.split(",") if one.strip())
        return self.many(name)

    def names(self, name: str) -> bool:
        """Whether the form has this field at all, empty or not."""
        return name in self.raw

    def fields(self) -> list[str]:
        """Every field of a map whose fields are words of their own."""
        return [str(name) for name in self.raw if name not in _NOTED]

    def by_language(self, name: str) -> dict[str, str]:
        value = self._take(name) or {}
        if not isinstance(value, dict):
            self.say(name, "must be a map from language to text")
            return {}
        texts = Reader(value, self.problems, f"{self.prefix}{name}: ").texts()
        pairs = ((self._tag(name, key), text) for key, text in texts.items())
        return {tag: text for tag, text in pairs if tag}

    def languages(self, name: str) -> tuple[str, ...]:
        return tuple(tag for one in self.many(name) if (tag := self._tag(name, one)))

    def word(self, name: str, words: type[StrEnum], otherwise: StrEnum) -> str:
        value = self.needed(name)
        return (value != _MISSING and self._one(name, value, words)) or otherwise

    def words(self, name: str, words: type[StrEnum], also: str | None = None) -> tuple[str, ...]:
        return self._each(name, lambda v: v if v == also else self._one(name, v, words))

    def email(self, name: str) -> str | None:
        value = self.text(name)
        if value is not None and not is_email(value):
            self.say(name, f'"{value}" is no e-mail address')
        return value

    def address(self, name: str) -> str | None:
        value = self.text(name)
        return self._address(name, value) if value else value

    def addresses(self, name: str) -> tuple[str, ...]:
        return tuple(self._address(name, value) for value in self.many(name))

    def country(self, name: str) -> str | None:
        value = self.text(name)
        return self._country(name, value) if value else None

    def countries(self, name: str, also: str | None = None) -> tuple[str, ...]:
        return self._each(name, lambda v: v if v == also else self._country(name, v))

    def sources(self, name: str) -> tuple[dict[str, str], ...]:
        inner = [Reader(one, self.problems, f"{name}: ") for one in self.maps(name)]
        return tuple(one.texts() for one in inner)

    def texts(self) -> dict[str, str]:
        """Every field, each one text; empty ones left out."""
        found = {str(name): self.text(name) for name in self.raw if name not in _NOTED}
        return {name: text for name, text in found.items() if text}

    def _take(self, name: str) -> Any:
        self.asked.add(name)
        return self.raw.get(name)

    def _each(self, name: str, read: Callable[[str], str | None]) -> tuple[str, ...]:
        return tuple(got for value in self.many(name) if (got := read(value)))

    def _one(self, name: str, value: str, words: type[StrEnum]) -> str | None:
        if value in set(words):
            return value
        self.say(name, f'"{value}" is not one of: {", ".join(words)}')
        return None

    def _address(self, name: str, value: str) -> str:
        if not value.startswith(("https://", "http://")):
            self.say(name, f'write an address as https://example.org, not "{value}"')
        return value

    def _country(self, name: str, value: str) -> str | None:
        if len(value) == 2 and value.isascii() and value.isalpha():
            return value.upper()
        self.say(name, f'write a country as two letters (HK), not "{value}"')
        return None

    def _tag(self, name: str, value: str) -> str | None:
        ours = languages.ours(value)
        if ours:
            return str(ours)
        if value.replace("-", "").isalnum() and value.isascii() and 2 <= len(value) <= 12:
            return value.lower()  # a language we do not offer, still worth keeping
        self.say(name, f'"{value}" is not a language tag')
        return None
