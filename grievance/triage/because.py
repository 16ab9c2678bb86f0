"""The reasons of a route in words, for "why here" and "why not there"."""

from typing import Any, Final

from grievance.rules.route import Exclusion, Reason
from grievance.web.locale import lazy as _

_WORDS: Final[dict[Reason, Any]] = {
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
_EXCLUSIONS: Final[dict[Exclusion, Any]] = {
    Exclusion.RESPONDENT: _("the problem is with it, or its name may mean them"),
    Exclusion.ABOVE_RESPONDENT: _("it stands above whom the problem is with"),
    Exclusion.BELOW_RESPONDENT: _("it stands below whom the problem is with"),
    Exclusion.TIED_TO_RESPONDENT: _("it is tied to whom the problem is with"),
    Exclusion.OFFICIAL_BODY: _(
        "the problem is with an office, and it is one, belongs to one or is tied to one"
    ),
    Exclusion.RULED_OUT: _("the worker does not want it to know"),
    Exclusion.NEVER_ASKED: _("bodies of this kind are never asked"),
    Exclusion.NO_KEYS: _("nobody there has a key to read with yet"),
    Exclusion.PAUSED: _("it takes no new cases for now"),
    Exclusion.FULL: _("it has as many open cases as it can carry"),
    Exclusion.LAPSED: _("its entry was not confirmed for too long"),
    Exclusion.OUTSIDE_AREA: _("none of its services reaches this place"),
    Exclusion.COMMUNITY: _("it does not serve this community here"),
    Exclusion.SECTOR: _("it does not serve this kind of work here"),
    Exclusion.PERSON: _("its services here are for other ages or for another sex"),
}


def reason_words(reason: str) -> str:
    """What a person reads for one reason; a later rule's new one stands as its code."""
    known = reason in {str(one) for one in Reason}
    return str(_WORDS[Reason(reason)]) if known else reason.replace("_", " ")


def exclusion_words(why: Exclusion) -> str:
    """What a person reads for why a body is not offered."""
    return str(_EXCLUSIONS[why])
