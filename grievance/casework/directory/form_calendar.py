"""Reads the hours of an organization out of the directory form; names what is wrong by its line."""

from typing import Any, Final

from grievance.casework.directory.form_reader import Reader
from grievance.rules.calendar_words import WEEKDAYS, Mistake, Wrong, read_calendar, written
from grievance.rules.calendars import Calendar

NO_CALENDAR: Final = "none"  # what takes a calendar away; a form without the field leaves it
_SAID: Final[dict[Wrong, tuple[str, str]]] = {
    Wrong.ZONE: ("zone", 'write a time zone as Asia/Hong_Kong, not "{}"'),
    Wrong.WEEKDAY: ("hours", '"{}" is not one of: ' + ", ".join(WEEKDAYS)),
    Wrong.HOURS: ("hours", 'write hours as 09:00-18:00, not "{}"'),
    Wrong.SAME_TIME: (
        "hours", '"{}" could mean never or all day: write 00:00-24:00, or leave the day out'
    ),
    Wrong.CLOSED_DAY: (
        "closed", 'write days as 2026-12-25 or 2026-12-24 to 2027-01-02, not "{}"'
    ),
    Wrong.TOO_MANY: ("closed", "at most {} hours and closed days"),
    Wrong.NEVER_OPENS: ("hours", "it never opens: name hours of one day at least"),
    Wrong.SHUT_TOO_LONG: ("closed", "more than {} days without an opening: pause it instead"),
}  # fmt: skip


def calendar_of_form(read: Reader) -> tuple[bool, dict[str, Any] | None]:
    """Whether the form names a calendar, and it: None where it takes one away."""
    if not read.names("calendar"):
        return False, None
    raw = read.map("calendar", or_word=NO_CALENDAR)
    if raw is None:
        return True, None
    inner = Reader(raw, read.problems, f"{read.prefix}calendar: ")
    hours = inner.map("hours") or {}
    days = Reader(hours, read.problems, f"{inner.prefix}hours: ")
    spans = {day: days.one_or_many(day) for day in days.fields()}
    found = read_calendar(inner.text("zone") or "", spans, inner.one_or_many("closed"))
    inner.rest()
    if isinstance(found, Calendar):
        return True, written(found)
    for mistake in found:
        _say(inner, mistake)
    return True, None


def _say(read: Reader, mistake: Mistake) -> None:
    name, words = _SAID[mistake.what]
    read.say(name, words.format(mistake.said))
