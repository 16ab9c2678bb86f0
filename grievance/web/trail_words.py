"""What people read for an act in the trail and for whoever did it."""

from typing import Any, Final

from grievance.rules.terms import ActorKind
from grievance.web.locale import lazy

_VERBS: Final[dict[str, Any]] = {
    "account_recovered": lazy("Set a new password by recovery key"),
    "case_assigned": lazy("Gave a case to a member"),
    "case_closed": lazy("Closed a case"),
    "case_given_back": lazy("Gave a case back"),
    "case_moved_up": lazy("A case went to the desk above"),
    "case_opened": lazy("Read a case"),
    "case_opened_by_worker": lazy("The worker looked at her case"),
    "case_reopened": lazy("Opened a case again"),
    "cases_exported": lazy("Exported cases"),
    "closing_proposed": lazy("Asked a second person to close a case"),
    "consent_asked": lazy("Asked the worker for consent"),
    "consent_given": lazy("Consent was given"),
    "consent_question_answered": lazy("A question of consent was answered"),
    "consent_withdrawn": lazy("Consent was taken back"),
    "contact_planned": lazy("Set the day of the next contact"),
    "contact_changed": lazy("The safe contact was changed"),
    "dates_set": lazy("Wrote down dates of a case"),
    "directory_exported": lazy("Exported the directory"),
    "directory_import_begun": lazy("Began to import the directory"),
    "directory_imported": lazy("Imported the directory"),
    "entry_closed": lazy("Closed the entry in the directory"),
    "entry_added": lazy("Added an entry to the directory"),
    "entry_changed": lazy("Changed an entry of the directory"),
    "entry_confirmed": lazy("Confirmed the entry in the directory"),
    "entry_contact_added": lazy("Added a contact to the entry"),
    "entry_contact_changed": lazy("Changed a contact of the entry"),
    "entry_contact_removed": lazy("Took a contact from the entry"),
    "entry_hours_set": lazy("Set the opening hours"),
    "entry_invited": lazy("Invited an organization to become a partner"),
    "entry_open": lazy("Takes new cases again"),
    "entry_service_ended": lazy("Ended a service in the directory"),
    "entry_service_set": lazy("Wrote a service in the directory"),
    "entry_paused": lazy("Takes no new cases for now"),
    "entry_reminded": lazy("Was reminded to confirm the entry"),
    "entry_reopened": lazy("Opened the entry in the directory again"),
    "entry_room_set": lazy("Set how many cases there is room for"),
    "factor_reset": lazy("Reset a second sign-in step"),
    "factor_set": lazy("Set up a second sign-in step"),
    "forgot": lazy("Deleted what was due"),
    "legal_dates_loaded": lazy("Loaded the dates in law"),
    "membership_confirmed": lazy("Confirmed a member"),
    "membership_ended": lazy("Dismissed a member"),
    "message_written": lazy("Wrote to the worker"),
    "need_unmet": lazy("Nobody took one need of a case"),
    "network_founded": lazy("Set up the network"),
    "nobody_took_it": lazy("Nobody took a case"),
    "note_written": lazy("Wrote a note"),
    "notice_given_up": lazy("A mail could not be sent"),
    "referral_accepted": lazy("Accepted a case"),
    "referral_declined": lazy("Declined a case"),
    "referral_expired": lazy("The time to answer ended"),
    "referral_passed_over": lazy("An organization was passed over"),
    "promise_missed": lazy("A promised time has passed"),
    "referral_reminded": lazy("An organization was reminded to answer"),
    "referral_seen": lazy("Looked at a case"),
    "referral_sent": lazy("A case was offered"),
    "referred_on": lazy("Referred a case on"),
    "report_filed": lazy("A report came in"),
    "report_shared": lazy("A report was shared"),
    "roles_changed": lazy("Changed roles"),
    "case_released": lazy("Two persons opened a case without the worker's word"),
    "release_lapsed": lazy("Nobody agreed in time to open a case without the worker's word"),
    "release_proposed": lazy("Asked a second person to open a case without the worker's word"),
    "release_reason_opened": lazy("Read why a case is to be opened without the worker's word"),
    "rotation_begun": lazy("Made a new key for the organization"),
    "rotation_continued": lazy("Sealed some cases to the new key"),
    "rotation_finished": lazy("Sealed the last case to the new key; the old key is gone"),
    "route_opened": lazy("Looked at the sealed part of a route"),
    "service_set": lazy("Set how far the help is"),
    "signed_in": lazy("Signed in"),
    "signed_out": lazy("Signed out"),
    "state_set": lazy("Set the state of a case"),
    "taxonomy_loaded": lazy("Loaded the list of problems"),
    "terms_accepted": lazy("Accepted the terms for partners"),
    "tie_declared": lazy("Declared a tie to another body"),
    "tie_ended": lazy("Ended a tie to another body"),
    "urgency_set": lazy("Set how urgent a case is"),
    "user_activated": lazy("Began her account"),
    "user_invited": lazy("Invited a member"),
    "worker_replied": lazy("The worker replied"),
}
_ACTORS: Final[dict[str, Any]] = {
    ActorKind.WORKER: lazy("The worker"),
    ActorKind.STAFF: lazy("A former member"),
    ActorKind.SYSTEM: lazy("The service itself"),
    ActorKind.OPERATOR: lazy("The person who runs this service"),
}


def act_words(verb: str) -> str:
    """An act in words; ``tests/house`` looks that none is without."""
    return str(_VERBS.get(verb, verb.replace("_", " ").capitalize()))


def actor_words(kind: str) -> str:
    """Who did it, where no person is named."""
    return str(_ACTORS[ActorKind(kind)])
