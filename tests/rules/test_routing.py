"""Who fits, in what order, and who is never asked, over hand-made and random directories."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grievance.rules.network import Area, Body, Directory, Service
from grievance.rules.route import Against, Exclusion, Facets, Load, Reason, Route, Terms
from grievance.rules.routing import conflicts_of, lapsed, overseer, route, why_not
from grievance.rules.terms import (
    OFFICIAL_KINDS,
    AreaLevel,
    OrganizationKind,
    RespondentKind,
    ServiceNeed,
)

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
    loads = more.get("loads", {})
    return route(facets, ruled_out, against, directory, loads, TERMS)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"kind": OrganizationKind.AGENCY}, Exclusion.NEVER_ASKED),
        ({"kind": OrganizationKind.CONSULATE}, Exclusion.NEVER_ASKED),
        ({"partner": False}, Exclusion.NOT_A_PARTNER),
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

    assert run(directory, loads={"a": load}).organizations == ("b",)
    assert why_not("a", FACETS, frozenset(), Against(), directory, load, TERMS) == why
    assert why_not("b", FACETS, frozenset(), Against(), directory, Load(), TERMS) is None


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


def test_a_tree_that_bites_its_tail_ends() -> None:
    directory = Directory.build(1, [body("a", parent="b"), body("b", parent="a")], "a")

    assert directory.ancestors("a") == ["b", "a"]
    assert directory.below("a") == {"a", "b"}


def test_cities_and_unknown_places() -> None:
    city = service(areas=(Area(AreaLevel.CITY, "HK", "Hong Kong"), Area(AreaLevel.REGION)))
    directory = network(body("a", services=(city,)))

    assert directory.cities("HK") == ["Hong Kong"]
    assert directory.cities(None) == []
    assert not Area(AreaLevel.COUNTRY, "HK").reaches(None, None)
    assert not Area(AreaLevel.CITY, "HK", "Hong Kong").reaches("HK", "Tai Po")
    assert Area(AreaLevel.CITY, "HK", "Hong Kong").reaches("HK", None)
    assert lapsed(None, TERMS)


KINDS = st.sampled_from(list(OrganizationKind))
NAMES = [f"o{n}" for n in range(6)]


@st.composite
def directories(draw: st.DrawFn) -> Directory:
    bodies = []
    for number, name in enumerate(NAMES):
        parent = draw(st.sampled_from(["root", *NAMES[:number]]))
        bodies.append(
            body(
                name,
                parent=parent,
                kind=draw(KINDS),
                partner=draw(st.booleans()),
                has_keys=draw(st.booleans()),
                paused=draw(st.booleans()),
                tied_to=frozenset(draw(st.sets(st.sampled_from(NAMES), max_size=1))),
                services=(service(areas=draw(st.sampled_from([HK, WORLD, ()]))),),
            )
        )
    return network(*bodies)


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
