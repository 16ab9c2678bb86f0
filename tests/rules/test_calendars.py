"""Opening hours on an organization's own clock, through daylight saving and closed days."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.rules import clocks
from grievance.rules.calendar_words import (
    MOST_DAYS_SHUT,
    WEEKDAYS,
    Wrong,
    days_shut,
    kept,
    read_calendar,
    written,
)
from grievance.rules.calendars import Calendar, Closed, Span
from grievance.rules.terms import Urgency

pytestmark = pytest.mark.plain
# Half and quarter hours, clocks that jump by an hour, by half an hour, at midnight, by a whole day.
ZONES = (
    "UTC", "Asia/Hong_Kong", "Asia/Kathmandu", "Asia/Kolkata", "America/New_York",
    "America/St_Johns", "Australia/Lord_Howe", "Europe/Berlin", "Asia/Beirut", "Africa/Casablanca",
    "Pacific/Apia", "America/Santiago", "Asia/Tehran",
)  # fmt: skip
MINUTE = timedelta(minutes=1)
times = st.integers(0, 24 * 4 - 1).map(lambda n: n * 15)


@st.composite
def calendars(draw: Any) -> Calendar:
    spans = {
        Span(day, opens, opens + length)
        for day, opens, length in draw(
            st.lists(st.tuples(st.integers(0, 6), times, st.integers(1, 95).map(lambda n: n * 15)),
                     min_size=1, max_size=5)
        )
    }  # fmt: skip
    closed = draw(st.lists(st.dates(date(2011, 12, 20), date(2012, 1, 10)), max_size=4))
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    return Calendar(zone, tuple(sorted(spans)), tuple(Closed(d, d) for d in sorted(set(closed))))


# Around jumps of many zones: Samoa's lost day, spring and autumn of both halves of the world.
moments = st.one_of(
    *(
        st.integers(0, 40 * 24 * 60).map(lambda n, s=start: s + n * MINUTE)
        for start in (
            datetime(2011, 12, 20, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC),
            datetime(2026, 10, 1, tzinfo=UTC),
        )
    )
)  # fmt: skip


def naively_open(calendar: Calendar, moment: datetime) -> bool:
    """What somebody sees who looks at the clock on the wall and at the notice by the door."""
    wall = moment.astimezone(calendar.zone).replace(tzinfo=None)
    for days_ago in (0, 1):
        day = wall.date() - timedelta(days=days_ago)
        if any(c.first <= day <= c.last for c in calendar.closed):
            continue
        if any(c.first <= wall.date() <= c.last for c in calendar.closed):
            continue
        minute = days_ago * 1440 + wall.hour * 60 + wall.minute
        if any(s.weekday == day.weekday() and s.opens <= minute < s.closes for s in calendar.spans):
            return True
    return False


@given(calendars(), moments)
def test_open_is_what_the_clock_on_the_wall_says(calendar: Calendar, moment: datetime) -> None:
    assert calendar.is_open(moment) == naively_open(calendar, moment)


@given(calendars(), moments)
def test_the_next_opening_is_open_and_nothing_before_it_was(
    calendar: Calendar, moment: datetime
) -> None:
    found = calendar.next_opening(moment)

    assert found >= moment
    assert naively_open(calendar, found)
    if found > moment:
        assert not naively_open(calendar, moment)
        assert not calendar.is_open(found - timedelta(seconds=1))
        quarters = int((found - moment) / (15 * MINUTE))
        step = max(1, quarters // 200)  # of a long wait a sample
        for n in range(0, quarters, step):
            assert not naively_open(calendar, moment + n * 15 * MINUTE)


@given(calendars(), moments, st.sampled_from(list(Urgency)))
def test_an_answer_is_due_in_open_hours_and_never_sooner(
    calendar: Calendar, start: datetime, urgency: Urgency
) -> None:
    due = clocks.answer_due(urgency, start, calendar)
    plain = clocks.answer_due(urgency, start)
    half = clocks.half_time(urgency, start, due, calendar)

    assert due >= plain
    assert start < half < due
    if urgency == Urgency.U0:
        assert due == plain
    else:
        assert calendar.was_open(due)
        assert due == plain or due == calendar.next_opening(plain)


@given(calendars())
def test_a_calendar_is_read_as_it_was_written(calendar: Calendar) -> None:
    assert kept(written(calendar)) == calendar


def hours(zone: str = "Asia/Hong_Kong", closed: tuple[str, ...] = (), **days: str) -> Calendar:
    found = read_calendar(zone, {day: text.split(", ") for day, text in days.items()}, closed)
    assert isinstance(found, Calendar), found
    return found


def at(zone: str, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)  # type: ignore[misc]


HK = "Asia/Hong_Kong"


def test_sent_on_saturday_evening_to_who_works_on_sundays() -> None:
    sunday = hours(sun="10:00-18:00")
    sent = at(HK, 2026, 11, 28, 17, 30)

    due = clocks.answer_due(Urgency.U1, sent, sunday)

    assert due == at(HK, 2026, 11, 29, 17, 30)
    # Half-way is five in the morning: the reminder comes when they open, not at night.
    assert clocks.half_time(Urgency.U1, sent, due, sunday) == at(HK, 2026, 11, 29, 10)
    assert clocks.answer_due(Urgency.U0, sent, sunday) == sent + timedelta(hours=2)


def test_lunch_midnight_and_a_closed_day_in_between() -> None:
    twice = hours(sun="09:00-12:30, 14:00-18:00", fri="22:00-02:00", closed=("2026-12-06",))

    assert clocks.answer_due(Urgency.U1, at(HK, 2026, 11, 28, 12, 45), twice) == at(
        HK, 2026, 11, 29, 14
    )
    assert twice.is_open(at(HK, 2026, 12, 5, 1, 59))
    assert not twice.is_open(at(HK, 2026, 12, 5, 2))
    assert twice.next_opening(at(HK, 2026, 12, 6, 8)) == at(HK, 2026, 12, 11, 22)


def test_an_answer_due_at_the_minute_of_closing_stays_there() -> None:
    sunday = hours(sun="10:00-18:00")

    assert clocks.answer_due(Urgency.U1, at(HK, 2026, 11, 28, 18), sunday) == at(
        HK, 2026, 11, 29, 18
    )


def test_three_days_closed_move_what_would_fall_into_them() -> None:
    week = hours(
        mon="09:00-18:00", tue="09:00-18:00", wed="09:00-18:00", thu="09:00-18:00",
        fri="09:00-18:00", closed=("2026-12-24 to 2026-12-28",),
    )  # fmt: skip

    assert clocks.answer_due(Urgency.U2, at(HK, 2026, 12, 22, 11), week) == at(HK, 2026, 12, 29, 9)


def test_a_night_that_ends_on_a_closed_day_ends_at_midnight() -> None:
    night = hours(fri="22:00-02:00", closed=("2026-12-05",))

    assert night.is_open(at(HK, 2026, 12, 4, 23, 59))
    assert not night.is_open(at(HK, 2026, 12, 5, 0, 30))


def test_an_opening_inside_the_jump_begins_after_it() -> None:
    york = hours("America/New_York", sun="02:30-06:00")

    assert york.next_opening(at("America/New_York", 2026, 3, 8, 1)) == datetime(
        2026, 3, 8, 7, tzinfo=UTC
    )


def test_an_hour_that_comes_twice_is_open_twice() -> None:
    york, zone = hours("America/New_York", sun="01:00-01:30"), "America/New_York"
    first, second = (at(zone, 2026, 11, 1, 1, fold=n) for n in (0, 1))

    assert second - first == timedelta(hours=1)
    assert york.next_opening(at(zone, 2026, 11, 1, 0)) == first
    assert york.next_opening(first + timedelta(minutes=30)) == second


@pytest.mark.parametrize(
    "text", ["9-18", "09:00-18:00", "9.00 – 18.00", "９:00～18:00", "09:00 to 18:00", " 9:00—18 "]
)
def test_hours_are_read_as_people_write_them(text: str) -> None:
    assert hours(sun=text).spans == (Span(6, 540, 1080),)


@pytest.mark.parametrize(
    ("zone", "days", "closed", "what"),
    [
        (HK, {}, [], Wrong.NEVER_OPENS),
        (HK, {"sun": []}, [], Wrong.NEVER_OPENS),
        (HK, {"sun": ["00:00-00:00"]}, [], Wrong.SAME_TIME),
        (HK, {"sun": ["25:00-26:00"]}, [], Wrong.HOURS),
        (HK, {"sun": ["09:61-10:00"]}, [], Wrong.HOURS),
        (HK, {"sun": ["24:00-25:00"]}, [], Wrong.HOURS),
        (HK, {"sun": ["9am-5pm"]}, [], Wrong.HOURS),
        (HK, {"sunday": ["09:00-10:00"]}, [], Wrong.WEEKDAY),
        ("Asia/Nowhere", {"sun": ["9-18"]}, [], Wrong.ZONE),
        ("../etc/passwd", {"sun": ["9-18"]}, [], Wrong.ZONE),
        ("", {"sun": ["9-18"]}, [], Wrong.ZONE),
        (HK, {"sun": ["9-18"]}, ["25.12.2026"], Wrong.CLOSED_DAY),
        (HK, {"sun": ["9-18"]}, ["2026-02-30"], Wrong.CLOSED_DAY),
        (HK, {"sun": ["9-18"]}, ["2026-12-25 to 2026-12-24"], Wrong.CLOSED_DAY),
        (HK, {"sun": ["9-18"]}, ["9999-12-31"], Wrong.CLOSED_DAY),
        (HK, {"sun": ["9-18"]}, [""], Wrong.CLOSED_DAY),
        (HK, {"sun": ["9-18"]}, ["2026-12-01 to 2027-02-01"], Wrong.SHUT_TOO_LONG),
        (HK, {"sun": ["9-18"]}, ["2026-12-06 to 2026-12-31", "2027-01-03"], Wrong.SHUT_TOO_LONG),
        (HK, {"sun": ["9-18"]}, ["2026-12-06"] * 400, Wrong.TOO_MANY),
    ],
)  # fmt: skip
def test_what_never_opens_or_means_two_things_is_refused(
    zone: str, days: dict[str, list[str]], closed: list[str], what: Wrong
) -> None:
    found = read_calendar(zone, days, closed)

    assert isinstance(found, list)
    assert what in {one.what for one in found}


def test_the_whole_day_is_written_with_24() -> None:
    always = hours("UTC", **dict.fromkeys(WEEKDAYS, "00:00-24:00"))

    assert always.next_opening(datetime(2026, 1, 1, 0, 0, 1, tzinfo=UTC)) == datetime(
        2026, 1, 1, 0, 0, 1, tzinfo=UTC
    )
    assert written(always)["hours"]["mon"] == ["00:00-24:00"]


def test_a_zone_that_is_gone_leaves_elapsed_time() -> None:
    assert kept({"zone": "Asia/Gone", "hours": {"sun": ["9-18"]}, "closed": []}) is None
    assert kept(None) is None


def test_days_shut_counts_from_opening_to_opening() -> None:
    sunday = (Span(6, 540, 1080),)

    assert days_shut(sunday, ()) == 6
    assert days_shut(sunday, (Closed(date(2026, 12, 6), date(2026, 12, 6)),)) == 13
    assert days_shut((), ()) > MOST_DAYS_SHUT


def test_a_question_stops_the_clock_for_72_hours_in_all_and_never_in_danger() -> None:
    day = timedelta(hours=24)

    assert clocks.pause_left(Urgency.U1) == 3 * day
    assert clocks.pause_left(None, day) == 2 * day
    assert clocks.pause_left(Urgency.U4, 4 * day) == timedelta()
    assert clocks.pause_left(Urgency.U0) == timedelta()


@pytest.mark.parametrize(
    ("urgency", "has_calendar", "rota", "told"),
    [
        (Urgency.U0, True, False, False), (Urgency.U0, False, True, True),
        (Urgency.U1, True, False, True), (Urgency.U1, False, True, False),
        (None, True, False, True), (None, False, False, False),
    ],
)  # fmt: skip
def test_she_is_told_a_time_only_where_it_is_kept(
    urgency: Urgency | None, has_calendar: bool, rota: bool, told: bool
) -> None:
    assert clocks.keeps_promise(urgency, has_calendar=has_calendar, duty_rota=rota) == told


@pytest.mark.parametrize(
    ("closed", "today", "years"),
    [
        ((), date(2026, 12, 5), []),
        ((Closed(date(2026, 4, 7), date(2026, 4, 7)),), date(2026, 11, 30), []),
        ((Closed(date(2026, 4, 7), date(2026, 4, 7)),), date(2026, 12, 1), [2027]),
        ((Closed(date(2026, 12, 24), date(2027, 1, 2)),), date(2026, 12, 1), []),
        ((Closed(date(2025, 4, 7), date(2025, 4, 7)),), date(2026, 3, 1), [2026]),
    ],
)
def test_a_year_without_closed_days_is_known(
    closed: tuple[Closed, ...], today: date, years: list[int]
) -> None:
    calendar = Calendar(ZoneInfo("Asia/Hong_Kong"), (Span(6, 540, 1080),), closed)

    assert calendar.lacks_closed_days_of(today) == years
