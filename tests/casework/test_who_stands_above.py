"""A consulate or agency that stands above others in the tree has no say over them."""

import pytest
from sqlalchemy.orm import Session

from grievance.casework.case.closing import closers_above
from grievance.casework.directory.version import make_version
from grievance.casework.members import membership
from grievance.rules.terms import NEVER_ASKED, MembershipState, OrganizationKind, Role
from grievance.store.accounts import memberships_of
from grievance.store.cases import Case
from grievance.store.directory import Organization, ancestors, subtree
from grievance.store.queue import Filters, Reader, count_cases
from grievance.web.staff import load_desk
from tests.casework.world import World
from tests.factories import NOW, MemberKit, make_member, make_organization

LEADS = (Role.COORDINATOR, Role.ORGANIZER)


@pytest.fixture(params=sorted(NEVER_ASKED))
def office(db: Session, request: pytest.FixtureRequest) -> tuple[World, Organization, MemberKit]:
    """An official body or agency between the root and one partner, and its coordinator."""
    world = World.make(db, partners=1)
    kind: OrganizationKind = request.param
    between = make_organization(db, kind=kind, parent_id=world.root.id)
    world.bodies[0].parent_id = between.id
    leads = make_member(db, between, roles=LEADS)
    make_version(db, NOW)
    db.flush()
    return world, between, leads


def ordinary(world: World) -> Case:
    return world.file(world.answers("chosen", world.bodies[:1], last=False))


def listed(world: World, kit: MemberKit) -> int:
    desk = load_desk(world.db, kit.user_id)
    assert desk is not None
    reader = Reader(desk.organization_id, desk.user_id, desk.scope, NOW)
    return count_cases(world.db, reader, Filters())[0]


def test_it_lists_no_case_of_what_is_below(office: tuple[World, Organization, MemberKit]) -> None:
    world, between, leads = office
    chief = make_member(world.db, world.root, roles=LEADS)
    ordinary(world)

    assert listed(world, leads) == 0
    assert subtree(world.db, between.id) == {between.id}
    assert listed(world, world.kits[world.bodies[0]]) == 1
    assert listed(world, chief) == 1  # the root still sees through it


def test_its_coordinator_is_no_second_person_and_oversees_nothing(
    office: tuple[World, Organization, MemberKit],
) -> None:
    world, _, _ = office
    chief = make_member(world.db, world.root, roles=LEADS)
    case = ordinary(world)
    case.owner_id = world.bodies[0].id

    assert closers_above(world.db, case) == {world.root.id: {chief.user_id}}
    assert ancestors(world.db, world.bodies[0].id) == {world.root.id}
    routed = world.route(world.answers("chosen", world.bodies[:1], last=True))
    assert routed.overseer == str(world.root.id)


def test_its_coordinator_confirms_no_first_member_below(
    office: tuple[World, Organization, MemberKit],
) -> None:
    world, between, leads = office
    chief = make_member(world.db, world.root, roles=LEADS)
    fresh = make_organization(world.db, parent_id=between.id)
    waits = make_member(world.db, fresh, roles=LEADS, confirmed=False)
    [seat] = memberships_of(world.db, waits.user_id, state=MembershipState.ACTIVATED)

    assert not membership.may_confirm(world.db, seat, leads.user_id)
    assert membership.may_confirm(world.db, seat, chief.user_id)
