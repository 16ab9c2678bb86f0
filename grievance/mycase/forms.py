"""Forms of the return page; each act posts to its own address."""

from wtforms import HiddenField
from wtforms.validators import StopValidation

from grievance.rules.terms import ConsentScope, PaperField
from grievance.web.choices import CHANNELS, YES_NO
from grievance.web.forms import Choice, Filled, Line, Many, ServiceForm, Words, options
from grievance.web.labels import label
from grievance.web.locale import gettext
from grievance.web.locale import lazy as _


class CodeForm(ServiceForm):
    """The code; ``message`` is what she typed after her report was sent."""

    code = Line(_("Your code"), validators=[Filled(_("Please type your code."))])
    message = Words()
    question = HiddenField()  # which question those words were to answer


class ReplyForm(ServiceForm):
    """A message to whoever holds the case."""

    message = Words(_("Write a message"), validators=[Filled(_("Please write a few words."))])


class ConsentForm(ServiceForm):
    """Ask one or more organizations."""

    recipients = Many(
        _("Organizations"), validators=[Filled(_("Please tick at least one organization."))]
    )
    scope = Choice(
        _("What may they read?"),
        choices=options((str(scope), label(scope)) for scope in ConsentScope),
    )


class WithdrawForm(ServiceForm):
    """Take it back from one organization."""

    organization = HiddenField()


class AnswerForm(ServiceForm):
    """Answer a question of an organizer."""

    question = HiddenField()
    message = Choice(
        _("May they?"),
        choices=options(YES_NO),
        validators=[Filled(_("Please answer yes or no."))],
    )


class PaperForm(ServiceForm):
    """Answer whether a form on paper may be printed (``fewer``: with ``fields`` only), or take one
    back."""

    form = HiddenField()
    message = Choice(
        _("May they?"),
        choices=options((one, one) for one in ("yes", "fewer", "no", "back")),
        validators=[Filled(_("Please answer yes or no."))],
    )
    fields = Many(choices=options((str(one), one) for one in PaperField))

    def validate_fields(self, field: Many) -> None:
        """Only some of it is at least one."""
        if self.message.data == "fewer" and not field.data:
            raise StopValidation(gettext("Please tick what may stand on the paper, or say no."))


class TellForm(ServiceForm):
    """Answer what a desk asks before it decides."""

    question = HiddenField()
    message = Words(_("Your answer"), validators=[Filled(_("Please write a few words."))])


class ContactForm(ServiceForm):
    """How she may be contacted from now on."""

    channel = Choice(_("May we contact you?"), choices=options(CHANNELS))
    call_me = Line(_("What should we call you?"), description=_("Any name is fine."))
    contact = Line(_("Number or address"))
    whose_phone = Choice(_("Do only you use this phone?"), choices=options(YES_NO))
    safe_times = Line(_("When is it safe?"), description=_("For example: Sunday afternoon."))
    may_say_who = Choice(_("May we say who we are?"), choices=options(YES_NO))
    safe_word = Line(_("A word that you will know us by"))
