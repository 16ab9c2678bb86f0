"""The life of an entry: where it stands, what may be done with it, when it lapses. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from grievance.rules.clocks import months_before
from grievance.rules.route import Terms
from grievance.rules.routing import lapsed
from grievance.rules.terms import NEVER_ASKED, EntryAct, LifeState

TERMS_VERSION: Final = "1"  # of templates/directory/terms.html: a new text takes a new number
SOON: Final = timedelta(days=30)  # so long before it lapses an organization is reminded first


@dataclass(frozen=True)
class Facts:
    """What is known of an entry. ``partner``: it agreed to receive cases."""

    kind: str  # terms.OrganizationKind
    active: bool = True
    is_root: bool = False
    invited: bool = False
    partner: bool = False
    has_keys: bool = False  # somebody in office there can read
    paused: bool = False
    confirmed_on: date | None = None
    terms_version: str | None = None  # of the terms that were accepted at the desk


def state_of(one: Facts, terms: Terms) -> LifeState:
    """Where an entry stands. A PARTNER is exactly what routing may ask, its room left aside."""
    if not one.active:
        return LifeState.CLOSED
    if one.kind in NEVER_ASKED or not (one.partner or one.invited):
        return LifeState.LISTING
    if not (one.partner and one.has_keys):
        return LifeState.INVITED
    if one.paused:
        return LifeState.PAUSED
    return LifeState.LAPSED if lapsed(one.confirmed_on, terms) else LifeState.PARTNER


def acts(one: Facts, *, own: bool, above: bool) -> frozenset[EntryAct]:
    """What a coordinator or administrator of its ``own`` desk, or a coordinator ``above`` it, may
    do with an entry as it stands. The root stays; official bodies and agencies are never invited.
    """
    if not (own or above):
        return frozenset()
    if not one.active:
        return frozenset({EntryAct.REOPEN}) if above else frozenset()
    found = set() if one.is_root else {EntryAct.CLOSE}
    if one.kind in NEVER_ASKED:
        return frozenset(found)
    if above and not (one.partner and one.has_keys):
        found.add(EntryAct.INVITE)
    agreed = one.invited or one.partner
    if own and agreed and one.terms_version != TERMS_VERSION:
        found.add(EntryAct.ACCEPT)
    if one.partner:
        found |= {EntryAct.CONFIRM, EntryAct.SET_ROOM, EntryAct.PAUSE}
        found |= {EntryAct.RESUME} if one.paused else set()
    return frozenset(found)


def lapse_day(confirmed_on: date, confirm_months: int) -> date:
    """The first day on which ``rules.routing.lapsed`` holds: always the first of a month."""
    return months_before(confirmed_on.replace(day=1), -(confirm_months + 1))


def reminder_day(confirmed_on: date | None, terms: Terms) -> date | None:
    """The last day, up to today, on which a reminder to confirm is due: 30 days before an entry
    lapses, on the day, and the first of each month after. None: none yet."""
    month = terms.today.replace(day=1)
    if confirmed_on is None:
        return month
    end = lapse_day(confirmed_on, terms.confirm_months)
    if terms.today >= end:
        return month
    return end - SOON if terms.today >= end - SOON else None


def must_remind(confirmed_on: date | None, reminded_on: date | None, terms: Terms) -> bool:
    """Whether a reminder is due that was not sent: one, however many days nobody looked."""
    due = reminder_day(confirmed_on, terms)
    return due is not None and (reminded_on is None or reminded_on < due)
