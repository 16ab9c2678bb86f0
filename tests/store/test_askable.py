"""What a desk is offered to refer a case on to."""

from sqlalchemy.orm import Session

from grievance.store.askable import askable
from grievance.store.cases import CaseExclusion
from tests.casework.world import World, accepted, refer


def test_who_is_kept_away_is_asked_or_holds_the_case_is_not_offered(db: Session) -> None:
    world = World.make(db, partners=4)
    case, holder = accepted(world)
    away, asked, free = world.bodies[1:]
    db.add(CaseExclusion(case_id=case.id, organization_id=away.id))
    db.flush()
    assert refer(world, case, holder, asked)

    assert {one.id for one in askable(db, case.id, world.root.id)} == {free.id}
    assert {one.id for one in askable(db, case.id, holder.id)} == {free.id, world.root.id}
