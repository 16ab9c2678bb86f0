"""Reads the list of legal dates (YAML) and says what is wrong in it, each problem with its line."""

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from grievance.casework.directory.form_reader import Reader
from grievance.casework.lists.text_yaml import UnreadableYaml, read_yaml
from grievance.rules.legal_dates import AT_SEA
from grievance.rules.terms import Certainty, Effect, MustAct, Sector, Trigger, Unit, Urgency
from grievance.store.law import StoredRule

FORM_VERSION: Final = "1"
_AHEAD: Final = timedelta(days=1)  # where the sender's day has begun and ours has not


_OF_A_TIME: Final = (
    "length", "unit", "not_after", "raises_to", "near_days", "effect", "must_act",
)  # fmt: skip


class LawFileError(Exception):
    """The list cannot be taken; the message has a line for each problem."""


def read_rules(text: str, issues: Collection[str], today: date) -> list[StoredRule]:
    """Every rule, checked against the known codes and groups. All or nothing: half a list would
    hide a date from a worker. Raises LawFileError."""
    try:
        document = read_yaml(text)
    except UnreadableYaml as error:
        raise LawFileError(str(error)) from error
    if not isinstance(document, dict) or document.get("legal_dates") != FORM_VERSION:
        raise LawFileError('The file must begin with "legal_dates: 1".')
    file = Reader(document)
    file.text("legal_dates")
    readers = [Reader(raw, file.problems, f"{raw.get('id', '?')}: ") for raw in file.maps("rules")]
    rows = [_row(reader, number) for number, reader in enumerate(readers)]
    for row, reader in zip(rows, readers, strict=True):
        _check(row, reader, issues, today)
        reader.rest()
    file.rest()
    twice = [one for one, times in Counter(row.id for row in rows).items() if times > 1]
    said = list(dict.fromkeys(file.problems)) + [f'The rule "{one}" stands twice.' for one in twice]
    if said or not rows:
        raise LawFileError("\n".join(said) or "There is no rule in this list.")
    return rows


def _row(read: Reader, position: int) -> StoredRule:
    trigger = _word(read, "trigger", Trigger) or None
    return StoredRule(
        id=read.needed("id"),
        place=_place(read),
        trigger=trigger,
        length=read.number("length") or 0,
        unit=read.word("unit", Unit, Unit.DAYS) if trigger else Unit.DAYS,
        not_after=_word(read, "not_after", Trigger) or None,
        effect=_word(read, "effect", Effect) or Effect.ENDS,
        must_act=read.word("must_act", MustAct, MustAct.NOBODY) if trigger else MustAct.NOBODY,
        certainty=_word(read, "certainty", Certainty) or Certainty.READ,
        text=read.by_language("text"),
        sources=list(read.addresses("sources")),
        checked_on=_day(read, "checked"),
        recheck_after=_day(read, "recheck_after"),
        valid_from=read.day("valid_from"),
        valid_until=read.day("valid_until"),
        issues=list(read.many("issues")),
        sectors=list(read.words("sectors", Sector)),
        not_sectors=list(read.words("not_sectors", Sector)),
        raises_to=_word(read, "raises_to", Urgency) or None,
        near_days=read.number("near_days") or 0,
        position=position,
    )


def _word(read: Reader, name: str, words: type[StrEnum]) -> str:
    """One of the words, or nothing where the field is empty."""
    return str(read.word(name, words, next(iter(words)))) if read.text(name) else ""


def _place(read: Reader) -> str:
    if read.text("place") == AT_SEA:
        return AT_SEA
    return (read.needed("place") and read.country("place")) or "ZZ"


def _day(read: Reader, name: str) -> date:
    return (read.needed(name) and read.day(name)) or date.min


def _check(row: StoredRule, read: Reader, issues: Collection[str], today: date) -> None:
    """What one field alone does not tell."""
    ends_early = row.valid_from and row.valid_until and row.valid_until < row.valid_from
    wrong = {
        "text": "the English text is missing" if "en" not in row.text else "",
        "sources": "" if row.sources else "no date in law stands here without its source",
        "checked": "has not come yet" if row.checked_on > today + _AHEAD else "",
        "recheck_after": "lies before checked" if row.recheck_after < row.checked_on else "",
        "valid_until": "lies before valid_from" if ends_early else "",
    } | _wrong_count(row, read)
    for name, problem in wrong.items():
        if problem:
            read.say(name, problem)
    for one in sorted(set(row.issues) - set(issues)):
        read.say("issues", f'"{one}" is no code and no group of the list of problems')


def _wrong_count(row: StoredRule, read: Reader) -> dict[str, str]:
    """A time needs a beginning, a length, and both or neither of what raises urgency."""
    if row.trigger is None:
        words = "stands without a trigger: from which day is it counted?"
        return {name: words for name in _OF_A_TIME if read.text(name)}
    uneven = (row.raises_to is None) != (read.text("near_days") is None)
    return {
        "length": "is missing" if read.text("length") is None else "",
        "not_after": "is the trigger itself" if row.not_after == row.trigger else "",
        "near_days": "goes with raises_to: how many days before and after" if uneven else "",
    }
