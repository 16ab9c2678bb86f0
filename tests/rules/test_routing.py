"""Who fits, in what order, and who is never asked, over hand-made and random directories."""

from dataclasses import replace
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grievance.rules.bodies import Area, Body, Service
from grievance.rules.conflicts import conflicts_of, overseer
from grievance.rules.loads import group_loads
from grievance.rules.network import Directory
from grievance.rules.route import KEPT, Against, Exclusion, Facets, Load, Reason, Route, Terms
from grievance.rules.routing import lapsed, route
from grievance.rules.terms import (
    OFFICIAL_KINDS,
    AreaLevel,
    OrganizationKind,
    RespondentKind,
    ServiceNeed,
)
from tests.rules.naive import naive_route

pytestmark = pytest.mark.plain
TODAY = date(2026, 11, 25)
TERMS = Terms(TODAY)
WORLD = (Area(AreaLevel.WORLD),)
HK = (Area(AreaLevel.COUNTRY, "HK"),)
FACETS = Facets(
    ("WAG01",), frozenset({"WAG"}), frozenset({ServiceNeed.WCL}), "HK", "Hong Kong", "PH",
    "domestic_work", frozenset({"fil"}), "25 to 34", "female",
)  # fmt: skip


def service(**given: object) -> Service:
    values: dict[str, object] = {
        "id": "s", "needs": frozenset({ServiceNeed.WCL}), "groups": frozenset(), "areas": HK,
        "communities": frozenset({"any"}), "languages": frozenset(), "sectors": frozenset({"all"}),
    }  # fmt: skip
    return Service(**{**values, **given})  # type: ignore[arg-type]


def body(name: str, **given: object) -> Body:
    values: dict[str, object] = {
        "id": name, "parent": "root", "kind": OrganizationKind.MIGRANT_LED, "partner": True,
        "has_keys": True, "paused": False, "capacity": None, "confirmed_on": TODAY,
        "tied_to": frozenset(), "led_by_migrants": False, "country": "HK",
        "origin_of": frozenset(), "names": (name,), "services": (service(),),
    }  # fmt: skip
    return Body(**{**values, **given})  # type: ignore[arg-type]


def network(*bodies: Body) -> Directory:
    root = body("root", parent=None, kind=OrganizationKind.SECRETARIAT, services=(), country="ZZ")
    return Directory.build(1, [root, *bodies], "root")


def run(directory: Directory, facets: Facets = FACETS, **more: object) -> Route:
    against = more.get("against", Against())
    ruled_out = more.get("ruled_out", frozenset())
    loads = group_loads(more.get("loads", {}), directory.partners)  # type: ignore[arg-type]
    return route(facets, ruled_out, against, directory, loads, TERMS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"kind": OrganizationKind.AGENCY}, Exclusion.NEVER_ASKED),
        ({"kind": OrganizationKind.CONSULATE}, Exclusion.NEVER_ASKED),
        ({"has_keys": False}, Exclusion.NO_KEYS),
        ({"paused": True}, Exclusion.PAUSED),
        ({"capacity": 3}, Exclusion.FULL),
        ({"confirmed_on": date(2025, 10, 1)}, Exclusion.LAPSED),
        ({"confirmed_on": None}, Exclusion.LAPSED),
        ({"services": ()}, Exclusion.OUTSIDE_AREA),
        ({"services": (service(areas=(Area(AreaLevel.COUNTRY, "SG"),)),)}, Exclusion.OUTSIDE_AREA),
        ({"services": (service(communities=frozenset({"ID"})),)}, Exclusion.COMMUNITY),
        ({"services": (service(sectors=frozenset({"fishing"})),)}, Exclusion.SECTOR),
        ({"services": (service(age_bands=frozenset({"under 18"})),)}, Exclusion.PERSON),
        ({"services": (service(sexes=frozenset({"male"})),)}, Exclusion.PERSON),
    ],
)
def test_each_hard_exclusion_has_its_reason(given: dict[str, object], why: Exclusion) -> None:
    directory = network(body("a", **given), body("b"))
    load = Load(open_cases=3)

    found = run(directory, loads={"a": load})

    assert found.organizations == ("b",)
    assert found.exclusions == (("a", why),)


def test_a_listing_is_no_partner() -> None:
    found = run(network(body("a", partner=False), body("b")))

    assert found.organizations == ("b",)
    assert found.exclusions == ()


