"""A new key after a dismissal: nothing is lost, who left opens nothing, it may stop anywhere."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from grievance.casework.case import working
from grievance.casework.case.keyring import keys_for_organization
from grievance.casework.members import membership, rotating
from grievance.casework.members.rotating import HoldsNoKey, NothingDue, Portion
from grievance.casework.referral import asking, granting, referring
from grievance.rules.terms import GrantKind, Role
from grievance.sealing.keys import KeyPair
from grievance.store.accounts import membership_between
from grievance.store.cases import Case
from grievance.store.directory import (
    Organization,
    OrganizationKeyShare,
    current_key,
    key_versions,
)
from grievance.store.documents import Grant, organization_grants
from grievance.store.events import OPERATOR, Event
from tests.casework.world import World, accepted
from tests.factories import NOW, MemberKit, leave, make_member


def due(world: World, body: Organization) -> MemberKit:
    """Somebody held the key and has left."""
    kit = make_member(world.db, body)
    leave(world.db, kit)
    return kit


def rotate(world: World, body: Organization, portion: int = 100) -> Portion:
    kit = world.kits[body]
    done = rotating.rotate(world.db, kit.desk, kit.actor, NOW, portion=portion)
    world.db.flush()
    return done


def waiting(world: World, body: Organization, cases: int = 1) -> list[Case]:
    found = []
    for _ in range(cases):
        world.pair = KeyPair.generate()
        found.append(world.file(world.answers("chosen", [body], last=False)))
    return found


def versions(world: World, body: Organization) -> list[int]:
    return [key.version for key in key_versions(world.db, body.id)]


def told(world: World, verb: str) -> list[dict[str, object]]:
    world.db.flush()
    return list(world.db.scalars(select(Event.details).where(Event.verb == verb)))


def test_all_that_was_sealed_opens_as_before_and_the_old_key_is_gone(world: World) -> None:
    case, holder = accepted(world, last=False)
    opened = world.keys(case, holder)
    working.note(world.db, case, "Kanaryo", opened, actor=world.actor(holder), now=NOW)
    before = world.keys(case, holder)
    gone = due(world, holder)

    done = rotate(world, holder)

    assert (done.sealed, done.left, done.finished) == (2, 0, True)
    after = world.keys(case, holder)
    assert (after.keys, after.notes_keys) == (before.keys, before.notes_keys)
    assert versions(world, holder) == [2]
    held = world.db.scalars(select(OrganizationKeyShare.user_id)).all()
    assert gone.user_id not in held
    assert keys_for_organization(
        organization_grants(world.db, case.id, holder.id, released_only=True),
        gone.organization_privates,
    ) == {}  # fmt: skip


def test_what_waits_for_acceptance_is_sealed_anew_and_still_waits(world: World) -> None:
    body = world.bodies[1]
    [case] = waiting(world, body)
    due(world, body)
    rotate(world, body)

    assert world.keys(case, body).keys == {}
    referring.accept(world.db, case, body.id, world.actor(body), NOW)

    assert set(world.keys(case, body).keys) == {0}


def test_in_the_middle_of_it_a_desk_is_asked_accepts_and_reads(world: World) -> None:
    """By the old key, which it still holds: it is passed over for no lack of keys."""
    first, second = world.bodies[:2]
    case = world.file(world.answers("chosen", [first, second], last=False))
    [asked] = world.asked(case)
    other = second if asked is first else first
    more = waiting(world, other, 3)
    due(world, other)
    assert not rotate(world, other, portion=1).finished
    open_case = next(one for one in more if not _is_new(world, one, other))

    asking.decline(
        world.db, case, asked.id, asking.DeclineReason.NO_CAPACITY, world.actor(asked), NOW
    )
    referring.accept(world.db, open_case, other.id, world.actor(other), NOW)
    world.db.flush()

    assert world.asked(case) == [other]
    assert set(world.keys(open_case, other).keys) == {0}


def _is_new(world: World, case: Case, body: Organization) -> bool:
    key = current_key(world.db, body.id)
    assert key
    grants = organization_grants(world.db, case.id, body.id, released_only=False)
    return {g.key_version for g in grants} == {key.version}


def test_it_goes_on_where_it_stopped_in_anybodys_session(world: World) -> None:
    body = world.bodies[0]
    other = make_member(world.db, body)
    cases = waiting(world, body, 5)
    due(world, body)

    first = rotate(world, body, portion=2)
    world.kits[body] = other
    second = rotate(world, body, portion=2)
    third = rotate(world, body, portion=2)

    assert [(one.sealed, one.left) for one in (first, second, third)] == [(2, 3), (2, 1), (1, 0)]
    assert (second.finished, third.finished) == (False, True)
    assert all(_is_new(world, case, body) for case in cases)
    with pytest.raises(NothingDue):
        rotate(world, body)


def test_a_portion_that_was_not_kept_is_done_again(world: World) -> None:
    body = world.bodies[0]
    cases = waiting(world, body, 3)
    due(world, body)
    rotate(world, body, portion=1)
    world.db.commit()
    rotate(world, body, portion=1)
    world.db.rollback()

    done = rotate(world, body)

    assert (done.sealed, done.finished) == (2, True)
    assert all(_is_new(world, case, body) for case in cases)


def test_new_grants_come_under_the_new_key_while_old_ones_wait(world: World) -> None:
    body = world.bodies[0]
    old = waiting(world, body, 2)
    due(world, body)
    rotate(world, body, portion=1)
    [new] = waiting(world, body)

    assert _is_new(world, new, body)
    assert not all(_is_new(world, case, body) for case in old)
    assert rotate(world, body).finished


def test_where_a_key_was_granted_anew_meanwhile_one_grant_stays_and_stays_released(
    world: World,
) -> None:
    case, holder = accepted(world, last=False)
    keys = dict(world.keys(case, holder).keys)
    due(world, holder)
    rotate(world, holder, portion=0)
    granting.grant_epochs(world.db, case, holder.id, keys, NOW)  # it would wait
    both = organization_grants(world.db, case.id, holder.id, released_only=False)
    assert {(g.key_version, g.released_at) for g in both} == {(1, NOW), (2, None)}

    assert rotate(world, holder).finished

    [kept] = organization_grants(world.db, case.id, holder.id, released_only=False)
    assert (kept.key_version, kept.released_at) == (2, NOW)
    assert dict(world.keys(case, holder).keys) == keys


def test_a_dismissal_in_the_middle_makes_a_third_version(world: World) -> None:
    body = world.bodies[0]
    cases = waiting(world, body, 3)
    second = make_member(world.db, body)
    due(world, body)
    rotate(world, body, portion=1)
    leave(world.db, second)

    assert rotating.standing(world.db, body.id).due
    assert rotate(world, body).finished

    assert versions(world, body) == [3]
    assert all(_is_new(world, case, body) for case in cases)


def test_who_joins_in_the_middle_opens_old_and_new(world: World) -> None:
    body = world.bodies[0]
    cases = waiting(world, body, 2)
    due(world, body)
    rotate(world, body, portion=1)
    newcomer = make_member(world.db, body, confirmed=False)
    _confirm(world, body, newcomer, _privates(world, body))

    world.kits[body] = newcomer
    for case in cases:
        referring.accept(world.db, case, body.id, world.actor(body), NOW)
        world.db.flush()
        assert set(world.keys(case, body).keys) == {0}


def _confirm(
    world: World, body: Organization, newcomer: MemberKit, privates: dict[int, bytes]
) -> None:
    seat = membership_between(world.db, newcomer.user_id, body.id)
    assert seat
    by = membership.Confirmer(world.kits[body].user_id, privates)
    mark = membership.fingerprint(newcomer.fingerprint_key)
    membership.confirm(world.db, seat, by, compared=mark, actor=world.actor(body), now=NOW)
    world.db.flush()


def _privates(world: World, body: Organization) -> dict[int, bytes]:
    kit = world.kits[body]
    return rotating.organization_privates(
        world.db, user_id=kit.user_id, user_private=kit.private_key, organization_id=body.id
    )


def test_nobody_is_confirmed_with_keys_that_were_opened_before_the_new_one(world: World) -> None:
    """She would lack the version in force, and hold nothing once the old one is gone."""
    body = world.bodies[0]
    stale = _privates(world, body)
    due(world, body)
    rotate(world, body)
    newcomer = make_member(world.db, body, confirmed=False)

    with pytest.raises(membership.NeedsKeyHolder):
        _confirm(world, body, newcomer, stale)


def test_who_holds_no_key_or_was_dismissed_meanwhile_makes_none(world: World) -> None:
    body = world.bodies[0]
    second = make_member(world.db, body)
    administrator = make_member(world.db, body, roles=(Role.ADMINISTRATOR,))
    leave(world.db, second)

    for kit in (second, administrator):
        with pytest.raises(HoldsNoKey):
            rotating.rotate(world.db, kit.desk, OPERATOR, NOW)
    assert versions(world, body) == [1]


def test_a_key_that_nobody_holds_any_more_keeps_nothing_from_ending(world: World) -> None:
    """Cases sealed to it wait for the worker; the first member's own key needs no rotation."""
    body = world.bodies[0]
    waiting(world, body)
    leave(world.db, world.kits[body], lose_key=True)
    world.forget_key(body)
    world.kits[body] = make_member(world.db, body)

    assert rotating.standing(world.db, body.id) == rotating.Standing(False, False, 0)
    due(world, body)
    assert rotate(world, body).finished
    assert versions(world, body) == [1, 3]  # the worker may still be told by it why nobody reads


