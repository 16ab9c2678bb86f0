"""The list of legal dates: each problem is named with its row; nothing of a bad list is taken."""

from collections.abc import Collection
from datetime import date
from importlib import resources
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from grievance.casework.lists.law_file import LawFileError, read_rules
from grievance.casework.lists.taxonomy_file import read_taxonomy
from grievance.rules.terms import Certainty
from grievance.store.law import StoredRule

pytestmark = pytest.mark.plain
_SEED = resources.files("grievance.store") / "seed"
SEED = (_SEED / "legal_dates.yaml").read_text("utf-8")
PROBLEMS = read_taxonomy((_SEED / "taxonomy.csv").read_text("utf-8"))
KNOWN = {row[name] for row in PROBLEMS for name in ("code", "group")}
TODAY = date(2026, 11, 25)
RULE: dict[str, Any] = {
    "id": "one", "place": "HK", "trigger": "contract_end", "length": "14", "unit": "days",
    "must_act": "worker", "text": {"en": "Said."}, "sources": ["https://example.org"],
    "checked": "2026-11-01", "recheck_after": "2027-05-01", "issues": ["WAG"],
}  # fmt: skip


def read(*rules: object, issues: Collection[str] = ("WAG", "WAG01")) -> list[StoredRule]:
    text = yaml.safe_dump({"legal_dates": "1", "rules": list(rules)}, allow_unicode=True)
    return read_rules(text, issues, TODAY)


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in RULE.items() if name not in names}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"id": ""}, "id: is missing"),
        ({"place": "Hong Kong"}, "place: write a country as two letters"),
        ({"trigger": "full moon"}, 'trigger: "full moon" is not one of'),
        ({"length": "two"}, "length: write a whole number"),
        ({"length": ""}, "length: is missing"),
        ({"unit": "weeks"}, 'unit: "weeks" is not one of: hours, days, months, years'),
        ({"must_act": ""}, "must_act: is missing"),
        ({"not_after": "contract_end"}, "not_after: is the trigger itself"),
        ({"effect": "maybe"}, 'effect: "maybe" is not one of'),
        ({"certainty": "sure"}, 'certainty: "sure" is not one of'),
        ({"text": {"fil": "Sabi."}}, "text: the English text is missing"),
        ({"text": "Said."}, "text: must be a map from language to text"),
        ({"sources": []}, "sources: no date in law stands here without its source"),
        ({"sources": ["page 5"]}, "sources: write an address"),
        ({"checked": ""}, "checked: is missing"),
        ({"checked": "1.11.2026"}, "checked: write a day as 2026-11-25"),
        ({"checked": "2026-12-24"}, "checked: has not come yet"),
        ({"recheck_after": ""}, "recheck_after: is missing"),
        ({"recheck_after": "2026-10-01"}, "recheck_after: lies before checked"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-01"}, "lies before valid_from"),
        ({"issues": ["WAG99"]}, 'issues: "WAG99" is no code and no group'),
        ({"sectors": ["banking"]}, 'sectors: "banking" is not one of'),
        ({"raises_to": "U1"}, "near_days: goes with raises_to"),
        ({"near_days": "7"}, "near_days: goes with raises_to"),
        ({"raises_to": "U9", "near_days": "7"}, 'raises_to: "U9" is not one of'),
        ({"trigger": ""}, "length: stands without a trigger"),
        ({"deadline": "soon"}, "deadline: is not a field of this form"),
    ],
)
def test_what_is_wrong_in_a_row_is_named_with_its_line(change: dict[str, Any], said: str) -> None:
    with pytest.raises(LawFileError) as found:
        read(RULE | change)

    assert said in str(found.value)
    assert str(found.value).startswith("line 3, ")


