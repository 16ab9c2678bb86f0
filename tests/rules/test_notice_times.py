"""When mail may leave, on a member's own clock, through each change of that clock."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grievance.rules.calendar_words import zone_named
from grievance.rules.notice_times import NoticeTimes, is_quiet
from grievance.rules.terms import Rhythm
from tests.rules.test_calendars import ZONES, moments

pytestmark = pytest.mark.plain
QUARTER = timedelta(minutes=15)
hours = st.integers(0, 23)
quiets = st.none() | st.tuples(hours, hours).filter(lambda pair: pair[0] != pair[1])


@st.composite
def wishes(draw: Any) -> NoticeTimes:
    return NoticeTimes(
        ZoneInfo(draw(st.sampled_from(ZONES))),
        draw(st.sampled_from(Rhythm)), draw(st.integers(0, 6)), draw(hours), draw(quiets),
    )  # fmt: skip


def in_digest_hour(times: NoticeTimes, moment: datetime) -> bool:
    wall = moment.astimezone(times.zone)
    return wall.hour == times.hour and (
        times.rhythm == Rhythm.DAILY or wall.weekday() == times.weekday
    )


def naive(times: NoticeTimes, now: datetime) -> datetime:
    """Somebody looks at the clock on the wall each quarter of an hour. (No clock of our zones
    jumps in between, and none is a quarter wrong.)"""
    at = now
    if times.is_digest:
        if in_digest_hour(times, at) and in_digest_hour(times, at - timedelta(microseconds=1)):
            while in_digest_hour(times, at):
                at = next_quarter(at)
        while not in_digest_hour(times, at):
            at = next_quarter(at)
    while is_quiet(at.astimezone(times.zone).hour, times.quiet):
        at = next_quarter(at)
    return at


def next_quarter(at: datetime) -> datetime:
    past = (at - datetime(2000, 1, 1, tzinfo=UTC)) % QUARTER
    return at + QUARTER - past


@given(wishes(), moments)
def test_mail_leaves_when_the_clock_on_the_wall_says_so(times: NoticeTimes, now: datetime) -> None:
    assert times.next_time(now) == naive(times, now)


@given(wishes(), moments)
@example(
    NoticeTimes(ZoneInfo("Pacific/Apia"), Rhythm.WEEKLY, weekday=4, quiet=(9, 8)),
    datetime(2011, 12, 24, 9, tzinfo=UTC),
)
def test_nothing_leaves_in_quiet_hours_and_nothing_waits_for_two_weeks(
    times: NoticeTimes, now: datetime
) -> None:
    found = times.next_time(now)

    assert found >= now
    assert not is_quiet(found.astimezone(times.zone).hour, times.quiet)
    assert found - now < timedelta(days=14)  # a week, one whose day a zone left out, quiet hours
    assert times.after_quiet(found) == found


@given(wishes(), moments, moments)
def test_who_comes_first_leaves_first(times: NoticeTimes, one: datetime, other: datetime) -> None:
    first, second = sorted((one, other))

    assert times.next_time(first) <= times.next_time(second)


def test_a_digest_that_left_is_followed_by_the_next_days() -> None:
    times = NoticeTimes(ZoneInfo("Asia/Kathmandu"), Rhythm.DAILY, hour=15)
    its_hour = datetime(2026, 11, 25, 9, 15, tzinfo=UTC)

    assert times.next_time(its_hour) == its_hour
    assert times.next_time(its_hour + timedelta(seconds=1)) == its_hour + timedelta(days=1)


def test_quiet_hours_end_where_the_clock_jumps_past_their_end() -> None:
    times = NoticeTimes(ZoneInfo("America/New_York"), quiet=(22, 2))
    jump = datetime(2026, 3, 8, 7, tzinfo=UTC)  # from 02:00 to 03:00

    assert times.next_time(jump - timedelta(minutes=30)) == jump


def test_an_hour_that_the_clock_shows_twice_has_one_digest() -> None:
    times = NoticeTimes(ZoneInfo("America/New_York"), Rhythm.DAILY, hour=1)
    first = datetime(2026, 11, 1, 5, tzinfo=UTC)

    assert times.next_time(first) == first
    assert times.next_time(first + timedelta(hours=1)) == datetime(2026, 11, 2, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hour", "quiet", "expected"),
    [(23, (22, 7), True), (6, (22, 7), True), (7, (22, 7), False), (22, (22, 7), True),
     (21, (22, 7), False), (3, (1, 5), True), (5, (1, 5), False), (5, None, False)],
)  # fmt: skip
def test_quiet_hours_may_lie_over_midnight(
    hour: int, quiet: tuple[int, int] | None, expected: bool
) -> None:
    assert is_quiet(hour, quiet) == expected


def test_a_digest_in_quiet_hours_contradicts_itself() -> None:
    zone = ZoneInfo("UTC")

    assert NoticeTimes(zone, Rhythm.DAILY, hour=3, quiet=(22, 7)).contradicts_itself
    assert not NoticeTimes(zone, Rhythm.DAILY, hour=8, quiet=(22, 7)).contradicts_itself
    assert not NoticeTimes(zone, Rhythm.AT_ONCE, hour=3, quiet=(22, 7)).contradicts_itself


@pytest.mark.parametrize("name", ["", "Mars/Base", "../etc/passwd", "Asia", "\x00", "a" * 5000])
def test_what_is_no_zone_is_none(name: str) -> None:
    assert zone_named(name) is None


def test_a_zone_is_found_by_its_name() -> None:
    assert zone_named("Asia/Hong_Kong") == ZoneInfo("Asia/Hong_Kong")
