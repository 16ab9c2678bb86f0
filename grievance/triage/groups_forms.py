"""Forms of the pages of groups. ``seen`` is how often the group was acted on when the page came."""

from wtforms import HiddenField

from grievance.web.forms import Day, Filled, Line, Many, ServiceForm, Words, options
from grievance.web.locale import lazy as _

_NAME = _("Name of the group")


class StartForm(ServiceForm):
    """A new group."""

    name = Line(_NAME, validators=[Filled(_("Please write a name."))])
    numbers = Words(
        _("Case numbers"),
        description=_("One a line, or with blanks between. Only cases that your desk accepted."),
        validators=[Filled(_("Please write at least one case number."))],
    )


class AddForm(ServiceForm):
    """More cases."""

    numbers = Words(
        _("Case numbers to add"), validators=[Filled(_("Please write at least one case number."))]
    )
    seen = HiddenField()


class LeaveForm(ServiceForm):
    """Cases that leave the group."""

    cases = Many(_("Cases to take out"), validators=[Filled(_("Please tick at least one case."))])
    seen = HiddenField()


class NameForm(ServiceForm):
    """Another name."""

    name = Line(_NAME, validators=[Filled(_("Please write a name."))])
    seen = HiddenField()


class SayForm(ServiceForm):
    """Whether workers' pages may say that there are several."""

    may_say = Many(
        _("What the workers read"),
        choices=options(
            [("yes", _("Their pages may say that reports of others are worked on with theirs."))]
        ),
    )
    seen = HiddenField()


class ToAllForm(ServiceForm):
    """A message to each worker."""

    text = Words(
        _("Message to each worker"),
        description=_("She reads it when she uses her code."),
        validators=[Filled(_("Please write a few words."))],
    )
    seen = HiddenField()


class NoteAllForm(ServiceForm):
    """A note in each case."""

    text = Words(
        _("Note in each case, for our staff only"),
        description=_("The worker and other organizations never see it."),
        validators=[Filled(_("Please write a few words."))],
    )
    seen = HiddenField()


class ContactAllForm(ServiceForm):
    """The day of the next contact."""

    on = Day(
        _("Next contact with each worker"),
        description=_("She may read this day on her page. Empty: no day."),
    )
    seen = HiddenField()


FORMS = {
    "message": ToAllForm, "note": NoteAllForm, "contact": ContactAllForm, "add": AddForm,
    "leave": LeaveForm, "name": NameForm, "say": SayForm,
}  # fmt: skip
