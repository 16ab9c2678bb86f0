"""The form of a member's own account: language, at once or a digest, quiet hours, time zone."""

from typing import Any, Final

from wtforms import SelectField
from wtforms.validators import ValidationError

from grievance.rules.calendar_words import zone_named
from grievance.rules.languages import NATIVE_NAMES
from grievance.rules.notice_times import NoticeTimes
from grievance.rules.terms import Language, Rhythm
from grievance.web.forms import Choice, Filled, Line, ServiceForm, options
from grievance.web.locale import gettext, lazy, offered, weekdays

_HOURS: Final = [(str(hour), f"{hour:02}:00") for hour in range(24)]
_CHOOSE: Final = lazy("Choose one.")


class AccountForm(ServiceForm):
    """When mail leaves. All hours are those of her own clock."""

    language = Choice(lazy("Language of your desk and your mail"), validators=[Filled(_CHOOSE)])
    rhythm = Choice(
        lazy("When mail comes"),
        choices=options(
            [
                (Rhythm.AT_ONCE, lazy("At once")),
                (Rhythm.DAILY, lazy("One mail a day, when something waits")),
                (Rhythm.WEEKLY, lazy("One mail a week, when something waits")),
            ]
        ),
        validators=[Filled(_CHOOSE)],
    )
    hour = SelectField(lazy("At"), coerce=str, choices=options(_HOURS), default="8")
    weekday = SelectField(lazy("Day of the weekly mail"), coerce=str, default="0")
    quiet_from = SelectField(lazy("No mail from"), coerce=str, default="")
    quiet_until = SelectField(lazy("No mail until"), coerce=str, default="")
    zone = Line(lazy("Your time zone"), description=lazy("For example Asia/Hong_Kong"))

    def __init__(self, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        ours = sorted(offered(), key=lambda one: NATIVE_NAMES[one].casefold())
        self.language.choices = options((one, NATIVE_NAMES[one]) for one in ours)
        self.weekday.choices = options((str(n), name) for n, name in enumerate(weekdays()))
        for field in (self.quiet_from, self.quiet_until):
            field.choices = options([("", lazy("not set")), *_HOURS])

    def validate_zone(self, field: Line) -> None:
        """A zone that this machine knows."""
        if zone_named(field.data or "") is None:
            raise ValidationError(gettext("Write a time zone, for example Asia/Hong_Kong."))

    def validate_quiet_until(self, field: SelectField) -> None:
        """Both ends or none, and some hour in which mail may leave."""
        if bool(field.data) != bool(self.quiet_from.data):
            raise ValidationError(gettext("Choose both hours, or none."))
        if field.data and field.data == self.quiet_from.data:
            raise ValidationError(gettext("From and until are the same hour."))

    def validate_hour(self, field: SelectField) -> None:
        """A digest in quiet hours would not leave at its hour."""
        try:
            contradicts = self.times().contradicts_itself
        except ValueError:
            return  # another field says why
        if contradicts:
            raise ValidationError(gettext("This hour lies in the hours without mail."))

    def times(self) -> NoticeTimes:
        """What she chose. Raises ValueError where a field is wrong."""
        zone = zone_named(self.zone.data or "")
        if zone is None:
            raise ValueError("no such zone")
        ends = self.quiet_from.data, self.quiet_until.data
        quiet = (int(ends[0]), int(ends[1])) if all(ends) and ends[0] != ends[1] else None
        weekday, hour = int(self.weekday.data), int(self.hour.data)
        return NoticeTimes(zone, Rhythm(self.rhythm.data or ""), weekday, hour, quiet)


def filled(times: NoticeTimes | None, language: str, zone: str) -> AccountForm:
    """The form as she left it; who never chose gets mail at once."""
    known = Language(language) if language in offered() else Language.EN
    data: dict[str, str] = {"language": known, "rhythm": Rhythm.AT_ONCE, "zone": zone}
    if times is not None:
        begins, ends = times.quiet or ("", "")
        data |= {
            "rhythm": times.rhythm, "zone": times.zone.key, "hour": str(times.hour),
            "weekday": str(times.weekday), "quiet_from": str(begins), "quiet_until": str(ends),
        }  # fmt: skip
    return AccountForm(formdata=None, data=data)
