"""What may stand on a printed referral form, and how far one is (standards.md 4.1)."""

from enum import StrEnum
from typing import Final


class PaperField(StrEnum):
    """One thing that the worker may let a form tell. Nothing else of a case is ever on one."""

    PRIORITY = "priority"
    CASE_NUMBER = "case_number"
    CALL_ME = "call_me"
    CONTACT = "contact"  # never without her rules for it
    SAFE_WORD = "safe_word"
    FOR_SOMEBODY = "for_somebody"
    AGE_BAND = "age_band"
    SEX = "sex"
    NATIONALITY = "nationality"
    LANGUAGES = "languages"
    INTERPRETER = "interpreter"  # as the desk says
    PLACE = "place"
    SECTOR = "sector"
    PROBLEMS = "problems"
    NEEDS = "needs"  # of PROBLEMS alone
    DONE = "done"  # in words of the desk
    WHEN = "when"
    ASKS = "asks"
    RESPONDENT_KINDS = "respondent_kinds"
    RESPONDENT_NAMES = "respondent_names"
    STORY = "story"
    STATUS = "status"
    HEALTH = "health"
    VIOLENCE = "violence"
    PRIVATE = "private"


# What can hurt her most; each is agreed to by itself, and that one was stands readable nowhere.
SENSITIVE: Final = frozenset(
    {
        PaperField.STORY,  # her own words may tell anything
        PaperField.DONE,  # and so may the desk's
        PaperField.STATUS,
        PaperField.HEALTH,
        PaperField.VIOLENCE,
        PaperField.PRIVATE,
    }
)


class Priority(StrEnum):
    """How soon a body outside should act, in the words of inter-agency forms (standards.md 4.1)."""

    EMERGENCY = "emergency"  # within 24 hours
    URGENT = "urgent"  # within 72 hours
    NORMAL = "normal"  # within two weeks


class WhoAgrees(StrEnum):
    """Who gave a yes that a desk wrote down (standards.md 4.2)."""

    HERSELF = "herself"
    CAREGIVER = "caregiver"
    OTHER = "other"


class PaperState(StrEnum):
    """Where a printed form stands. ENDED: by the desk. TAKEN_BACK: by the worker."""

    ASKED = "asked"
    REFUSED = "refused"
    STANDING = "standing"
    EXPIRED = "expired"
    TAKEN_BACK = "taken_back"
    ENDED = "ended"


OPEN_PAPER: Final = frozenset({PaperState.ASKED, PaperState.STANDING})


class PaperOutcome(StrEnum):
    """What came back on paper."""

    WILL_HELP = "will_help"
    HELPED = "helped"
    CANNOT_HELP = "cannot_help"
    OTHER_ANSWER = "other_answer"
