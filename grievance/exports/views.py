"""A coordinator counts and hands over: coded case summaries, figures of her own tree, coverage."""

from collections.abc import Iterator
from contextlib import ExitStack
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from grievance.casework.case.exporting import Period, cases_inside, hold_still, record_export
from grievance.exports import charts, covering
from grievance.exports.files import csv_lines
from grievance.exports.forms import ExportForm
from grievance.store import counting
from grievance.web.database import commit, db
from grievance.web.forms import keeps_form, status_of
from grievance.web.service import now, service, settings
from grievance.web.staff import desk, reader

bp = Blueprint("exports", __name__, url_prefix="/desk")
AT_ONCE = 20_000


@bp.route("/exports", methods=["GET", "POST"])
@keeps_form
def exports() -> ResponseReturnValue:
    """Ask for the days and the purpose; answer with the file."""
    form = ExportForm()
    if not form.validate_on_submit():
        html = render_template("exports/exports.html", form=form, rows=None)
        return html, status_of(form)
    days = Period(form.first, form.last, settings().zone)
    with ExitStack() as opened:
        # Its own session: the request's ends before the last line leaves.
        picture = opened.enter_context(service().database.reader())
        hold_still(picture)
        cases = cases_inside(picture, reader(desk()), days)
        if len(cases) > AT_ONCE and not request.form.get("large"):
            return render_template("exports/exports.html", form=form, rows=len(cases))
        purpose = form.purpose.data
        record_export(db(), desk().actor, days, cases, purpose=purpose, now=now())
        commit()
        opened.pop_all()  # the file closes it
    return _file(days, _lines(picture, cases, days.zone))


@bp.get("/statistics")
def statistics() -> ResponseReturnValue:
    """Counts by problem, country, nationality and month, each as a table and a chart."""
    if set(request.args.getlist("audience")) - {"", "own"}:
        return render_template("exports/statistics.html", figures=None), 400
    who = reader(desk())
    return render_template(
        "exports/statistics.html",
        total=counting.total(db(), who),
        zone=settings().time_zone,
        at=now(),
        figures=charts.figures(db(), who, settings().zone, now()),
    )


@bp.get("/coverage")
def coverage() -> ResponseReturnValue:
    """Which country, community and need has no partner, by the directory and by own cases."""
    who = reader(desk()) if desk().works_cases else None
    shown = covering.page(db(), who, request.args.get("country", ""))
    return render_template("exports/coverage.html", **shown)


def _file(days: Period, lines: Iterator[bytes]) -> Response:
    answer = Response(lines, mimetype="text/csv")
    name = f"case-summaries-{days.first}-{days.last}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _lines(picture: Session, cases: list[UUID], zone: ZoneInfo) -> Iterator[bytes]:
    with picture:
        yield from csv_lines(picture, cases, zone)
