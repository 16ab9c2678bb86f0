"""Forms of the case page; each posts to its own address. Field names: design.md 8."""

from decimal import Decimal, InvalidOperation

from wtforms import HiddenField, SelectField
from wtforms.validators import StopValidation

from grievance.rules.lifecycle import SETTABLE
from grievance.rules.terms import ClosingKind, ConsentVia, DeclineReason, Outcome, Urgency
from grievance.web.forms import Filled, Line, ServiceForm, Words, options
from grievance.web.labels import label
from grievance.web.locale import gettext
from grievance.web.locale import lazy as _


class Pick(SelectField):
    """A choice for staff; a value that was not offered is an error, not a crash."""

    def __init__(self, text: object = None, **rest: object) -> None:
        super().__init__(text, validate_choice=False, **rest)

    data: str | None

    def pre_validate(self, form: object) -> None:
        """Refuse what was not offered."""
        if str(self.data or "") not in {str(choice.value) for choice in self.choices or ()}:
            self.data = None
            raise StopValidation(gettext("Please choose again."))


class PlainForm(ServiceForm):
    """A press and nothing else."""


class DeclineForm(ServiceForm):
    """Why the organization cannot take it."""

    reason = Pick(_("Reason"), choices=options((str(r), label(r)) for r in DeclineReason))


class MessageForm(ServiceForm):
    """To the worker."""

    text = Words(
        _("Message to the worker"),
        description=_("She reads it when she uses her code."),
        validators=[Filled(_("Please write a few words."))],
    )


class NoteForm(ServiceForm):
    """For the own organization only."""

    text = Words(
        _("Note for our staff only"),
        description=_("The worker and other organizations never see it."),
        validators=[Filled(_("Please write a few words."))],
    )


class ReferForm(ServiceForm):
    """On to another organization."""

    organization = Pick(_("To"))
    kind = HiddenField(default="hand_over")
    reason = Words(_("Why"), validators=[Filled(_("Please say why."))])
    consent = Pick(
        _("How did the worker agree?"),
        choices=options(
            [
                ("", _("Not yet: ask her on her page")),
                (str(ConsentVia.VOICE), _("By voice, today")),
                (str(ConsentVia.PAPER), _("On paper, today")),
            ]
        ),
    )


class WithdrawForm(ServiceForm):
    """Step back from a case that the desk accepted."""

    reason = Words(_("Why"), validators=[Filled(_("Please say why."))])


class ServiceStateForm(ServiceForm):
    """How far the service is."""

    state = Pick(
        _("Service"),
        choices=options(
            [
                ("in_service", _("in service")),
                ("completed", _("completed")),
                ("not_completed", _("not completed")),
            ]
        ),
    )


class AssignForm(ServiceForm):
    """Who works on it."""

    member = Pick(_("Assigned to"))


class StateForm(ServiceForm):
    """Where it stands; ``seen`` is what this page showed."""

    state = Pick(_("State"), choices=options((str(s), label(s)) for s in sorted(SETTABLE)))
    seen = HiddenField()


class UrgencyForm(ServiceForm):
    """How soon; lowering needs a reason."""

    urgency = Pick(_("Urgency"), choices=options((str(u), f"{u}") for u in Urgency))
    reason = Line(_("Reason (needed to lower it)"))
    seen = HiddenField()


class CloseForm(ServiceForm):
    """How it ends."""

    outcome = Pick(_("Outcome"), choices=options((str(o), label(o)) for o in Outcome))
    kind = Pick(
        _("Kind"),
        choices=options((str(k), label(k)) for k in ClosingKind),
        default=str(ClosingKind.RESOLVED),
    )
    amount = Line(_("Money recovered, if any"))
    currency = Line(_("Currency, for example HKD"))
    words = Words(_("What the worker says came of it, in her words"))

    def validate_amount(self, field: Line) -> None:
        """Digits of any script; a comma may group thousands."""
        if not field.data:
            return
        try:
            field.data = str(Decimal(field.data.replace(",", "").replace(" ", "")))
        except InvalidOperation:
            raise StopValidation(gettext("Write a number, for example 4870.50.")) from None

    def validate_currency(self, field: Line) -> None:
        """Three letters (ISO 4217)."""
        if field.data and not (len(field.data) == 3 and field.data.isascii()):
            raise StopValidation(gettext("Write three letters, for example HKD."))
        field.data = (field.data or "").upper()


class ReopenForm(ServiceForm):
    """Why it opens again."""

    reason = Words(_("Why"), validators=[Filled(_("Please say why."))])
