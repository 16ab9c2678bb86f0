"""Hours go out as rows of the standard and are read again as the same week."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.rules.calendar_words import read_calendar, written
from grievance.rules.calendars import Calendar, Closed, Span
from grievance.rules.hsds.weeks import closed_row, read_week, week_rows

TODAY = date(2026, 11, 29)
SPANS = st.builds(
    lambda day, opens, lasts: Span(day, opens, opens + lasts),
    st.integers(0, 6), st.integers(0, 1438), st.integers(1, 1439),
).filter(lambda one: one.closes % 1440 != 1439)  # fmt: skip
ZONES = st.sampled_from(["Asia/Hong_Kong", "Asia/Kathmandu", "Europe/Rome", "America/St_Johns"])


@given(st.sets(SPANS, min_size=1, max_size=9), ZONES)
def test_whatever_the_hours_they_are_read_as_they_were_written(spans: set[Span], zone: str) -> None:
    calendar = Calendar(ZoneInfo(zone), tuple(sorted(spans)))
    week = read_week(week_rows(calendar), TODAY)

    assert week is not None
    assert {day: list(times) for day, times in week.hours.items()} == written(calendar)["hours"]
    assert week.zone == zone


def test_days_with_the_same_hours_are_one_row_with_the_distance_of_their_clock() -> None:
    hours = {"mon": ["09:00-17:00"], "fri": ["09:00-17:00"], "sun": ["00:00-24:00"]}
    calendar = read_calendar("Asia/Kathmandu", hours, [])
    assert isinstance(calendar, Calendar)

    common = {"freq": "WEEKLY", "wkst": "MO", "notes": "Asia/Kathmandu", "timezone": 5.75}
    assert week_rows(calendar) == [
        {**common, "byday": "SU", "opens_at": "00:00+05:45", "closes_at": "23:59+05:45"},
        {**common, "byday": "MO,FR", "opens_at": "09:00+05:45", "closes_at": "17:00+05:45"},
    ]


def test_a_clock_that_jumps_is_named_and_not_told_by_its_distance() -> None:
    calendar = Calendar(ZoneInfo("Europe/Rome"), (Span(0, 540, 600),))
    [row] = week_rows(calendar)

    assert (row["opens_at"], row["notes"]) == ("09:00", "Europe/Rome")
    assert "timezone" not in row


GOOD = {"freq": "WEEKLY", "byday": "MO", "opens_at": "09:00", "closes_at": "17:00"}


@pytest.mark.parametrize(
    "odd",
    [
        {"freq": "MONTHLY", "byday": "2MO"}, {"byday": "1MO"}, {"byday": ""}, {"interval": 2},
        {"byweekno": "41"}, {"closes_at": "09:00"}, {"closes_at": ""}, {"opens_at": "noon"},
        {"opens_at": "09:00+08:00"}, {"count": 3},
    ],
)  # fmt: skip
def test_a_row_that_says_more_than_weekdays_and_hours_makes_no_week(odd: dict[str, str]) -> None:
    assert read_week([GOOD], TODAY) is not None
    assert read_week([GOOD, {**GOOD, **odd}], TODAY) is None


def test_closed_days_and_hours_of_another_time_are_no_part_of_the_week() -> None:
    shut = closed_row(Closed(date(2026, 12, 25), date(2026, 12, 26)))
    past = {**GOOD, "byday": "SU", "valid_to": "2026-11-28"}
    coming = {**GOOD, "byday": "SA", "valid_from": "2026-11-30"}
    week = read_week([shut, past, GOOD, coming], TODAY)

    assert week is not None
    assert set(week.hours) == {"mon"}
    assert read_week([shut], TODAY) is None
