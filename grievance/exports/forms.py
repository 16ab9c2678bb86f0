"""The export form; the purpose is asked each time."""

from datetime import date
from typing import Any

from wtforms import HiddenField
from wtforms.validators import StopValidation

from grievance.casework.case.exporting import EARLIEST, LATEST
from grievance.web.forms import Day, Filled, Line, ServiceForm
from grievance.web.locale import gettext
from grievance.web.locale import lazy as _

_YEARS: dict[str, Any] = {"earliest": EARLIEST, "latest": LATEST, "needed": True}


class ExportForm(ServiceForm):
    """Which days, and what for."""

    period_from = Day(_("First day"), description=_("Write a day as 2026-11-25."), **_YEARS)
    period_to = Day(_("Last day (included)"), **_YEARS)
    purpose = Line(
        _("What is it for?"),
        description=_("It is kept in the trail. Do not name anybody."),
        validators=[Filled(_("Please say what it is for."))],
    )
    level = HiddenField(default="coded")
    audience = HiddenField(default="own")
    format = HiddenField(default="csv")

    @property
    def first(self) -> date:
        """The first day, after validation."""
        return self.period_from.day or EARLIEST

    @property
    def last(self) -> date:
        """The last day, after validation."""
        return self.period_to.day or EARLIEST

    def validate_period_to(self, field: Day) -> None:
        """The last day is not before the first."""
        first = self.period_from.day
        if first and field.day and field.day < first:
            raise StopValidation(gettext("The last day is before the first."))

    def validate_level(self, field: HiddenField) -> None:
        """Only coded exports stand yet."""
        if (field.data or "coded") != "coded":
            raise StopValidation(gettext("Only coded exports are possible now."))

    def validate_audience(self, field: HiddenField) -> None:
        """Only for the own desk yet."""
        if (field.data or "own") != "own":
            raise StopValidation(gettext("Exports are for your own desk only, for now."))

    def validate_format(self, field: HiddenField) -> None:
        """Only CSV yet."""
        if (field.data or "csv") != "csv":
            raise StopValidation(gettext("Only CSV files are possible now."))
