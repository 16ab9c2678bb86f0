"""Forms of the case page; each posts to its own address. Field names: design.md 8."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from wtforms import Form, HiddenField, SelectField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation

from grievance.rules.lifecycle import SETTABLE
from grievance.rules.terms import (
    ClosingKind,
    ConsentVia,
    DeclineReason,
    Outcome,
    ReferralKind,
    ReleaseRefusal,
    Trigger,
    Urgency,
)
from grievance.triage.law_words import ASKED, HAPPENED
from grievance.web.forms import Day, Filled, Line, ServiceForm, Words, options
from grievance.web.labels import label
from grievance.web.locale import gettext
from grievance.web.locale import lazy as _
from grievance.web.service import now

_AMOUNT = re.compile(r"(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,3})?")
_CURRENCY = re.compile("[A-Z]{3}")
_AHEAD = timedelta(days=1)  # where her day has begun and ours has not


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


class Partner(Pick):
    """A partner. ``choices`` are all who may be asked, and any of them is taken; where they are too
    many for a page, ``few`` of the ``found`` ones are on it."""

    few: Sequence[SelectChoice] | None = None
    found = 0

    @property
    def offered(self) -> list[SelectChoice]:
        """What the page lists, whoever is chosen already among them."""
        choices = list(self.choices or ())
        if self.few is None:
            return choices
        here = {choice.value for choice in self.few}
        chosen = [c for c in choices if c.value == self.data and c.value not in here]
        return [*chosen, *self.few]


class PartnerForm(ServiceForm):
    """One partner is chosen. Where a list holds not all, others are found in the form itself: what
    is typed elsewhere in it stays, and no word goes into an address."""

    organization = Partner()
    find = Line(_("Name or country"))
    search = HiddenField()  # the button beside it

    @property
    def is_open(self) -> bool:
        """Whether the page shows the form unfolded."""
        return bool(self.errors or self.search.data)


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


class ReferForm(PartnerForm):
    """On to another organization."""

    organization = Partner(_("To"))
    kind = Pick(
        _("What for?"),
        choices=options(
            [
                (str(ReferralKind.HAND_OVER), _("They take the case over")),
                (str(ReferralKind.SHARE), _("They help beside us; we stay its owner")),
            ]
        ),
        filters=[lambda typed: typed or str(ReferralKind.HAND_OVER)],
    )
    reason = Words(
        _("Why"),
        description=_("The next organization reads this after it accepts."),
        validators=[Filled(_("Please say why."))],
    )
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


class RecallForm(ServiceForm):
    """Take back that one organization is asked."""

    organization = Pick(_("Organization"))


class WithdrawForm(ServiceForm):
    """Step back from a case that the desk accepted."""

    reason = Words(
        _("Why"),
        description=_("The next organization reads this after it accepts."),
        validators=[Filled(_("Please say why."))],
    )


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


class PastDay(Day):
    """A day on which something has happened."""

    def pre_validate(self, form: Form) -> None:
        """Refuse a day to come."""
        super().pre_validate(form)
        if self.day is not None and self.day > now().date() + _AHEAD:
            raise StopValidation(gettext("This day has not come yet."))


class DatesForm(ServiceForm):
    """The days that times in law are counted from: a field for each ``Trigger``; ``seen`` is what
    this page showed."""

    seen = HiddenField()

    def given(self) -> dict[Trigger, date | None]:
        """The days of the fields that the page had; an empty one takes its day back."""
        return {one: self[one].day for one in Trigger if self[one].raw_data}


for _one in Trigger:
    setattr(DatesForm, _one, (PastDay if _one in HAPPENED else Day)(ASKED[_one]))


class ContactForm(ServiceForm):
    """The day on which somebody is in touch with her next."""

    on = Day(
        _("Next contact with the worker"),
        description=_("She may read this day on her page. Empty: no day."),
    )


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
        """Digits of any script. A comma groups thousands; one that might mean cents is refused."""
        typed = (field.data or "").replace(" ", "")
        if typed and not _AMOUNT.fullmatch(typed):
            raise StopValidation(gettext("Write a number, for example 4870.50."))
        field.data = str(Decimal(typed.replace(",", ""))) if typed else ""

    def validate_currency(self, field: Line) -> None:
        """Three letters (ISO 4217); money without them says nothing."""
        typed = (field.data or "").upper()
        if (typed or self.amount.data) and not _CURRENCY.fullmatch(typed):
            raise StopValidation(gettext("Write three letters, for example HKD."))
        field.data = typed


class ReleaseForm(PartnerForm):
    """Who shall read without the worker's word, and why. The second person need write nothing."""

    organization = Partner(_("Who shall read it"))
    reason = Words(
        _("Why a life is at risk, and how you tried to ask her"),
        description=_(
            "The second person reads this, who reads the case, and the worker herself. Write no "
            "more than they need."
        ),
        validators=[Filled(_("Please say why."))],
    )


class RefuseForm(ServiceForm):
    """Why the second person does not agree."""

    seen = HiddenField()
    reason = Pick(_("Why not"), choices=options((str(r), label(r)) for r in ReleaseRefusal))


class ReopenForm(ServiceForm):
    """Why it opens again."""

    reason = Words(_("Why"), validators=[Filled(_("Please say why."))])
