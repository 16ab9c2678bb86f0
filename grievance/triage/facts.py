"""Facts of a case that turned out otherwise: the form to correct them, and who fits now."""

from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session
from wtforms import HiddenField

from grievance.casework.case.reading import OpenedCase, holds
from grievance.casework.directory.version import load_directory
from grievance.casework.routes.correcting import Facts, facts_of
from grievance.rules.terms import ActorKind, CaseState
from grievance.store.cases import Case
from grievance.store.documents import Document
from grievance.store.events import events_of_verb
from grievance.store.referrals import latest_route
from grievance.triage.forms import Pick
from grievance.web import choices
from grievance.web.forms import ServiceForm, options
from grievance.web.locale import country_name
from grievance.web.locale import lazy as _
from grievance.web.staff import Desk

_NOT_KNOWN = ("", _("not known"))


class FactsForm(ServiceForm):
    """What may be corrected; ``seen`` is what this page showed."""

    country = Pick(_("Works in"))
    city = Pick(_("City"))
    sector = Pick(_("Work"), choices=options([_NOT_KNOWN, *choices.SECTORS]))
    nationality = Pick(_("From"))
    seen = HiddenField()

    def given(self) -> Facts:
        """The facts as they are to stand."""
        values = (self.country, self.city, self.sector, self.nationality)
        return Facts(*(field.data or None for field in values))


def section(
    db: Session, case: Case, desk: Desk, opened: OpenedCase | None
) -> dict[str, Any] | None:
    """What the page says about corrected facts; None where this desk does not hold the case."""
    if opened is None or not holds(db, case, desk.organization_id):
        return None
    route = latest_route(db, case.id)
    made = db.get(Document, route.sealed_document_id) if route else None
    changed = bool(events_of_verb(db, case.id, "facts_changed"))
    return {
        "may": case.state != CaseState.CLOSED,
        "changed": changed,
        "rerun": changed and made is not None and made.author == ActorKind.STAFF,
    }


def fresh_form(db: Session, case: Case) -> FactsForm:
    """The form with the facts as they stand."""
    facts = facts_of(case)
    form = FactsForm(formdata=None, data=asdict(facts) | {"seen": facts.version})
    offer(db, case, form)
    return form


def offer(db: Session, case: Case, form: FactsForm) -> None:
    """Countries and nationalities of the lists, and the cities of the country that is chosen."""
    country = str(form.country.data or "")
    cities = load_directory(db).cities(country)
    if case.city and country == case.country and case.city not in cities:
        cities.append(case.city)  # the directory forgot it since
    form.country.choices = options([_NOT_KNOWN, *_with(choices.countries(), case.country)])
    form.nationality.choices = options(
        [_NOT_KNOWN, *_with(choices.nationalities(), case.nationality)]
    )
    form.city.choices = options([_NOT_KNOWN, *((one, one) for one in cities)])


def _with(pairs: list[tuple[str, str]], code: str | None) -> list[tuple[str, str]]:
    """A list that offers what stands already."""
    return pairs if not code or code in dict(pairs) else [*pairs, (code, country_name(code))]
