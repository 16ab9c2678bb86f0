"""The figures of ``make bench`` are counted right and stand beside their targets."""

import pytest

from bench.figures import percentile, row

pytestmark = pytest.mark.plain


@pytest.mark.parametrize(("many", "p95"), [(1, 1), (19, 19), (20, 19), (40, 38), (100, 95)])
def test_a_percentile_is_the_value_of_its_rank(many: int, p95: int) -> None:
    values = [float(n) for n in range(many, 0, -1)]

    assert percentile(values, 0.95) == p95


def test_a_figure_says_whether_it_meets_its_target() -> None:
    assert row("route", 0.9, "ms", limit=1)["fine"]
    assert not row("route", 1.1, "ms", limit=1)["fine"]
    assert row("route", 1.1, "ms", limit=1)["target"] == "at most 1"
    assert not row("failed", 1, "", limit=0)["fine"]
    assert not row("step", 40, "per s", 100, at_least=0.5)["fine"]
    assert row("step", 60, "per s", 100, at_least=0.5)["ratio"] == 0.6
    assert row("a figure without a target", 1, "s")["target"] == ""
