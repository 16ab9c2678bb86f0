"""The words of legal dates: what starts a time, how long it is, who must act, how sure it is."""

from enum import StrEnum


class Trigger(StrEnum):
    """The day that a time in law is counted from. Each is asked of the worker, never guessed."""

    CONTRACT_END = "contract_end"
    VISA_DATE = "visa_date"
    TERMINATION_NOTICE = "termination_notice"
    OLDEST_UNPAID_WAGE = "oldest_unpaid_wage"
    LAST_UNPAID_WAGE = "last_unpaid_wage"
    WAGE_PERIOD_END = "wage_period_end"
    CLAIM_NOTICE = "claim_notice"
    INJURY = "injury"
    DEATH = "death"
    ACT = "act"
    ARRIVAL = "arrival"
    LEFT_EMPLOYER = "left_employer"
    LAST_CONTACT = "last_contact"


class Unit(StrEnum):
    """What a length is counted in; days are those of the calendar."""

    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


class Effect(StrEnum):
    """What the day means: until then one may or must act, or from then on something holds."""

    ENDS = "ends"
    BEGINS = "begins"


class MustAct(StrEnum):
    """Whose time it is."""

    WORKER = "worker"
    EMPLOYER = "employer"
    BOTH = "both"
    NOBODY = "nobody"


class Certainty(StrEnum):
    """How far a rule may be trusted: read in its source, still to verify, or our own reasoning."""

    READ = "read"
    TO_VERIFY = "to_verify"
    INFERENCE = "inference"


class UrgencyReason(StrEnum):
    """Fixed reasons of a raised urgency; anything else is what a person typed."""

    LEGAL_DATE = "legal_date"
