"""Forms about respondents and ties; each posts to its own address."""

from typing import Final

from wtforms import HiddenField
from wtforms.validators import StopValidation

from grievance.rules.respondents import Details
from grievance.rules.terms import RespondentKind, StaffTieReason
from grievance.rules.text import is_blank
from grievance.triage.forms import Pick
from grievance.web.forms import Filled, Many, ServiceForm, Words, options
from grievance.web.labels import label
from grievance.web.locale import gettext
from grievance.web.locale import lazy as _

MOST: Final = 20  # names, aliases or numbers of one record
LONGEST: Final = 200  # letters of one
THIS_CASE: Final = "case"  # whom somebody is tied to: whoever one case is about,
RECORD: Final = "record"  # a record of the desk, or
BODY: Final = "body"  # an organization of the directory
_COMPANY: Final = "company"
REASONS: Final = {
    StaffTieReason.HERSELF: _("It is about the member herself"),
    StaffTieReason.FAMILY: _("Family or household"),
    StaffTieReason.FRIEND: _("Friend or neighbour"),
    StaffTieReason.WORK: _("Works or worked for them"),
    StaffTieReason.MONEY: _("Money or business"),
    StaffTieReason.OTHER: _("Another reason"),
}


class Lines(Words):
    """Several short texts, one a line; ``lines`` are those that can be seen, each once."""

    lines: tuple[str, ...] = ()

    def pre_validate(self, form: object) -> None:
        """Take the lines apart. Raises StopValidation where they are too many or too long."""
        super().pre_validate(form)
        typed = (" ".join(line.split()) for line in (self.data or "").split("\n"))
        self.lines = tuple(dict.fromkeys(line for line in typed if not is_blank(line)))
        if len(self.lines) > MOST:
            raise StopValidation(gettext("At most 20 lines, please."))
        if any(len(line) > LONGEST for line in self.lines):
            raise StopValidation(gettext("A line has at most 200 letters."))


class RecordForm(ServiceForm):
    """Whom a case is about, as the desk knows it."""

    kind = Pick(_("Kind"), choices=options((str(k), label(k)) for k in RespondentKind))
    names = Lines(
        _("Names, one a line, in any script"),
        description=_("The first is how your desk calls it."),
        validators=[Filled(_("Please write a name."))],
    )
    aliases = Lines(_("Also called, one a line"))
    licences = Lines(_("Licence or registration numbers, one a line"))
    company = Many(
        _("What it is"),
        choices=options(
            [(_COMPANY, _("A company or office, not a private person or a household"))]
        ),
    )

    def details(self) -> Details:
        """What was written, after validation."""
        return Details(
            RespondentKind(self.kind.data or RespondentKind.UNKNOWN),
            self.names.lines,
            self.aliases.lines,
            self.licences.lines,
            _COMPANY in self.company.data,
        )


def filled(details: Details) -> RecordForm:
    """The form with what a record holds."""
    return RecordForm(
        formdata=None,
        data={
            "kind": str(details.kind),
            "names": "\n".join(details.names),
            "aliases": "\n".join(details.aliases),
            "licences": "\n".join(details.licences),
            "company": [_COMPANY] if details.company else [],
        },
    )


class LinkForm(ServiceForm):
    """A record that is there already."""

    record = Pick(_("Record"))


class MergeForm(ServiceForm):
    """The record that another is read with from now on."""

    into = Pick(_("Is the same as"))


class PartForm(ServiceForm):
    """A record to take off a case, or to read alone again."""

    record = HiddenField()


class TieCaseForm(ServiceForm):
    """A member finds that a case is about somebody close to her."""

    whom = Pick(_("Whom are you tied to?"))
    reason = Pick(_("How"), choices=options((str(r), words) for r, words in REASONS.items()))


class TieForm(ServiceForm):
    """A member, whom she is tied to, and how."""

    member = Pick(_("Member"))
    whom = Pick(_("Is tied to"))
    reason = Pick(_("How"), choices=options((str(r), words) for r, words in REASONS.items()))
