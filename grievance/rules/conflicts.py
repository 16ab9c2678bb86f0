"""Who is kept away from a report, and who may oversee it (design.md 5)."""

from collections.abc import Collection, Mapping
from typing import Final

from grievance.rules.network import Directory
from grievance.rules.route import Against, Exclusion, Facets, Route
from grievance.rules.terms import NEVER_ASKED, OFFICIAL_KINDS, OFFICIAL_RESPONDENTS

_CONSULAR_GROUP: Final = "CNS"


def conflicts_of(
    facets: Facets, ruled_out: frozenset[str], against: Against, directory: Directory
) -> dict[str, Exclusion]:
    """Every body that conflict of interest or her wish keeps away, with the first reason.

    A complaint that names one office is about offices, whatever kind she ticked: the others, and
    what hangs below them or is tied to them, count as tied to it.
    """
    found: dict[str, Exclusion] = {}
    about_office = is_about_office(against.kinds, facets.groups)
    matched = sorted(against.matched & directory.bodies.keys())
    for group, reason in (
        (sorted({*matched, *against.alone}), Exclusion.RESPONDENT),
        (_parents(matched, directory), Exclusion.ABOVE_RESPONDENT),
        (_all_below(matched, directory), Exclusion.BELOW_RESPONDENT),
        (_tied(matched, directory), Exclusion.TIED_TO_RESPONDENT),
        # Before what stands readable: that it is an office too must not tell what she ruled out.
        (sorted(ruled_out), Exclusion.RULED_OUT),
        (directory.offices if about_office else (), Exclusion.OFFICIAL_BODY),
    ):
        for organization in group:
            found.setdefault(organization, reason)
    return found


def _parents(matched: list[str], directory: Directory) -> list[str]:
    return [parent for one in matched if (parent := directory.bodies[one].parent)]


def _all_below(matched: list[str], directory: Directory) -> list[str]:
    return sorted({below for one in matched for below in directory.below(one)})


def _tied(matched: list[str], directory: Directory) -> list[str]:
    if any(directory.bodies[one].kind in OFFICIAL_KINDS for one in matched):
        return sorted({*directory.offices, *_tied_with(matched, directory)})
    return sorted(_tied_with(matched, directory))


def _tied_with(matched: list[str], directory: Directory) -> set[str]:
    return {other for one in matched for other in directory.tied_with(one)}


def is_about_office(kinds: Collection[str], groups: Collection[str]) -> bool:
    """Whether a report with these respondent kinds and problem groups complains about a consulate
    or government office: then no body of that kind is asked, nor what hangs below it or is tied."""
    return bool(OFFICIAL_RESPONDENTS.intersection(kinds)) or _CONSULAR_GROUP in groups


def overseer(found: Route, directory: Directory, conflicts: Mapping[str, Exclusion]) -> str | None:
    """The overseeing desk: the nearest ancestor of the first candidate that has keys, has no
    conflict and is not ruled out; a root candidate is its own; without a candidate the root."""
    first = found.organizations[0] if found.candidates else directory.root
    if first is None:
        return None
    line = [first] if first == directory.root else directory.ancestors(first)
    return next((one for one in line if _may_oversee(one, directory, conflicts)), None)


def _may_oversee(one: str, directory: Directory, conflicts: Mapping[str, Exclusion]) -> bool:
    body = directory.bodies.get(one)
    if body is None or one in conflicts:
        return False
    return body.partner and body.has_keys and body.kind not in NEVER_ASKED


def next_overseer(one: str, directory: Directory, conflicts: Mapping[str, Exclusion]) -> str | None:
    """Who oversees instead of a desk that has come into conflict: the nearest above it."""
    above = directory.ancestors(one)
    return next((other for other in above if _may_oversee(other, directory, conflicts)), None)
