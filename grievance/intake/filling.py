"""Between forms and answers: what a form shows of a draft, and what it puts into it.

Un-ticking takes back what depended on it: a group its codes and danger answer, a kind its name,
a recipient its consent (design.md 3).
"""

from typing import Any

from grievance.casework.report.answers import Answers
from grievance.casework.report.drafting import DraftState
from grievance.intake.forms import (
    CheckForm,
    ContactForm,
    CountryForm,
    PlaceForm,
    ProblemForm,
    SharingForm,
    StepForm,
    StoryForm,
)
from grievance.intake.steps import Step
from grievance.rules.network import Directory
from grievance.rules.terms import RespondentKind
from grievance.rules.urgency import DANGER_GROUPS, UNCLASSIFIED, Taxonomy
from grievance.store.reference import IssueCode
from grievance.web import choices
from grievance.web.forms import options
from grievance.web.locale import gettext

CODES = "codes"
COUNTRY = "country"
EVERYTHING = "all"
# The views of a step that an address or a form may name; any other is the step's plain one.
PARTS: dict[Step, frozenset[str]] = {
    Step.PROBLEM: frozenset({CODES}),
    Step.SHARING: frozenset({COUNTRY, EVERYTHING}),
}
_PLAIN: dict[Step, tuple[str, ...]] = {
    Step.STORY: ("story", "when", "asks"),
    Step.PLACE: (
        "country", "city", "other_place", "sector", "nationality", "languages", "age_band", "sex",
        "respondent_kind",
    ),
    Step.CONTACT: (
        "channel", "call_me", "contact", "whose_phone", "safe_times", "may_say_who", "safe_word",
        "for_somebody",
    ),
}  # fmt: skip
_FORMS: dict[Step, type[StepForm]] = {
    Step.PROBLEM: ProblemForm,
    Step.STORY: StoryForm,
    Step.PLACE: PlaceForm,
    Step.SHARING: SharingForm,
    Step.CONTACT: ContactForm,
    Step.CHECK: CheckForm,
}


def part_of(step: Step, named: str) -> str:
    """The view of a step that was named; the plain one ("") where the step has none by that."""
    return named if named in PARTS.get(step, ()) else ""


def form_for(step: Step, part: str, answers: Answers) -> StepForm:
    """The form of a step, filled with what the draft holds."""
    if part == COUNTRY:
        return CountryForm(data={"country": answers.country})
    data: dict[str, Any] = answers.to_json()
    for kind, name in answers.respondent_names.items():
        data[f"respondent_name_{kind}"] = name
    return _FORMS[step](data=data)


def posted_form(step: Step, part: str) -> StepForm:
    """The form of a step, holding what was just sent."""
    return CountryForm() if part == COUNTRY else _FORMS[step]()


def offer_problems(
    form: StepForm, part: str, answers: Answers, rows: list[IssueCode], taxonomy: Taxonomy
) -> None:
    """Groups first; after them the codes of the groups chosen. Both are taken at any time."""
    if not isinstance(form, ProblemForm):
        return
    chosen = {taxonomy.group_of(one) for one in answers.issues}
    groups = list(dict.fromkeys((row.group, row.group_label) for row in rows))
    offered = [row for row in rows if row.code != UNCLASSIFIED]
    codes = [(row.code, row.label) for row in offered if row.group in chosen]
    every = [
        (code, gettext(label)) for code, label in (*groups, *((r.code, r.label) for r in rows))
    ]
    form.issues.choices = options(every)
    form.shown_groups = [(group, gettext(label)) for group, label in groups]
    form.shown_codes = [(code, gettext(label)) for code, label in codes]
    form.asks_danger = bool(chosen & DANGER_GROUPS)
    if part != CODES and not form.is_submitted():
        form.issues.data = sorted(chosen)


def offer_places(form: StepForm, answers: Answers, directory: Directory) -> None:
    """Countries, cities of the chosen one, nationalities and languages."""
    if isinstance(form, PlaceForm | CountryForm):
        form.country.choices = options(choices.countries())
    if isinstance(form, PlaceForm):
        country = form.country.data or answers.country
        form.shown_cities = directory.cities(answers.country)
        form.city.choices = options((city, city) for city in directory.cities(country))
        form.nationality.choices = options(choices.nationalities())
        form.languages.choices = options(choices.spoken())


def put(step: Step, part: str, form: StepForm, state: DraftState, taxonomy: Taxonomy) -> None:
    """Put a form's answers into the draft."""
    answers = state.answers
    if step == Step.PROBLEM:
        _put_problems(answers, part, form, taxonomy)
    elif part == COUNTRY:
        answers.country = form.country.data
    elif step == Step.SHARING:
        _put_sharing(answers, form)
    else:
        for name in _PLAIN.get(step, ()):
            setattr(answers, name, form[name].data or _nothing(name))
    if step == Step.PLACE:
        _put_names(answers, form)
    if step == Step.CONTACT:
        answers.channel = form.channel.data or "none"
    state.revisions[step] = state.revisions.get(step, 0) + 1


def _put_problems(answers: Answers, part: str, form: StepForm, taxonomy: Taxonomy) -> None:
    posted = list(form.issues.data or [])
    codes = [one for one in posted if one in taxonomy.issues]
    if part == CODES:
        groups = list(dict.fromkeys(taxonomy.group_of(one) for one in (*answers.issues, *codes)))
        answers.danger_now = form.danger_now.data
    else:
        groups = list(dict.fromkeys(taxonomy.group_of(one) for one in posted))
        kept = (one for one in answers.issues if one in taxonomy.issues)
        codes += [one for one in kept if taxonomy.group_of(one) in groups and one not in codes]
        answers.danger_now = form.danger_now.data or answers.danger_now
    coded = {taxonomy.group_of(one) for one in codes}
    answers.issues = codes + [group for group in groups if group not in coded]
    if not DANGER_GROUPS & set(groups):
        answers.danger_now = None


def _put_names(answers: Answers, form: StepForm) -> None:
    names = {kind: form[f"respondent_name_{kind}"].data for kind in RespondentKind}
    typed = [str(kind) for kind, name in names.items() if name]
    answers.respondent_kind = list(dict.fromkeys([*answers.respondent_kind, *typed]))
    answers.respondent_names = {str(kind): name for kind, name in names.items() if name}


def _put_sharing(answers: Answers, form: StepForm) -> None:
    answers.sharing = form.sharing.data
    answers.rule_out = list(form.rule_out.data or [])
    chosen = answers.sharing == "chosen"
    recipients = [one for one in form.recipients.data or [] if one not in answers.rule_out]
    answers.recipients = recipients if chosen else []
    last = form.if_nobody.data if form.if_nobody.data not in answers.rule_out else None
    answers.if_nobody = last if chosen else None


def _nothing(name: str) -> Any:
    """What a field holds when it is not answered."""
    return getattr(Answers(), name)
