"""Works a stored route out again from what is stored with it, to prove or disprove it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from grievance.casework.directory.version import load_directory
from grievance.casework.routes.routing import Routed, decide, readable_part, sealed_part
from grievance.rules.conflicts import overseer
from grievance.rules.loads import Loads
from grievance.rules.partner_index import mask_from
from grievance.rules.route import (
    KEPT,
    RULE_VERSION,
    WITHOUT_LINES,
    Against,
    Exclusion,
    Facets,
    Load,
    Terms,
)
from grievance.rules.terms import RespondentKind, ServiceNeed
from grievance.store.referrals import StoredRoute

Part = Mapping[str, Any]
REPLAYED: Final = frozenset({RULE_VERSION, WITHOUT_LINES})
WITHOUT_WISHES: Final[dict[str, Any]] = {"matched": (), "alone": (), "ruled_out": ()}


class OtherRules(Exception):
    """The route was made with another version of the rules: nothing can be said of it here."""


def replay(db: Session, stored: StoredRoute, secret: Part | None = None) -> bool:
    """Whether a route with a readable part comes out the same again: candidates, order, reasons,
    exclusions, counts, and with the sealed part that too. Raises OtherRules."""
    if stored.rule_version not in REPLAYED:
        raise OtherRules
    part = stored.readable or {}
    if secret is None:
        return _could_be(part, _as_if_ruled_out(db, stored.directory_version, part))
    again = decide_again(db, stored.directory_version, part, secret)
    return _worked_out(again, part) == part and sealed_part(again) == secret


def _worked_out(again: Routed, part: Part) -> Part:
    """The readable part as the rules of the stored one write it."""
    worked = readable_part(again)
    return worked if "lines" in part else {k: v for k, v in worked.items() if k != "lines"}


def _as_if_ruled_out(db: Session, version: int, part: Part) -> Routed:
    """Without the sealed part, an organization that does not stand in the route may be one she
    named or ruled out: it is taken as such."""
    ruled_out: set[str] = set()
    while True:
        again = decide_again(db, version, part, WITHOUT_WISHES | {"ruled_out": ruled_out})
        missing = _named(_worked_out(again, part)) - _named(part)
        if missing <= ruled_out:
            return again
        ruled_out |= missing


def _named(part: Part) -> set[str]:
    lines = part.get("lines", ())
    of_lines = {row[0] for _line, some, _too in lines for row in some}
    named = {row[0] for row in (*part["candidates"], *part["exclusions"])}
    return named.union(of_lines, *(too for _line, _some, too in lines))


def _could_be(part: Part, again: Routed) -> bool:
    """Equal, but for what her wishes may have changed unseen: fewer in the counts, and another
    overseeing desk of the same line."""
    worked = _worked_out(again, part)
    counts, most = dict(part["counts"]), dict(worked["counts"])
    fewer = all(count <= most.get(why, 0) for why, count in counts.items())
    directory, above = again.directory, part["overseer"]
    others = dict.fromkeys((one for one in directory.bodies if one != above), Exclusion.RULED_OUT)
    line = above is None or overseer(again.route, directory, others) == above
    left_out = ("counts", "further", "overseer")
    alike = all(worked[name] == part[name] for name in worked if name not in left_out)
    return alike and fewer and part["further"] <= worked["further"] and line


def decide_again(db: Session, version: int, part: Part, secret: Part) -> Routed:
    """The decision once more, on the inputs of a route's two parts."""
    raw = part["facets"]
    facets = Facets(
        issues=tuple(raw["issues"]),
        groups=frozenset(raw["groups"]),
        needs=frozenset(ServiceNeed(need) for need in raw["needs"]),
        country=raw["country"],
        city=raw["city"],
        nationality=raw["nationality"],
        sector=raw["sector"],
        languages=frozenset(raw["languages"]),
        age_band=raw["age_band"],
        sex=raw["sex"],
    )
    kinds = frozenset(RespondentKind(kind) for kind in part["kinds"])
    # Behind the first fifty stand only those she asked.
    asked = frozenset(row[0] for row in part["candidates"][KEPT:])
    directory = load_directory(db, version)
    alike = {Load(count, hours): mask_from(some) for count, hours, some in part["loads"]}
    return decide(
        facets,
        Against(kinds, frozenset(secret["matched"]), frozenset(secret["alone"])),
        frozenset(secret["ruled_out"]),
        Loads.build(alike, directory.partners),
        Terms(date.fromisoformat(part["today"]), part["confirm_months"]),
        directory,
        asked,
    )
