"""Somebody above hears where a name that a desk wrote down leaves nobody who sees a case."""

from sqlalchemy import func, select

from grievance.casework.directory.version import make_version
from grievance.casework.respondents import tying
from grievance.rules.terms import Role
from grievance.store.outbox import Notice
from grievance.store.queue import find_case
from tests.casework.test_respondents import SECRET, agency, made
from tests.casework.test_staff_ties import declared, reader_of
from tests.casework.world import World, accepted
from tests.factories import NOW, make_member, make_organization


def test_somebody_above_hears_where_the_last_who_saw_it_is_tied_by_a_name(world: World) -> None:
    case, body = accepted(world)
    make_member(world.db, world.root, roles=(Role.COORDINATOR,))
    named = make_organization(world.db, parent_id=world.bodies[1].id)
    named.name = "Kintong Bituin"
    make_version(world.db, NOW)
    her = world.kits[body]
    tying.tie_to_body(world.db, declared(her), named.id, name_secret=SECRET)
    before = world.db.scalar(select(func.count()).select_from(Notice))

    made(world, case, body, agency("Kintong Bituin"))

    world.db.flush()
    assert find_case(world.db, reader_of(her), case.id) is None
    assert world.db.scalar(select(func.count()).select_from(Notice)) == before + 1