def test_the_order_can_be_followed() -> None:
    directory = network(
        body("busy", capacity=10),
        body("far", services=(service(areas=WORLD),)),
        body("region", services=(service(areas=(Area(AreaLevel.REGION, region="east_asia"),)),)),
        body("city", services=(service(areas=(Area(AreaLevel.CITY, "HK", "Hong Kong"),)),)),
        body("other-need", services=(service(needs=frozenset({ServiceNeed.SHE})),)),
        body("own", services=(service(communities=frozenset({"PH"})),)),
        body("speaks", services=(service(languages=frozenset({"fil"})),)),
        body("led", led_by_migrants=True),
        body("quick"),
        body("wrong-group", services=(service(groups=frozenset({"DOC"})),)),
    )
    loads = {"busy": Load(9, 1.0), "quick": Load(0, 2.0)}

    found = run(directory, loads=loads)

    assert found.organizations == (
        "city", "own", "speaks", "led", "quick", "busy", "region", "far", "other-need",
        "wrong-group",
    )  # fmt: skip
    assert Reason.IN_CITY in found.candidates[0].reasons
    assert not found.fallback


def test_a_named_body_its_parent_what_is_below_and_what_is_tied_are_kept_away() -> None:
    directory = network(
        body("named", tied_to=frozenset({"tied-to-it"})),
        body("below", parent="named"),
        body("deep", parent="below"),
        body("tied", tied_to=frozenset({"named"})),
        body("tied-to-it"),
        body("free"),
    )
    against = Against(matched=frozenset({"named", "unknown"}))

    found = run(directory, against=against, ruled_out=frozenset({"free"}))

    reasons = dict(found.sealed)
    assert reasons == {
        "named": Exclusion.RESPONDENT, "root": Exclusion.ABOVE_RESPONDENT,
        "below": Exclusion.BELOW_RESPONDENT, "deep": Exclusion.BELOW_RESPONDENT,
        "tied": Exclusion.TIED_TO_RESPONDENT, "tied-to-it": Exclusion.TIED_TO_RESPONDENT,
        "free": Exclusion.RULED_OUT,
    }  # fmt: skip
    assert found.candidates == ()
    assert overseer(found, directory, conflicts_of(FACETS, frozenset(), against, directory)) is None


@pytest.mark.parametrize("kind", sorted(OFFICIAL_KINDS))
def test_a_complaint_about_an_office_reaches_no_office(kind: OrganizationKind) -> None:
    directory = network(body("office", kind=kind), body("free"))
    about = Against(kinds=frozenset({RespondentKind.CONSULATE}))
    by_group = Facets(groups=frozenset({"CNS"}), country="HK")

    assert run(directory, against=about).organizations == ("free",)
    found = conflicts_of(by_group, frozenset(), Against(), directory)
    assert found["office"] == Exclusion.OFFICIAL_BODY
    # Also without any complaint about an office it is never a default recipient.
    assert run(directory).organizations == ("free",)


def test_when_nobody_fits_origin_chapter_region_and_secretariat_are_proposed() -> None:
    directory = network(
        body("chapter", services=()),
        body("origin", services=(), origin_of=frozenset({"PH"}), country="PH"),
        body("region", services=(), country="TW"),
        body("elsewhere", services=(), country="FR"),
        body("paused", services=(), paused=True),
        body("keyless", services=(), has_keys=False),
    )

    found = run(directory)

    assert found.fallback
    assert found.organizations == ("origin", "chapter", "region", "root")
    nowhere = run(directory, Facets())
    assert nowhere.organizations == ("root",)


def test_the_overseeing_desk_is_the_nearest_above_that_may() -> None:
    directory = network(
        body("middle", services=()),
        body("keyless", services=(), parent="middle", has_keys=False),
        body("leaf", parent="keyless"),
    )
    found = run(directory)

    assert overseer(found, directory, {}) == "middle"
    assert overseer(found, directory, {"middle": Exclusion.RULED_OUT}) == "root"
    empty = Route(1, (), True, (), (), ())
    assert overseer(empty, directory, {}) == "root"
    assert overseer(empty, Directory.build(0, (), None), {}) is None
    rooted = run(network())
    assert overseer(rooted, network(), {}) == "root"


def test_more_than_fifty_exclusions_are_counted() -> None:
    found = run(network(*[body(f"p{n:02d}", paused=True) for n in range(60)]))

    assert len(found.exclusions) == 50
    assert found.counts == ((Exclusion.PAUSED, 10),)


