"""The contents of a printed form in words, line by line."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from grievance.casework.referral.paper_contents import Contents
from grievance.rules.terms import (
    AgeBand,
    Ask,
    Channel,
    Priority,
    RespondentKind,
    Sector,
    ServiceNeed,
    Sex,
    When,
)
from grievance.rules.terms import PaperField as F
from grievance.store.reference import IssueCode
from grievance.web.labels import label
from grievance.web.locale import country_name, gettext, language_name

Lines = list[tuple[F, list[Any]]]
_PROBLEMS: Final = frozenset({F.PROBLEMS, F.STATUS, F.HEALTH, F.VIOLENCE, F.PRIVATE})


def lines_of(contents: Contents, codes: Sequence[IssueCode]) -> Lines:
    """Each field of these contents with its lines; nothing of any other."""
    named = {row.group: row.group_label for row in codes} | {row.code: row.label for row in codes}
    return [(field, _lines(field, values, named)) for field, values in contents.items()]


def _lines(field: F, values: Sequence[str], named: dict[str, str]) -> list[Any]:
    if field in _PROBLEMS:
        return [gettext(named.get(one, one)) for one in values]
    if field == F.CONTACT:
        return _contact(*values)
    if field == F.PLACE:
        country, *rest = values
        return [one for one in dict.fromkeys([country_name(country), *rest]) if one]
    said = _SAID.get(field, str)
    return [said(one) for one in values if one]


def _contact(channel: str, contact: str, own: str, times: str, may_say: str) -> list[Any]:
    """How she may be reached, and always her rules for it."""
    if channel == Channel.NONE:
        return [gettext("No calls and no messages. Answer only whom this form names.")]
    return [
        f"{label(Channel(channel))}: {contact}",
        gettext("Safe times: %(times)s", times=times or gettext("not said: ask first")),
        gettext("Only the worker uses this phone.")
        if own == "yes"
        else gettext("Others may use this phone too."),
        gettext("You may say who you are.")
        if may_say == "yes"
        else gettext("Do not say who you are, nor why you call."),
    ]


def _yes_no(value: str) -> str:
    return gettext("Yes") if value == "yes" else gettext("No")


_SAID: Final[dict[F, Callable[[str], Any]]] = {
    F.PRIORITY: lambda one: label(Priority(one)),
    F.FOR_SOMEBODY: _yes_no,
    F.AGE_BAND: lambda one: label(AgeBand(one)),
    F.SEX: lambda one: label(Sex(one)),
    F.NATIONALITY: country_name,
    F.LANGUAGES: language_name,
    F.SECTOR: lambda one: label(Sector(one)),
    F.INTERPRETER: _yes_no,
    F.NEEDS: lambda one: label(ServiceNeed(one)),
    F.WHEN: lambda one: label(When(one)),
    F.ASKS: lambda one: label(Ask(one)),
    F.RESPONDENT_KINDS: lambda one: label(RespondentKind(one)),
}
