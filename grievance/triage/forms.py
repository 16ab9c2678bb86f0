"""Forms of the case page; each posts to its own address. Field names: design.md 8."""

import re
from datetime import date, timedelta
from decimal import Decimal

from wtforms import HiddenField, SelectField
from wtforms.validators import StopValidation

from grievance.rules.days import read_day
from grievance.rules.lifecycle import SETTABLE
from grievance.rules.terms import (
    ClosingKind,
    ConsentVia,
    DeclineReason,
    Outcome,
    ReferralKind,
    Trigger,
    Urgency,
)
from grievance.triage.law_words import ASKED, HAPPENED
from grievance.web.forms import Filled, Line, ServiceForm, Words, options
from grievance.web.labels import label
from grievance.web.locale import gettext
from grievance.web.locale import lazy as _
from grievance.web.service import now

_AMOUNT = re.compile(r"(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,3})?")
_CURRENCY = re.compile("[A-Z]{3}")
_FIRST, _LAST = date(1950, 1, 1), date(2150, 1, 1)  # outside a finger has slipped
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
    kind = HiddenField(default=str(ReferralKind.HAND_OVER))
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

    def validate_kind(self, field: HiddenField) -> None:
        """A hand-over; to share a case with a second organization is not offered."""
        if field.data not in {"", None, str(ReferralKind.HAND_OVER)}:
            raise StopValidation(gettext("A case can be handed over only."))


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


class Day(Line):
    """A day as a browser writes it, 2026-11-25, or nothing."""

    @property
    def day(self) -> date | None:
        """The day, after validation."""
        return read_day(self.data) if self.data else None

    def pre_validate(self, form: object) -> None:
        """Refuse what is no day, and a day to come of what has happened."""
        try:
            day = self.day
        except ValueError:
            raise StopValidation(gettext("Write a day as 2026-11-25.")) from None
        if day is not None and not _FIRST <= day <= _LAST:
            raise StopValidation(gettext("Is the year right?"))
        if day is not None and self.name in HAPPENED and day > now().date() + _AHEAD:
            raise StopValidation(gettext("This day has not come yet."))


class DatesForm(ServiceForm):
    """The days that times in law are counted from; ``seen`` is what this page showed."""

    contract_end = Day(ASKED[Trigger.CONTRACT_END])
    visa_date = Day(ASKED[Trigger.VISA_DATE])
    termination_notice = Day(ASKED[Trigger.TERMINATION_NOTICE])
    oldest_unpaid_wage = Day(ASKED[Trigger.OLDEST_UNPAID_WAGE])
    last_unpaid_wage = Day(ASKED[Trigger.LAST_UNPAID_WAGE])
    wage_period_end = Day(ASKED[Trigger.WAGE_PERIOD_END])
    claim_notice = Day(ASKED[Trigger.CLAIM_NOTICE])
    injury = Day(ASKED[Trigger.INJURY])
    death = Day(ASKED[Trigger.DEATH])
    act = Day(ASKED[Trigger.ACT])
    arrival = Day(ASKED[Trigger.ARRIVAL])
    left_employer = Day(ASKED[Trigger.LEFT_EMPLOYER])
    last_contact = Day(ASKED[Trigger.LAST_CONTACT])
    seen = HiddenField()

    def given(self) -> dict[Trigger, date | None]:
        """The days of the fields that the page had; an empty one takes its day back."""
        return {one: self[one].day for one in Trigger if self[one].raw_data}


class ContactForm(ServiceForm):
    """The day on which somebody is in touch with her next."""

    on = Line(
        _("Next contact with the worker"),
        description=_("She may read this day on her page. Empty: no day."),
    )

    def validate_on(self, field: Line) -> None:
        """A day as browsers send it, or none."""
        try:
            self.day = read_day(field.data) if field.data else None
        except ValueError:
            raise StopValidation(gettext("Write a day as 2026-12-25.")) from None


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


class ReopenForm(ServiceForm):
    """Why it opens again."""

    reason = Words(_("Why"), validators=[Filled(_("Please say why."))])