def test_more_than_fifty_sealed_exclusions_are_counted() -> None:
    bodies = [body(f"p{n:02d}", parent="root") for n in range(60)]
    found = run(network(*bodies), against=Against(matched=frozenset({"root"})))

    assert len(found.sealed) == KEPT
    assert found.sealed_counts == ((Exclusion.BELOW_RESPONDENT, 10), (Exclusion.RESPONDENT, 1))


def test_more_than_fifty_candidates_are_counted_but_one_she_asked_stands() -> None:
    directory = network(*[body(f"p{n:02d}") for n in range(60)])
    found = route(FACETS, frozenset(), Against(), directory, {}, TERMS, frozenset({"p57", "x"}))

    assert found.organizations == (*(f"p{n:02d}" for n in range(KEPT)), "p57")
    assert found.further == 9


def test_a_tree_that_bites_its_tail_ends() -> None:
    directory = Directory.build(1, [body("a", parent="b"), body("b", parent="a")], "a")

    assert directory.ancestors("a") == ["b", "a"]
    assert directory.below("a") == {"a", "b"}


def test_cities_and_unknown_places() -> None:
    city = service(areas=(Area(AreaLevel.CITY, "HK", "Hong Kong"), Area(AreaLevel.REGION)))
    directory = network(body("a", services=(city,)))

    assert directory.cities("HK") == ["Hong Kong"]
    assert directory.cities(None) == []
    assert directory.partners_near("HK") == ["a"]
    assert directory.partners_near(None) == []


def test_while_her_city_is_unknown_no_service_is_in_her_city() -> None:
    city = (Area(AreaLevel.CITY, "HK", "Hong Kong"),)
    directory = network(body("b-city", services=(service(areas=city),)), body("a-country"))

    known = run(directory, FACETS)
    unknown = run(directory, replace(FACETS, city=None))
    elsewhere = run(directory, replace(FACETS, city="Tai Po"))

    assert known.organizations == ("b-city", "a-country")
    assert unknown.organizations == ("a-country", "b-city")
    assert Reason.IN_CITY not in unknown.candidates[1].reasons
    assert elsewhere.organizations == ("a-country",)
    assert run(directory, Facets()).organizations == ("root",)


def test_a_confirmation_lapses_after_the_months_of_the_setting() -> None:
    assert lapsed(None, TERMS)
    assert lapsed(date(2025, 10, 31), TERMS)
    assert not lapsed(date(2025, 11, 1), TERMS)
    assert not lapsed(date(1, 1, 1), Terms(TODAY, 10**12))


KINDS = st.sampled_from(list(OrganizationKind))
NAMES = [f"o{n}" for n in range(6)]
AREAS = [
    *HK, *WORLD, Area(AreaLevel.CITY, "HK", "Hong Kong"), Area(AreaLevel.CITY, "HK", "Tai Po"),
    Area(AreaLevel.REGION, region="east_asia"), Area(AreaLevel.REGION),
    Area(AreaLevel.COUNTRY, "SG"),
]  # fmt: skip


def some(*values: str) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), max_size=2)


SERVICES = st.builds(
    Service,
    id=st.just("s"),
    needs=st.frozensets(st.sampled_from([ServiceNeed.WCL, ServiceNeed.SHE]), max_size=2),
    groups=some("WAG", "DOC"),
    areas=st.lists(st.sampled_from(AREAS), max_size=2).map(tuple),
    communities=some("any", "PH", "ID"),
    languages=some("fil", "en"),
    sectors=some("all", "domestic_work", "fishing"),
    age_bands=some("25 to 34", "under 18"),
    sexes=some("female", "male"),
)


@st.composite
def directories(draw: st.DrawFn, names: list[str] = NAMES) -> Directory:
    bodies = []
    for number, name in enumerate(names):
        services = draw(st.lists(SERVICES, max_size=3))
        bodies.append(
            body(
                name,
                parent=draw(st.sampled_from(["root", *names[:number]])),
                kind=draw(st.just(OrganizationKind.MIGRANT_LED) | KINDS),
                partner=draw(st.sampled_from([True, True, False])),
                has_keys=draw(st.sampled_from([True, True, False])),
                paused=draw(st.sampled_from([False, False, True])),
                capacity=draw(st.sampled_from([None, None, 0, 4, 8])),
                confirmed_on=draw(st.sampled_from([TODAY, TODAY, date(2025, 1, 1), None])),
                led_by_migrants=draw(st.booleans()),
                country=draw(st.sampled_from(["HK", "TW", "FR"])),
                origin_of=draw(some("PH", "ID")),
                tied_to=frozenset(draw(st.sets(st.sampled_from(names), max_size=1))),
                services=tuple(replace(one, id=f"s{n}") for n, one in enumerate(services)),
            )
        )
    return network(*bodies)


