"""Who can open what at each moment (design.md 4, "Keys in time"), cell by cell."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from grievance.casework.case import working
from grievance.casework.referral import asking, consenting, onward, referring
from grievance.casework.referral.first_sharing import share_first_time
from grievance.rules.terms import ConsentScope, ConsentVia, DeclineReason
from grievance.store.referrals import Consent, ConsentQuestion
from grievance.store.taxonomy import taxonomy
from tests.casework.world import World
from tests.factories import NOW


def test_at_sending_all_consented_have_grants_and_nobody_can_open(world: World) -> None:
    first, second, _ = world.bodies
    case = world.file(world.answers("chosen", [first, second], last=True))

    assert world.granted(case) == {first.id, second.id, world.root.id}
    assert world.opens(case) == [set(), set(), set(), set()]
    assert set(world.her(case).keys) == {0}


def test_acceptance_opens_for_the_accepting_one_alone(world: World) -> None:
    case = world.file(world.answers("chosen", world.bodies[:2], last=True))
    [body] = world.asked(case)

    referring.accept(world.db, case, body.id, world.actor(body), world.now)
    world.db.flush()

    opened = dict(zip((*world.bodies, world.root), world.opens(case), strict=True))
    assert {one for one, epochs in opened.items() if epochs} == {body}


def test_nobody_yet_grants_to_the_worker_alone_until_she_consents(world: World) -> None:
    first = world.bodies[0]
    answers = world.answers("nobody", [], last=False)
    case = world.file(answers)
    assert world.granted(case) == set()

    her, routed = world.her(case), world.route(answers)
    share_first_time(
        world.db, case, answers, taxonomy(world.db), routed, her, name_secret=b"n" * 32,
        now=world.now,
    )  # fmt: skip
    choice = consenting.Choice(first.id, ConsentScope.ALL, "en")
    consenting.consent(world.db, case, choice, her, routed, world.now)

    assert world.granted(case) == {first.id}
    assert world.asked(case) == [first]
    assert world.opens(case)[0] == set()
    referring.accept(world.db, case, first.id, world.actor(first), world.now)
    assert world.opens(case)[0] == {0}


def test_consent_from_now_on_opens_later_words_only(world: World) -> None:
    first, second, _ = world.bodies
    answers = world.answers("chosen", [first], last=False)
    case = world.file(answers)
    referring.accept(world.db, case, first.id, world.actor(first), world.now)
    her = world.her(case)

    choice = consenting.Choice(second.id, ConsentScope.FROM_NOW, "en")
    consenting.consent(world.db, case, choice, her, world.route(answers), world.now)
    referring.accept(world.db, case, second.id, world.actor(second), world.now)

    assert world.opens(case)[1] == {1}
    assert world.opens(case)[0] == {0, 1}
    assert set(world.her(case).keys) == {0, 1}
    assert case.owner_id == second.id


def test_withdrawal_takes_every_key_and_asks_nobody(world: World) -> None:
    first, second, _ = world.bodies
    case = world.file(world.answers("chosen", [first, second], last=True))
    [held] = world.asked(case)
    other = second if held is first else first
    referring.accept(world.db, case, held.id, world.actor(held), world.now)

    consenting.withdraw(world.db, case, held.id, world.her(case), world.now)

    assert held.id not in world.granted(case)
    assert world.asked(case) == []
    assert (case.owner_id, case.epoch) == (world.root.id, 1)
    assert set(world.her(case).keys) == {0, 1}
    asking.ask_next(world.db, case, world.now)
    referring.accept(world.db, case, other.id, world.actor(other), world.now)
    assert world.keys(case, other).keys.keys() == {0, 1}


def test_notes_open_for_their_own_desk_also_after_a_hand_over(world: World) -> None:
    first, second, _ = world.bodies
    case = world.file(world.answers("chosen", [first], last=False))
    referring.accept(world.db, case, first.id, world.actor(first), world.now)
    opened = world.keys(case, first)
    working.note(world.db, case, "for us", opened, actor=world.actor(first), now=world.now)
    to = onward.Onward(second.id, "nearer", ConsentVia.VOICE, "en")

    assert onward.refer_on(
        world.db, case, to, opened, world.desk(first), world.actor(first), world.now
    )
    referring.accept(world.db, case, second.id, world.actor(second), world.now)

    assert world.keys(case, first).notes_keys.keys() == {0}
    assert world.keys(case, second).notes_keys == {}
    assert world.keys(case, second).keys.keys() == {0}
    [consent] = world.db.scalars(select(Consent).where(Consent.organization_id == second.id))
    assert (consent.via, consent.spoken_on) == ("voice", NOW.date())


def test_referring_on_without_her_word_only_asks_her(world: World) -> None:
    first, second, _ = world.bodies
    case = world.file(world.answers("chosen", [first], last=False))
    referring.accept(world.db, case, first.id, world.actor(first), world.now)
    to = onward.Onward(second.id, "nearer", None, "en")

    asked = onward.refer_on(
        world.db, case, to, world.keys(case, first), world.desk(first), world.actor(first),
        world.now,
    )  # fmt: skip
    world.db.flush()

    assert not asked
    assert second.id not in world.granted(case)
    assert len(world.db.scalars(select(ConsentQuestion)).all()) == 1


MOVES = st.lists(st.sampled_from(["accept", "decline", "expire", "withdraw"]), max_size=6)


@settings(max_examples=12)
@given(chosen=st.sets(st.integers(0, 2)), last=st.booleans(), moves=MOVES)
def test_nobody_unconsented_is_ever_asked_or_holds_a_grant(
    world: World, chosen: set[int], last: bool, moves: list[str]
) -> None:
    recipients = [world.bodies[n] for n in sorted(chosen)]
    case = world.file(world.answers("chosen", recipients, last))
    agreed = {body.id for body in recipients} | ({world.root.id} if last else set())
    now = world.now
    for move in moves:
        for body in world.asked(case):
            if move == "decline" and referring.asked_referral(world.db, case.id, body.id):
                reason = DeclineReason.NO_CAPACITY
                asking.decline(world.db, case, body.id, reason, world.actor(body), now)
            elif move == "accept" and referring.asked_referral(world.db, case.id, body.id):
                referring.accept(world.db, case, body.id, world.actor(body), now)
            elif move == "withdraw":
                consenting.withdraw(world.db, case, body.id, world.her(case), now)
                agreed -= {body.id}
        if move == "expire":
            now += timedelta(days=15)
            asking.expire_due(world.db, now)
        world.db.flush()

        assert world.granted(case) <= agreed
        assert {body.id for body in world.asked(case)} <= agreed
