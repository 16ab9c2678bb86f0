"""Coverage: the plain twin agrees over any directory; who does not take cases covers nothing."""

import pytest
from hypothesis import given, settings

from grievance.rules.coverage import Coverage, Reach, coverage, weighed
from grievance.rules.loads import group_loads
from grievance.rules.network import Directory
from grievance.rules.route import Exclusion, Facets, Load
from grievance.rules.terms import ServiceNeed
from tests.rules.directories import HK, TERMS, WORLD, body, network, service
from tests.rules.naive import closed, closest, refusal
from tests.rules.test_routing_of_any import LOADS, directories

pytestmark = pytest.mark.plain
WCL, SHE = ServiceNeed.WCL, ServiceNeed.SHE
COUNTRIES = ("HK", "TW", "FR", "ZZ")
COMMUNITIES = (None, "PH", "ID", "NP")


def naive(
    directory: Directory, loads: dict[str, Load], country: str, of: str | None, need: ServiceNeed
) -> Reach:
    """Partner after partner, service after service."""
    facets, best = Facets(country=country, nationality=of), Reach.NOBODY
    for partner in directory.bodies.values():
        if not partner.partner or closed(partner, loads.get(partner.id, Load()), TERMS):
            continue
        for one in partner.services:
            if need in one.needs and refusal(one, facets) is None:
                area = closest(one, facets)
                best = max(best, Reach.IN_COUNTRY if area in {0, 1} else Reach.FROM_AFAR)
    return best


def _covered(countries: list[str], directory: Directory) -> Coverage:
    """With nobody busy."""
    index = directory.partners
    return coverage(countries, index, group_loads({}, index), TERMS)


@settings(max_examples=80)
@given(directories(), LOADS)
def test_it_is_what_one_partner_after_the_other_gives(
    directory: Directory, loads: dict[str, Load]
) -> None:
    found = coverage(COUNTRIES, directory.partners, group_loads(loads, directory.partners), TERMS)

    for country in COUNTRIES:
        for of in COMMUNITIES:
            for need in (WCL, SHE, ServiceNeed.INF):
                expected = naive(directory, loads, country, of, need)
                assert found.of((country, of, need)) == expected, (country, of, need)


@pytest.mark.parametrize(
    ("given_", "load", "why"),
    [
        ({"paused": True}, Load(), Exclusion.PAUSED),
        ({"has_keys": False}, Load(), Exclusion.NO_KEYS),
        ({"confirmed_on": None}, Load(), Exclusion.LAPSED),
        ({"capacity": 2}, Load(2), Exclusion.FULL),
        ({"kind": "consulate"}, Load(), Exclusion.NEVER_ASKED),
    ],
)
def test_who_does_not_take_cases_covers_nothing_and_is_named(
    given_: dict[str, object], load: Load, why: Exclusion
) -> None:
    directory = network(body("a", **given_))
    loads = group_loads({"a": load}, directory.partners)

    found = coverage(["HK"], directory.partners, loads, TERMS)

    assert found.closed == {why: ("a",)}
    assert found.cells["HK", WCL].everyone == Reach.NOBODY
    assert found.cells["HK", WCL].closed == (() if why == Exclusion.NEVER_ASKED else ("a",))
    assert found.cells["HK", SHE].closed == ()


def test_of_many_that_do_not_take_cases_three_are_named_and_the_rest_counted() -> None:
    directory = network(*(body(f"a{n}", paused=True) for n in range(5)))

    cover = _covered(["HK"], directory).cells["HK", WCL]

    assert (cover.closed, cover.more_closed) == (("a0", "a1", "a2"), 2)


def test_who_is_served_by_name_only_is_told_apart() -> None:
    by_name = service(communities=frozenset({"PH"}), areas=HK)
    for_all = service(id="t", needs=frozenset({SHE}), areas=WORLD)
    directory = network(body("a", services=(by_name, for_all)))

    found = _covered(["HK", "FR"], directory).cells

    assert found["HK", WCL].without(["PH", "ID", "NP"]) == ["ID", "NP"]
    assert found["HK", WCL].of(None) == Reach.IN_COUNTRY
    assert found["FR", WCL].without(["PH", "ID"]) == ["PH", "ID"]
    assert {found[one, SHE].of("ID") for one in ("HK", "FR")} == {Reach.FROM_AFAR}


def test_gaps_are_weighed_by_the_cases_that_met_them() -> None:
    directory = network(body("a"), body("b", services=(service(needs={SHE}, areas=WORLD),)))
    found = _covered(["HK", "TW"], directory)
    counts = {
        ("HK", "PH", WCL): 9,
        ("TW", "PH", WCL): 2,
        ("TW", None, WCL): 3,
        ("TW", "PH", SHE): 7,
        ("QQ", "PH", WCL): 8,
    }

    assert weighed(found, counts, {Reach.NOBODY}) == [
        (("TW", None, WCL), 3),
        (("TW", "PH", WCL), 2),
    ]
    assert weighed(found, counts, {Reach.FROM_AFAR}) == [(("TW", "PH", SHE), 7)]
