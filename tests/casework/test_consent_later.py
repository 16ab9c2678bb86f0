"""Whom she may ask later, who is never asked, and who loses sight of a case (design.md 4 to 6)."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.directory.version import make_version
from grievance.casework.referral import asking, consenting, holding, onward, referring
from grievance.rules.terms import (
    NEVER_ASKED,
    ConsentScope,
    ConsentVia,
    DeclineReason,
    OrganizationKind,
    ReferralState,
    Role,
)
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization
from grievance.store.documents import delete_grants
from grievance.store.outbox import Notice
from grievance.store.queue import Reader, find_case
from grievance.store.referrals import Consent
from tests.casework.world import World, accepted, refer, state_of
from tests.factories import NOW, make_member, make_organization


def consents_to(world: World, case: Case, body: Organization, *, by_staff: bool = False) -> None:
    """She agrees to one organization from her page."""
    her = world.her(case)
    choice = consenting.Choice(body.id, ConsentScope.ALL, "en")
    routed = world.route(consenting.read_answers(world.db, case.id, her))
    consenting.consent(world.db, case, choice, her, routed, NOW, asked_by_staff=by_staff)
    world.db.flush()


@pytest.mark.parametrize("kind", sorted(NEVER_ASKED))
def test_official_bodies_and_agencies_are_never_asked_whatever_the_directory_says(
    world: World, kind: OrganizationKind
) -> None:
    case, holder = accepted(world)
    body = make_organization(world.db, parent_id=world.root.id, kind=kind)
    make_member(world.db, body)
    make_version(world.db, NOW)

    for via in (None, ConsentVia.VOICE):
        with pytest.raises(onward.CannotReferThere):
            refer(world, case, holder, body, via=via)
    with pytest.raises(consenting.NotOffered):
        consents_to(world, case, body, by_staff=True)
    assert body.id not in world.granted(case)


def test_one_that_waits_is_passed_over_once_it_is_kept_away(world: World) -> None:
    case = world.file(world.answers("chosen", world.bodies[:2], last=False))
    [first] = world.asked(case)
    other = next(body for body in world.bodies[:2] if body is not first)
    world.db.add(CaseExclusion(case_id=case.id, organization_id=other.id))

    asking.decline(world.db, case, first.id, DeclineReason.OTHER, world.actor(first), NOW)

    assert (world.asked(case), state_of(world, case, other)) == ([], ["passed_over"])


def test_a_respondent_that_gets_its_keys_later_is_kept_away(world: World) -> None:
    late = make_organization(world.db, parent_id=world.root.id, name="Sunrise Manpower Cooperative")
    make_version(world.db, NOW)
    answers = world.answers("chosen", [world.bodies[0]], last=True)
    answers.respondent_kind = ["other_worker"]
    answers.respondent_names = {"other_worker": "Sunrise Manpower Cooperative"}
    world.file(answers)
    make_member(world.db, late)
    make_version(world.db, NOW)

    excluded = set(world.db.scalars(select(CaseExclusion.organization_id)))

    assert late.id in excluded


def test_a_respondent_that_enters_the_directory_later_is_kept_away(world: World) -> None:
    answers = world.answers("chosen", [world.bodies[0]], last=True)
    answers.respondent_names = {"broker": "Sunrise Manpower Cooperative"}
    case = world.file(answers)
    [holder] = world.asked(case)
    referring.accept(world.db, case, holder.id, world.actor(holder), NOW)
    about, other = (
        make_organization(world.db, parent_id=world.root.id, name=name)
        for name in ("SUNRISE Manpower Cooperative Ltd", "Harbour Workers Circle")
    )
    for body in (about, other):
        make_member(world.db, body)
    make_version(world.db, NOW)

    with pytest.raises(onward.CannotReferThere):
        refer(world, case, holder, about)
    assert refer(world, case, holder, other)
    with pytest.raises(consenting.NotOffered):  # nor by her yes to a question of before
        consents_to(world, case, about, by_staff=True)
    assert about.id not in world.granted(case)


def test_asked_again_after_its_time_ran_out(world: World) -> None:
    case = world.file(world.answers("chosen", [world.bodies[0]], last=False))
    [body] = world.asked(case)
    asking.expire_due(world.db, NOW + timedelta(days=15))
    assert world.asked(case) == []

    consents_to(world, case, body)

    assert world.asked(case) == [body]
    assert len(world.db.scalars(select(Consent)).all()) == 1
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    assert world.keys(case, body).keys.keys() == {0}


def test_alone_in_the_network_the_owner_may_still_take_a_case_it_let_slip(db: Session) -> None:
    alone = World.make(db, partners=0)
    case = alone.file(alone.answers("chosen", [alone.root], last=False))
    asking.expire_due(db, NOW + timedelta(days=15))
    assert (case.owner_id, alone.keys(case, alone.root).keys) == (alone.root.id, {})

    referring.accept(db, case, alone.root.id, alone.actor(alone.root), NOW)

    assert alone.keys(case, alone.root).keys.keys() == {0}
    assert case.accepted_at is not None


def test_an_owner_takes_nothing_without_her_consent_or_from_another(world: World) -> None:
    case = world.file(world.answers("chosen", [world.bodies[0]], last=False))
    with pytest.raises(referring.NotAsked):
        referring.accept(world.db, case, world.root.id, world.actor(world.root), NOW)

    consented = world.file(world.answers("chosen", [world.bodies[0]], last=True))
    with pytest.raises(referring.NotAsked):
        referring.accept(world.db, consented, world.root.id, world.actor(world.root), NOW)


def test_after_she_takes_it_from_one_she_may_ask_one_that_waits(world: World) -> None:
    case = world.file(world.answers("chosen", world.bodies[:2], last=False))
    [first] = world.asked(case)
    other = next(body for body in world.bodies[:2] if body is not first)
    consenting.withdraw(world.db, case, first.id, world.her(case), NOW)
    assert world.asked(case) == []

    consents_to(world, case, other)

    assert world.asked(case) == [other]
    assert state_of(world, case, other) == [ReferralState.SENT]


def test_her_later_choice_waits_while_another_is_asked_and_comes_next(world: World) -> None:
    case, holder = accepted(world)
    second, third = (body for body in world.bodies if body is not holder)
    refer(world, case, holder, second)

    consents_to(world, case, third)
    assert state_of(world, case, third) == [ReferralState.WAITING]
    asking.decline(world.db, case, second.id, DeclineReason.OTHER, world.actor(second), NOW)

    assert set(world.asked(case)) == {holder, third}


def test_keys_that_were_never_granted_come_with_her_own_consent(world: World) -> None:
    case = world.file(world.answers("chosen", [world.bodies[0]], last=False))
    [body] = world.asked(case)
    delete_grants(world.db, case.id, body.id)
    with pytest.raises(referring.SealedToAnOldKey):
        referring.accept(world.db, case, body.id, world.actor(body), NOW)

    consents_to(world, case, body)
    referring.accept(world.db, case, body.id, world.actor(body), NOW)

    assert world.keys(case, body).keys.keys() == {0}


def test_who_handed_the_case_on_sees_nothing_after_she_took_it_back(world: World) -> None:
    case, holder = accepted(world)
    refer(world, case, holder, world.bodies[1])
    second = world.bodies[1]
    referring.accept(world.db, case, second.id, world.actor(second), NOW)
    reader = Reader(holder.id, world.kits[holder].user_id, frozenset({holder.id}), NOW)
    world.db.flush()
    assert find_case(world.db, reader, case.id) is not None

    consenting.withdraw(world.db, case, holder.id, world.her(case), NOW)
    world.db.flush()

    assert find_case(world.db, reader, case.id) is None


def test_given_back_by_the_only_organization_it_stays_in_its_list(db: Session) -> None:
    alone = World.make(db, partners=0)
    make_member(db, alone.root, roles=(Role.COORDINATOR,))
    case = alone.file(alone.answers("chosen", [alone.root], last=False))
    referring.accept(db, case, alone.root.id, alone.actor(alone.root), NOW)
    opened = alone.keys(case, alone.root)

    holding.give_back(
        db, case, "a relative of mine", opened, alone.desk(alone.root), alone.actor(alone.root), NOW
    )
    db.flush()

    assert (case.owner_id, case.asked_all) == (alone.root.id, True)
    assert alone.keys(case, alone.root).keys == {}
    assert "nobody_took_it" in set(db.scalars(select(Notice.kind)))


def test_a_secretariat_that_is_kept_away_is_not_alerted(world: World) -> None:
    make_member(world.db, world.root, roles=(Role.COORDINATOR,))
    answers = world.answers("chosen", [world.bodies[0]], last=False)
    answers.rule_out = [str(world.root.id)]
    case = world.file(answers)
    [body] = world.asked(case)

    asking.decline(world.db, case, body.id, DeclineReason.OTHER, world.actor(body), NOW)
    world.db.flush()

    assert case.asked_all
    assert "nobody_took_it" not in set(world.db.scalars(select(Notice.kind)))


def test_a_paused_organization_is_not_referred_to(world: World) -> None:
    case, holder = accepted(world)
    world.bodies[1].paused = True

    with pytest.raises(onward.CannotReferThere):
        refer(world, case, holder, world.bodies[1])

    assert world.bodies[1].id not in world.granted(case)
