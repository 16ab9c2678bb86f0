"""Directories made by hand, and one run of the rules on them."""

from datetime import date

from grievance.rules.bodies import Area, Body, Service
from grievance.rules.loads import group_loads
from grievance.rules.network import Directory
from grievance.rules.route import (
    Against,
    Facets,
    Route,
    Terms,
)
from grievance.rules.routing import route
from grievance.rules.terms import (
    AreaLevel,
    OrganizationKind,
    ServiceNeed,
)

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


AREAS = [
    *HK, *WORLD, Area(AreaLevel.CITY, "HK", "Hong Kong"), Area(AreaLevel.CITY, "HK", "Tai Po"),
    Area(AreaLevel.REGION, region="east_asia"), Area(AreaLevel.REGION),
    Area(AreaLevel.COUNTRY, "SG"),
]  # fmt: skip
