"""What staff read for the words of legal dates."""

from typing import Any, Final

from grievance.rules.terms import Certainty, MustAct, Trigger, Unit
from grievance.web.locale import gettext, ngettext
from grievance.web.locale import lazy as _

ASKED: Final[dict[Trigger, Any]] = {
    Trigger.CONTRACT_END: _("The contract ended, or will end"),
    Trigger.VISA_DATE: _("The date on the visa"),
    Trigger.TERMINATION_NOTICE: _("Notice was given"),
    Trigger.OLDEST_UNPAID_WAGE: _("The oldest unpaid wage was due"),
    Trigger.LAST_UNPAID_WAGE: _("The last unpaid wage was due"),
    Trigger.WAGE_PERIOD_END: _("The unpaid wage period ended"),
    Trigger.CLAIM_NOTICE: _("Severance was claimed by notice"),
    Trigger.INJURY: _("The injury happened"),
    Trigger.DEATH: _("The worker died"),
    Trigger.ACT: _("What she complains of happened"),
    Trigger.ARRIVAL: _("She arrived in the country"),
    Trigger.LEFT_EMPLOYER: _("She left the employer"),
    Trigger.LAST_CONTACT: _("The employer last heard of her"),
}
HAPPENED: Final = frozenset(
    {
        Trigger.TERMINATION_NOTICE, Trigger.CLAIM_NOTICE, Trigger.INJURY, Trigger.DEATH,
        Trigger.ACT, Trigger.ARRIVAL, Trigger.LEFT_EMPLOYER, Trigger.LAST_CONTACT,
    }
)  # fmt: skip
MUST_ACT: Final[dict[MustAct, Any]] = {
    MustAct.WORKER: _("The worker must act."),
    MustAct.EMPLOYER: _("The employer must act."),
    MustAct.BOTH: _("Worker and employer must act."),
    MustAct.NOBODY: "",
}
CERTAINTY: Final[dict[Certainty, Any]] = {
    Certainty.READ: "",
    Certainty.TO_VERIFY: _("To verify: its page is old or unsure."),
    Certainty.INFERENCE: _("Our own reasoning: not in the source in these words."),
}


def time_words(length: int, unit: Unit) -> str:
    """A length: ``14 days``."""
    return {
        Unit.HOURS: ngettext("%(num)s hour", "%(num)s hours", length),
        Unit.DAYS: ngettext("%(num)s day", "%(num)s days", length),
        Unit.MONTHS: ngettext("%(num)s month", "%(num)s months", length),
        Unit.YEARS: ngettext("%(num)s year", "%(num)s years", length),
    }[unit]


def left_words(days: int) -> str:
    """How far a day is: ``9 days left``, ``today``, ``3 days ago``."""
    if days == 0:
        return gettext("today")
    if days < 0:
        return ngettext("%(num)s day ago", "%(num)s days ago", -days)
    return ngettext("%(num)s day left", "%(num)s days left", days)
