"""How an entry of the directory lives, how it is reached, and whom it is tied to."""

from enum import StrEnum


class LifeState(StrEnum):
    """Where an entry stands (``rules.entry_life.state_of``); only a PARTNER is asked."""

    LISTING = "listing"
    INVITED = "invited"  # on its way: terms not accepted, or nobody there can read yet
    PARTNER = "partner"
    PAUSED = "paused"
    LAPSED = "lapsed"  # its confirmation is too old
    CLOSED = "closed"


class EntryAct(StrEnum):
    """What may be done with an entry (``rules.entry_life.acts``)."""

    INVITE = "invite"
    ACCEPT = "accept"
    CONFIRM = "confirm"
    PAUSE = "pause"
    RESUME = "resume"
    SET_ROOM = "set_room"
    CLOSE = "close"
    REOPEN = "reopen"


class ContactKind(StrEnum):
    """A way to reach an organization."""

    PHONE = "phone"
    WHATSAPP = "whatsapp"
    VIBER = "viber"
    MESSENGER = "messenger"
    LINE = "line"
    EMAIL = "email"
    WEB = "web"
    IN_PERSON = "in_person"  # by appointment; a place in words


class Visibility(StrEnum):
    """Who reads a contact: everybody, members of partners, or the organization and those above."""

    PUBLIC = "public"
    NETWORK = "network"
    COORDINATOR = "coordinator"


class TieReason(StrEnum):
    """Why two bodies are tied: a complaint about one never reaches the other."""

    SAME_OWNER = "same_owner"
    FUNDED_BY = "funded_by"
    SHARED_STAFF = "shared_staff"
    FAMILY = "family"
    OTHER = "other"