def test_a_damaged_grant_is_left_and_the_others_go_on(world: World) -> None:
    body = world.bodies[0]
    cases = waiting(world, body, 3)
    [spoilt] = organization_grants(world.db, cases[1].id, body.id, released_only=False)
    spoilt.sealed = type(spoilt.sealed)(spoilt.sealed[:-1] + bytes([spoilt.sealed[-1] ^ 1]))
    due(world, body)

    done = rotate(world, body)

    assert (done.sealed, done.left, done.finished) == (2, 1, False)
    assert versions(world, body) == [1, 2]


def test_the_trail_tells_counts_alone(world: World) -> None:
    body = world.bodies[0]
    waiting(world, body, 3)
    due(world, body)
    rotate(world, body, portion=1)
    rotate(world, body, portion=1)
    rotate(world, body, portion=1)

    assert told(world, "rotation_begun") == [{"version": 2, "holders": 1}]
    assert told(world, "rotation_continued") == [{"keys": 1, "left": 1}]
    assert told(world, "rotation_finished") == [{"keys": 1}]
    rows = world.db.scalars(select(Event).where(Event.verb.like("rotation%"))).all()
    assert {(row.case_id, row.organization_id) for row in rows} == {(None, body.id)}


def test_nothing_is_released_and_no_time_changes(world: World) -> None:
    body = world.bodies[0]
    waiting(world, body, 2)
    query = select(Grant.case_id, Grant.released_at, Grant.made_at).where(
        Grant.organization_id == body.id, Grant.kind == GrantKind.CONTENT
    )
    before = {tuple(row) for row in world.db.execute(query)}
    due(world, body)
    rotate(world, body)

    assert {tuple(row) for row in world.db.execute(query)} == before
    assert {at for _, _, at in before} == {NOW - timedelta(minutes=30)}
