"""Makes a step's page: its form, filled, and what stands around it."""

from dataclasses import dataclass, field
from typing import Any

from flask import render_template
from sqlalchemy.orm import Session

from grievance.casework.case.retaining import unshared_ends
from grievance.casework.directory.version import load_directory
from grievance.casework.report.drafting import DraftState
from grievance.intake import draft, filling
from grievance.intake.forms import StepForm
from grievance.intake.steps import ORDER, Step, step_before
from grievance.rules.codes import grouped
from grievance.rules.terms import RespondentKind
from grievance.store.reference import issue_codes
from grievance.store.releases import has_two_persons
from grievance.store.taxonomy import taxonomy
from grievance.web import offering, summary
from grievance.web.choices import other_countries, usual_countries
from grievance.web.service import now, settings
from grievance.web.sessions import visit

NEEDS_DRAFT = {Step.SHARING, Step.CHECK}


@dataclass
class Page:
    """A template's name and its values."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)


def page_for(db: Session, step: Step, part: str) -> Page | None:
    """The page of a step as the draft stands; None where a draft must come first."""
    found = draft.current(db)
    state = found.state if found else DraftState()
    if found is None and step in NEEDS_DRAFT:
        return None
    if (
        step == Step.SHARING
        and state.short
        and not state.answers.country
        and part != filling.EVERYTHING
    ):
        part = filling.COUNTRY
    form = filling.form_for(step, part, state.answers)
    return dress(db, step, part, form, state)


def dress(db: Session, step: Step, part: str, form: StepForm, state: DraftState) -> Page:
    """Give a form its choices and its page the rest; also used for a form that comes back."""
    shown = sum(state.revisions.values()) if step == Step.CHECK else state.revisions.get(step, 0)
    form.revision.data = str(shown)
    form.part.data = part
    values: dict[str, Any] = {
        "form": form,
        "step": step,
        "number": ORDER.index(step) + 1,
        "part": part,
        "before": step_before(step, state),
        "answers": state.answers,
        "short": state.short,
        "lost": _has_lost(step, form, state),
    }
    form.held.data = "1" if state.revisions else ""
    prepare_choices(db, step, part, form, state)
    if step == Step.PROBLEM:
        values["codes"] = part == filling.CODES
    elif part == filling.COUNTRY:
        values |= {"usual": usual_countries(), "others": other_countries()}
        return Page("country", values)
    elif step == Step.PLACE:
        values |= {"usual": usual_countries(), "others": other_countries()}
        values["kinds"] = [(kind, form[f"respondent_name_{kind}"]) for kind in RespondentKind]
    elif step == Step.SHARING:
        values |= {"offer": form.offer, "until": unshared_until()}
        values["two_persons"] = has_two_persons(db)
        values["away_names"] = offering.names_of(db, state.answers.rule_out)
    elif step == Step.CHECK:
        values |= _check_values(db, state)
    return Page(step, values)


def _has_lost(step: Step, form: StepForm, state: DraftState) -> bool:
    """Whether earlier answers should be here and are not: by what the page that was sent says, or
    because no later step is reached without any."""
    if state.revisions:
        return False
    later = step != Step.PROBLEM
    return bool(form.held.data) or (later and (form.is_stale or not form.is_submitted()))


def prepare_choices(db: Session, step: Step, part: str, form: StepForm, state: DraftState) -> None:
    """What may be ticked; before validation and before showing alike."""
    if step == Step.PROBLEM:
        filling.offer_problems(form, part, state.answers, list(issue_codes(db)), taxonomy(db))
    elif step == Step.PLACE or part == filling.COUNTRY:
        filling.offer_places(form, state.answers, load_directory(db))
    elif step == Step.SHARING:
        form.offer = offering.make_offer(db, state.answers, taxonomy(db))
        offering.offer_recipients(form, form.offer, state.answers)


def lost() -> str:
    """No report is open here: nobody can bring it back without its code, and the page says so."""
    return render_template("intake/lost.html")


def unshared_until() -> Any:
    """The first day on which a report shared with nobody may be deleted."""
    return unshared_ends(now().date().replace(day=1), settings().keep_nobody_months)


def rows_of(db: Session, state: DraftState) -> list[summary.Row]:
    """Every answer of a draft in words."""
    answers = state.answers
    names = offering.names_of(db, [*answers.recipients, *answers.rule_out, answers.if_nobody or ""])
    return summary.rows(answers, list(issue_codes(db)), names)


def _check_values(db: Session, state: DraftState) -> dict[str, Any]:
    code = visit().get("code")
    return {
        "rows": rows_of(db, state),
        "groups": grouped(code).split() if code else [],
        "shared": state.answers.sharing == "chosen",
        "gone": offering.cannot_be_asked(db, state.answers, taxonomy(db)),
    }
