"""What people read for roles, states of membership, and what just happened."""

from typing import Any, Final

from grievance.casework.members import inviting
from grievance.casework.members import membership as members
from grievance.rules.terms import MembershipState, Role
from grievance.web.locale import lazy

ROLES: Final[dict[str, Any]] = {
    Role.ORGANIZER: lazy("Organizer: works on the cases of this organization"),
    Role.COORDINATOR: lazy("Coordinator: sees this organization and all below it"),
    Role.ADMINISTRATOR: lazy("Administrator: users and settings, no cases"),
    Role.TRANSLATOR: lazy("Translator: opens no case"),
    Role.INTAKE_VOLUNTEER: lazy("Intake volunteer: opens no case"),
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
    "key_changed": lazy(
        "She is not confirmed: these were not the digits of her key as it is now. Compare again."
    ),
    "own_seat": lazy("You cannot dismiss yourself. Ask a colleague."),
    "own_roles": lazy(
        "You cannot give yourself a role, or take your own right to manage members. "
        "Ask a colleague."
    ),
    "last_key": lazy(
        "Nothing was changed. She is the last who holds a key of this organization: without her "
        "nobody here can read its cases any more. Confirm somebody else first, or tick the box."
    ),
    "key_done": lazy("The new key is in use and the old one is gone."),
    "key_left": lazy("A part is done. Press Go on until nothing is left."),
    "key_stuck": lazy(
        "Nothing could be done now: somebody works on these cases this moment, or they do not "
        "open. Press again later. If the number stays, tell who runs this service."
    ),
    "key_not_yours": lazy(
        "You do not hold the key of your organization. A colleague who does can."
    ),
    "no_role": lazy("Choose one role or more."),
}
# Why an act was refused: the word in the address of the page that says so.
REFUSED: Final = {
    members.NeedsKeyHolder: "needs_key_holder", members.OwnRoles: "own_roles",
    members.OwnSeat: "own_seat", members.LastKeyHolder: "last_key", members.NotWaiting: "dismissed",
}  # fmt: skip
NOT_INVITED: Final = {
    inviting.AlreadyMember: lazy("She belongs to this desk already."),
    inviting.NoDeskThere: lazy("Only partners have a desk."),
}
NOT_CONFIRMED: Final = {
    members.NotWaiting: "not_waiting", members.KeyChanged: "key_changed",
    members.MayNotConfirm: "may_not_confirm", members.NeedsKeyHolder: "needs_key_holder",
}  # fmt: skip
