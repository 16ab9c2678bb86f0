"""What may stand on a printed form: nothing she did not tick, nothing sealed in the open."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.rules.paper import (
    Standing,
    in_the_open,
    may_answer_by,
    may_last,
    never_gets_one,
    on_paper,
    others_may_agree,
    priority_of,
    problems_apart,
    state_of,
    tells_of_minor,
)
from grievance.rules.terms import (
    SENSITIVE,
    AgeBand,
    PaperField,
    PaperState,
    Priority,
    ServiceNeed,
    Urgency,
)
from grievance.rules.urgency import Issue, Taxonomy

pytestmark = pytest.mark.plain
DAY = date(2026, 11, 25)
FIELDS = st.sets(st.sampled_from(list(PaperField)))
_OF = {"WAG01": "WAG", "IMM02": "IMM", "HEA01": "HEA", "SAF02": "SAF", "EXP02": "EXP"}
_OF |= {"RTS01": "RTS", "DOC04": "DOC", "DOC01": "DOC"}
_SEALED = {"IMM02", "HEA01", "SAF02", "EXP02", "DOC04"}
TAXONOMY = Taxonomy(
    {
        code: Issue(code, group, frozenset({ServiceNeed.INF}), Urgency.U3, code in _SEALED)
        for code, group in _OF.items()
    }
)


@given(FIELDS, FIELDS)
def test_a_form_shows_the_agreed_fields_that_are_filled_and_no_other(
    filled: set[PaperField], agreed: set[PaperField]
) -> None:
    shown = on_paper({one: (f"canary {one}",) for one in filled}, agreed)

    assert set(shown) == filled & agreed
    assert list(shown) == [one for one in PaperField if one in shown]


@given(FIELDS)
def test_no_row_and_no_event_names_a_sensitive_field(fields: set[PaperField]) -> None:
    assert set(in_the_open(fields)) == {str(one) for one in fields - SENSITIVE}


def test_status_health_violence_and_private_things_are_fields_of_their_own() -> None:
    apart = problems_apart(TAXONOMY, list(_OF))

    assert apart == {
        PaperField.PROBLEMS: ["DOC01", "WAG01"],
        PaperField.STATUS: ["IMM02"],
        PaperField.HEALTH: ["HEA01"],
        PaperField.VIOLENCE: ["SAF02", "EXP02"],
        PaperField.PRIVATE: ["RTS01", "DOC04"],
    }


def test_a_sealed_code_of_a_plain_group_shows_its_group_there_and_itself_apart() -> None:
    apart = problems_apart(TAXONOMY, ["DOC04"])

    assert apart == {PaperField.PROBLEMS: ["DOC"], PaperField.PRIVATE: ["DOC04"]}


@pytest.mark.parametrize("group", ["IMM", "HEA", "SAF", "EXP", "RTS"])
def test_a_sensitive_group_without_a_code_is_no_plain_problem(group: str) -> None:
    [field] = problems_apart(TAXONOMY, [group])

    assert field in SENSITIVE


@pytest.mark.parametrize(
    ("urgency", "soon"),
    [
        ("U0", "emergency"),
        ("U1", "emergency"),
        ("U2", "urgent"),
        ("U3", "normal"),
        ("U4", "normal"),
    ],
)
def test_a_form_says_how_soon_and_not_that_life_is_in_danger(urgency: str, soon: str) -> None:
    assert priority_of(urgency) == Priority(soon)


@pytest.mark.parametrize("age", AgeBand)
def test_only_a_form_that_tells_she_is_under_18_has_lines_for_who_takes_care(age: AgeBand) -> None:
    assert tells_of_minor({PaperField.AGE_BAND: (age,)}) == (age == AgeBand.UNDER_18)
    assert not tells_of_minor({PaperField.CALL_ME: (age,)})


@pytest.mark.parametrize(
    ("age", "somebody", "may"),
    [
        ("under 18", None, True), ("18 to 24", "yes", True), ("under 18", "no", True),
        ("18 to 24", "no", False), (None, None, False), (None, "yes", True),
    ],
)  # fmt: skip
def test_others_agree_only_for_who_is_under_18_or_was_reported_by_somebody(
    age: str | None, somebody: str | None, may: bool
) -> None:
    assert others_may_agree(age, somebody) is may


def test_where_nobody_said_how_urgent_it_is_a_form_does_not_either() -> None:
    assert priority_of(None) is None


@given(
    st.sampled_from([None, True, False]), st.booleans(), st.booleans(),
    st.integers(min_value=-400, max_value=400),
)  # fmt: skip
def test_a_form_may_be_printed_by_a_yes_that_stands_and_until_its_last_day(
    agreed: bool | None, taken_back: bool, ended: bool, days: int
) -> None:
    form = Standing(agreed, taken_back, ended, DAY + timedelta(days=days))

    prints = state_of(form, DAY) == PaperState.STANDING

    assert prints == (agreed is True and not taken_back and not ended and days >= 0)


@pytest.mark.parametrize(("days", "may"), [(-1, False), (0, True), (366, True), (367, False)])
def test_a_consent_ends_within_a_year(days: int, may: bool) -> None:
    assert may_last(DAY + timedelta(days=days), DAY) is may


@pytest.mark.parametrize(("days", "may"), [(-1, False), (0, True), (30, True), (31, False)])
def test_an_answer_is_expected_while_the_form_stands(days: int, may: bool) -> None:
    assert may_answer_by(DAY + timedelta(days=days), DAY + timedelta(days=30), DAY) is may


@pytest.mark.parametrize(
    "name",
    [
        "Philippine Consulate General", "Konsulat Jenderal Republik Indonesia", "Labour Department",
        "Immigration Department", "Wan Chai Police Station", "Sunshine Employment Agency",
        "入境事務處", "勞工處", "Ministry of Manpower",
    ],
)  # fmt: skip
def test_officials_police_immigration_and_agencies_never_get_one(name: str) -> None:
    assert never_gets_one([name], [])


@pytest.mark.parametrize(
    "name", ["Legal clinic of the university", "St Mary's Hospital", "Caritas"]
)
def test_others_may(name: str) -> None:
    assert not never_gets_one([name], ["Chan Tai Man", "Golden Harvest Ltd"])


@pytest.mark.parametrize(
    "name", ["Golden Harvest", "golden harvest foundation", "GOLDEN HARVEST LTD"]
)
def test_whom_it_is_about_never_gets_one(name: str) -> None:
    assert never_gets_one([name], ["Golden Harvest Ltd"])
