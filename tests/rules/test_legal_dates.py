"""Legal dates: counted from what is known, never invented, never later than the rule says."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.rules.legal_dates import (
    LegalRule,
    Reckoned,
    after,
    fits,
    past_recheck,
    places_of,
    raised,
    reckon,
    touched,
)
from grievance.rules.terms import Sector, Trigger, Unit, Urgency
from grievance.rules.urgency import Issue, Taxonomy

TODAY = date(2026, 11, 25)
END, VISA = Trigger.CONTRACT_END, Trigger.VISA_DATE
STAY = LegalRule(
    "stay", END, 14, Unit.DAYS, not_after=VISA, raises_to=Urgency.U1, near_days=14
)  # fmt: skip

days = st.dates()
lengths = st.integers(0, 20_000)
triggers = st.sampled_from(Trigger)
answers = st.dictionaries(triggers, days)
rules = st.builds(
    LegalRule,
    id=st.just("one"),
    trigger=st.none() | triggers,
    length=lengths,
    unit=st.sampled_from(Unit),
    not_after=st.none() | triggers,
    raises_to=st.none() | st.sampled_from(Urgency),
    near_days=st.integers(0, 400),
)


@pytest.mark.parametrize(
    ("start", "length", "unit", "due"),
    [
        (date(2026, 11, 11), 14, Unit.DAYS, date(2026, 11, 25)),
        (date(2026, 1, 31), 1, Unit.MONTHS, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, Unit.MONTHS, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, Unit.MONTHS, date(2027, 2, 28)),
        (date(2026, 11, 30), 12, Unit.MONTHS, date(2027, 11, 30)),
        (date(2028, 2, 29), 1, Unit.YEARS, date(2029, 2, 28)),
        (date(2028, 2, 29), 4, Unit.YEARS, date(2032, 2, 29)),
        (date(2026, 12, 31), 2, Unit.YEARS, date(2028, 12, 31)),
        (date(2026, 11, 22), 72, Unit.HOURS, date(2026, 11, 25)),
        (date(2026, 11, 22), 30, Unit.HOURS, date(2026, 11, 23)),
        (date.max, 1, Unit.DAYS, date.max),
        (date.max, 1, Unit.MONTHS, date.max),
    ],
)
def test_a_time_ends_on_the_day_that_people_expect(
    start: date, length: int, unit: Unit, due: date
) -> None:
    assert after(start, length, unit) == due


@given(days, lengths, lengths, st.sampled_from(Unit))
def test_a_longer_time_never_ends_sooner_and_none_before_it_began(
    start: date, one: int, other: int, unit: Unit
) -> None:
    short, long = sorted((one, other))

    assert start <= after(start, short, unit) <= after(start, long, unit)


@given(days, days, lengths, st.sampled_from(Unit))
def test_what_begins_later_never_ends_sooner(
    one: date, other: date, length: int, unit: Unit
) -> None:
    early, late = sorted((one, other))

    assert after(early, length, unit) <= after(late, length, unit)


@given(st.dates(date(1900, 1, 1), date(2300, 1, 1)), st.integers(0, 1200))
def test_a_month_ends_on_the_same_day_or_on_the_months_last(start: date, months: int) -> None:
    due = after(start, months, Unit.MONTHS)

    assert (due.year - start.year) * 12 + due.month - start.month == months
    assert due.day == start.day or (due.day < start.day and (due + timedelta(days=1)).day == 1)


@given(rules, answers, days)
def test_a_date_is_one_that_the_rule_names_and_no_answer_makes_none(
    rule: LegalRule, known: dict[Trigger, date], today: date
) -> None:
    found = reckon(rule, known, today)
    possible = {known.get(rule.not_after)} if rule.not_after else set()
    if rule.trigger in known:
        possible.add(after(known[rule.trigger], rule.length, rule.unit))

    assert set(found.missing) == {one for one in rule.triggers if one not in known}
    assert (found.due is None) == (not possible - {None})
    assert found.due is None or found.due == min(possible - {None})
    assert found.days_left == (None if found.due is None else (found.due - today).days)
    assert found.due is not None or found.raises_to is None


@given(rules, answers, triggers, days, days)
def test_one_more_answer_never_makes_a_date_later(
    rule: LegalRule, known: dict[Trigger, date], one: Trigger, day: date, today: date
) -> None:
    known.pop(one, None)
    before, then = reckon(rule, known, today), reckon(rule, known | {one: day}, today)

    assert before.due is None or (then.due is not None and then.due <= before.due)
    assert before.at_latest or before.due is None or before.due == then.due


@given(rules, answers, days)
def test_what_the_rule_does_not_ask_changes_nothing(
    rule: LegalRule, known: dict[Trigger, date], today: date
) -> None:
    asked = {one: day for one, day in known.items() if one in rule.triggers}

    assert reckon(rule, known, today) == reckon(rule, asked, today)


urgencies = st.none() | st.sampled_from(Urgency)


@given(st.lists(urgencies), urgencies)
def test_urgency_is_raised_or_left_never_lowered(
    near: list[Urgency | None], urgency: Urgency | None
) -> None:
    found = [Reckoned(TODAY, 0, (), one) for one in near]
    to = raised(urgency, found)

    if to is None:
        assert all(one is None or (urgency is not None and one >= urgency) for one in near)
    else:
        assert to == min(one for one in near if one is not None)
        assert urgency is None or to < urgency


@given(st.integers(-60, 60), st.integers(0, 60))
def test_a_rule_raises_only_within_its_days(away: int, near: int) -> None:
    rule = LegalRule("one", END, raises_to=Urgency.U1, near_days=near)

    found = reckon(rule, {END: TODAY + timedelta(days=away)}, TODAY)

    assert found.raises_to == (Urgency.U1 if -near <= away <= near else None)


@pytest.mark.parametrize(
    ("known", "due", "missing", "at_latest"),
    [
        ({END: date(2026, 11, 20), VISA: date(2027, 6, 1)}, date(2026, 12, 4), (), False),
        ({END: date(2026, 11, 20), VISA: date(2026, 11, 28)}, date(2026, 11, 28), (), False),
        ({END: date(2026, 11, 20)}, date(2026, 12, 4), (VISA,), True),
        ({VISA: date(2026, 11, 28)}, date(2026, 11, 28), (END,), True),
        ({}, None, (END, VISA), False),
    ],
)
def test_the_stay_ends_14_days_after_the_contract_or_at_the_visa_date_if_earlier(
    known: dict[Trigger, date], due: date | None, missing: tuple[Trigger, ...], at_latest: bool
) -> None:
    found = reckon(STAY, known, TODAY)

    assert (found.due, found.missing, found.at_latest) == (due, missing, at_latest)


@pytest.mark.parametrize(
    ("ended", "left", "raises"),
    [(-1, 13, True), (0, 14, True), (1, 15, False), (-14, 0, True), (-28, -14, True),
     (-29, -15, False)],
)  # fmt: skip
def test_it_is_near_from_so_many_days_before_to_as_many_after(
    ended: int, left: int, raises: bool
) -> None:
    found = reckon(STAY, {END: TODAY + timedelta(days=ended)}, TODAY)

    assert found.days_left == left
    assert found.raises_to == (Urgency.U1 if raises else None)


ISSUES = {
    code: Issue(code, code[:3], frozenset(), Urgency.U3, sealed=False)
    for code in ("SAF01", "SAF03", "WAG01")
}


@pytest.mark.parametrize(
    ("named", "said", "about"),
    [
        (set(), ["WAG01"], True),
        ({"SAF03"}, ["SAF03"], True),
        ({"SAF03"}, ["SAF01"], False),
        ({"SAF03"}, ["SAF"], True),
        ({"SAF"}, ["SAF01"], True),
        ({"SAF"}, ["WAG01"], False),
        ({"SAF"}, [], False),
    ],
)
def test_a_rule_is_about_codes_and_groups_and_a_bare_group_is_about_each_of_its_codes(
    named: set[str], said: list[str], about: bool
) -> None:
    rule = LegalRule("one", issues=frozenset(named))

    assert fits(rule, touched(Taxonomy(ISSUES), said), None) == about


@pytest.mark.parametrize(
    ("sector", "about"), [(None, True), (Sector.DOMESTIC_WORK, True), (Sector.CARE, False)]
)
def test_a_rule_for_one_kind_of_work_fits_it_and_whoever_did_not_say(
    sector: Sector | None, about: bool
) -> None:
    assert fits(LegalRule("one", sectors=frozenset({"domestic_work"})), set(), sector) == about
    assert fits(LegalRule("one", not_sectors=frozenset({"care"})), set(), sector) == about


def test_a_seafarer_has_the_rules_of_the_sea_as_well() -> None:
    assert places_of("HK", Sector.SEAFARING) == {"HK", "sea"}
    assert places_of("HK", Sector.FISHING) == {"HK"}
    assert places_of(None, None) == frozenset()


def test_a_rule_is_past_its_recheck_date_on_the_day_after() -> None:
    assert not past_recheck(TODAY, TODAY)
    assert past_recheck(TODAY - timedelta(days=1), TODAY)
