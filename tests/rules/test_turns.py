"""Whose turn it is, over any set of referrals: one at a time in each chain, chains side by side."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grievance.rules.lifecycle import ASKED, HOLDING
from grievance.rules.terms import ReferralKind, ReferralState
from grievance.rules.turns import BESIDE, OWNER, Turn, may_be_asked_for, taken, unmet
from tests.factories import NOW

pytestmark = pytest.mark.plain
R, OWN, SHARE = ReferralState, ReferralKind.HAND_OVER, ReferralKind.SHARE
WAYS = st.sampled_from([(), ("claim",), ("safe",), ("claim", "safe")])
TURNS = st.lists(
    st.builds(
        Turn,
        organization=st.sampled_from("abc"),
        kind=st.sampled_from(ReferralKind),
        needs=WAYS,
        state=st.sampled_from(ReferralState),
        answered_at=st.none() | st.sampled_from([NOW, NOW + timedelta(hours=1)]),
        hands_on=st.booleans(),
    ),
    max_size=6,
)


def turn(kind: ReferralKind, *needs: str, state: R = R.WAITING, of: str = "x", **more) -> Turn:
    answered = NOW if state in HOLDING | {R.COMPLETED, R.WITHDRAWN} else None
    return Turn(of, kind, needs, state, more.pop("answered_at", answered), **more)


def test_each_need_has_its_own_chain() -> None:
    asked = turn(OWN, "claim", state=R.SENT, of="a")
    next_one, beside = turn(OWN, "claim", of="b"), turn(SHARE, "safe", of="c")
    turns = [asked, next_one, beside]

    assert may_be_asked_for(next_one, turns, None) == frozenset()
    assert may_be_asked_for(beside, turns, None) == {"safe"}


def test_who_is_asked_for_all_keeps_the_others_waiting_until_it_answers() -> None:
    whole = turn(OWN, "claim", "safe", state=R.SENT, of="a")
    others = [turn(OWN, "claim", of="b"), turn(SHARE, "safe", of="c")]

    assert [may_be_asked_for(o, [whole, *others], None) for o in others] == [frozenset()] * 2
    no = turn(OWN, "claim", "safe", state=R.DECLINED, of="a")
    assert [may_be_asked_for(o, [no, *others], None) for o in others] == [
        {OWNER, "claim"}, {"safe"},
    ]  # fmt: skip


def test_who_was_to_have_all_is_asked_for_what_is_left() -> None:
    whole = turn(OWN, "claim", "safe", of="a")
    owner = turn(OWN, "claim", state=R.IN_SERVICE, of="b")
    served = turn(SHARE, "safe", state=R.COMPLETED, of="c")

    assert may_be_asked_for(whole, [whole, owner], "b") == {"safe"}
    assert may_be_asked_for(whole, [whole, served], None) == {OWNER, "claim"}
    assert may_be_asked_for(whole, [whole, owner, served], "b") == frozenset()


def test_a_need_that_was_given_back_is_free_again_also_where_it_was_served_before() -> None:
    first = turn(SHARE, "safe", state=R.COMPLETED, of="a")
    later = NOW + timedelta(days=1)
    second = turn(SHARE, "safe", state=R.WITHDRAWN, of="b", answered_at=later)

    assert taken([first], None) == {"safe"}
    assert taken([first, second], None) == frozenset()


def test_one_is_asked_one_thing_at_a_time() -> None:
    asked, more = turn(SHARE, "safe", state=R.SEEN), turn(OWN, "claim")

    assert may_be_asked_for(more, [asked, more], None) == frozenset()


def test_whom_it_is_handed_on_to_is_asked_beside_who_serves_it() -> None:
    owner, to = turn(OWN, state=R.ACCEPTED, of="a"), turn(OWN, of="b", hands_on=True)

    assert may_be_asked_for(to, [owner, to], "a") == {OWNER}


def test_a_need_is_unmet_when_nobody_of_it_is_left() -> None:
    no, waits = turn(SHARE, "safe", state=R.DECLINED), turn(SHARE, "safe", of="y")

    assert unmet({"safe", "claim"}, [no], None) == {"safe"}
    assert unmet({"safe"}, [no, waits], None) == frozenset()
    assert turn(SHARE).chains == {BESIDE}


@settings(max_examples=300)
@given(TURNS, st.sampled_from([None, "a"]))
def test_nobody_is_asked_in_a_chain_where_another_is(turns: list[Turn], owner: str | None) -> None:
    for one in turns:
        found = may_be_asked_for(one, turns, owner)
        others = [each for each in turns if each is not one]

        assert found <= one.chains
        assert not found or one.state == R.WAITING
        for each in others:
            assert not (found and each.state in ASKED and each.chains & one.chains)
            held = each.state in HOLDING and each.chains & found
            assert one.hands_on or not held
        assert not found & unmet(found, turns, owner)
