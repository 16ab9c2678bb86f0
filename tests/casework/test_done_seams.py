"""Who shared a case and is done with it has it in no group and asks for no form."""

from dataclasses import replace

from grievance.casework.case import grouping
from grievance.casework.referral import holding, onward, paper, referring
from grievance.casework.referral.paper_consent import her_forms
from grievance.rules.terms import ConsentVia, PaperState, ReferralKind, ReferralState
from grievance.store.groups import said_to_be_several
from tests.casework.test_paper import ASKED, TODAY
from tests.casework.test_staff_ties import desk_of
from tests.casework.world import World, accepted
from tests.factories import NOW


def test_a_service_that_ended_leaves_group_and_forms(world: World) -> None:
    case, body = accepted(world)
    other = next(one for one in world.bodies if one is not body)
    share = onward.Onward(other.id, "", ConsentVia.VOICE, "en", ReferralKind.SHARE)
    onward.refer_on(
        world.db, case, share, world.keys(case, body), world.desk(body), world.actor(body), NOW
    )
    actor = world.actor(other)
    referring.accept(world.db, case, other.id, actor, NOW)
    group = grouping.start_group(world.db, [case], "x", desk_of(world, other), actor, NOW)
    group.may_say = True
    paper.make_form(
        world.db, case, replace(ASKED), world.keys(case, other), today=TODAY, actor=actor, now=NOW
    )

    holding.set_service(world.db, case, other.id, ReferralState.COMPLETED, actor, NOW)

    assert not said_to_be_several(world.db, case.id)
    [form] = her_forms(world.db, case, world.her(case), TODAY)
    assert form.state == PaperState.ENDED
