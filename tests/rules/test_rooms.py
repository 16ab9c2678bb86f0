"""The order of those that are alike in all but their room."""

from hypothesis import given
from hypothesis import strategies as st

from grievance.rules.partner_index import mask_from
from grievance.rules.rooms import Rooms

PARTNERS = 40
ROOMS = st.lists(st.integers(0, 5), min_size=PARTNERS, max_size=PARTNERS)
SOME = st.sets(st.integers(0, PARTNERS - 1))


@given(rooms=ROOMS, here=SOME, most=st.integers(-2, PARTNERS + 2), wanted=SOME)
def test_the_first_have_most_room_then_the_lowest_place_and_who_is_wanted_is_among_them(
    rooms: list[int], here: set[int], most: int, wanted: set[int]
) -> None:
    """Whether places are worked out before, for a few, or each time, for many."""
    by_room = [mask_from([n for n in range(PARTNERS) if rooms[n] == one]) for one in range(6)]
    order = sorted(here, key=lambda n: (rooms[n], n))
    expected = [one for n, one in enumerate(order) if n < most or one in wanted]
    fit, asked = mask_from(sorted(here)), mask_from(sorted(wanted))

    for few in (0, PARTNERS):
        assert Rooms.among(fit, by_room, few).first(fit, most, asked) == expected, few
