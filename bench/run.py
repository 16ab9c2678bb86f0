"""Starts the real server and the floor in one run, prints a table, writes build/bench.json."""

import argparse
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import pyotp

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.client import Browser, Steps, load, rate, report
from bench.figures import Rows, percentile, row, show
from bench.importing import imports
from bench.processes import floor, memory, most_memory, started
from bench.routing import routes

QUEUES = (
    ("queue page", "/desk/cases?state=all"),
    ("queue page, one country", "/desk/cases?state=all&country=HK"),
)


def main() -> int:
    """Every figure of design.md 10 that stands today."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=5)
    options = parser.parse_args()
    rows = routes()
    with tempfile.TemporaryDirectory() as folder:
        rows += imports(Path(folder))
        demo = [sys.executable, "-m", "grievance.cli", "demo", "--json", "--folder",
                str(Path(folder) / "demo"), "--cases", str(options.cases)]  # fmt: skip
        with started(demo) as (line, _pid):
            json.loads(line)  # the first start fills the folder
        began = time.perf_counter()
        with started(demo) as (line, _pid):
            said = json.loads(line)
            Browser(said["url"]).ask("GET", "/en/")
            rows.append(row("start to first answer", time.perf_counter() - began, "s", limit=1.5))
            time.sleep(2)
            rows.append(row("idle memory (PSS)", memory(said["pid"]), "MB", limit=150))
            with floor(folder) as bare:
                rows += measure(said, bare, options.seconds)
    show(rows)
    return 0


def measure(said: dict[str, Any], bare: str, seconds: float) -> Rows:
    """Everything over HTTP; the desk first, before many codes have been turned into keys."""
    url = said["url"]
    rows = at_the_desk(said)
    form = rate(url, lambda b: b.ask("GET", "/en/report/problem", gzip=True), seconds, 8)
    page = rate(bare, lambda b: b.ask("GET", "/page"), seconds, 8)
    rows.append(row("first form page", form, "per s", page, at_least=0.5))
    rows += durable(url, bare, seconds)
    recipient = next(o["id"] for o in said["organizations"] if "Sampaguita" in o["name"])
    whole = rate(url, lambda _b: report(Browser(url), recipient, lambda: None), seconds, 8)
    rows.append(row("whole report (6 durable steps)", whole, "per s"))
    return [*rows, *fifty(url, recipient)]


def at_the_desk(said: dict[str, Any]) -> Rows:
    """What is opened most at the desk, and an export of everything."""
    desk = sign_in(said, "coordinator")
    rows = [
        row(f"{name}, p95", percentile(timed(desk, path), 0.95), "ms", limit=100)
        for name, path in QUEUES
    ]
    rows.append(row("opening one case with its words, over HTTP", opening(said), "ms", limit=8))
    return [*rows, *export(desk, said["pid"])]


def opening(said: dict[str, Any]) -> float:
    """A case whose words an organizer's desk holds: each look opens them and writes an event."""
    desk = sign_in(said, "organizer")
    cases = desk.ask("GET", "/desk/cases?state=open").split("/desk/cases/")[1:]
    places = [f"/desk/cases/{rest[:36]}" for rest in cases]
    held = next(p for p in places if f'action="{p}/message"' in desk.ask("GET", p))
    return statistics.median(timed(desk, held))


def durable(url: str, bare: str, seconds: float) -> Rows:
    """One durable step of a report against a bare durable insert, behind the same server."""
    rows = []
    for connections, longest in ((8, 30), (50, 150)):
        bare_ones = load(bare, lambda b: b.ask("POST", "/insert", {"a": "b"}), seconds, connections)
        workers = Steps()
        steps = load(url, workers.write, seconds, connections, workers.begin)
        insert, least = bare_ones.per_second, 0.5 if connections == 8 else None
        name, slow = f"one durable step, {connections} connections", percentile(steps.times, 0.99)
        rows.append(row(name, steps.per_second, "per s", insert, at_least=least))
        rows.append(row(f"{name}, p99", slow * 1000, "ms", limit=longest))
    return rows


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
        row(f"50 workers: {step}, p95", percentile(spent, 0.95), "ms", limit=_longest(step))
        for step, spent in times.items()
    ]
    return [*rows, row("50 workers: refused or failed", len(failed), "", limit=0)]


def _longest(step: str) -> float:
    """Sending derives a key from the code."""
    return 500 if step == "check" else 150


def export(desk: Browser, pid: int) -> Rows:
    """A coded export of everything: seconds, and what it costs in memory."""
    page = desk.ask("GET", "/desk/exports")
    token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    fields = {"period_from": "2020-01-01", "period_to": "2099-12-31", "purpose": "bench",
              "csrf_token": token, "large": "1"}  # fmt: skip
    lines: list[int] = []

    def act() -> None:
        lines.append(desk.ask("POST", "/desk/exports", fields).count("\n") - 1)

    began = time.perf_counter()
    most = most_memory(pid, act)
    spent = time.perf_counter() - began
    name = f"coded export, {lines[0]:,} rows"
    return [row(name, spent, "s"), row(f"{name}, most memory", most, "MB", limit=200)]


def sign_in(said: dict[str, Any], role: str) -> Browser:
    """The first of this role at her desk; the root's coordinator comes before the others."""
    user = next(u for u in said["users"] if u["role"] == role)
    desk = Browser(said["url"])
    desk.press("/desk/sign-in", email=user["email"], password=user["password"])
    desk.press("/desk/sign-in/code", totp=pyotp.TOTP(user["totp_secret"]).now())
    return desk


def timed(desk: Browser, path: str) -> list[float]:
    """A page forty times, each in milliseconds."""
    spent = []
    for _ in range(40):
        began = time.perf_counter()
        desk.ask("GET", path)
        spent.append((time.perf_counter() - began) * 1000)
    return spent


if __name__ == "__main__":
    raise SystemExit(main())
