"""What a desk is offered to refer a case on to."""

from sqlalchemy.orm import Session

from grievance.store.askable import askable, further_names
from grievance.store.cases import CaseExclusion
from tests.casework.world import World, accepted, refer
from tests.factories import make_organization


def test_who_is_kept_away_is_asked_or_holds_the_case_is_not_offered(db: Session) -> None:
    world = World.make(db, partners=4)
    case, holder = accepted(world)
    away, asked, free = world.bodies[1:]
    db.add(CaseExclusion(case_id=case.id, organization_id=away.id))
    db.flush()
    assert refer(world, case, holder, asked)

    assert {one.id for one in askable(db, case.id, world.root.id)} == {free.id}
    assert {one.id for one in askable(db, case.id, holder.id)} == {free.id, world.root.id}


def test_a_partner_has_every_other_name_and_who_is_none_has_none(db: Session) -> None:
    named = {"names": {"zh-Hant": "白恩逢庇護所"}, "aliases": ["Bethune"]}
    one, listing = make_organization(db, **named), make_organization(db, partner=False, **named)
    closed = make_organization(db, active=False, **named)

    found = further_names(db)

    assert found[one.id] == ["白恩逢庇護所", "Bethune"]
    assert not found.keys() & {listing.id, closed.id}
