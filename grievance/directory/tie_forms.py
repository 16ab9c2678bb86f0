"""The form that declares a tie: by name or id, and among several by choosing."""

from wtforms.validators import ValidationError

from grievance.directory.entry_words import REASONS
from grievance.web.forms import Choice, Filled, Line, ServiceForm, options
from grievance.web.locale import gettext
from grievance.web.locale import lazy as _


class TieForm(ServiceForm):
    """The other body and why."""

    other = Line(
        _("The other body"),
        description=_("Its name, a part of it, or its id in the directory."),
        validators=[Filled(_("Write the name of the other body."))],
    )
    chosen = Choice(_("Which one?"))
    reason = Choice(_("Why they are tied"), choices=options(REASONS.items()))

    def validate_reason(self, field: Choice) -> None:
        """Raises ValidationError."""
        if not field.data:
            raise ValidationError(gettext("Choose why they are tied."))


class EndForm(ServiceForm):
    """Which tie ends."""

    other = Line()
