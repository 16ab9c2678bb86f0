"""The forms of an entry's life; each posts to its own address."""

from datetime import date, timedelta
from typing import Final

from wtforms import BooleanField
from wtforms.validators import ValidationError

from grievance.rules.email import is_email
from grievance.rules.terms import Role
from grievance.web.forms import Choice, Day, Filled, Line, ServiceForm, options
from grievance.web.locale import gettext
from grievance.web.locale import lazy as _

_LONGEST_PAUSE: Final = timedelta(days=366)
_DIGITS: Final = 4
_FIRST: Final = [
    (Role.COORDINATOR, _("Coordinator: works on cases and looks after the entry")),
    (Role.ADMINISTRATOR, _("Administrator: looks after members and the entry, reads no case")),
]


class ActForm(ServiceForm):
    """A press without an answer."""


class InviteForm(ServiceForm):
    """The first member of an organization that is invited."""

    email = Line(_("E-mail"))
    name = Line(_("Name"), validators=[Filled(_("Write her name."))])
    role = Choice(_("Her role"), choices=options(_FIRST))
    notify = BooleanField(_("Send a mail that she is invited. It does not hold the code."))

    def validate_email(self, field: Line) -> None:
        """Raises ValidationError."""
        if not is_email(field.data or ""):
            raise ValidationError(gettext("This is no e-mail address."))

    def validate_role(self, field: Choice) -> None:
        """Raises ValidationError."""
        if not field.data:
            raise ValidationError(gettext("Choose her role."))


class PauseForm(ServiceForm):
    """Until when; no day is until somebody presses again."""

    last_day = Day(
        _("Last day of the pause"),
        description=_(
            "For example 2026-12-31, at most a year ahead. Empty: until you press again."
        ),
    )

    def fits(self, today: date) -> bool:
        """Whether the form is good on this day."""
        if not self.validate():
            return False
        day = self.last_day.day
        if day is None or today <= day <= today + _LONGEST_PAUSE:
            return True
        self.last_day.errors = [gettext("Choose a day from today to a year ahead.")]
        return False


class RoomForm(ServiceForm):
    """How many cases fit, and whether somebody is awake at night."""

    capacity = Line(
        _("Open cases it can hold"),
        description=_(
            "With so many open cases no new one is offered, until one is closed. Empty: no limit."
        ),
    )
    duty_rota = BooleanField(_("Somebody is awake at night for people in danger"))

    def validate_capacity(self, field: Line) -> None:
        """Raises ValidationError."""
        text = field.data or ""
        number = text.isascii() and text.isdigit() and len(text) <= _DIGITS
        if text and not (number and int(text) > 0):
            raise ValidationError(
                gettext("Write a whole number from 1 to 9999, or nothing. To take none, pause.")
            )

    @property
    def cases(self) -> int | None:
        """The limit, after validation."""
        return int(self.capacity.data) if self.capacity.data else None


class CloseForm(ServiceForm):
    """A tick that the words beside it were read."""

    read = BooleanField(_("I have read what becomes of its cases."))

    def validate_read(self, field: BooleanField) -> None:
        """Raises ValidationError."""
        if not field.data:
            raise ValidationError(gettext("Read what becomes of its cases, and tick that you did."))
