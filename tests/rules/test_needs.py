"""Which needs make a line of their own, and whom each line proposes (design.md 5, rule 3)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings

from grievance.rules.needs import SHOWN, in_order, lines_of, lines_served, proposals
from grievance.rules.network import Directory
from grievance.rules.route import Facets, Route, Served
from grievance.rules.terms import NeedLine, ServiceNeed
from tests.rules.directories import FACETS, body, network, run, service
from tests.rules.test_routing_of_any import FACETS_OF_ANY, directories

pytestmark = pytest.mark.plain
WCL, SHE = ServiceNeed.WCL, ServiceNeed.SHE
CLAIM, SAFE = NeedLine.CLAIM, NeedLine.SAFE
BOTH = replace(FACETS, needs=frozenset({WCL, SHE}))
GIVES = [frozenset({WCL}), frozenset({SHE}), frozenset({WCL, SHE}), frozenset({ServiceNeed.COU})]


def gives(name: str, *needs: ServiceNeed, **given: object):
    return body(name, services=(service(needs=frozenset(needs)),), **given)


def shown(found: Route, **given: object) -> dict[tuple[str, ...], list[str]]:
    return {
        each.lines: [one.organization for one in each.candidates]
        for each in proposals(found, **given)  # type: ignore[arg-type]
    }


@pytest.mark.parametrize(
    ("needs", "lines"),
    [
        ("WCL", ""), ("SHE", ""), ("WCL REC LEG IMM", ""), ("SHE GBV", ""), ("SHE HEA COU", ""),
        ("HEA WCL", ""), ("INF", ""), ("", ""),
        ("WCL SHE", "WCL/SHE"), ("LEG GBV SHE HEA", "LEG/GBV SHE"), ("TRA SHE COU", "TRA/SHE"),
    ],
)  # fmt: skip
def test_a_safe_place_is_a_line_beside_a_claim_and_nothing_else_is(needs: str, lines: str) -> None:
    found = lines_of({ServiceNeed(one) for one in needs.split()})

    said = "/".join(" ".join(sorted(some)) for some in found.values())
    assert said == lines


def test_one_recipient_a_need_is_proposed_each_by_the_order_of_its_own_need() -> None:
    directory = network(
        gives("a-house", SHE), gives("b-union", WCL, led_by_migrants=True), gives("c-office", WCL),
        gives("d-shelter", SHE, led_by_migrants=True), gives("e-talk", ServiceNeed.COU),
    )  # fmt: skip

    found = run(directory, BOTH)

    assert shown(found) == {
        (CLAIM,): ["b-union", "c-office", "e-talk"], (SAFE,): ["d-shelter", "a-house"],
    }  # fmt: skip
    assert run(directory).lines == ()


def test_who_serves_all_is_proposed_once_for_all() -> None:
    directory = network(gives("a", WCL), gives("b", WCL, SHE), gives("c", SHE))

    found = run(directory, BOTH)

    assert shown(found) == {(CLAIM, SAFE): ["b"], (CLAIM,): ["a"], (SAFE,): ["c"]}
    assert in_order(found, {"a", "b", "c"}) == [
        ("b", (CLAIM, SAFE)), ("a", (CLAIM,)), ("c", (SAFE,)),
    ]  # fmt: skip
    assert in_order(found, {"c", "nobody"}) == [("c", (SAFE,))]


def test_where_all_of_them_serve_all_there_is_one_list() -> None:
    found = run(network(gives("a", WCL, SHE), gives("b", WCL, SHE)), BOTH)

    assert shown(found) == {(CLAIM, SAFE): ["a", "b"]}


def test_a_need_that_nobody_serves_says_so() -> None:
    found = run(network(gives("a", WCL)), BOTH)

    assert shown(found) == {(CLAIM,): ["a"], (SAFE,): []}


def test_who_is_among_the_first_for_one_need_alone_is_asked_for_that_one() -> None:
    near = [gives(f"a{n}", WCL, led_by_migrants=True) for n in range(SHOWN)]
    found = run(network(*near, gives("both", WCL, SHE)), BOTH)

    assert shown(found) == {(CLAIM,): ["a0", "a1", "a2"], (SAFE,): ["both"]}
    assert lines_served(found, "both") == (CLAIM, SAFE)


def test_while_a_need_is_served_who_serves_both_is_proposed_for_the_other() -> None:
    found = run(network(gives("a", WCL), gives("b", WCL, SHE), gives("c", SHE)), BOTH)

    assert shown(found, leave_out={"a"}, busy=[CLAIM]) == {(SAFE,): ["b", "c"]}
    assert shown(found, leave_out={"a"}, last={"b"}, busy=[CLAIM]) == {(SAFE,): ["c", "b"]}
    assert shown(found, leave_out={"a"}, busy=[CLAIM, SAFE]) == {
        (CLAIM, SAFE): ["b"], (SAFE,): ["c"],
    }  # fmt: skip


def test_one_beyond_the_page_stands_behind_for_all_it_serves() -> None:
    many = [gives(f"a{n:02}", WCL, led_by_migrants=True) for n in range(20)]
    found = run(network(*many, gives("late", WCL), gives("safe", SHE)), BOTH)

    assert in_order(found, {"late", "safe", "a19"}) == [
        ("safe", (SAFE,)), ("a19", (CLAIM,)), ("late", (CLAIM,)),
    ]  # fmt: skip
    assert len(found.lines[0].candidates) == 12
    assert {"late", "a19"} <= set(found.lines[0].too)


@settings(max_examples=150)
@given(directories(), FACETS_OF_ANY)
def test_every_line_names_each_once_and_nobody_who_does_not_serve_it(
    directory: Directory, facets: Facets
) -> None:
    found = run(directory, replace(facets, needs=facets.needs | {WCL, SHE}))
    pages = proposals(found)
    named = [one.organization for each in pages for one in each.candidates]

    assert len(named) == len(set(named))
    assert (
        set(named) <= found.named <= {*found.organizations}.union(*(n.names for n in found.lines))
    )
    for line in found.lines:
        on_page = [o for each in pages if line.line in each.lines for o in each.candidates]
        assert len(on_page) <= SHOWN
        for one in line.names:
            serves = any(SHE in each.needs for each in directory.bodies[one].services)
            assert serves or line.line == CLAIM
    in_lines = {one for each in found.lines for one in each.names}
    assert not found.lines or in_lines == set(found.organizations)


def test_a_line_knows_whom_it_names() -> None:
    assert Served(CLAIM, (), ("a",)).names == {"a"}
