"""Any tag becomes a language of ours or none; clocks take their moment as an argument."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.rules import clocks
from grievance.rules.disclosure import plain_cell, safe_cell
from grievance.rules.languages import NATIVE_NAMES, direction, ours, suggested
from grievance.rules.lifecycle import (
    case_may_become,
    referral_may_become,
    worker_status,
)
from grievance.rules.regions import region_of
from grievance.rules.terms import (
    CaseState,
    Language,
    ReferralState,
    Urgency,
    WorkerStatus,
)

pytestmark = pytest.mark.plain
ALL = frozenset(Language)


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("tl", "fil"), ("tl-PH", "fil"), ("fil_PH", "fil"), ("in", "id"), ("in-ID", "id"),
        ("zh-HK", "zh-Hant"), ("zh-MO", "zh-Hant"), ("zh_TW", "zh-Hant"), ("yue-HK", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"), ("zh", "zh-Hans"), ("zh-CN", "zh-Hans"),
        ("zh-Hans-HK", "zh-Hans"), ("ZH-HANT", "zh-Hant"), ("en_US", "en"), ("ceb-PH", "fil"),
        ("ar-u-nu-latn", "ar"), ("hi-u-nu-latn", "hi"), ("ur-Arab-u-nu-latn", "ur"),
        ("zh-u-co-hant", "zh-Hans"), ("hi-IN-x-latn", "hi"), ("id-Latn-ID", "id"),
        ("ur-Latn", None), ("hi-Latn-IN", None), ("bn-Latn", None), ("ne-Latn", None),
        ("ta_Latn", None), ("th-Latn", None), ("zh-Latn", None), ("ar-Deva", None),
        ("en-Arab", None), ("pa-PK", None), ("iw", None), ("xx", None), ("es'A=0", None),
        ("", None), ("e" * 8000, None), ("en-US-u-hc-h12-x-lvariant-POSIX", "en"),
    ],
)  # fmt: skip
def test_every_tag_means_one_language_or_none(tag: str, language: str | None) -> None:
    assert ours(tag) == language


@given(st.text())
def test_no_header_and_no_tag_ever_crashes(header: str) -> None:
    assert ours(header) is None or ours(header) in ALL
    assert len(suggested(header, ALL)) <= 3


def test_suggestions_follow_the_readers_order() -> None:
    header = "id;q=0.5, zh-HK, tl-PH;q=0.9, id;q=abc, *, ;;;, en;q=0"

    assert suggested(header, ALL) == ["zh-Hant", "fil", "id"]
    assert suggested(header, frozenset({Language.EN})) == []


def test_two_of_the_eighteen_are_written_from_the_right() -> None:
    assert set(NATIVE_NAMES) == ALL
    assert {one for one in ALL if direction(one) == "rtl"} == {"ur", "ar"}


def test_a_workers_time_is_cut_and_her_clock_starts_at_the_next_hour() -> None:
    moment = datetime(2026, 11, 25, 9, 30, 5, tzinfo=UTC)

    assert clocks.cut_to_hour(moment) == datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert clocks.next_full_hour(moment) == datetime(2026, 11, 25, 10, tzinfo=UTC)
    assert clocks.next_full_hour(clocks.cut_to_hour(moment)) == clocks.cut_to_hour(moment)
    assert clocks.answer_due(Urgency.U0, moment) == moment + timedelta(hours=2)
    assert clocks.answer_due(None, moment) == moment + timedelta(hours=72)


def test_months_are_those_of_the_named_zone() -> None:
    late = datetime(2026, 11, 30, 16, 30, tzinfo=UTC)

    assert clocks.month_of(late, ZoneInfo("Asia/Hong_Kong")) == "2026-12"
    assert clocks.day_of(late, ZoneInfo("UTC")) == date(2026, 11, 30)
    assert clocks.months_before(date(2026, 1, 1), 12) == date(2025, 1, 1)
    assert clocks.months_before(date(2026, 1, 1), 1) == date(2025, 12, 1)
    assert clocks.months_before(date(2026, 1, 1), 10**9) == date.min
    assert clocks.months_before(date(2026, 1, 1), -(10**9)) == date(9999, 12, 1)


def test_regions() -> None:
    assert region_of("HK") == "east_asia"
    assert region_of("SA") == "gulf"
    assert region_of("ZZ") is None
    assert region_of(None) is None


@pytest.mark.parametrize(
    "typed",
    ["=1+1", " =1+1", "＝1+1", "\u200f=1+1", "\t=1+1", "+85291234567", "-500 HKD", "@name",
     "- first", "'quoted", "\r=1", "%0d", "\u2800=1+1", "\u3164=1+1", "\ue000=1+1",
     "\u115f\ufe0f=1+1", "\U000e0100@name", "\ufdd0+1"],
)  # fmt: skip
def test_nothing_that_could_be_computed_stays_bare(typed: str) -> None:
    assert safe_cell(typed) == "'" + typed
    assert plain_cell(safe_cell(typed)) == typed


@given(st.text())
def test_the_mark_can_always_be_taken_off(typed: str) -> None:
    assert plain_cell(safe_cell(typed)) == typed


def test_referrals_move_only_forward() -> None:
    assert referral_may_become(ReferralState.SENT, ReferralState.SEEN)
    assert not referral_may_become(ReferralState.DECLINED, ReferralState.ACCEPTED)
    assert not referral_may_become(ReferralState.ACCEPTED, ReferralState.SENT)
    assert case_may_become(CaseState.TRIAGED, CaseState.FOLLOW_UP)
    assert not case_may_become(CaseState.CLOSED, CaseState.FOLLOW_UP)
    assert not case_may_become(CaseState.TRIAGED, CaseState.CLOSED)


@pytest.mark.parametrize(
    ("state", "accepted", "worked_on", "shown"),
    [
        (CaseState.RECEIVED, False, False, WorkerStatus.RECEIVED),
        (CaseState.TRIAGED, False, False, WorkerStatus.READ),
        (CaseState.TRIAGED, True, False, WorkerStatus.WITH),
        (CaseState.IN_PROGRESS, True, True, WorkerStatus.WORKED_ON),
        (CaseState.CLOSED, True, True, WorkerStatus.CLOSED),
    ],
)
def test_the_worker_sees_one_of_five(
    state: CaseState, accepted: bool, worked_on: bool, shown: WorkerStatus
) -> None:
    assert worker_status(state, accepted=accepted, worked_on=worked_on) == shown
