"""What people read for roles, states of membership, acts in the trail, and what just happened."""

from typing import Any, Final

from grievance.rules.terms import ActorKind, MembershipState, Role
from grievance.web.locale import lazy

ROLES: Final[dict[str, Any]] = {
    Role.ORGANIZER: lazy("Organizer: works on the cases of this organization"),
    Role.COORDINATOR: lazy("Coordinator: sees this organization and all below it"),
    Role.ADMINISTRATOR: lazy("Administrator: users and settings, no cases"),
    Role.TRANSLATOR: lazy("Translator"),
    Role.INTAKE_VOLUNTEER: lazy("Intake volunteer: writes reports for others"),
}
SHORT_ROLES: Final[dict[str, Any]] = {
    Role.ORGANIZER: lazy("Organizer"),
    Role.COORDINATOR: lazy("Coordinator"),
    Role.ADMINISTRATOR: lazy("Administrator"),
    Role.TRANSLATOR: lazy("Translator"),
    Role.INTAKE_VOLUNTEER: lazy("Intake volunteer"),
}
STATES: Final[dict[str, Any]] = {
    MembershipState.INVITED: lazy("Invited"),
    MembershipState.ACTIVATED: lazy("Waits to be confirmed"),
    MembershipState.CONFIRMED: lazy("Active"),
    MembershipState.ENDED: lazy("Ended"),
}
DONE: Final[dict[str, Any]] = {
    "confirmed": lazy("She is confirmed and can work now."),
    "dismissed": lazy("She is dismissed. Her sessions ended and her copy of the key is gone."),
    "roles": lazy("The roles are changed."),
    "recovered": lazy("Your new password is set. Sign in with it."),
    "may_not_confirm": lazy(
        "You cannot confirm her. Somebody who holds the key of her organization must do it."
    ),
    "not_waiting": lazy("She does not wait to be confirmed. Somebody may have done it before you."),
    "needs_key_holder": lazy(
        "This role reads cases. Only somebody who holds the key of this organization can give it."
    ),
    "own_seat": lazy("You cannot dismiss yourself. Ask a colleague."),
    "own_roles": lazy("You cannot give yourself a role. Ask a colleague."),
    "no_role": lazy("Choose one role or more."),
}
VERBS: Final[dict[str, Any]] = {
    "account_recovered": lazy("Set a new password by recovery key"),
    "case_assigned": lazy("Gave a case to a member"),
    "case_closed": lazy("Closed a case"),
    "case_given_back": lazy("Gave a case back"),
    "case_opened": lazy("Read a case"),
    "case_reopened": lazy("Opened a case again"),
    "cases_exported": lazy("Exported cases"),
    "closing_proposed": lazy("Asked a second person to close a case"),
    "consent_asked": lazy("Asked the worker for consent"),
    "consent_given": lazy("Consent was given"),
    "consent_question_answered": lazy("A question of consent was answered"),
    "consent_withdrawn": lazy("Consent was taken back"),
    "contact_changed": lazy("The safe contact was changed"),
    "directory_imported": lazy("Imported the directory"),
    "factor_reset": lazy("Reset a second sign-in step"),
    "factor_set": lazy("Set up a second sign-in step"),
    "forgot": lazy("Deleted what was due"),
    "membership_confirmed": lazy("Confirmed a member"),
    "membership_ended": lazy("Dismissed a member"),
    "message_written": lazy("Wrote to the worker"),
    "network_founded": lazy("Set up the network"),
    "nobody_took_it": lazy("Nobody took a case"),
    "note_written": lazy("Wrote a note"),
    "notice_given_up": lazy("A mail could not be sent"),
    "referral_accepted": lazy("Accepted a case"),
    "referral_declined": lazy("Declined a case"),
    "referral_expired": lazy("The time to answer ended"),
    "referral_passed_over": lazy("An organization was passed over"),
    "referral_seen": lazy("Looked at a case"),
    "referral_sent": lazy("A case was offered"),
    "referred_on": lazy("Referred a case on"),
    "report_filed": lazy("A report came in"),
    "report_shared": lazy("A report was shared"),
    "roles_changed": lazy("Changed roles"),
    "service_set": lazy("Set how far the help is"),
    "signed_in": lazy("Signed in"),
    "signed_out": lazy("Signed out"),
    "state_set": lazy("Set the state of a case"),
    "taxonomy_loaded": lazy("Loaded the list of problems"),
    "urgency_set": lazy("Set how urgent a case is"),
    "user_activated": lazy("Began her account"),
    "user_invited": lazy("Invited a member"),
    "worker_replied": lazy("The worker replied"),
}
ACTORS: Final[dict[str, Any]] = {
    ActorKind.WORKER: lazy("The worker"),
    ActorKind.STAFF: lazy("A former member"),
    ActorKind.SYSTEM: lazy("The service itself"),
    ActorKind.OPERATOR: lazy("The person who runs this service"),
}