FACETS_OF_ANY = st.builds(
    Facets,
    issues=st.just(("WAG01",)),
    groups=some("WAG", "DOC", "CNS"),
    needs=st.frozensets(st.sampled_from([ServiceNeed.WCL, ServiceNeed.SHE]), max_size=1),
    country=st.sampled_from(["HK", "HK", "TW", "ZZ", None]),
    city=st.sampled_from(["Hong Kong", None]),
    nationality=st.sampled_from(["PH", "ID", None]),
    sector=st.sampled_from(["domestic_work", None]),
    languages=some("fil", "en"),
    age_band=st.sampled_from(["25 to 34", None]),
    sex=st.sampled_from(["female", None]),
)
LOADS = st.dictionaries(
    st.sampled_from([*NAMES, "root", "gone"]),
    st.builds(Load, st.integers(0, 9), st.sampled_from([None, 1.0, 2.5])),
)
WISHES = st.frozensets(st.sampled_from(NAMES), max_size=2)


@settings(max_examples=400, deadline=None)
@given(directories(), FACETS_OF_ANY, LOADS, WISHES, WISHES, WISHES)
def test_a_route_is_what_one_partner_after_the_other_gives(
    directory: Directory,
    facets: Facets,
    loads: dict[str, Load],
    ruled_out: frozenset[str],
    matched: frozenset[str],
    asked: frozenset[str],
) -> None:
    against, alike = Against(matched=matched), group_loads(loads, directory.partners)

    found = route(facets, ruled_out, against, directory, alike, TERMS, asked)

    assert found == naive_route(facets, ruled_out, against, directory, loads, TERMS, asked)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), FACETS_OF_ANY, WISHES)
def test_so_it_is_among_very_many(seed: int, facets: Facets, ruled_out: frozenset[str]) -> None:
    chance = Random(seed)  # noqa: S311  a seed, so that a failure comes again
    some_of = [("any",), ("PH",), ("ID", "PH")]
    directory = network(
        *(
            body(
                f"o{n}",
                capacity=chance.choice([None, 2, 4]),
                led_by_migrants=chance.random() < 0.5,
                paused=chance.random() < 0.2,
                origin_of=frozenset(chance.choice(some_of)),
                services=tuple(
                    service(
                        id=f"s{k}",
                        areas=tuple(chance.sample(AREAS, 2)),
                        communities=frozenset(chance.choice(some_of)),
                    )
                    for k in range(chance.randrange(3))
                ),
            )
            for n in range(300)
        )
    )
    loads = {
        f"o{n}": Load(chance.randrange(5), chance.choice([None, 1.0, 2.5]))
        for n in range(0, 300, 3)
    }
    asked = frozenset(f"o{n}" for n in range(0, 300, 50))
    alike = group_loads(loads, directory.partners)

    found = route(facets, ruled_out, Against(), directory, alike, TERMS, asked)

    assert found == naive_route(facets, ruled_out, Against(), directory, loads, TERMS, asked)


@settings(max_examples=200)
@given(directories(), st.sets(st.sampled_from(NAMES), max_size=2), st.sets(st.sampled_from(NAMES)))
def test_nobody_in_conflict_is_ever_offered_or_oversees(
    directory: Directory, matched: set[str], ruled_out: set[str]
) -> None:
    against = Against(frozenset({RespondentKind.CONSULATE}), frozenset(matched))

    found = run(directory, against=against, ruled_out=frozenset(ruled_out))
    again = run(directory, against=against, ruled_out=frozenset(ruled_out))

    conflicts = conflicts_of(FACETS, frozenset(ruled_out), against, directory)
    above = overseer(found, directory, conflicts)
    asked = {*found.organizations, *([above] if above else [])}
    assert found == again
    for one in asked:
        partner = directory.bodies[one]
        assert one not in conflicts
        assert partner.partner
        assert partner.has_keys
        assert partner.kind not in OFFICIAL_KINDS | {OrganizationKind.AGENCY}
        assert not {one, *directory.ancestors(one)} & matched
        assert not any(directory.bodies[m].parent == one for m in matched)
