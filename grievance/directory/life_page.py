"""What the page of an entry's life shows."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy.orm import Session

from grievance.casework.directory.life import facts_of
from grievance.directory import life_forms as forms
from grievance.directory.charge import Charge, reader_of
from grievance.directory.entry_words import MEANS, STATES
from grievance.rules import entry_life
from grievance.rules.clocks import day_of
from grievance.rules.route import Terms
from grievance.rules.terms import NEVER_ASKED, EntryAct, LifeState, Role
from grievance.store.accounts import names_of
from grievance.store.directory import Organization
from grievance.store.entry_life import held_by
from grievance.web.forms import ServiceForm
from grievance.web.service import now, settings
from grievance.web.staff import Desk


def possible(db: Session, charge: Charge) -> frozenset[EntryAct]:
    """What she may do with it as it stands."""
    return entry_life.acts(facts_of(db, charge.body), own=charge.own, above=charge.above)


def today_there(body: Organization) -> date:
    """The day it is where the organization is; in the network's zone where it named none."""
    zone = ZoneInfo(body.calendar["zone"]) if body.calendar else settings().zone
    return day_of(now(), zone)


def state_word(db: Session, body: Organization, at: datetime) -> Any:
    """Where it stands in its life, in the reader's words."""
    return STATES[entry_life.state_of(facts_of(db, body), _terms(at))]


def shown(
    db: Session, desk: Desk, charge: Charge, form: ServiceForm | None, at: datetime
) -> dict[str, Any]:
    """Facts, state, what may be done, and each act's form: ``form`` is the one that came back."""
    body, facts = charge.body, facts_of(db, charge.body)
    terms = _terms(at)
    state = entry_life.state_of(facts, terms)
    may = entry_life.acts(facts, own=charge.own, above=charge.above)
    back = form if form is not None and form.errors else None
    return {
        "body": body,
        "charge": charge,
        "state": STATES[state],
        "means": MEANS[state],
        "lacks": _lacks(facts, state),
        "is_closed": state == LifeState.CLOSED,
        "never_asked": body.kind in NEVER_ASKED,
        "agreed_by": names_of(db, [body.terms_by]).get(body.terms_by, "") if body.terms_by else "",
        "lapses_on": _lapses_on(body, terms) if facts.partner else None,
        "has_lapsed": facts.partner and state == LifeState.LAPSED,
        "old_terms": facts.partner and facts.terms_version != entry_life.TERMS_VERSION,
        "may": {str(act) for act in may},
        "held": held_by(db, reader_of(desk, charge, at), body.id),
        "forms": _forms(body, back),
        "form": back,
        "activate_url": settings().public_url + url_for("accounts.activate"),
    }


def _terms(at: datetime) -> Terms:
    return Terms(at.date(), settings().confirm_months)


def _forms(body: Organization, back: ServiceForm | None) -> dict[str, ServiceForm]:
    fresh: dict[str, ServiceForm] = {
        "invite": forms.InviteForm(formdata=None, role=Role.COORDINATOR),
        "pause": forms.PauseForm(formdata=None, last_day=_iso(body.paused_until)),
        "room": forms.RoomForm(
            formdata=None, capacity=str(body.capacity or ""), duty_rota=body.duty_rota
        ),
        "close": forms.CloseForm(formdata=None),
    }
    return {
        name: back if back is not None and type(back) is type(one) else one
        for name, one in fresh.items()
    }


def _lacks(facts: entry_life.Facts, state: LifeState) -> tuple[bool, bool]:
    """What an invited one lacks: its own yes, and somebody who can read."""
    if state != LifeState.INVITED:
        return False, False
    return not facts.partner, not facts.has_keys


def _lapses_on(body: Organization, terms: Terms) -> date | None:
    if body.confirmed_on is None:
        return None
    return entry_life.lapse_day(body.confirmed_on, terms.confirm_months)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
