"""The reasons of a route in words, for "why here"."""

from grievance.rules.route import Reason
from grievance.web.locale import lazy as _

_WORDS = {
    Reason.TAKES_PROBLEM: _("takes this kind of problem"),
    Reason.IN_CITY: _("works in this city"),
    Reason.IN_COUNTRY: _("works in this country"),
    Reason.IN_REGION: _("works in this region"),
    Reason.WORLDWIDE: _("works everywhere"),
    Reason.OWN_COMMUNITY: _("serves this community by name"),
    Reason.SPEAKS_LANGUAGE: _("speaks a language of the worker"),
    Reason.LED_BY_MIGRANTS: _("is led by migrants"),
    Reason.HAS_ROOM: _("has room for more cases"),
    Reason.ORIGIN_GROUP: _("is a group of the home country"),
    Reason.CHAPTER: _("is a chapter of the network"),
    Reason.REGIONAL_BODY: _("is the regional body"),
    Reason.SECRETARIAT: _("is the secretariat"),
}


def reason_words(reason: str) -> str:
    """What a person reads for one reason; a later rule's new one stands as its code."""
    known = reason in {str(one) for one in Reason}
    return str(_WORDS[Reason(reason)]) if known else reason.replace("_", " ")
