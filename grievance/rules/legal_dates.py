"""What a rule of law makes of the days that are known: the day, what is left, what is missing.

Nothing is invented: a day that is not known makes no date, and a date is always one of those the
rule names. The day of the event itself is not counted (decisions/0017). A month that has no such
day ends the time on its last day: 31 January and one month is 28 February.
"""

import calendar
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from grievance.rules.terms import Effect, Sector, Trigger, Unit, Urgency
from grievance.rules.urgency import Taxonomy

AT_SEA: Final = "sea"  # a place without a country
_HOURS_A_DAY: Final = 24


@dataclass(frozen=True)
class LegalRule:
    """How one rule is counted, and whom it is about.

    Without a trigger it is a figure to know: no day follows. ``not_after`` cuts the time short at
    another day ("or at the visa date if earlier"). It raises to ``raises_to`` from ``near_days``
    before its day to as many after. Empty ``issues`` and ``sectors`` mean everybody.
    """

    id: str
    trigger: Trigger | None = None
    length: int = 0
    unit: Unit = Unit.DAYS
    not_after: Trigger | None = None
    effect: Effect = Effect.ENDS
    raises_to: Urgency | None = None
    near_days: int = 0
    issues: frozenset[str] = frozenset()
    sectors: frozenset[str] = frozenset()
    not_sectors: frozenset[str] = frozenset()

    @property
    def triggers(self) -> tuple[Trigger, ...]:
        """The days it must know."""
        return tuple(one for one in (self.trigger, self.not_after) if one is not None)


@dataclass(frozen=True)
class Reckoned:
    """What a rule says today. ``at_latest``: a missing day may make it earlier."""

    due: date | None
    days_left: int | None  # calendar days; below zero when it is over
    missing: tuple[Trigger, ...]
    raises_to: Urgency | None

    @property
    def at_latest(self) -> bool:
        """Whether the day may still turn out to be earlier."""
        return self.due is not None and bool(self.missing)


def reckon(rule: LegalRule, known: Mapping[Trigger, date], today: date) -> Reckoned:
    """The earliest of the days that the rule names, as far as they are known."""
    missing = tuple(one for one in rule.triggers if one not in known)
    days = []
    if rule.trigger is not None and rule.trigger in known:
        days.append(after(known[rule.trigger], rule.length, rule.unit))
    if rule.not_after is not None and rule.not_after in known:
        days.append(known[rule.not_after])
    if not days:
        return Reckoned(None, None, missing, None)
    left = (min(days) - today).days
    near = abs(left) <= rule.near_days
    return Reckoned(min(days), left, missing, rule.raises_to if near else None)


def after(start: date, length: int, unit: Unit) -> date:
    """The day a time ends that began on ``start``, or the last day there is.

    Hours are counted from midnight before the event, so that the day is never too late.
    """
    if unit in {Unit.MONTHS, Unit.YEARS}:
        return _months_after(start, length * (12 if unit == Unit.YEARS else 1))
    days = length // _HOURS_A_DAY if unit == Unit.HOURS else length
    return start + timedelta(days=min(days, (date.max - start).days))


def _months_after(start: date, months: int) -> date:
    count = start.year * 12 + start.month - 1 + months
    if count > date.max.year * 12 + 11:
        return date.max
    year, month = divmod(count, 12)
    return date(year, month + 1, min(start.day, calendar.monthrange(year, month + 1)[1]))


def raised(urgency: Urgency | None, reckoned: Iterable[Reckoned]) -> Urgency | None:
    """What a person may raise a case to; None where nothing is more urgent. Never lowers."""
    near = min((one.raises_to for one in reckoned if one.raises_to), default=None)
    return near if near is not None and (urgency is None or near < urgency) else None


def places_of(country: str | None, sector: str | None) -> frozenset[str]:
    """Where the rules of a case lie: her country of work, and the sea for a seafarer."""
    found = {country} if country else set()
    return frozenset(found | ({AT_SEA} if sector == Sector.SEAFARING else set()))


def touched(taxonomy: Taxonomy, issues: Iterable[str]) -> frozenset[str]:
    """Codes and groups that a rule may name: a code counts for its group, and a group that was
    ticked without a code for all of its codes."""
    found: set[str] = set()
    for one in issues:
        found |= {one, taxonomy.group_of(one)}
        if one not in taxonomy.issues:
            found.update(issue.code for issue in taxonomy.of_group(one))
    return frozenset(found)


def fits(rule: LegalRule, issues: Collection[str], sector: str | None) -> bool:
    """Whether a rule is about a case (``touched``); a sector that is not known fits each."""
    if rule.issues and rule.issues.isdisjoint(issues):
        return False
    if sector is None:
        return True
    return sector not in rule.not_sectors and (not rule.sectors or sector in rule.sectors)


def past_recheck(recheck_after: date, today: date) -> bool:
    """Whether a rule's source should have been read again."""
    return recheck_after < today
