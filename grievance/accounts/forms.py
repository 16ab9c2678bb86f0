"""The forms of sign-in, activation, recovery and the users page."""

from typing import Any

from wtforms import BooleanField, Form, HiddenField, PasswordField, SelectField
from wtforms.validators import ValidationError

from grievance.accounts.words import ROLES
from grievance.rules.email import is_email
from grievance.rules.text import is_blank
from grievance.sealing.keys import MAX_PASSWORD, MIN_PASSWORD
from grievance.web.forms import Filled, Line, Many, ServiceForm, options
from grievance.web.locale import gettext, lazy


class Address:
    """A validator: this could be an e-mail address."""

    def __call__(self, form: Form, field: Any) -> None:
        """Raises ValidationError."""
        if not is_email(field.data or ""):
            raise ValidationError(gettext("This is no e-mail address."))


class NewPassword:
    """A validator: long enough to withstand guessing, short enough for the slow part."""

    def __call__(self, form: Form, field: Any) -> None:
        """Raises ValidationError."""
        typed = len(field.data or "")
        if typed < MIN_PASSWORD or is_blank(field.data):
            raise ValidationError(
                gettext("The password needs %(num)s letters or more.", num=MIN_PASSWORD)
            )
        if typed > MAX_PASSWORD:
            raise ValidationError(gettext("This password is too long."))


class SignInForm(ServiceForm):
    """First step: who, and the password."""

    email = Line(lazy("E-mail"), validators=[Filled(lazy("Write your e-mail address."))])
    password = PasswordField(lazy("Password"), validators=[Filled(lazy("Write your password."))])


class CodeForm(ServiceForm):
    """Second step: the code of the phone, or a recovery code."""

    totp = Line(lazy("Code"), validators=[Filled(lazy("Write the code."))])


class ActivateForm(ServiceForm):
    """An invited person begins."""

    email = Line(lazy("E-mail"), validators=[Filled(lazy("Write your e-mail address."))])
    code = Line(
        lazy("One-time code"),
        description=lazy("The person who invited you gave you this code."),
        validators=[Filled(lazy("Write the one-time code."))],
    )
    password = PasswordField(
        lazy("New password"),
        description=lazy("12 letters or more. Four words in a row are good."),
        validators=[NewPassword()],
    )


class RecoverForm(ServiceForm):
    """A lost password: the recovery key from paper opens the account."""

    email = Line(lazy("E-mail"), validators=[Filled(lazy("Write your e-mail address."))])
    recovery_key = Line(
        lazy("Recovery key"),
        description=lazy("You wrote it down on paper when you began."),
        validators=[Filled(lazy("Write your recovery key."))],
    )
    password = PasswordField(
        lazy("New password"),
        description=lazy("12 letters or more. Four words in a row are good."),
        validators=[NewPassword()],
    )


class InviteForm(ServiceForm):
    """A new member."""

    email = Line(lazy("E-mail"), validators=[Address()])
    name = Line(lazy("Name"), validators=[Filled(lazy("Write her name."))])
    roles = Many(lazy("Roles"), choices=options(ROLES.items()))
    organization = SelectField(lazy("Organization"), coerce=str)
    notify = BooleanField(lazy("Send a mail that she is invited. It does not hold the code."))

    def validate_roles(self, field: Many) -> None:
        """Somebody without a role could do nothing."""
        if not field.data:
            raise ValidationError(gettext("Choose one role or more."))


class CompareForm(ServiceForm):
    """The fingerprint that this page showed."""

    compared = HiddenField()


class DismissForm(ServiceForm):
    """A membership ends. The box stands where a key would be lost with it."""

    lose_key = BooleanField()


class RolesForm(DismissForm):
    """Exactly these roles."""

    roles = Many(lazy("Roles"), choices=options(ROLES.items()))
