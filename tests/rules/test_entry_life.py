"""Where an entry stands, what may be done with it, and when somebody is reminded of it."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.rules.entry_life import (
    SOON,
    TERMS_VERSION,
    Facts,
    acts,
    lapse_day,
    must_remind,
    reminder_day,
    state_of,
)
from grievance.rules.loads import group_loads
from grievance.rules.partner_index import PartnerIndex
from grievance.rules.route import Terms
from grievance.rules.routing import closed, lapsed
from grievance.rules.terms import NEVER_ASKED, EntryAct, LifeState, OrganizationKind
from tests.rules.directories import body

TODAY = date(2026, 11, 25)
TERMS = Terms(TODAY, 12)
DAYS = st.dates(date(2019, 1, 1), date(2032, 12, 31))
FACTS = st.builds(
    Facts,
    kind=st.sampled_from(sorted(OrganizationKind)),
    active=st.booleans(),
    invited=st.booleans(),
    partner=st.booleans(),
    has_keys=st.booleans(),
    paused=st.booleans(),
    confirmed_on=st.none() | DAYS,
    terms_version=st.sampled_from([None, "0", TERMS_VERSION]),
)


@given(FACTS)
def test_a_partner_is_exactly_what_routing_may_ask(facts: Facts) -> None:
    index = PartnerIndex.build(
        [
            body(
                "one", kind=facts.kind, partner=facts.partner, has_keys=facts.has_keys,
                paused=facts.paused, confirmed_on=facts.confirmed_on,
            )
        ]
        if facts.active
        else []
    )  # fmt: skip
    left = index.everyone
    for _, mask in closed({}, index, group_loads({}, index), TERMS):
        left &= ~mask

    assert (state_of(facts, TERMS) == LifeState.PARTNER) == bool(left)


@given(FACTS, st.booleans(), st.booleans())
def test_nobody_does_what_the_state_or_her_place_forbids(
    facts: Facts, own: bool, above: bool
) -> None:
    may = acts(facts, own=own, above=above)

    assert not may or own or above
    assert facts.active or may <= {EntryAct.REOPEN}
    assert facts.active or above == (EntryAct.REOPEN in may)
    assert facts.kind not in NEVER_ASKED or may <= {EntryAct.CLOSE, EntryAct.REOPEN}
    assert EntryAct.INVITE not in may or above
    assert EntryAct.ACCEPT not in may or (own and (facts.invited or facts.partner))
    assert EntryAct.RESUME not in may or facts.paused


def test_the_root_is_never_closed() -> None:
    root = Facts(kind="secretariat", is_root=True, partner=True, has_keys=True)

    assert EntryAct.CLOSE not in acts(root, own=True, above=True)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (Facts("union"), LifeState.LISTING),
        (Facts("union", invited=True), LifeState.INVITED),
        (Facts("union", invited=True, has_keys=True), LifeState.INVITED),
        (Facts("union", partner=True, confirmed_on=TODAY), LifeState.INVITED),
        (Facts("union", partner=True, has_keys=True, confirmed_on=TODAY), LifeState.PARTNER),
        (Facts("union", partner=True, has_keys=True), LifeState.LAPSED),
        (Facts("union", partner=True, has_keys=True, paused=True), LifeState.PAUSED),
        (Facts("union", partner=True, has_keys=True, active=False), LifeState.CLOSED),
        (Facts("consulate", partner=True, has_keys=True), LifeState.LISTING),
    ],
)
def test_a_life_step_by_step(facts: Facts, state: LifeState) -> None:
    assert state_of(facts, TERMS) == state


@given(DAYS, st.integers(1, 120), st.integers(-400, 400))
def test_the_day_of_lapse_is_the_first_on_which_the_rule_holds(
    confirmed: date, months: int, days: int
) -> None:
    end = lapse_day(confirmed, months)
    today = end + timedelta(days=days)

    assert end.day == 1
    assert lapsed(confirmed, Terms(today, months)) == (today >= end)


def test_reminders_come_thirty_days_before_on_the_day_and_once_a_month() -> None:
    confirmed, reminded, told = date(2025, 12, 10), None, []
    for n in range(200):
        terms = Terms(date(2026, 11, 1) + timedelta(days=n), 12)
        if must_remind(confirmed, reminded, terms):
            reminded = terms.today
            told.append(reminded)

    assert told == [
        date(2026, 12, 2), date(2027, 1, 1), date(2027, 2, 1), date(2027, 3, 1),
        date(2027, 4, 1), date(2027, 5, 1),
    ]  # fmt: skip


@given(st.none() | DAYS, DAYS, st.lists(st.integers(1, 90), max_size=40))
def test_a_worker_that_stood_still_sends_one_for_all_that_was_due(
    confirmed: date | None, start: date, pauses: list[int]
) -> None:
    """However days are skipped, each look sends one at most, and looking again sends none."""
    today, reminded = start, None
    for days in pauses:
        today += timedelta(days=days)
        terms = Terms(today, 12)
        due = reminder_day(confirmed, terms)
        if must_remind(confirmed, reminded, terms):
            assert due is not None
            assert due <= today
            reminded = today
        assert not must_remind(confirmed, reminded, terms)
        assert due is None or due > today - SOON - timedelta(days=2)
