"""What becomes of a case at its odd turns: closed, taken back, handed on, left without a key."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from grievance.casework.case import closing, reading, working
from grievance.casework.case.closing import Closing, SecondPersonNeeded
from grievance.casework.directory.version import make_version
from grievance.casework.referral import asking, consenting, eligible, holding, onward, referring
from grievance.casework.referral.first_sharing import share_first_time
from grievance.casework.report import replying, returning
from grievance.rules.terms import (
    CaseState,
    ClosingKind,
    ConsentScope,
    DeclineReason,
    Outcome,
    ReferralState,
    Urgency,
    Withdrawal,
)
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization
from grievance.store.documents import organization_grants
from grievance.store.events import events_of_case, trail_of
from grievance.store.queue import Filters, Reader, count_cases, find_case
from grievance.store.referrals import (
    ConsentQuestion,
    consents_of,
    latest_route,
    open_questions,
    referrals_of,
)
from grievance.store.taxonomy import taxonomy
from tests.casework.world import World, accepted, refer, state_of
from tests.factories import NOW, leave, make_member, make_organization

ENDING = Closing(Outcome.SETTLED, ClosingKind.RESOLVED, None, None, "")
DAY = timedelta(days=1)


def agrees(
    world: World, case: Case, body: Organization, scope: ConsentScope = ConsentScope.ALL,
    *, oversees: bool = False, waits: bool = False,
) -> None:  # fmt: skip
    her = world.her(case)
    routed = world.route(consenting.read_answers(world.db, case.id, her))
    choice = consenting.Choice(body.id, scope, "en", oversees)
    consenting.consent(world.db, case, choice, her, routed, NOW, waits=waits)
    world.db.flush()


def replies(world: World, case: Case, words: str = "please") -> None:
    replying.reply(world.db, case, words, world.her(case), language="en", now=NOW)
    world.db.flush()


def closes(world: World, case: Case, body: Organization) -> None:
    opened = world.keys(case, body)
    closing.close(world.db, case, ENDING, opened, world.actor(body), NOW)
    world.db.flush()


def accepts(world: World, case: Case, body: Organization) -> None:
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    world.db.flush()


def reads(world: World, case: Case, body: Organization) -> reading.OpenedCase | None:
    return reading.open_case(world.db, case, world.kits[body].desk, world.actor(body), NOW)


def writes_note(world: World, case: Case, body: Organization, words: str) -> None:
    opened = world.keys(case, body)
    working.note(world.db, case, words, opened, actor=world.actor(body), now=NOW)
    world.db.flush()


def declines(world: World, case: Case, body: Organization) -> None:
    asking.decline(world.db, case, body.id, DeclineReason.NO_CAPACITY, world.actor(body), NOW)
    world.db.flush()


def reader(world: World, body: Organization) -> Reader:
    return world.kits[body].reader()


# A closed case


def test_asking_somebody_opens_a_closed_case_and_they_find_it(world: World) -> None:
    case, holder = accepted(world)
    closes(world, case, holder)

    agrees(world, case, world.bodies[1])

    assert (case.state, case.outcome) == (CaseState.REOPENED, None)
    listed = count_cases(world.db, reader(world, world.bodies[1]), Filters(referral="sent"))
    assert listed[0] == 1


def test_a_closed_case_is_not_referred_on(world: World) -> None:
    case, holder = accepted(world)
    closes(world, case, holder)

    with pytest.raises(onward.CannotReferThere):
        refer(world, case, holder, world.bodies[1])


def test_her_word_on_a_case_closed_before_anybody_took_it_asks_who_still_waits(
    world: World,
) -> None:
    case = world.file(world.answers("chosen", world.bodies[:2], last=False))
    [first] = world.asked(case)
    other = next(body for body in world.bodies[:2] if body is not first)
    closing.close(world.db, case, ENDING, None, world.actor(world.root), NOW)
    world.db.flush()

    replies(world, case)

    assert state_of(world, case, first) == [ReferralState.WITHDRAWN]
    assert next(r.reason for r in referrals_of(world.db, case.id)) == Withdrawal.CASE_CLOSED
    assert (case.state, state_of(world, case, other)) == (CaseState.REOPENED, ["sent"])


def test_words_that_nobody_read_are_not_closed_over(world: World) -> None:
    case, holder = accepted(world)
    reads(world, case, holder)
    replies(world, case, "he locked me in")

    with pytest.raises(closing.NewWords):
        closes(world, case, holder)
    reads(world, case, holder)
    closes(world, case, holder)

    assert case.state == CaseState.CLOSED


def test_words_that_a_desk_may_not_read_do_not_keep_it_from_closing(world: World) -> None:
    case, _ = accepted(world, last=False)
    replies(world, case, "only for the first")
    other = world.bodies[1]
    agrees(world, case, other, ConsentScope.FROM_NOW)
    accepts(world, case, other)

    closes(world, case, other)

    assert case.state == CaseState.CLOSED


def test_an_answer_from_an_old_page_leaves_her_new_words_waiting(world: World) -> None:
    case, holder = accepted(world)
    replies(world, case)
    opened = world.keys(case, holder)

    working.message(
        world.db, case, "Kanaryo", opened, language="en", actor=world.actor(holder), now=NOW
    )

    assert case.worker_waits


def test_the_same_press_twice_is_one_message(world: World) -> None:
    case, holder = accepted(world)
    for words in ("please", "please", "please come", "please"):
        replies(world, case, words)

    opened = reads(world, case, holder)

    assert opened is not None
    assert [one.words["text"] for one in opened.messages] == ["please", "please come", "please"]


def test_the_same_word_to_another_question_is_a_message_of_its_own(world: World) -> None:
    case, holder = accepted(world)
    replies(world, case, "yes")
    opened = reads(world, case, holder)
    assert opened is not None
    working.message(
        world.db, case, "Now?", opened, language="en", actor=world.actor(holder), now=NOW
    )
    world.db.flush()

    replies(world, case, "yes")

    opened = reads(world, case, holder)
    assert opened is not None
    assert [one.words["text"] for one in opened.messages] == ["yes", "Now?", "yes"]


def test_the_same_word_opens_a_case_that_was_closed_meanwhile(world: World) -> None:
    case, holder = accepted(world)
    replies(world, case, "yes")
    closing.close(world.db, case, ENDING, None, world.actor(holder), NOW)

    replies(world, case, "yes")

    assert case.state == CaseState.REOPENED
    assert case.worker_waits


def test_the_same_word_ends_a_closing_that_was_asked_for_meanwhile(world: World) -> None:
    case, holder = accepted(world)
    case.urgency = Urgency.U0
    replies(world, case, "yes")
    with pytest.raises(SecondPersonNeeded):
        closing.close(world.db, case, ENDING, None, world.actor(holder), NOW)
    world.db.flush()

    replies(world, case, "yes")

    assert closing.standing_request(world.db, case) is None


def test_the_same_word_shows_in_a_case_that_was_closed_and_opened_meanwhile(world: World) -> None:
    case, holder = accepted(world)
    replies(world, case, "yes")
    closing.close(world.db, case, ENDING, None, world.actor(holder), NOW)
    closing.reopen(world.db, case, world.actor(holder), NOW)

    replies(world, case, "yes")

    assert case.worker_waits


def test_the_same_word_reaches_a_desk_that_may_read_from_now_on(world: World) -> None:
    case, _ = accepted(world, last=False)
    replies(world, case, "yes")
    agrees(world, case, world.bodies[1], ConsentScope.FROM_NOW)
    accepts(world, case, world.bodies[1])

    replies(world, case, "yes")

    opened = reads(world, case, world.bodies[1])
    assert opened is not None
    assert [one.words["text"] for one in opened.messages] == ["yes"]


# Danger cases


def danger(world: World, case: Case, body: Organization) -> None:
    case.urgency = Urgency.U0
    with pytest.raises(SecondPersonNeeded):
        closes(world, case, body)
    world.db.flush()


def test_a_closing_asked_for_by_a_desk_that_lost_the_case_does_not_count(world: World) -> None:
    case, first = accepted(world)
    danger(world, case, first)
    refer(world, case, first, world.bodies[1])
    accepts(world, case, world.bodies[1])

    with pytest.raises(SecondPersonNeeded):
        closes(world, case, world.bodies[1])


def test_the_word_of_a_member_who_was_dismissed_since_does_not_count(world: World) -> None:
    case, holder = accepted(world)
    other = world.kits[holder]
    world.kits[holder] = make_member(world.db, holder)
    danger(world, case, holder)
    leave(world.db, world.kits[holder], lose_key=True)
    world.kits[holder] = other

    with pytest.raises(SecondPersonNeeded):
        closes(world, case, holder)
    world.kits[holder] = make_member(world.db, holder)
    closes(world, case, holder)
    assert case.state == CaseState.CLOSED


def test_calling_it_less_urgent_first_makes_no_second_person(world: World) -> None:
    case, holder = accepted(world)
    case.urgency = Urgency.U0
    working.set_urgency(
        world.db, case, Urgency.U3, "calm", seen="U0", actor=world.actor(holder), now=NOW
    )
    world.db.flush()

    with pytest.raises(SecondPersonNeeded):
        closes(world, case, holder)


def test_more_urgent_means_an_earlier_answer_and_never_a_later_one(world: World) -> None:
    case = world.file(world.answers("chosen", [world.bodies[0]], last=True))
    [asked] = [r for r in referrals_of(world.db, case.id) if r.state == ReferralState.SENT]
    asked.due_at = NOW + 14 * DAY
    for to, most in ((Urgency.U0, DAY), (Urgency.U0, DAY), (Urgency.U3, DAY)):
        working.set_urgency(
            world.db, case, to, "seen", seen=case.urgency or "", actor=world.actor(world.root),
            now=NOW,
        )  # fmt: skip
        assert asked.due_at <= NOW + most


# Taken back


def test_another_scope_is_a_new_consent(world: World) -> None:
    case, holder = accepted(world, world.bodies[1], last=False)
    other = next(body for body in world.bodies[:2] if body is not holder)
    agrees(world, case, other, ConsentScope.FROM_NOW)
    accepts(world, case, other)
    assert set(world.keys(case, other).keys) == {case.epoch}
    assert case.epoch > 0


def test_everything_after_from_now_on_opens_everything(world: World) -> None:
    case, _ = accepted(world, last=False)
    other = world.bodies[1]
    agrees(world, case, other, ConsentScope.FROM_NOW)
    declines(world, case, other)
    agrees(world, case, other)
    accepts(world, case, other)
    assert set(world.keys(case, other).keys) == set(range(case.epoch + 1))


def test_the_last_one_takes_nothing_while_another_of_hers_waits(world: World) -> None:
    case, holder = accepted(world, world.bodies[1], last=True)
    other = next(body for body in world.bodies[:2] if body is not holder)
    consenting.withdraw(world.db, case, holder.id, world.her(case), NOW)
    world.db.flush()

    with pytest.raises(referring.NotAsked):
        accepts(world, case, world.root)
    agrees(world, case, other)
    declines(world, case, other)
    assert state_of(world, case, world.root) == ["sent"]


def test_if_nobody_answers_is_no_consent_once_somebody_did(world: World) -> None:
    case, holder = accepted(world, last=True)
    world.root.accept_at_once = True

    refer(world, case, holder, world.root, via=None)

    assert state_of(world, case, world.root) == ["waiting"]
    assert world.keys(case, world.root).keys == {}
    [question] = world.db.scalars(select(ConsentQuestion))
    assert question.organization_id == world.root.id
    agrees(world, case, world.root, oversees=True)
    assert 0 in world.keys(case, world.root).keys


def gives_back(world: World, case: Case, body: Organization) -> None:
    holding.give_back(
        world.db, case, "full", world.keys(case, body), world.desk(body), world.actor(body), NOW
    )
    world.db.flush()


def takes_back(world: World, case: Case, body: Organization) -> None:
    consenting.withdraw(world.db, case, body.id, world.her(case), NOW)
    world.db.flush()


def test_who_was_to_have_it_if_nobody_answers_waits_for_her_when_she_sent_a_helper_away(
    world: World,
) -> None:
    case, holder = accepted(world, last=True)
    takes_back(world, case, holder)

    assert case.owner_id == world.root.id
    with pytest.raises(referring.NotAsked):
        accepts(world, case, world.root)
    assert reads(world, case, world.root) is None

    agrees(world, case, world.root, oversees=True)
    accepts(world, case, world.root)
    assert reads(world, case, world.root) is not None


def test_a_helper_who_gives_it_back_is_nobody_who_answered(world: World) -> None:
    case, holder = accepted(world, last=True)
    gives_back(world, case, holder)
    declines(world, case, world.root)

    accepts(world, case, world.root)  # she agreed, and nobody else is left

    assert reads(world, case, world.root) is not None


def test_her_no_to_a_desk_ends_what_she_agreed_to_if_nobody_answers(world: World) -> None:
    case, holder = accepted(world, last=True)
    assert not refer(world, case, holder, world.root, None)
    [question] = world.db.scalars(select(ConsentQuestion))

    returning.answer_question(world.db, case, question, False, NOW)
    world.db.flush()
    gives_back(world, case, holder)

    assert state_of(world, case, world.root) == ["withdrawn"]
    assert case.asked_all
    with pytest.raises(referring.NotAsked):
        accepts(world, case, world.root)


def test_her_no_asks_the_next_only_in_the_place_of_one_that_was_asked(world: World) -> None:
    """One that waits since she sent another away waits for her."""
    case = world.file(world.answers("chosen", world.bodies[:2], last=False))
    [first] = world.asked(case)
    waiting = next(one for one in world.bodies[:2] if one is not first)
    takes_back(world, case, first)
    question = asked_about(world, case, world.root)

    returning.answer_question(world.db, case, question, False, NOW)
    assert state_of(world, case, waiting) == ["waiting"]

    agrees(world, case, world.root)
    assert world.asked(case) == [world.root]
    late = asked_about(world, case, world.root)
    late.answered_at = NOW
    returning.answer_question(world.db, case, late, False, NOW)
    assert world.asked(case) == [waiting]


def test_her_no_to_a_desk_ends_an_older_yes_to_it(world: World) -> None:
    """One that declined keeps her consent: after a No nobody refers the case to it by that."""
    case = world.file(world.answers("chosen", world.bodies[:2], last=False))
    [first] = world.asked(case)
    declines(world, case, first)
    [holder] = world.asked(case)
    assert not refer(world, case, world.root, first, None)
    [question] = world.db.scalars(select(ConsentQuestion))

    returning.answer_question(world.db, case, question, False, NOW)
    world.db.flush()
    accepts(world, case, holder)

    assert not refer(world, case, holder, first, None)  # she is asked again
    assert first.id not in world.granted(case)


def asked_about(world: World, case: Case, body: Organization) -> ConsentQuestion:
    """Another desk asks her whether this one may help."""
    one = ConsentQuestion(
        case_id=case.id, organization_id=body.id, from_organization_id=world.bodies[2].id,
        by_user_id=world.kits[world.bodies[2]].user_id, made_at=NOW,
    )  # fmt: skip
    world.db.add(one)
    world.db.flush()
    return one


def test_a_question_about_a_desk_that_is_asked_or_holds_the_case_is_open_no_more(
    world: World,
) -> None:
    case, holder = accepted(world, last=True)
    asked_about(world, case, world.root)
    gives_back(world, case, holder)

    [question] = world.db.scalars(select(ConsentQuestion))
    assert (world.asked(case), question.agreed) == ([world.root], True)
    late = asked_about(world, case, world.root)
    accepts(world, case, world.root)
    assert late.agreed
    assert open_questions(world.db, case.id) == []


def test_one_that_was_not_asked_yet_learns_nothing_of_a_case_that_has_it_in_line(
    world: World,
) -> None:
    case = world.file(world.answers("chosen", [world.bodies[0]], last=False))
    later = world.bodies[1]

    agrees(world, case, later)
    assert state_of(world, case, later) == ["waiting"]
    takes_back(world, case, later)

    assert not [e for e in trail_of(world.db, later.id, before=None, limit=9) if e.case_id]
    verbs = [e.verb for e in trail_of(world.db, world.root.id, before=None, limit=9)]
    assert {"consent_given", "consent_withdrawn"} <= set(verbs)


def test_where_a_case_has_no_owner_nobody_reads_whom_else_she_said_yes_to(world: World) -> None:
    case = world.file(world.answers("chosen", [world.bodies[0]], last=False))
    takes_back(world, case, world.root)
    assert case.owner_id is None
    agrees(world, case, world.bodies[1])
    takes_back(world, case, world.bodies[1])

    seen = {e.verb for e in events_of_case(world.db, case.id, frozenset({world.bodies[0].id}))}
    assert "referral_sent" in seen
    assert not seen & {"consent_given", "consent_withdrawn"}


def test_one_that_is_passed_over_reads_nothing_of_the_case_in_its_trail(world: World) -> None:
    case = world.file(world.answers("chosen", world.bodies[:2], last=True))
    [first] = world.asked(case)
    other = next(one for one in world.bodies[:2] if one is not first)
    other.paused = True

    declines(world, case, first)

    assert state_of(world, case, other) == ["passed_over"]
    assert not [e for e in trail_of(world.db, other.id, before=None, limit=9) if e.case_id]
    above = trail_of(world.db, world.root.id, before=None, limit=9)
    assert "referral_passed_over" in {e.verb for e in above}


def test_a_desk_that_she_asks_again_after_sending_it_away_sees_the_case(world: World) -> None:
    """Also after it says no: else nobody would, and her next words reached nobody."""
    case, _ = accepted(world, last=True)
    takes_back(world, case, world.bodies[0])
    takes_back(world, case, world.root)
    assert find_case(world.db, reader(world, world.root), case.id) is None

    agrees(world, case, world.root, oversees=True)
    declines(world, case, world.root)

    assert find_case(world.db, reader(world, world.root), case.id) is case


def test_what_she_agreed_to_herself_is_asked_no_more(world: World) -> None:
    case, holder = accepted(world, last=False)
    other = world.bodies[1]
    assert not refer(world, case, holder, other, None)

    agrees(world, case, other)

    [question] = world.db.scalars(select(ConsentQuestion))
    assert question.agreed
    assert open_questions(world.db, case.id) == []


def test_her_recorded_word_answers_the_question_too(world: World) -> None:
    case, holder = accepted(world, last=False)
    assert not refer(world, case, holder, world.bodies[1], None)

    assert refer(world, case, holder, world.bodies[1])

    assert open_questions(world.db, case.id) == []


def test_a_word_on_a_closed_case_asks_nobody_where_she_sent_a_helper_away(world: World) -> None:
    case, holder = accepted(world, world.bodies[1], last=True)
    other = next(one for one in world.bodies[:2] if one is not holder)
    takes_back(world, case, holder)
    closing.close(world.db, case, ENDING, None, world.actor(world.root), NOW)

    replies(world, case, "thank you, no")

    assert case.state == CaseState.REOPENED
    assert state_of(world, case, other) == ["waiting"]


def test_her_recorded_word_stands_in_the_place_of_if_nobody_answers(world: World) -> None:
    case, holder = accepted(world, last=True)

    refer(world, case, holder, world.root)

    given = [c for c in consents_of(world.db, case.id) if c.organization_id == world.root.id]
    assert {(c.via, c.withdrawn_at is None) for c in given} == {("web", False), ("voice", True)}
    assert state_of(world, case, world.root) == ["sent"]
    accepts(world, case, world.root)
    assert 0 in world.keys(case, world.root).keys


def test_a_desk_she_sent_away_does_not_get_the_case_back(world: World) -> None:
    case = world.file(world.answers("chosen", [world.bodies[0]], last=True))
    consenting.withdraw(world.db, case, world.root.id, world.her(case), NOW)
    accepts(world, case, world.bodies[0])
    opened = world.keys(case, world.bodies[0])
    holding.give_back(
        world.db,
        case,
        "full",
        opened,
        world.desk(world.bodies[0]),
        world.actor(world.bodies[0]),
        NOW,
    )
    world.db.flush()

    assert case.owner_id is None
    assert find_case(world.db, reader(world, world.root), case.id) is None


def test_questions_of_a_desk_she_sent_away_are_asked_no_more(world: World) -> None:
    case, holder = accepted(world)
    refer(world, case, holder, world.bodies[1], via=None)
    consenting.withdraw(world.db, case, holder.id, world.her(case), NOW)

    assert open_questions(world.db, case.id) == []


def test_who_said_no_keeps_no_key_and_gets_one_with_her_next_word(world: World) -> None:
    case = world.file(world.answers("chosen", world.bodies[:2], last=False))
    [first] = world.asked(case)
    declines(world, case, first)
    assert organization_grants(world.db, case.id, first.id, released_only=False) == []
    consenting.start_epoch(world.db, case, world.her(case), NOW)
    assert organization_grants(world.db, case.id, first.id, released_only=False) == []

    other = next(body for body in world.bodies[:2] if body is not first)
    accepts(world, case, other)
    refer(world, case, other, first)
    accepts(world, case, first)
    assert 0 in world.keys(case, first).keys


def test_after_the_service_the_case_stays_with_its_owner_when_another_declines(
    world: World,
) -> None:
    case, holder = accepted(world, world.bodies[2])
    hers = next(body for body in (world.bodies[0], world.bodies[2]) if body is not holder)
    holding.set_service(
        world.db, case, holder.id, ReferralState.COMPLETED, world.actor(holder), NOW
    )
    world.db.flush()
    refer(world, case, holder, world.bodies[1])
    declines(world, case, world.bodies[1])

    assert state_of(world, case, hers) == ["waiting"]
    assert (case.owner_id, case.asked_all) == (holder.id, False)


def test_beside_one_that_accepts_at_once_the_others_wait(world: World) -> None:
    case = world.file(world.answers("chosen", [world.bodies[2]], last=False))
    declines(world, case, world.bodies[2])
    world.bodies[0].accept_at_once = True
    agrees(world, case, world.bodies[0])

    agrees(world, case, world.bodies[1], waits=True)

    assert state_of(world, case, world.bodies[0]) == ["accepted"]
    assert state_of(world, case, world.bodies[1]) == ["waiting"]


# Keys


def test_notes_of_an_earlier_time_stay_closed_and_new_ones_open(world: World) -> None:
    case, holder = accepted(world)
    writes_note(world, case, holder, "first")
    consenting.withdraw(world.db, case, holder.id, world.her(case), NOW)
    agrees(world, case, holder)
    accepts(world, case, holder)
    writes_note(world, case, holder, "second")
    writes_note(world, case, holder, "third")

    opened = reads(world, case, holder)

    assert opened is not None
    assert [one.words["text"] for one in opened.notes] == ["second", "third"]


def test_a_desk_where_nobody_can_read_is_neither_offered_nor_asked(world: World) -> None:
    unconfirmed = make_organization(world.db, parent_id=world.root.id)
    make_member(world.db, unconfirmed, confirmed=False)
    case, holder = accepted(world, world.bodies[1])
    body = next(one for one in world.bodies[:2] if one is not holder)
    leave(world.db, world.kits[body], lose_key=True)
    make_version(world.db, NOW)

    routed = world.route(world.answers("chosen", [body], last=False))

    assert not {str(body.id), str(unconfirmed.id)} & set(routed.route.organizations)
    assert eligible.cannot_be_asked(world.db, case, body.id, NOW.date()) == "no_keys"


def test_a_desk_with_a_new_key_takes_a_case_once_she_has_sealed_it_anew(world: World) -> None:
    body = world.bodies[1]
    case = world.file(world.answers("chosen", [body], last=False))
    leave(world.db, world.kits[body], lose_key=True)
    world.forget_key(body)
    world.kits[body] = make_member(world.db, body)
    with pytest.raises(referring.SealedToAnOldKey):
        accepts(world, case, body)

    agrees(world, case, body)
    accepts(world, case, body)

    assert set(world.keys(case, body).keys) == {0}


def test_a_route_that_stands_readable_goes_before_a_sealed_one_of_its_hour(world: World) -> None:
    for _ in range(6):
        case = world.file(world.answers("nobody", [], last=False))
        answers = world.answers("chosen", [world.bodies[0]], last=False)
        routed = world.route(answers)
        her = world.her(case)
        known = consenting.read_answers(world.db, case.id, her)
        share_first_time(
            world.db, case, known, taxonomy(world.db), routed, her, name_secret=b"n" * 32, now=NOW
        )
        world.db.flush()
        found = latest_route(world.db, case.id)
        assert found is not None
        assert found.readable is not None


# Members


def test_what_is_kept_from_one_desk_is_kept_from_its_member_at_another(world: World) -> None:
    case, holder = accepted(world)
    seen = reader(world, holder)
    world.db.add(CaseExclusion(case_id=case.id, organization_id=world.bodies[2].id))
    world.db.flush()

    assert find_case(world.db, seen, case.id) is not None
    both = replace(seen, desks=frozenset({holder.id, world.bodies[2].id}))
    assert find_case(world.db, both, case.id) is None


def test_cases_of_a_member_who_left_are_nobodys_again(world: World) -> None:
    case, holder = accepted(world)
    member = make_member(world.db, holder)
    working.assign(world.db, case, member.user_id, world.actor(holder), NOW)
    world.db.flush()
    leave(world.db, member)
    world.db.expire(case)

    assert case.assignee_id is None
    listed = count_cases(world.db, reader(world, holder), Filters(owner="none"))
    assert listed[0] == 1
