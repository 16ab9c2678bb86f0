"""A stored route comes out again, whole; whatever in it was changed does not."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from grievance.casework.directory.version import load_directory
from grievance.casework.routes.replaying import OtherRules, replay
from grievance.casework.routes.routing import (
    Routed,
    decide,
    readable_part,
    sealed_part,
    stored_route,
)
from grievance.rules.loads import group_loads
from grievance.rules.route import KEPT, WITHOUT_LINES, Against, Facets, Load, Terms
from grievance.rules.terms import RespondentKind, ServiceNeed
from grievance.store.directory import DirectoryVersion
from grievance.store.referrals import StoredRoute
from tests.factories import NOW

MANY = 120
FACETS = Facets(("WAG01",), frozenset({"WAG"}), frozenset({ServiceNeed.WCL}), "HK", None, "PH")
SERVICE = {
    "id": "s", "needs": ["WCL"], "groups": [], "areas": [["country", "HK", None, None]],
    "communities": ["any"], "languages": [], "sectors": ["all"], "age_bands": [], "sexes": [],
}  # fmt: skip
Loaded = dict[str, Load]


def _body(name: str, **given: Any) -> dict[str, Any]:
    return {
        "id": name, "parent": "root", "kind": "migrant_led", "partner": True, "has_keys": True,
        "paused": False, "capacity": 9, "confirmed_on": "2026-11-01", "tied_to": [],
        "led_by_migrants": True, "country": "HK", "origin_of": [], "names": [name],
        "services": [SERVICE], **given,
    }  # fmt: skip


def _name(number: int) -> str:
    return f"p{number:03}"


@pytest.fixture
def version(db: Session) -> int:
    """A directory of very many partners in one country: half of them in a family of their own."""
    root = _body("root", parent=None, services=[], country="CH", kind="secretariat")
    above = _body("family", services=[])
    rest = [_body(_name(n), parent="family" if n % 2 else "root") for n in range(MANY)]
    content = {"root": "root", "bodies": [root, above, *rest]}
    db.add(DirectoryVersion(number=7, made_at=NOW, digest="d" * 64, content=content))
    db.flush()
    return 7


def _decide(db: Session, loads: Loaded, **given: Any) -> Routed:
    directory = load_directory(db, 7)
    alike = group_loads(loads, directory.partners)
    ruled_out, asked = given.get("ruled_out", frozenset()), given.get("asked", frozenset())
    against = Against(given.get("kinds", frozenset()), given.get("matched", frozenset()))
    terms = Terms(NOW.date())
    facets = given.get("facets", FACETS)
    return decide(facets, against, ruled_out, alike, terms, directory, asked)


def _store(routed: Routed) -> StoredRoute:
    return stored_route(uuid4(), routed, NOW, uuid4(), readable=True)


BUSY = {_name(n): Load(n % 9) for n in range(MANY)}
FULL = {_name(n): Load(9 + n) for n in range(MANY)}
SOME_FULL = {_name(n): Load(9 if n < 70 else n % 5, 1.5) for n in range(MANY)}


@pytest.mark.parametrize("loads", [{}, BUSY, FULL, SOME_FULL])
@pytest.mark.parametrize(
    "given",
    [
        {},
        {"ruled_out": frozenset({_name(0), _name(80)})},
        {"matched": frozenset({"family"})},
        {"matched": frozenset({"root"})},
        {"asked": frozenset({_name(75), _name(118)})},
    ],
)
@pytest.mark.usefixtures("version")
def test_a_route_comes_out_again_among_very_many(
    db: Session, loads: Loaded, given: dict[str, Any]
) -> None:
    routed = _decide(db, loads, **given)
    stored = _store(routed)

    assert replay(db, stored)
    assert replay(db, stored, sealed_part(routed))


@pytest.mark.parametrize("named", [(), ("office",), ("ally",)])
@pytest.mark.parametrize("kinds", [(), (RespondentKind.CONSULATE,)])
def test_a_route_about_an_office_comes_out_again(
    db: Session, named: tuple[str, ...], kinds: tuple[RespondentKind, ...]
) -> None:
    """The office stands in the readable part, or in the sealed one where she named it."""
    root = _body("root", parent=None, services=[], country="CH", kind="secretariat")
    rest = [_body("office", kind="consulate"), _body("ally", tied_to=["office"]), _body("free")]
    content = {"root": "root", "bodies": [root, *rest]}
    db.add(DirectoryVersion(number=7, made_at=NOW, digest="e" * 64, content=content))
    db.flush()

    routed = _decide(db, {}, matched=frozenset(named), kinds=frozenset(kinds))

    assert routed.route.organizations[-1] == "free"
    assert replay(db, _store(routed))
    assert replay(db, _store(routed), sealed_part(routed))


@pytest.mark.usefixtures("version")
def test_more_than_fifty_are_counted_in_both_parts(db: Session) -> None:
    routed = _decide(db, SOME_FULL, matched=frozenset({"family"}))
    part, secret = readable_part(routed), sealed_part(routed)

    assert len(part["exclusions"]) == 35
    assert len(secret["exclusions"]) == KEPT
    assert secret["counts"] == [["above_respondent", 1], ["below_respondent", 11]]


@pytest.mark.usefixtures("version")
def test_whatever_was_changed_does_not_come_out(db: Session) -> None:
    routed = _decide(db, SOME_FULL, ruled_out=frozenset({_name(99)}))
    part, secret = readable_part(routed), sealed_part(routed)
    first, second, *rest = part["candidates"]
    changes: dict[str, Any] = {
        "candidates": [second, first, *rest],
        "fallback": True,
        "exclusions": part["exclusions"][1:],
        "counts": [["full", 22]],
        "further": part["further"] + 1,
        "overseer": _name(3),
        "today": "2028-01-01",
        "loads": [],
    }
    assert part["counts"] == [["full", 21]]
    for name, value in changes.items():
        stored = _store(routed)
        stored.readable = part | {name: value}

        assert not replay(db, stored, secret), name
        assert not replay(db, stored) or name == "further", name


@pytest.mark.usefixtures("version")
def test_reasons_are_part_of_it(db: Session) -> None:
    routed = _decide(db, BUSY)
    stored = _store(routed)
    (one, service, reasons), *rest = readable_part(routed)["candidates"]
    stored.readable = readable_part(routed) | {"candidates": [[one, service, reasons[1:]], *rest]}

    assert not replay(db, stored)


@pytest.mark.usefixtures("version")
def test_the_sealed_part_is_checked_where_it_is_given(db: Session) -> None:
    routed = _decide(db, BUSY, matched=frozenset({"family"}))
    stored, secret = _store(routed), sealed_part(routed)

    assert replay(db, stored, secret)
    changes = {"matched": [], "ruled_out": [_name(0)], "exclusions": [], "counts": []}
    for name, value in changes.items():
        assert not replay(db, stored, secret | {name: value}), name


@pytest.mark.usefixtures("version")
def test_other_rules_are_no_mismatch(db: Session) -> None:
    stored = _store(_decide(db, BUSY))
    stored.rule_version = WITHOUT_LINES - 1

    with pytest.raises(OtherRules):
        replay(db, stored)


@pytest.mark.parametrize("given", [{}, {"ruled_out": frozenset({_name(0), _name(80)})}])
@pytest.mark.usefixtures("version")
def test_a_route_of_before_there_were_lines_comes_out_as_before(
    db: Session, given: dict[str, Any]
) -> None:
    several = replace(FACETS, needs=FACETS.needs | {ServiceNeed.SHE})
    routed = _decide(db, SOME_FULL, facets=several, **given)
    stored = _store(routed)
    assert [line[0] for line in readable_part(routed)["lines"]] == ["claim", "safe"]
    stored.rule_version = WITHOUT_LINES
    stored.readable = {k: v for k, v in readable_part(routed).items() if k != "lines"}

    assert replay(db, stored)
    assert replay(db, stored, sealed_part(routed))
    stored.readable = stored.readable | {"candidates": stored.readable["candidates"][1:]}
    assert not replay(db, stored, sealed_part(routed))


@pytest.mark.parametrize(
    "given", [{}, {"ruled_out": frozenset({_name(0)})}, {"asked": frozenset({_name(118)})}]
)
@pytest.mark.parametrize("loads", [{}, SOME_FULL])
@pytest.mark.usefixtures("version")
def test_the_lines_of_a_route_are_part_of_it(
    db: Session, loads: Loaded, given: dict[str, Any]
) -> None:
    several = replace(FACETS, needs=FACETS.needs | {ServiceNeed.SHE})
    routed = _decide(db, loads, facets=several, **given)
    stored, secret = _store(routed), sealed_part(routed)

    assert replay(db, stored)
    assert replay(db, stored, secret)
    (line, ranked, too), *rest = readable_part(routed)["lines"]
    stored.readable = readable_part(routed) | {"lines": [[line, ranked[::-1], too], *rest]}
    assert not replay(db, stored)
    assert not replay(db, stored, secret)


@pytest.mark.usefixtures("version")
def test_an_explanation_stands_when_the_directory_has_moved_on(db: Session) -> None:
    routed = _decide(db, BUSY)
    content = {"root": "root", "bodies": [_body("root", parent=None)]}
    db.add(DirectoryVersion(number=8, made_at=NOW, digest="e" * 64, content=content))
    db.flush()

    assert load_directory(db).version == 8
    assert replay(db, _store(routed), sealed_part(routed))
