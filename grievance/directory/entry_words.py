"""What staff read of an entry's life, contacts and ties."""

from typing import Any, Final

from grievance.rules.contacts import ContactWrong
from grievance.rules.terms import LifeState, TieReason, Visibility
from grievance.web.locale import lazy as _

STATES: Final[dict[LifeState, Any]] = {
    LifeState.LISTING: _("listing"),
    LifeState.INVITED: _("invited"),
    LifeState.PARTNER: _("partner"),
    LifeState.PAUSED: _("paused"),
    LifeState.LAPSED: _("lapsed"),
    LifeState.CLOSED: _("closed"),
}
MEANS: Final[dict[LifeState, Any]] = {
    LifeState.LISTING: _("It stands in the directory. It is asked to take no case."),
    LifeState.INVITED: _("It is on its way to become a partner. It is asked to take no case yet."),
    LifeState.PARTNER: _("It is asked to take cases that fit it."),
    LifeState.PAUSED: _("It is asked for no new case. The cases it has stay with it."),
    LifeState.LAPSED: _(
        "Nobody has said for a long time that the entry is right. It is asked for no new case "
        "until somebody does."
    ),
    LifeState.CLOSED: _("It is in no list and no route."),
}
VISIBLE: Final[dict[Visibility, Any]] = {
    Visibility.PUBLIC: _("Everybody, on the public page and in what others download"),
    Visibility.NETWORK: _("Members of partners, at their desks"),
    Visibility.COORDINATOR: _("This organization and the coordinators above it"),
}
REASONS: Final[dict[TieReason, Any]] = {
    TieReason.SAME_OWNER: _("same owner"),
    TieReason.FUNDED_BY: _("one pays for the other"),
    TieReason.SHARED_STAFF: _("people work for both"),
    TieReason.FAMILY: _("family"),
    TieReason.OTHER: _("another reason"),
}
WRONG: Final[dict[ContactWrong, Any]] = {
    ContactWrong.PHONE: _("Write the number with + and the country first: +852 9123 4567."),
    ContactWrong.EMAIL: _("This is no e-mail address."),
    ContactWrong.WEB: _("Write an address that begins with https://."),
    ContactWrong.NAME: _("Write the name without blanks, or an address that begins with https://."),
    ContactWrong.WORDS: _("Write something, on one line and at most 200 letters."),
    ContactWrong.SHELTER_PLACE: _(
        "Who gives a place to sleep gives no place here, whoever would read it: somebody may be "
        "looking for the people there. Give a number or a chat."
    ),
    ContactWrong.TOO_MANY_PUBLIC: _(
        "Four are for everybody already: a worker reads them on a small screen. Let only the "
        "network read this one, or change another first."
    ),
    ContactWrong.SHELTER_PUBLIC: _(
        "A shelter is reached in public by phone or chat alone: its pages and mails may tell where "
        "it is. Choose another way, or let only the network read it."
    ),
}
