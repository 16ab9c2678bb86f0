"""What people read for the words of printed forms; the worker and staff read the same."""

from enum import StrEnum
from typing import Any, Final

from grievance.rules.terms import PaperField, PaperOutcome, PaperState, Priority, WhoAgrees
from grievance.web.locale import lazy as _

FIELDS: Final[dict[StrEnum, Any]] = {
    PaperField.PRIORITY: _("How soon help is needed"),
    PaperField.CASE_NUMBER: _("Case number"),
    PaperField.CALL_ME: _("Name"),
    PaperField.CONTACT: _("Contact"),
    PaperField.SAFE_WORD: _("The safe word"),
    PaperField.FOR_SOMEBODY: _("For somebody else"),
    PaperField.AGE_BAND: _("Age"),
    PaperField.SEX: _("Woman or man"),
    PaperField.NATIONALITY: _("Nationality"),
    PaperField.LANGUAGES: _("Languages"),
    PaperField.INTERPRETER: _("An interpreter is needed"),
    PaperField.PLACE: _("Place of work"),
    PaperField.SECTOR: _("Work"),
    PaperField.PROBLEMS: _("Problem"),
    PaperField.NEEDS: _("What kind of help is needed"),
    PaperField.DONE: _("What was done or given already"),
    PaperField.WHEN: _("When"),
    PaperField.ASKS: _("What is wanted"),
    PaperField.RESPONDENT_KINDS: _("Problem with"),
    PaperField.RESPONDENT_NAMES: _("Names of those whom it is about"),
    PaperField.STORY: _("What happened, in the worker's own words"),
    PaperField.STATUS: _("Problems with visa or stay"),
    PaperField.HEALTH: _("Problems with health, injury or pregnancy"),
    PaperField.VIOLENCE: _("Violence, threats or force, also sexual"),
    PaperField.PRIVATE: _("Very private problems"),
}
PRIORITIES: Final[dict[StrEnum, Any]] = {
    Priority.EMERGENCY: _("Emergency: within 24 hours"),
    Priority.URGENT: _("Urgent: within 72 hours"),
    Priority.NORMAL: _("Normal: within two weeks"),
}
WHO: Final[dict[StrEnum, Any]] = {
    WhoAgrees.HERSELF: _("the worker"),
    WhoAgrees.CAREGIVER: _("somebody who takes care of the worker"),
    WhoAgrees.OTHER: _("another person"),
}
STATES: Final[dict[StrEnum, Any]] = {
    PaperState.ASKED: _("the worker is asked"),
    PaperState.REFUSED: _("the worker said no"),
    PaperState.STANDING: _("may be printed"),
    PaperState.EXPIRED: _("its time is over"),
    PaperState.TAKEN_BACK: _("the worker took it back"),
    PaperState.ENDED: _("ended"),
}
OUTCOMES: Final[dict[StrEnum, Any]] = {
    PaperOutcome.WILL_HELP: _("they will help"),
    PaperOutcome.HELPED: _("they helped"),
    PaperOutcome.CANNOT_HELP: _("they cannot help"),
    PaperOutcome.OTHER_ANSWER: _("another answer"),
}
