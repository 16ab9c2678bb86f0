"""Who can help without a report, numbers to call in danger, and a desk's own entry."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from grievance.casework.directory.entries import HoursChanged, set_hours
from grievance.casework.directory.listing import packaged_numbers
from grievance.directory import hours as hours_form
from grievance.directory import listing, network
from grievance.directory.charge import charge_of
from grievance.rules.members import manages
from grievance.rules.terms import Language
from grievance.store.directory import Organization
from grievance.store.engine import AWAY
from grievance.store.listings import listed_countries, listed_in
from grievance.store.reference import danger_numbers
from grievance.web import hours_words, staff
from grievance.web.database import commit, db, read_db, rollback
from grievance.web.forms import keeps_form, status_of
from grievance.web.ids import place_of
from grievance.web.service import now, settings

bp = Blueprint("directory", __name__)
Kept = tuple[Any, list[str]]
_SHOWN = 25  # organizations a page: it must stay light on a slow line


@bp.get("/<lang:lang>/danger")
def danger(lang: Language) -> ResponseReturnValue:
    """Numbers by country, each with its source and the day it was checked. Stores nothing."""
    try:
        with read_db() as session:
            rows = danger_numbers(session)
    except AWAY:
        rows = packaged_numbers()  # somebody in danger must not wait for a database
    countries = listing.numbers_by_country(rows)
    return render_template("directory/danger.html", countries=countries)


@bp.get("/<lang:lang>/organizations")
def organizations(lang: Language) -> ResponseReturnValue:
    """Organizations by country, to be asked without a report."""
    chosen = request.args.get("country", "")[:2].upper()
    skip = place_of(request.args.get("from", ""))
    with read_db() as session:
        countries = listing.named(listed_countries(session))
        chosen = chosen if chosen in {code for code, _ in countries} else ""
        found = listed_in(session, chosen, skip=skip, most=_SHOWN + 1) if chosen else []
        rows = listing.that_fit(listing.entries(session, found[:_SHOWN]))
    return render_template(
        "directory/organizations.html",
        countries=countries,
        chosen=chosen,
        rows=rows,
        following=skip + len(rows) if len(found) > len(rows) else None,
    )


@bp.get("/desk/directory")
def desk() -> ResponseReturnValue:
    """The directory as the desk sees it, its own entry first."""
    own = staff.desk()
    with read_db() as session:
        body = session.get_one(Organization, own.organization_id)
        return render_template(
            "directory/desk.html",
            body=body,
            opening=hours_words.lines(body.calendar),
            may_change=manages(own.roles),
            **network.page(session),
        )


@bp.route("/desk/directory/hours", methods=["GET", "POST"])
@bp.route("/desk/directory/<uuid:body_id>/hours", methods=["GET", "POST"])
@keeps_form
def hours(body_id: UUID | None = None) -> ResponseReturnValue:
    """When somebody is there: at the own organization, or at one that she looks after."""
    own = staff.desk()
    body, kept_now = charge_of(db(), own, body_id or own.organization_id).body, list[Kept]()
    form = hours_form.HoursForm()
    if request.method == "GET":
        form = hours_form.filled(body, settings().time_zone)
    elif _takes_hours_away(form) or form.take():
        try:
            set_hours(
                db(), body.id, form.calendar, duty_rota=form.duty_rota.data, actor=own.actor,
                now=now(), seen=form.revision.data or "",
            )  # fmt: skip
        except HoursChanged:
            rollback()
            kept_now = hours_form.say_changed(form, body)
        else:
            commit()
            return redirect(_home_of(body, own.organization_id), 303)
    page = render_template(
        "directory/hours.html", form=form, body=body, kept_now=kept_now,
        is_own=body.id == own.organization_id,
    )  # fmt: skip
    return page, status_of(form)


def _home_of(body: Organization, own_id: UUID) -> str:
    if body.id == own_id:
        return url_for("directory.desk")
    return url_for("entry.show", body_id=body.id)


def _takes_hours_away(form: hours_form.HoursForm) -> bool:
    return request.form.get("action") == hours_form.NONE and bool(form.validate())
