"""From answers to a route: what routing may know, and what a stored route keeps readable."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from grievance.casework.directory.listing import load_reference
from grievance.casework.directory.version import make_version
from grievance.casework.referral.asking import decline, expire_due
from grievance.casework.report.answers import Answers
from grievance.casework.routes.replaying import replay
from grievance.casework.routes.routing import (
    Routed,
    against_of,
    facets_of,
    readable_part,
    route_answers,
    sealed_part,
    stored_route,
)
from grievance.rules.terms import DeclineReason, RespondentKind
from grievance.store.directory import Organization
from grievance.store.taxonomy import taxonomy
from tests.casework.world import World, accepted
from tests.factories import NOW, make_member, make_organization, make_root


@pytest.fixture
def partners(db: Session) -> list[Organization]:
    """A root that only oversees, and two partners below it."""
    load_reference(db, NOW)
    root = make_root(db, service=False)
    first = make_organization(db, name="Helping Hands", aliases=["互助社"], parent_id=root.id)
    second = make_organization(db, name="Union House", parent_id=root.id)
    for one in (root, first, second):
        make_member(db, one)
    make_version(db, NOW)
    db.flush()
    return [root, first, second]


def _route(db: Session, **given: Any) -> Routed:
    answers = Answers(**({"issues": ["WAG01"], "country": "HK"} | given))
    return route_answers(db, answers, taxonomy(db), today=NOW.date(), confirm_months=12)


def test_routing_knows_a_sealed_code_only_as_its_group(
    db: Session, partners: list[Organization]
) -> None:
    known = taxonomy(db)
    for issue in (one for one in known.issues.values() if one.sealed):
        coded = facets_of(Answers(issues=[issue.code]), known)
        assert coded == facets_of(Answers(issues=[issue.group]), known)


def test_a_problem_that_is_unknown_is_passed_over(
    db: Session, partners: list[Organization]
) -> None:
    assert facets_of(Answers(issues=["NOPE", "WAG01"]), taxonomy(db)).issues == ("WAG01",)


@pytest.mark.parametrize(
    "name", ["Helping Hands", "HELPING HANDS CO., LTD", "互助社", "互助社有限公司"]
)
def test_a_name_in_any_spelling_is_the_same_body(
    db: Session, partners: list[Organization], name: str
) -> None:
    routed = _route(db, respondent_kind=["employer"], respondent_names={"employer": name})
    first = str(partners[1].id)
    assert first in routed.against.matched
    assert not routed.allows(first)
    assert routed.allows(str(partners[2].id))


def test_a_place_as_respondent_shuts_nobody_out(db: Session, partners: list[Organization]) -> None:
    partners[1].aliases = ["Helping Hands Hong Kong"]
    make_version(db, NOW)
    db.flush()

    names = {"agency_destination": "Hong Kong Employment Agency"}
    routed = _route(db, respondent_kind=["agency_destination"], respondent_names=names)

    assert routed.conflicts == {}
    assert str(partners[1].id) in routed.route.organizations


def test_a_name_that_only_may_mean_the_root_keeps_it_away_alone(
    db: Session, partners: list[Organization]
) -> None:
    """Everything hangs below the root: nobody would be left to ask."""
    root, first, _ = (str(one.id) for one in partners)
    partners[0].name = "Alliance of the Golden Bridge"
    make_version(db, NOW)
    db.flush()

    named = {"agency_destination": "Golden Gate Employment Agency"}
    perhaps = _route(db, respondent_kind=["agency_destination"], respondent_names=named)
    surely = _route(db, respondent_names={"other": "Alliance of the Golden Bridge"})

    assert perhaps.against.alone == {root}
    assert not perhaps.allows(root)
    assert perhaps.overseer is None
    assert first in perhaps.route.organizations
    assert sealed_part(perhaps)["alone"] == [root]
    assert surely.route.organizations == ()


def test_who_answered_fastest_before_comes_first_among_equals(db: Session) -> None:
    """An answer is an answer, yes or no; a clock that ran out counts with all its hours."""
    world = World.make(db)
    silent, quick, slow = world.bodies
    for body, hours in ((quick, 3), (slow, 20)):
        case = world.file(world.answers("chosen", [body], last=False))
        at = NOW + timedelta(hours=hours)
        decline(db, case, body.id, DeclineReason.NO_CAPACITY, world.actor(body), at)
    world.file(world.answers("chosen", [silent], last=False))
    assert expire_due(db, NOW + timedelta(days=20)) == 1

    routed = world.route(world.answers("chosen", [], last=True))
    order = [one for one in routed.route.organizations if one != str(world.root.id)]

    assert order == [str(one.id) for one in (quick, slow, silent)]
    assert {load.answer_hours for load in routed.loads.alike} == {4.0, 24.0, 168.0}
    assert replay(db, stored_route(uuid4(), routed, NOW, uuid4(), readable=True))


def test_an_answer_of_long_ago_counts_no_more(db: Session) -> None:
    world = World.make(db, partners=1)
    accepted(world)
    kept = {"issues": ["WAG01"], "country": "HK"}

    later = NOW.date() + timedelta(days=181)
    [load] = _route(db, **kept).loads.alike
    [later_load] = route_answers(
        db, Answers(**kept), taxonomy(db), today=later, confirm_months=12
    ).loads.alike

    assert (load.open_cases, load.answer_hours) == (1, 4.0)
    assert (later_load.open_cases, later_load.answer_hours) == (1, None)


def test_kinds_enter_as_kinds(db: Session, partners: list[Organization]) -> None:
    routed = _route(db, respondent_kind=["consulate"])
    against = against_of(Answers(respondent_kind=["consulate"]), routed.directory)
    assert against.kinds == {RespondentKind.CONSULATE}
    assert against.matched == frozenset()


def test_what_she_ruled_out_stands_in_the_sealed_part_only(
    db: Session, partners: list[Organization]
) -> None:
    second = str(partners[2].id)
    routed = _route(db, rule_out=[second])
    assert second not in str(readable_part(routed))
    assert sealed_part(routed)["ruled_out"] == [second]
    assert not routed.allows(second)


def test_the_overseeing_desk_may_be_asked_without_being_a_candidate(
    db: Session, partners: list[Organization]
) -> None:
    root = str(partners[0].id)
    routed = _route(db)
    assert root not in routed.route.organizations
    assert routed.overseer == root
    assert routed.allows(root)


def test_without_a_directory_a_report_leads_to_nobody(db: Session) -> None:
    load_reference(db, NOW)
    routed = _route(db)
    assert (routed.route.organizations, routed.overseer) == ((), None)
