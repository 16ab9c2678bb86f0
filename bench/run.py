"""Starts the real server and the floor in one run, prints a table, writes build/bench.json."""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pyotp

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.client import Browser, rate, report

OUT = Path("build/bench.json")
Rows = list[dict[str, Any]]


def main() -> int:
    """Every figure of design.md 10 that stands today."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    rows: Rows = []
    rows.append(row("route among 10,000 partners", route_time() * 1000, "ms", limit=1))
    with tempfile.TemporaryDirectory() as folder:
        demo = [sys.executable, "-m", "grievance.cli", "demo", "--json", "--folder",
                str(Path(folder) / "demo"), "--cases", str(options.cases)]  # fmt: skip
        with started(demo) as (line, _pid):
            json.loads(line)  # the first start fills the folder
        began = time.perf_counter()
        with started(demo) as (line, _pid):
            said = json.loads(line)
            first_answer(said["url"])
            rows.append(row("start to first answer", time.perf_counter() - began, "s", limit=1.5))
            time.sleep(2)
            rows.append(row("idle memory (PSS)", memory(said["pid"]), "MB", limit=150))
            with floor(folder) as bare:
                measure(rows, said, bare, options.seconds)
    show(rows)
    return 0


def measure(rows: Rows, said: dict[str, Any], bare: str, seconds: float) -> None:
    """Everything over HTTP."""
    url = said["url"]
    form = rate(url, lambda b: b.ask("GET", "/en/report/problem", gzip=True), seconds, 8)
    page = rate(bare, lambda b: b.ask("GET", "/page"), seconds, 8)
    rows.append(row("first form page", form, "per s", page, at_least=0.5))
    insert = rate(bare, lambda b: b.ask("POST", "/insert", {"a": "b"}), seconds, 8)
    recipient = next(o["id"] for o in said["organizations"] if "Sampaguita" in o["name"])
    whole = rate(url, lambda _b: report(Browser(url), recipient, lambda: None), seconds, 8)
    rows.append(row("whole report (6 durable steps)", whole, "per s", insert))
    rows += fifty(url, recipient)
    desk = sign_in(said)
    rows.append(row("queue page", timed(lambda: desk.ask("GET", "/desk/cases?state=all")), "ms"))
    case = desk.ask("GET", "/desk/cases?state=all").split("/desk/cases/")[1][:36]
    rows.append(row("case page", timed(lambda: desk.ask("GET", f"/desk/cases/{case}")), "ms"))
    rows.append(export(desk, said["pid"]))


def fifty(url: str, recipient: str) -> Rows:
    """Fifty workers at once who think two to five seconds a page."""
    chance, times, failed = random.Random(1), defaultdict(list), []  # noqa: S311

    def work() -> None:
        try:
            took = report(Browser(url), recipient, lambda: time.sleep(chance.uniform(2, 5)))
            for step, spent in took.items():
                times[step].append(spent * 1000)
        except (OSError, RuntimeError) as error:
            failed.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = [
        row(f"50 workers: {step}, p95", p95(spent), "ms", limit=500 if step == "check" else 150)
        for step, spent in times.items()
    ]
    return [*rows, row("50 workers: refused or failed", len(failed), "", limit=0.5)]


def export(desk: Browser, pid: int) -> dict[str, Any]:
    """A coded export of everything: seconds, and what it costs in memory."""
    before, began = memory(pid), time.perf_counter()
    page = desk.ask("GET", "/desk/exports")
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    fields = {"period_from": "2020-01-01", "period_to": "2099-12-31", "purpose": "bench",
              "csrf_token": token, "large": "1"}  # fmt: skip
    text = desk.ask("POST", "/desk/exports", fields)
    spent = time.perf_counter() - began
    name = f"coded export, {text.count(chr(10)) - 1} rows, +{memory(pid) - before:.0f} MB"
    return row(name, spent, "s")


def sign_in(said: dict[str, Any]) -> Browser:
    """The root's coordinator at her desk."""
    user = next(u for u in said["users"] if u["role"] == "coordinator")
    desk = Browser(said["url"])
    desk.press("/desk/sign-in", email=user["email"], password=user["password"])
    desk.press("/desk/sign-in/code", totp=pyotp.TOTP(user["totp_secret"]).now())
    return desk


