"""Who can help without a report, numbers to call in danger, and a desk's own entry."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from grievance.directory import listing
from grievance.rules.terms import Language
from grievance.store.directory import listed_countries, listed_in
from grievance.store.reference import danger_numbers
from grievance.web.database import read_db

bp = Blueprint("directory", __name__)


@bp.get("/<lang:lang>/danger")
def danger(lang: Language) -> ResponseReturnValue:
    """Numbers by country, each with its source and the day it was checked. Stores nothing."""
    with read_db() as db:
        countries = listing.numbers_by_country(danger_numbers(db))
    return render_template("directory/danger.html", countries=countries)


@bp.get("/<lang:lang>/organizations")
def organizations(lang: Language) -> ResponseReturnValue:
    """Organizations by country, to be asked without a report."""
    chosen = request.args.get("country", "")[:2].upper()
    with read_db() as db:
        countries = listing.named(listed_countries(db))
        rows = [listing.entry(one) for one in listed_in(db, chosen)] if chosen else []
    known = {code for code, _ in countries}
    return render_template(
        "directory/organizations.html",
        countries=countries,
        chosen=chosen if chosen in known else "",
        rows=rows,
    )
