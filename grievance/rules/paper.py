"""Decides what a printed referral form may show, and until when (design.md 5 and 6).

Consent by single field is for paper alone: what she did not tick is never on it.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from grievance.rules.hsds.bodies import kind_of
from grievance.rules.matching import NameIndex
from grievance.rules.terms import (
    NEVER_ASKED,
    SENSITIVE,
    AgeBand,
    PaperField,
    PaperState,
    Priority,
    Urgency,
)
from grievance.rules.urgency import Taxonomy, readable

LONGEST_DAYS: Final = 366

# Whole groups: that somebody ticked one says nearly what its codes say.
_OF_GROUP: Final[Mapping[str, PaperField]] = {
    "IMM": PaperField.STATUS,
    "HEA": PaperField.HEALTH,
    "SAF": PaperField.VIOLENCE,
    "EXP": PaperField.VIOLENCE,
    "RTS": PaperField.PRIVATE,
}

# Danger to life reads like whatever waits a day: that a case is U0 is not for paper to tell.
_SOON: Final[Mapping[Urgency, Priority]] = {
    Urgency.U0: Priority.EMERGENCY,
    Urgency.U1: Priority.EMERGENCY,
    Urgency.U2: Priority.URGENT,
    Urgency.U3: Priority.NORMAL,
    Urgency.U4: Priority.NORMAL,
}


@dataclass(frozen=True)
class Standing:
    """What a form's row says of its consent. ``agreed`` is None until she has answered."""

    agreed: bool | None
    taken_back: bool
    ended: bool
    valid_until: date


def priority_of(urgency: str | None) -> Priority | None:
    """How soon a form asks for help; None where nobody said how urgent the case is."""
    return _SOON[Urgency(urgency)] if urgency else None


def state_of(form: Standing, today: date) -> PaperState:
    """Where a form stands today; its last day counts whole."""
    if form.taken_back:
        return PaperState.TAKEN_BACK
    if form.agreed is False:
        return PaperState.REFUSED
    if form.ended:
        return PaperState.ENDED
    if today > form.valid_until:
        return PaperState.EXPIRED
    return PaperState.STANDING if form.agreed else PaperState.ASKED


def may_last(until: date, today: date) -> bool:
    """Whether a consent may end on this day: from today on, within a year."""
    return 0 <= (until - today).days <= LONGEST_DAYS


def may_answer_by(day: date, until: date, today: date) -> bool:
    """Whether an answer may be expected by this day: from today on, while the form stands."""
    return today <= day <= until


def problems_apart(taxonomy: Taxonomy, issues: Iterable[str]) -> dict[PaperField, list[str]]:
    """Her problems by the field that may tell them: codes and groups.

    What a sealed code of another group is stands under PRIVATE; PROBLEMS has its group at most, as
    the facets do.
    """
    found: dict[PaperField, list[str]] = {}
    plain: list[str] = []
    for one in issues:
        sealed = one in taxonomy.issues and taxonomy.issues[one].sealed
        field = _OF_GROUP.get(taxonomy.group_of(one))
        if field is None:
            plain.append(one)
            field = PaperField.PRIVATE if sealed else None
        if field is not None:
            found.setdefault(field, []).append(one)
    return found | ({PaperField.PROBLEMS: list(readable(taxonomy, plain))} if plain else {})


def on_paper(
    filled: Mapping[PaperField, tuple[str, ...]], agreed: Collection[PaperField]
) -> dict[PaperField, tuple[str, ...]]:
    """What a form shows: of what the case holds, that which she agreed to, in the fields' order."""
    return {one: filled[one] for one in PaperField if one in agreed and filled.get(one)}


def others_may_agree(age_band: str | None, for_somebody: str | None) -> bool:
    """Whether somebody else's yes counts: for who is under 18, or whom another person reported.
    Whoever is grown up and writes herself agrees herself, also where others would speak for her."""
    return age_band == AgeBand.UNDER_18 or for_somebody == "yes"


def tells_of_minor(contents: Mapping[PaperField, tuple[str, ...]]) -> bool:
    """Whether these contents say that she is under 18: such a form has empty lines for who takes
    care of her. Nobody else's does, since they would tell her age."""
    return contents.get(PaperField.AGE_BAND) == (AgeBand.UNDER_18,)


def in_the_open(fields: Iterable[PaperField]) -> list[str]:
    """The fields that rows and events may name. That a sensitive one was chosen would tell what
    design.md 2 keeps sealed."""
    chosen = set(fields)
    return [str(one) for one in PaperField if one in chosen and one not in SENSITIVE]


def never_gets_one(names: Iterable[str], respondents: Iterable[str]) -> bool:
    """Whether a body of these names reads like an official body, police, immigration or an agency,
    or like somebody whom the report is about; any doubt counts."""
    told = [one for one in names if one]
    if kind_of(told, shelter=False) in NEVER_ASKED:
        return True
    index = NameIndex.build((str(number), one) for number, one in enumerate(respondents) if one)
    return any(index.match(one).all for one in told)