def route_time() -> float:
    """Seconds of one route among 10,000 partners, the indexes made."""
    from grievance.rules.bodies import Area, Body, Service
    from grievance.rules.network import Directory
    from grievance.rules.regions import REGIONS
    from grievance.rules.route import Against, Facets, Terms
    from grievance.rules.routing import route
    from grievance.rules.terms import AreaLevel, OrganizationKind, ServiceNeed

    countries, chance = [c for some in REGIONS.values() for c in some], random.Random(1)  # noqa: S311

    def body(number: int) -> Body:
        country = chance.choice(countries)
        service = Service(
            "s", frozenset({ServiceNeed.WCL}), frozenset(),
            (Area(AreaLevel.COUNTRY, country),), frozenset({"any"}), frozenset({"fil"}),
            frozenset({"all"}),
        )  # fmt: skip
        return Body(
            str(number), "0" if number else None, OrganizationKind.MIGRANT_LED, True, True, False,
            40, date(2026, 11, 1), frozenset(), True, country, frozenset(), (), (service,),
        )  # fmt: skip

    directory = Directory.build(1, [body(n) for n in range(10_000)], "0")
    facets = Facets(("WAG01",), frozenset({"WAG"}), frozenset({ServiceNeed.WCL}), "HK")
    terms, began = Terms(date(2026, 11, 25)), time.perf_counter()
    for _ in range(200):
        route(facets, frozenset(), Against(), directory, {}, terms)
    return (time.perf_counter() - began) / 200


@contextmanager
def started(command: list[str]) -> Iterator[tuple[str, int]]:
    """A server process and the line it prints when it listens."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            yield (process.stdout.readline() if process.stdout else ""), process.pid
        finally:
            process.terminate()


@contextmanager
def floor(folder: str) -> Iterator[str]:
    """The bare server's address."""
    command = [sys.executable, "-m", "bench.floor", str(Path(folder) / "floor.sqlite")]
    with started(command) as (line, _pid):
        yield line.strip()


def first_answer(url: str) -> None:
    """Wait for the first page."""
    Browser(url).ask("GET", "/en/")


def timed(act: Callable[[], object]) -> float:
    """The median of twenty, in milliseconds."""
    spent = []
    for _ in range(20):
        began = time.perf_counter()
        act()
        spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


def memory(pid: int) -> float:
    """Proportional set size in megabytes."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(text.split("Pss:")[1].split()[0]) / 1024


def p95(values: list[float]) -> float:
    """The 95th of a hundred."""
    return sorted(values)[max(0, int(len(values) * 0.95) - 1)]


def row(
    name: str,
    value: float,
    unit: str,
    floor: float | None = None,
    *,
    limit: float | None = None,
    at_least: float | None = None,
) -> dict[str, Any]:
    """One figure; ``limit`` is the most it may be, ``at_least`` the least ratio to its floor."""
    ratio = value / floor if floor else None
    fine = (limit is None or value <= limit) and (
        at_least is None or (ratio is not None and ratio >= at_least)
    )
    return {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "floor": floor and round(floor, 1),
        "ratio": ratio and round(ratio, 3),
        "limit": limit or at_least,
        "fine": fine,
    }


def show(rows: Rows) -> None:
    """Print the table and keep the figures."""
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(rows, indent=1))
    for one in rows:
        ratio = f"ratio {one['ratio']}" if one["ratio"] else ""
        mark = "" if one["fine"] else f"  OVER {one['limit']}"
        print(f"{one['name']:<48} {one['value']:>12} {one['unit']:<6} {ratio}{mark}")


if __name__ == "__main__":
    raise SystemExit(main())
