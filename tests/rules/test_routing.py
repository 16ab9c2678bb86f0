"""Who fits, in what order, and who is never asked, over directories made by hand."""

from dataclasses import replace
from datetime import date

import pytest

from grievance.rules.bodies import Area
from grievance.rules.conflicts import conflicts_of, overseer
from grievance.rules.loads import group_loads
from grievance.rules.network import Directory
from grievance.rules.route import (
    KEPT,
    Against,
    Exclusion,
    Facets,
    Load,
    Reason,
    Route,
    Terms,
)
from grievance.rules.routing import lapsed, route
from grievance.rules.terms import (
    OFFICIAL_KINDS,
    AreaLevel,
    OrganizationKind,
    RespondentKind,
    ServiceNeed,
)
from tests.rules.directories import (
    FACETS,
    TERMS,
    TODAY,
    WORLD,
    body,
    network,
    run,
    service,
)

pytestmark = pytest.mark.plain


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


@pytest.mark.parametrize("kind", sorted(OFFICIAL_KINDS))
def test_a_complaint_about_an_office_reaches_nothing_below_or_tied_to_one(
    kind: OrganizationKind,
) -> None:
    directory = network(
        body("office", kind=kind, tied_to=frozenset({"it-names"})),
        body("below", parent="office"),
        body("deep", parent="below"),
        body("tied", tied_to=frozenset({"office"})),
        body("it-names"),
        body("free", tied_to=frozenset({"tied"})),
    )
    about = Against(kinds=frozenset({RespondentKind.GOVERNMENT_DESTINATION}))

    found = run(directory, against=about)

    assert found.organizations == ("free",)
    assert dict(found.exclusions) == dict.fromkeys(
        ("office", "below", "deep", "tied", "it-names"), Exclusion.OFFICIAL_BODY
    )
    assert overseer(found, directory, conflicts_of(FACETS, frozenset(), about, directory)) == "root"
    assert set(run(directory).organizations) == {"below", "deep", "tied", "it-names", "free"}


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


def test_a_complaint_that_names_an_office_is_about_offices_whatever_kind_she_ticked() -> None:
    directory = network(
        body("office", kind=OrganizationKind.CONSULATE),
        body("other", kind=OrganizationKind.GOVERNMENT),
        body("below-other", parent="other"),
        body("free"),
    )

    found = run(directory, against=Against(matched=frozenset({"office"})))

    assert found.organizations == ("free",)
    assert dict(found.sealed)["below-other"] == Exclusion.TIED_TO_RESPONDENT
    assert not {one for one, _ in found.exclusions} & {"office", "other", "below-other"}


def test_who_is_kept_away_alone_takes_nobody_along() -> None:
    directory = network(body("free"), body("chapter", parent="free"))
    against = Against(alone=frozenset({"root"}))

    found = run(directory, against=against)

    assert set(found.organizations) == {"free", "chapter"}
    assert conflicts_of(FACETS, frozenset(), against, directory) == {"root": Exclusion.RESPONDENT}


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
    idle, asked = group_loads({}, directory.partners), frozenset({"p57", "x"})
    found = route(FACETS, frozenset(), Against(), directory, idle, TERMS, asked)

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
