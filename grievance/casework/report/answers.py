"""A worker's answers as plain values: what a draft holds and what a case seals."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Final

_ROOM: Final = 1024  # bytes; every group and code of the taxonomy ticked take 970


@dataclass
class Answers:
    """Every answer of the six steps, by the field names of design.md 8. Nothing is required."""

    issues: list[str] = field(default_factory=list)
    danger_now: str | None = None
    story: str = ""
    when: str | None = None
    asks: list[str] = field(default_factory=list)
    country: str | None = None
    city: str | None = None
    other_place: str = ""
    sector: str | None = None
    nationality: str | None = None
    languages: list[str] = field(default_factory=list)
    age_band: str | None = None
    sex: str | None = None
    respondent_kind: list[str] = field(default_factory=list)
    respondent_names: dict[str, str] = field(default_factory=dict)
    sharing: str | None = None
    recipients: list[str] = field(default_factory=list)
    if_nobody: str | None = None
    rule_out: list[str] = field(default_factory=list)
    channel: str = "none"
    contact: str = ""
    whose_phone: str | None = None
    safe_times: str = ""
    may_say_who: str | None = None
    safe_word: str = ""
    call_me: str = ""
    for_somebody: str | None = None

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> "Answers":
        """Answers as they were kept; fields of another release are passed over."""
        known = {f.name for f in fields(cls)}
        return cls(**{name: value for name, value in raw.items() if name in known})

    def to_json(self) -> dict[str, Any]:
        """Plain values. What the codes leave of their room is filled, so that they take the same
        whatever she ticked: steps alone would tell a code to who knows all else of an answer.
        """
        rest = -len(json.dumps(self.issues, separators=(",", ":"))) % _ROOM
        return asdict(self) | {"room": " " * rest}

    @property
    def typed_words(self) -> list[str]:
        """Everything she typed herself, without blanks: to be offered again, never to be lost."""
        names = self.respondent_names.values()
        every = [self.story, self.other_place, *names, self.call_me, self.contact, self.safe_times]
        return [text for text in [*every, self.safe_word] if text]

    @property
    def says_something(self) -> bool:
        """The one answer a report needs besides the sharing choice: a problem or some words."""
        return bool(self.issues or self.story)
