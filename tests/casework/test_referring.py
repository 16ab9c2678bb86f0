"""Who is asked, in what order, and what a referral on needs (design.md 6)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import delete, select

from grievance.casework.case import reading
from grievance.casework.directory.version import make_version
from grievance.casework.referral import asking, consenting, holding, onward, referring
from grievance.casework.report import returning
from grievance.rules.terms import (
    CaseState,
    ConsentScope,
    DeclineReason,
    OrganizationKind,
    PassedOver,
    ReferralKind,
    ReferralState,
    Role,
    ServiceNeed,
)
from grievance.store.events import Event
from grievance.store.outbox import Notice
from grievance.store.referrals import Consent, ConsentQuestion, Referral
from tests.casework.world import World, accepted, refer, state_of
from tests.factories import NOW, make_member, make_organization


def test_a_paused_or_lapsed_one_is_passed_over_with_its_reason(world: World) -> None:
    first, second, third = world.bodies
    case = world.file(world.answers("chosen", world.bodies, last=True))
    [asked] = world.asked(case)
    paused, lapsed = [body for body in (first, second, third) if body is not asked]
    paused.paused = True
    lapsed.confirmed_on = (NOW - timedelta(days=500)).date()

    asking.decline(world.db, case, asked.id, DeclineReason.LANGUAGE, world.actor(asked), world.now)

    reasons = {
        r.organization_id: r.reason
        for r in world.db.scalars(select(Referral).where(Referral.state == "passed_over"))
    }
    assert reasons == {paused.id: PassedOver.PAUSED, lapsed.id: PassedOver.LAPSED}
    assert world.asked(case) == [world.root]


def test_when_the_overseeing_desk_declines_it_stays_owner_and_the_root_is_alerted(
    world: World,
) -> None:
    case = world.file(world.answers("chosen", [], last=True))
    make_member(world.db, world.root, roles=(Role.COORDINATOR,))

    asking.decline(world.db, case, world.root.id, DeclineReason.OTHER, world.actor(world.root), NOW)
    world.db.flush()

    assert (case.owner_id, case.asked_all) == (world.root.id, True)
    kinds = list(world.db.scalars(select(Notice.kind)))
    assert "nobody_took_it" in kinds


def test_a_case_is_accepted_once(world: World) -> None:
    case, holder = accepted(world)

    with pytest.raises(referring.NotAsked):
        referring.accept(world.db, case, holder.id, world.actor(holder), NOW)


def test_one_without_a_standing_consent_cannot_accept(world: World) -> None:
    case = world.file(world.answers("chosen", [world.bodies[0]], last=False))
    [asked] = world.asked(case)
    world.db.scalars(select(Consent)).one().withdrawn_at = NOW

    with pytest.raises(referring.NotAsked):
        referring.accept(world.db, case, asked.id, world.actor(asked), NOW)


def test_an_organization_that_accepts_at_once_owns_the_case_when_asked(world: World) -> None:
    world.bodies[0].accept_at_once = True

    case = world.file(world.answers("chosen", [world.bodies[0]], last=True))

    assert case.owner_id == world.bodies[0].id
    assert world.opens(case)[0] == {0}


def test_a_slip_of_a_desk_opens_nothing_at_one_that_accepts_at_once(world: World) -> None:
    case, holder = accepted(world)
    other = world.bodies[1]
    other.accept_at_once = True

    refer(world, case, holder, other)

    assert state_of(world, case, other) == ["sent"]
    assert case.owner_id == holder.id


def test_what_does_not_fit_its_services_it_takes_by_hand(world: World) -> None:
    """The overseeing desk, one that takes other problems, and one where nobody fitted."""
    for body in (world.root, *world.bodies):
        body.accept_at_once = True
    for service in world.bodies[0].services:
        service.needs = [ServiceNeed.SHE]
    make_version(world.db, NOW)

    above = world.file(world.answers("chosen", [], last=True))
    other = world.file(world.answers("chosen", [world.bodies[0]], last=False))
    for body in (world.root, *world.bodies):
        body.services.clear()
    make_version(world.db, NOW)
    nobody = world.file(world.answers("chosen", [world.bodies[1]], last=False))

    assert state_of(world, other, world.bodies[0]) == ["sent"]
    assert state_of(world, nobody, world.bodies[1]) == ["sent"]
    assert [set(), set(), set(), set()] == world.opens(other) == world.opens(nobody)
    assert state_of(world, above, world.root) == ["accepted"]  # its own services take it


def test_expiry_is_the_same_however_often_it_runs(world: World) -> None:
    case = world.file(world.answers("chosen", world.bodies[:2], last=False))
    [first] = world.asked(case)
    later = NOW + timedelta(days=15)

    assert asking.expire_due(world.db, later) == 1
    assert asking.expire_due(world.db, later) == 0
    [second] = world.asked(case)
    assert second is not first


def test_referred_on_to_two_one_is_asked_after_the_other(world: World) -> None:
    case, holder = accepted(world)
    _, second, third = world.bodies

    assert refer(world, case, holder, second)
    assert refer(world, case, holder, third)

    assert set(world.asked(case)) == {holder, second}
    assert state_of(world, case, third) == [ReferralState.WAITING]
    asking.decline(world.db, case, second.id, DeclineReason.OTHER, world.actor(second), NOW)
    assert set(world.asked(case)) == {holder, third}


def test_while_one_holds_the_case_nobody_of_her_first_choice_is_asked(world: World) -> None:
    case, holder = accepted(world, world.bodies[1])
    waiting = next(body for body in world.bodies[:2] if body is not holder)
    refer(world, case, holder, world.bodies[2])

    asking.decline(
        world.db, case, world.bodies[2].id, DeclineReason.OTHER, world.actor(world.bodies[2]), NOW
    )

    assert world.asked(case) == [holder]
    assert state_of(world, case, waiting) == [ReferralState.WAITING]
    assert not case.asked_all


def test_one_who_waits_already_is_asked_once_when_referred_on(world: World) -> None:
    case, holder = accepted(world, world.bodies[1])
    waiting = next(body for body in world.bodies[:2] if body is not holder)

    assert refer(world, case, holder, waiting, via=None)

    assert state_of(world, case, waiting) == [ReferralState.SENT]


def test_one_who_is_asked_already_is_not_asked_again(world: World) -> None:
    case, holder = accepted(world)
    refer(world, case, holder, world.bodies[1])

    with pytest.raises(onward.CannotReferThere):
        refer(world, case, holder, world.bodies[1])
    assert state_of(world, case, world.bodies[1]) == [ReferralState.SENT]


def test_a_spoken_yes_needs_a_key_to_grant(world: World) -> None:
    case = world.file(world.answers("chosen", [world.bodies[0]], last=False))
    assert case.owner_id == world.root.id

    with pytest.raises(onward.AskHerFirst):
        refer(world, case, world.root, world.bodies[1])

    assert refer(world, case, world.root, world.bodies[1], via=None) is False
    assert len(world.db.scalars(select(ConsentQuestion)).all()) == 1
    assert world.bodies[1].id not in world.granted(case)


def test_the_next_holder_reads_why_it_was_passed_on_and_the_worker_page_does_not_show_it(
    world: World,
) -> None:
    case, holder = accepted(world)
    second = world.bodies[1]
    refer(world, case, holder, second)
    referring.accept(world.db, case, second.id, world.actor(second), NOW)
    world.db.flush()

    opened = reading.open_case(world.db, case, world.kits[second].desk, world.actor(second), NOW)

    assert opened is not None
    assert [one.words["text"] for one in opened.reasons] == ["nearer to her"]


def test_given_back_the_keys_go_and_the_reason_stays_for_the_next_one(world: World) -> None:
    case, holder = accepted(world, world.bodies[1])
    other = next(body for body in world.bodies[:2] if body is not holder)
    opened = world.keys(case, holder)

    holding.give_back(
        world.db, case, "a relative of mine", opened, world.desk(holder), world.actor(holder), NOW
    )
    world.db.flush()

    assert holder.id not in world.granted(case)
    assert (case.owner_id, world.asked(case)) == (world.root.id, [other])
    referring.accept(world.db, case, other.id, world.actor(other), NOW)
    again = reading.open_case(world.db, case, world.kits[other].desk, world.actor(other), NOW)
    assert again is not None
    assert [one.words["text"] for one in again.reasons] == ["a relative of mine"]


ABOUT_A_CONSULATE = (
    {"respondent_kind": ["consulate"]}, {"asks": ["complain_consulate"]}, {"issues": ["CNS"]}
)  # fmt: skip


@pytest.mark.parametrize("about", ABOUT_A_CONSULATE)
def test_a_complaint_about_a_consulate_is_not_referred_to_its_friends_that_joined_later(
    world: World, about: dict[str, list[str]]
) -> None:
    case = world.file(replace(world.answers("chosen", [world.bodies[0]], last=True), **about))
    [holder] = world.asked(case)
    referring.accept(world.db, case, holder.id, world.actor(holder), NOW)
    office = make_organization(world.db, kind=OrganizationKind.CONSULATE, partner=False)
    late = make_organization(world.db, parent_id=world.root.id, tied_to=[office.slug])
    make_member(world.db, late)
    make_version(world.db, NOW)

    with pytest.raises(onward.CannotReferThere):
        refer(world, case, holder, late)


@pytest.mark.parametrize("about", ABOUT_A_CONSULATE)
def test_a_complaint_about_a_consulate_is_not_offered_to_what_hangs_below_it(
    world: World, about: dict[str, list[str]]
) -> None:
    office = make_organization(world.db, kind=OrganizationKind.CONSULATE, partner=False)
    below = make_organization(world.db, parent_id=office.id)
    make_member(world.db, below)
    make_version(world.db, NOW)
    answers = world.answers("chosen", [world.bodies[0]], last=True)
    assert world.route(answers).allows(str(below.id))

    assert not world.route(replace(answers, **about)).allows(str(below.id))


@pytest.mark.parametrize("about", ABOUT_A_CONSULATE)
@pytest.mark.parametrize("change", ["parent", "tie"])
def test_one_that_came_near_a_consulate_while_it_waited_is_passed_over(
    world: World, about: dict[str, list[str]], change: str
) -> None:
    answers = replace(world.answers("chosen", world.bodies[:2], last=True), **about)
    case = world.file(answers)
    [first] = world.asked(case)
    other = next(one for one in world.bodies[:2] if one is not first)
    office = make_organization(world.db, kind=OrganizationKind.CONSULATE, partner=False)
    if change == "parent":
        other.parent_id = office.id
    else:
        other.tied_to = [office.slug]
    make_version(world.db, NOW)

    asking.decline(world.db, case, first.id, DeclineReason.OTHER, world.actor(first), NOW)

    assert state_of(world, case, other) == ["passed_over"]
    assert world.asked(case) == [world.root]


def test_what_she_ruled_out_is_not_referred_to_though_it_joined_later(world: World) -> None:
    late = make_organization(world.db, parent_id=world.root.id)
    answers = world.answers("chosen", [world.bodies[0]], last=True)
    answers.rule_out = [str(late.id)]
    make_version(world.db, NOW)
    case = world.file(answers)
    [holder] = world.asked(case)
    referring.accept(world.db, case, holder.id, world.actor(holder), NOW)
    make_member(world.db, late)
    make_version(world.db, NOW)

    with pytest.raises(onward.CannotReferThere):
        refer(world, case, holder, late)


def test_looking_marks_an_asked_case_seen_and_read_and_opens_nothing(world: World) -> None:
    case = world.file(world.answers("chosen", [world.bodies[0]], last=True))
    [asked] = world.asked(case)
    desk = world.kits[asked].desk

    assert reading.open_case(world.db, case, desk, world.actor(asked), NOW) is None
    world.db.flush()

    assert state_of(world, case, asked) == [ReferralState.SEEN]
    assert case.state == CaseState.TRIAGED
    assert "case_opened" not in set(world.db.scalars(select(Event.verb)))


def test_each_opening_of_words_is_one_event(world: World) -> None:
    case, holder = accepted(world)
    desk = world.kits[holder].desk

    for _ in range(2):
        assert reading.open_case(world.db, case, desk, world.actor(holder), NOW) is not None
    world.db.flush()

    opened = world.db.scalars(select(Event).where(Event.verb == "case_opened")).all()
    assert [event.organization_id for event in opened] == [holder.id, holder.id]


@pytest.mark.parametrize("says_yes", [True, False])
@pytest.mark.parametrize("kind", list(ReferralKind))
def test_who_asked_her_on_her_page_hears_what_became_of_it(
    world: World, kind: ReferralKind, says_yes: bool
) -> None:
    case, holder = accepted(world, last=False)
    db, to, her = world.db, next(b for b in world.bodies if b is not holder), world.her(case)
    given = onward.Onward(to.id, "nearer", None, "en", kind)
    onward.refer_on(
        db, case, given, world.keys(case, holder), world.desk(holder), world.actor(holder), NOW
    )
    [question] = db.scalars(select(ConsentQuestion))
    returning.answer_question(db, case, question, True, NOW)
    choice = consenting.Choice(to.id, ConsentScope.ALL, "en", kind=kind)
    routed = world.route(consenting.read_answers(db, case.id, her))
    consenting.consent(db, case, choice, her, routed, NOW, asked_by_staff=True)
    db.execute(delete(Notice))

    if says_yes:
        referring.accept(db, case, to.id, world.actor(to), NOW)
    else:
        asking.decline(db, case, to.id, DeclineReason.LANGUAGE, world.actor(to), NOW)

    assert holder.id in set(db.scalars(select(Notice.organization_id)))
