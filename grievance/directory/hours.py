"""The form of an organization's own hours: a line for each weekday, closed days, the duty rota."""

from collections.abc import Mapping
from typing import Any, Final

from wtforms import BooleanField, Field, StringField

from grievance.casework.directory.entries import hours_version
from grievance.directory.entry_form import MEANWHILE
from grievance.rules.calendar_words import WEEKDAYS, Mistake, Wrong, read_calendar
from grievance.rules.calendars import Calendar
from grievance.store.directory import Organization
from grievance.web.forms import Line, ServiceForm, Words
from grievance.web.hours_words import lines
from grievance.web.locale import gettext, weekdays
from grievance.web.locale import lazy as _

NONE: Final = "none"  # the button that takes the hours away
_SAID: Final[dict[Wrong, Any]] = {
    Wrong.ZONE: _("Write a time zone, for example Asia/Hong_Kong."),
    Wrong.HOURS: _("Write hours as 09:00-18:00, not “%(said)s”."),
    Wrong.SAME_TIME: _("“%(said)s” could mean never or all day. Write 00:00-24:00 for all day."),
    Wrong.CLOSED_DAY: _("Write days as 2026-12-25 or 2026-12-24 to 2027-01-02, not “%(said)s”."),
    Wrong.TOO_MANY: _("At most %(said)s hours and closed days."),
    Wrong.NEVER_OPENS: _("Write hours for one day at least."),
    Wrong.SHUT_TOO_LONG: _("More than %(said)s days without an opening. Pause instead."),
}


class HoursForm(ServiceForm):
    """When somebody is there. The names of the days come from the reader's language."""

    revision = StringField()
    zone = Line(_("Time zone"), description=_("For example Asia/Hong_Kong"))
    mon, tue, wed, thu, fri, sat, sun = Line(), Line(), Line(), Line(), Line(), Line(), Line()
    closed = Words(
        _("Holidays and closed days"),
        description=_("One on each line: 2026-12-25, or 2026-12-24 to 2027-01-02"),
    )
    duty_rota = BooleanField(_("Somebody is awake at night for people in danger"))

    calendar: Calendar | None = None

    @property
    def days(self) -> list[tuple[str, Field]]:
        """Each weekday's name and its field."""
        return list(zip(weekdays(), (self[day] for day in WEEKDAYS), strict=True))

    def take(self) -> bool:
        """Whether the form is good; then ``calendar`` is what it says. Else each field says why."""
        if not self.validate():
            return False
        said = {day: _several(self[day].data or "") for day in WEEKDAYS}
        lines = [line.strip() for line in (self.closed.data or "").splitlines() if line.strip()]
        found = read_calendar(self.zone.data or "", said, lines)
        if isinstance(found, Calendar):
            self.calendar = found
            return True
        for mistake in found:
            self._say(mistake, said)
        return False

    def _say(self, mistake: Mistake, said: Mapping[str, list[str]]) -> None:
        words = gettext(_SAID[mistake.what].message, said=mistake.said)
        wheres = {
            Wrong.ZONE: "zone", Wrong.CLOSED_DAY: "closed", Wrong.TOO_MANY: "closed",
            Wrong.SHUT_TOO_LONG: "closed",
        }  # fmt: skip
        day = next((day for day, texts in said.items() if mistake.said in texts), WEEKDAYS[0])
        field = self[wheres.get(mistake.what, day)]
        if words not in field.errors:
            field.errors = [*field.errors, words]


def filled(body: Organization, zone: str) -> HoursForm:
    """The form as the entry stands; the network's zone where it has none."""
    raw = body.calendar
    hours = raw["hours"] if raw else {}
    data: dict[str, Any] = {day: ", ".join(hours.get(day, [])) for day in WEEKDAYS}
    data |= {"zone": raw["zone"] if raw else zone}
    data |= {"closed": "\n".join(raw["closed"]) if raw else ""}
    data |= {"duty_rota": body.duty_rota, "revision": hours_version(body)}
    return HoursForm(formdata=None, data=data)


def say_changed(form: HoursForm, body: Organization) -> list[tuple[Any, list[str]]]:
    """Somebody was quicker: the form says so, and what is kept now stands beside it."""
    form.revision.errors = [str(MEANWHILE)]
    form.revision.data = hours_version(body)
    raw = body.calendar or {}
    said = [f"{name} {text}" for name, text in lines(body.calendar)]
    night = gettext("Yes") if body.duty_rota else gettext("No")
    return [
        (form.zone.label.text, [raw["zone"]] if raw else []),
        (gettext("Opening hours"), said),
        (form.closed.label.text, list(raw.get("closed", []))),
        (form.duty_rota.label.text, [night]),
    ]


def _several(text: str) -> list[str]:
    return [one.strip() for one in text.replace(";", ",").split(",") if one.strip()]
