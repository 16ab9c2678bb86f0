"""The form of one contact."""

from typing import Any

from wtforms.validators import ValidationError

from grievance.casework.directory.contacts import Said
from grievance.directory.entry_words import VISIBLE, WRONG
from grievance.rules.contacts import ContactWrong
from grievance.rules.terms import ContactKind, Language, Visibility
from grievance.store.contacts import OrganizationContact
from grievance.web.contact_words import KINDS
from grievance.web.forms import Choice, Line, Many, ServiceForm, options
from grievance.web.locale import gettext, language_name
from grievance.web.locale import lazy as _

_LONGEST_HOURS = 80


class ContactForm(ServiceForm):
    """A way to reach the organization, and who may read it."""

    kind = Choice(_("Kind"), choices=options(KINDS.items()))
    value = Line(
        _("Number, address or name"),
        description=_(
            "A number as +852 9123 4567, a page as https://example.org. In person: where in words, "
            "for example “in Central, we tell you the place”, never a street."
        ),
    )
    visibility = Choice(_("Who reads it"), choices=options(VISIBLE.items()))
    hours = Line(_("When"), description=_("In your own words, for example: Sundays 10 to 18."))
    languages = Many(_("Languages spoken there"))

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.languages.choices = options((str(one), language_name(one)) for one in Language)

    def validate_kind(self, field: Choice) -> None:
        """Raises ValidationError."""
        if not field.data:
            raise ValidationError(gettext("Choose a kind."))

    def validate_visibility(self, field: Choice) -> None:
        """Raises ValidationError."""
        if not field.data:
            raise ValidationError(gettext("Choose who reads it."))

    def validate_hours(self, field: Line) -> None:
        """Raises ValidationError."""
        if len(field.data or "") > _LONGEST_HOURS:
            raise ValidationError(gettext("This is too long. Please write less."))

    def say(self, wrong: ContactWrong) -> None:
        """Put what is wrong beside the number, address or name."""
        self.value.errors = [str(WRONG[wrong])]

    @property
    def said(self) -> Said:
        """What was written, after validation."""
        return Said(
            ContactKind(str(self.kind.data)), self.value.data or "",
            Visibility(str(self.visibility.data)), self.languages.data, self.hours.data or "",
        )  # fmt: skip


def filled(row: OrganizationContact) -> ContactForm:
    """The form as a contact stands."""
    names = ("kind", "value", "visibility", "hours", "languages")
    return ContactForm(formdata=None, data={name: getattr(row, name) for name in names})
