"""One route among 10,000 partners, the indexes made: spread over the world, or in one country; of
one need, or of two that two organizations commonly serve."""

import random
import statistics
import time
from dataclasses import replace
from datetime import date

from bench.figures import Rows, row
from grievance.rules.bodies import Area, Body, Service
from grievance.rules.loads import Loads, group_loads
from grievance.rules.network import Directory
from grievance.rules.regions import REGIONS
from grievance.rules.route import Against, Facets, Load, Terms
from grievance.rules.routing import route
from grievance.rules.terms import AreaLevel, OrganizationKind, ServiceNeed

PARTNERS = 10_000
# The best round's median: a millisecond is short, and others who use the machine meanwhile make
# one round twice as long as the next.
ROUNDS = 7
FACETS = Facets(
    ("WAG01",), frozenset({"WAG"}), frozenset({ServiceNeed.WCL}), "HK", "Hong Kong", "PH",
    "domestic_work", frozenset({"fil"}),
)  # fmt: skip
SAFE_TOO = replace(FACETS, needs=frozenset({ServiceNeed.WCL, ServiceNeed.SHE}))
WORLD = [country for some in REGIONS.values() for country in some]


def routes() -> Rows:
    """Both shapes, with nobody busy and with everybody busy."""
    return [
        row(f"route, 10,000 partners {shape}, {how}{more}", spent, "ms", limit=1)
        for shape, countries in (("spread", WORLD), ("in one country", ["HK"]))
        for how, busy in (("idle", False), ("busy", True))
        for more, spent in zip(("", ", two needs"), _medians(countries, busy), strict=True)
    ]


def _medians(countries: list[str], busy: bool) -> list[float]:
    chance = random.Random(1)  # noqa: S311
    bodies = [_body(number, chance.choice(countries), chance) for number in range(PARTNERS)]
    directory = Directory.build(1, bodies, bodies[0].id)
    near = directory.partners_near(FACETS.country)
    hours = (None, 4.0, 24.0, 168.0)
    loads = {n: Load(chance.randrange(1, 30), chance.choice(hours)) for n in near} if busy else {}
    alike = group_loads(loads, directory.partners)
    return [
        min(_median(facets, directory, alike) for _ in range(ROUNDS))
        for facets in (FACETS, SAFE_TOO)
    ]


def _median(facets: Facets, directory: Directory, loads: Loads) -> float:
    terms, spent = Terms(date(2026, 11, 25)), []
    for _ in range(100):
        began = time.perf_counter()
        route(facets, frozenset(), Against(), directory, loads, terms)
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


def _body(number: int, country: str, chance: random.Random) -> Body:
    services = tuple(_service(k, country, chance) for k in range(chance.choice([1, 1, 2, 3])))
    return Body(
        f"{number:05}", "00000" if number else None, OrganizationKind.MIGRANT_LED, True, True,
        chance.random() < 0.1, chance.choice([None, 5, 10, 20, 40]), date(2026, 11, 1),
        frozenset(), chance.random() < 0.5, country, frozenset(), (), services,
    )  # fmt: skip


def _service(number: int, country: str, chance: random.Random) -> Service:
    whole = Area(AreaLevel.COUNTRY, country)
    city = Area(AreaLevel.CITY, country, chance.choice(["Hong Kong", "Tai Po"]))
    return Service(
        f"s{number}", frozenset(chance.sample(list(ServiceNeed), 2)), frozenset(),
        (city if chance.random() < 0.3 else whole,), frozenset({chance.choice(["any", "PH"])}),
        frozenset(chance.sample(["fil", "en", "id", "th"], 2)), frozenset({"all"}),
    )  # fmt: skip