def test_a_rule_that_stands_twice_is_refused() -> None:
    with pytest.raises(LawFileError, match='The rule "one" stands twice'):
        read(RULE, RULE)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "must begin"),
        ("legal_dates: 2", "must begin"),
        ("legal_dates: 1", "There is no rule"),
        ("legal_dates: 1\nrules: [x]", "rules: must be a list of maps"),
        ("legal_dates: 1\nrules: {", "not valid YAML"),
        ("[" * 5000, "too deep"),
    ],
)
def test_what_is_no_such_list_is_refused(text: str, said: str) -> None:
    with pytest.raises(LawFileError, match=said):
        read_rules(text, (), TODAY)


def test_a_figure_needs_no_trigger() -> None:
    [row] = read(without("trigger", "length", "unit", "must_act"))

    assert (row.trigger, row.must_act, row.certainty) == (None, "nobody", Certainty.READ)


values = st.none() | st.text(max_size=8) | st.lists(st.text(max_size=3), max_size=2)


@given(st.dictionaries(st.sampled_from([*RULE, "not_after", "near_days", "raises_to"]), values))
def test_no_row_of_any_kind_ends_it_otherwise(change: dict[str, Any]) -> None:
    try:
        [row] = read(RULE | change)
    except LawFileError:
        return

    assert row.sources
    assert row.checked_on <= row.recheck_after


def test_our_own_list_is_taken_whole_with_its_doubts() -> None:
    rows = {row.id: row for row in read_rules(SEED, KNOWN, TODAY)}

    assert len(rows) == 31
    assert {row.place for row in rows.values()} == {"HK", "MO", "TW", "SG", "KW", "GB", "sea"}
    doubted = {one for one, row in rows.items() if row.certainty == Certainty.TO_VERIFY}
    assert doubted == {"mo-stay-end", "sg-claim-employed", "sg-claim-left"}
    ours = {one for one, row in rows.items() if row.certainty == Certainty.INFERENCE}
    assert ours == {"hk-small-claims-board-oldest", "gb-domestic-visa"}


@pytest.mark.parametrize(
    ("rule", "trigger", "length", "unit", "not_after"),
    [
        ("hk-stay-end", "contract_end", 14, "days", "visa_date"),
        ("hk-tell-immigration", "contract_end", 7, "days", None),
        ("hk-termination-pay", "contract_end", 7, "days", None),
        ("hk-severance", "claim_notice", 2, "months", None),
        ("hk-wage-pay", "wage_period_end", 7, "days", None),
        ("hk-wage-unpaid-a-month", "oldest_unpaid_wage", 1, "months", None),
        ("hk-small-claims-board", "last_unpaid_wage", 12, "months", None),
        ("hk-labour-tribunal", "last_unpaid_wage", 6, "years", None),
        ("hk-equal-opportunities", "act", 12, "months", None),
        ("hk-discrimination-court", "act", 2, "years", None),
        ("hk-injury-report", "injury", 14, "days", None),
        ("hk-death-report", "death", 7, "days", None),
        ("hk-injury-claim", "injury", 2, "years", None),
        ("mo-stay-end", "contract_end", 8, "days", None),
        ("tw-missing", "last_contact", 72, "hours", None),
        ("sg-claim-employed", "last_unpaid_wage", 1, "years", None),
        ("sg-claim-left", "contract_end", 6, "months", None),
        ("sg-injury", "injury", 1, "years", None),
        ("kw-report-leaving", "left_employer", 5, "days", None),
        ("gb-domestic-visa", "arrival", 6, "months", "visa_date"),
        ("sea-abandonment", "oldest_unpaid_wage", 2, "months", None),
    ],
)
def test_lengths_are_those_of_the_sources(
    rule: str, trigger: str, length: int, unit: str, not_after: str | None
) -> None:
    """As field.md 2.3 gives them; a change here needs a newer source."""
    row = next(one for one in read_rules(SEED, KNOWN, TODAY) if one.id == rule)

    assert (row.trigger, row.length, row.unit, row.not_after) == (trigger, length, unit, not_after)
