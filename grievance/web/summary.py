"""Every answer in words, for the page that comes before Send and for her own case page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grievance.casework.report.answers import Answers
from grievance.rules.terms import (
    AgeBand,
    Ask,
    Channel,
    RespondentKind,
    Sector,
    Sex,
    When,
)
from grievance.store.reference import IssueCode
from grievance.web.labels import label
from grievance.web.locale import country_name, gettext, language_name


@dataclass(frozen=True)
class Row:
    """One answer: what was asked, what she said (a list of lines), where to change it."""

    question: str
    lines: list[Any]
    step: str


def rows(answers: Answers, codes: list[IssueCode], names: Mapping[str, str]) -> list[Row]:
    """All answers in the order of the steps; one not given says so."""
    said = [
        (gettext("Problem"), _problems(answers, codes), "problem"),
        (gettext("Danger now"), _yes_no(answers.danger_now), "problem"),
        (gettext("What happened"), _lines(answers.story), "story"),
        (gettext("When"), _word(When, answers.when), "story"),
        (gettext("What you want"), [label(Ask(one)) for one in answers.asks], "story"),
        (gettext("Country of work"), _lines(country_name(answers.country)), "place"),
        (gettext("City"), _lines(answers.city) + _lines(answers.other_place), "place"),
        (gettext("Work"), _word(Sector, answers.sector), "place"),
        (gettext("Nationality"), _lines(country_name(answers.nationality)), "place"),
        (gettext("Languages"), [language_name(one) for one in answers.languages], "place"),
        (gettext("Age"), _word(AgeBand, answers.age_band), "place"),
        (gettext("You are"), _word(Sex, answers.sex), "place"),
        (gettext("Problem with"), _respondents(answers), "place"),
        (gettext("Who may read it"), _readers(answers, names), "sharing"),
        (gettext("Kept away from"), [names.get(one, "") for one in answers.rule_out], "sharing"),
        (gettext("Contact"), _contact(answers), "contact"),
        (gettext("Only you use this phone"), _yes_no(answers.whose_phone), "contact"),
        (gettext("For somebody else"), _yes_no(answers.for_somebody), "contact"),
    ]
    return [Row(question, lines, step) for question, lines, step in said]


def _problems(answers: Answers, codes: list[IssueCode]) -> list[Any]:
    labels = {row.code: row.label for row in codes}
    groups = {row.group: row.group_label for row in codes}
    return [gettext(labels.get(one) or groups.get(one, one)) for one in answers.issues]


def _respondents(answers: Answers) -> list[Any]:
    lines: list[Any] = []
    for kind in answers.respondent_kind:
        name = answers.respondent_names.get(kind)
        lines.append(label(RespondentKind(kind)))
        lines += [name] if name else []
    return lines


def _readers(answers: Answers, names: Mapping[str, str]) -> list[Any]:
    if answers.sharing == "nobody":
        return [gettext("Nobody yet")]
    readers = [names.get(one, "") for one in answers.recipients]
    if answers.if_nobody:
        name = names.get(answers.if_nobody, "")
        readers.append(gettext("If nobody answers: %(name)s", name=name))
    return [one for one in readers if one]


def _contact(answers: Answers) -> list[Any]:
    lines: list[Any] = [label(Channel(answers.channel))]
    lines += [one for one in (answers.call_me, answers.contact, answers.safe_times) if one]
    if answers.may_say_who:
        said = gettext("We may say who we are.") if answers.may_say_who == "yes" else None
        lines.append(said or gettext("We must not say who we are."))
    return lines + ([answers.safe_word] if answers.safe_word else [])


def _word(kind: Any, value: str | None) -> list[Any]:
    return [label(kind(value))] if value else []


def _yes_no(value: str | None) -> list[Any]:
    return [gettext("Yes") if value == "yes" else gettext("No")] if value else []


def _lines(text: str | None) -> list[Any]:
    return [text] if text else []
