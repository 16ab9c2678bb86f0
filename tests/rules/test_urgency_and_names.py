"""Sealed codes tell nothing; names of one body are found in every spelling."""

import csv
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.rules import email, members
from grievance.rules.names import Match, NameIndex, normal_name
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


NAMES = NameIndex.build(
    [
        ("consulate", "Konsulat Jenderal Republik Indonesia"),
        ("caritas", "香港明愛僱傭中心有限公司"),
        ("desk", "Sampaguita Desk"),
        ("sri", "Sri Manpower Agency Ltd"),
        ("empty", "Agency Ltd"),
        ("viet", "Đoàn Kết"),
        ("dragon", "龍發僱傭中心"),
    ]
)


@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("KONSULAT JENDRAL republik indonesia", "consulate"),
        ("香港明爱雇佣中心", "caritas"),
        ("明愛", "caritas"),
        ("僱傭明愛", "caritas"),
        ("sampagita desk", "desk"),
        ("SAMPAGUITA DESK Co., Ltd.", "desk"),
        ("Ѕаmраguіtа Dеsk", "desk"),
        ("sri", "sri"),
        ("Konsulat Republik Indonesia", "consulate"),
        ("doan ket", "viet"),
        ("\uf9c4發", "dragon"),  # a compatibility ideograph
    ],
)
def test_one_body_is_found_in_other_spellings(typed: str, who: str) -> None:
    assert who in NAMES.match(typed).all


@pytest.mark.parametrize("typed", ["", "agency", "\u3164", "\u200b", "Ltd.", "Waling"])
def test_what_names_nobody_matches_nobody(typed: str) -> None:
    assert NAMES.match(typed) == Match()


@pytest.mark.parametrize("name", ["ज्योति सेवा", "ខ្មែរ", "မြန်မာ", "තමිල්"])
def test_vowel_signs_survive(name: str) -> None:
    assert normal_name(name) == name.casefold()


@given(st.text(max_size=60))
def test_any_name_has_a_normal_form_that_stays(name: str) -> None:
    assert normal_name(normal_name(name)) == normal_name(name)


def test_addresses_and_roles() -> None:
    assert email.normal_email(" A@Example.ORG ") == email.normal_email("a@example.org")
    assert not email.is_email("nobody")
    assert members.holds_keys([Role.ORGANIZER])
    assert not members.holds_keys([Role.ADMINISTRATOR])
    assert members.manages([Role.ADMINISTRATOR])
