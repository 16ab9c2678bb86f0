"""Sealed codes tell nothing; what urgency, addresses and roles mean."""

import csv
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.rules import email, members
from grievance.rules.terms import Role, ServiceNeed, Urgency
from grievance.rules.urgency import (
    Issue,
    Taxonomy,
    needs_of,
    own_urgency,
    readable,
    urgency_of,
)

pytestmark = pytest.mark.plain


def the_taxonomy() -> Taxonomy:
    text = (resources.files("grievance.store") / "seed" / "taxonomy.csv").read_text("utf-8")
    return Taxonomy(
        {
            row["code"]: Issue(
                row["code"],
                row["group"],
                frozenset(ServiceNeed(need) for need in row["service_needs"].split()),
                Urgency(row["default_urgency"]),
                row["readable"] == "group",
            )
            for row in csv.DictReader(text.splitlines())
        }
    )


TAXONOMY = the_taxonomy()
SEALED = sorted(code for code, issue in TAXONOMY.issues.items() if issue.sealed)


@pytest.mark.parametrize("code", SEALED)
def test_a_sealed_code_counts_as_its_group_ticked_alone(code: str) -> None:
    group = TAXONOMY.issues[code].group
    shown = readable(TAXONOMY, [code])

    assert shown == readable(TAXONOMY, [group]) == (group,)
    assert needs_of(TAXONOMY, shown) == needs_of(TAXONOMY, (group,))
    assert urgency_of(TAXONOMY, shown, False) == urgency_of(TAXONOMY, (group,), False)


@given(st.lists(st.sampled_from(sorted(TAXONOMY.issues)), max_size=6))
def test_no_sealed_code_is_ever_told_by_what_stands_beside_it(codes: list[str]) -> None:
    open_ones = [code for code in codes if not TAXONOMY.issues[code].sealed]
    groups = {TAXONOMY.issues[code].group for code in codes}
    same_without = [*open_ones, *groups]

    assert readable(TAXONOMY, codes) == readable(TAXONOMY, same_without)


def test_urgency() -> None:
    assert urgency_of(TAXONOMY, ("WAG01", "SAF01"), False) == Urgency.U1
    assert urgency_of(TAXONOMY, ("WAG01",), True) == Urgency.U0
    assert urgency_of(TAXONOMY, (), False) == Urgency.U2
    assert urgency_of(TAXONOMY, ("QQQ",), False) == Urgency.U2
    assert own_urgency(TAXONOMY, ["SAF02", "SAF"]) == Urgency.U1
    assert own_urgency(TAXONOMY, []) is None
    assert needs_of(TAXONOMY, ()) == {ServiceNeed.INF}
    assert TAXONOMY.group_of("WAG01") == TAXONOMY.group_of("WAG") == "WAG"
    assert TAXONOMY.knows("WAG")
    assert not TAXONOMY.knows("WAG99")


def test_addresses_and_roles() -> None:
    assert email.normal_email(" A@Example.ORG ") == email.normal_email("a@example.org")
    assert not email.is_email("nobody")
    assert members.holds_keys([Role.ORGANIZER])
    assert not members.holds_keys([Role.ADMINISTRATOR])
    assert members.manages([Role.ADMINISTRATOR])
    both = [Role.ADMINISTRATOR, Role.ORGANIZER]
    assert members.may_take_herself(both, [Role.ADMINISTRATOR])
    assert not members.may_take_herself(both, [Role.ORGANIZER])  # no way back to the page
    assert not members.may_take_herself([Role.ORGANIZER], both)
