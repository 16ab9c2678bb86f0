"""What the problems of a report mean for urgency and needs, without telling a sealed code.

A code whose ``readable`` column says ``group`` counts everywhere as its group ticked without a
code (design.md 2), so nothing readable is computed from it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from grievance.rules.terms import ServiceNeed, Urgency

DANGER_GROUPS: Final = frozenset({"SAF", "IMM", "HEA", "EXP"})
UNCLASSIFIED: Final = "OTH99"


@dataclass(frozen=True)
class Issue:
    """One code of the taxonomy."""

    code: str
    group: str
    needs: frozenset[ServiceNeed]
    urgency: Urgency
    sealed: bool


@dataclass(frozen=True)
class Taxonomy:
    """The problems a report can name, by code."""

    issues: Mapping[str, Issue]

    def groups(self) -> frozenset[str]:
        """Every group."""
        return frozenset(issue.group for issue in self.issues.values())

    def knows(self, value: str) -> bool:
        """Whether a value is a code or a group of the taxonomy."""
        return value in self.issues or value in self.groups()

    def of_group(self, group: str) -> list[Issue]:
        """The codes of a group."""
        return [issue for issue in self.issues.values() if issue.group == group]

    def group_of(self, value: str) -> str:
        """The group of a code; a group is its own."""
        issue = self.issues.get(value)
        return issue.group if issue else value


def readable(taxonomy: Taxonomy, answers: Iterable[str]) -> tuple[str, ...]:
    """Codes that may stand readable, and the groups of the rest.

    A group that already has a readable code falls away: standing beside it, it would tell that a
    sealed code of the group was ticked too.
    """
    shown: set[str] = set()
    for answer in answers:
        issue = taxonomy.issues.get(answer)
        shown.add(issue.group if issue and issue.sealed else answer)
    coded = {taxonomy.issues[one].group for one in shown if one in taxonomy.issues}
    return tuple(sorted(shown - coded))


def needs_of(taxonomy: Taxonomy, shown: Iterable[str]) -> frozenset[ServiceNeed]:
    """The help that readable issues ask for; a group asks for all needs of its codes."""
    wanted: set[ServiceNeed] = set()
    for one in shown:
        issue = taxonomy.issues.get(one)
        codes = [issue] if issue else taxonomy.of_group(one)
        wanted.update(need for code in codes for need in code.needs)
    return frozenset(wanted or {ServiceNeed.INF})


def urgency_of(taxonomy: Taxonomy, shown: Iterable[str], danger_now: bool) -> Urgency:
    """The most urgent of the readable issues; danger now is U0 (design.md 3 and 5)."""
    if danger_now:
        return Urgency.U0
    found = [_urgency(taxonomy, one) for one in shown]
    return min(found) if found else _urgency(taxonomy, UNCLASSIFIED)


def own_urgency(taxonomy: Taxonomy, answers: Iterable[str]) -> Urgency | None:
    """The urgency of the exact codes, for those who may read them after acceptance."""
    found = [taxonomy.issues[one].urgency for one in answers if one in taxonomy.issues]
    return min(found) if found else None


def _urgency(taxonomy: Taxonomy, one: str) -> Urgency:
    issue = taxonomy.issues.get(one)
    if issue:
        return issue.urgency
    counts = Counter(code.urgency for code in taxonomy.of_group(one))
    if not counts:
        return Urgency.U2
    most = max(counts.values())
    return min(urgency for urgency, count in counts.items() if count == most)
