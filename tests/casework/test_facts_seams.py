"""Facts corrected: who is kept away by it keeps no key, no help and no mail."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from grievance.casework.directory.version import make_version
from grievance.casework.notices import alerting
from grievance.casework.referral import onward, opinions, referring
from grievance.casework.referral.granting import grant_epochs
from grievance.casework.respondents import tying
from grievance.casework.routes.correcting import Facts, correct_facts, facts_of
from grievance.rules.terms import ConsentVia, ReferralKind
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization
from grievance.store.documents import release_grants
from grievance.store.opinions import Opinion
from grievance.store.outbox import Notice
from grievance.store.queue import find_case
from grievance.store.releases import Release, standing_release
from tests.casework.test_respondents import SECRET, agency, made
from tests.casework.test_staff_ties import declared, desk_of, reader_of
from tests.casework.world import World, accepted, state_of
from tests.factories import NOW, make_member

NAME = "Lotus Blossom Placement"


def held(world: World) -> tuple[Case, Organization, Organization]:
    answers = world.answers("chosen", world.bodies[:1], last=False)
    answers.respondent_kind = ["agency_destination"]
    answers.respondent_names = {"agency_destination": NAME}
    case, body = world.file(answers), world.bodies[0]
    referring.accept(world.db, case, body.id, world.actor(body), NOW)
    return case, body, world.bodies[1]


def correct(world: World, case: Case, body: Organization, other: Organization) -> None:
    other.name, other.names = NAME, {}
    make_version(world.db, NOW)
    correct_facts(
        world.db, case, Facts("TW", None, "care", "ID"), world.keys(case, body),
        seen=facts_of(case).version, confirm_months=12, actor=world.actor(body), now=NOW,
    )  # fmt: skip
    world.db.flush()
    assert world.db.get(CaseExclusion, (case.id, other.id)) is not None


def mails(world: World, body: Organization) -> int:
    query = select(func.count()).where(Notice.organization_id == body.id)
    return world.db.scalar(query) or 0


def test_who_shares_it_loses_it_with_its_keys_and_hears_no_more(world: World) -> None:
    case, body, other = held(world)
    share = onward.Onward(other.id, "", ConsentVia.VOICE, "en", ReferralKind.SHARE)
    onward.refer_on(
        world.db, case, share, world.keys(case, body), world.desk(body), world.actor(body), NOW
    )
    referring.accept(world.db, case, other.id, world.actor(other), NOW)

    correct(world, case, body, other)

    before = mails(world, other)
    alerting.alert_missed(world.db, NOW + timedelta(days=40))
    world.db.flush()
    assert state_of(world, case, other) == ["withdrawn"]
    assert not world.keys(case, other).keys
    assert mails(world, other) == before


def test_who_reads_by_a_release_reads_no_more(world: World) -> None:
    case, body, other = held(world)
    grant_epochs(world.db, case, other.id, world.keys(case, body).keys, NOW)
    release_grants(world.db, case.id, other.id, NOW)
    two = world.kits[body].user_id
    world.db.add(
        Release(
            case_id=case.id, organization_id=other.id, from_organization_id=body.id,
            by_user_id=two, second_user_id=two, epoch=0, released_at=NOW,
        )
    )  # fmt: skip

    correct(world, case, body, other)

    assert standing_release(world.db, case.id, other.id) is None
    assert not world.keys(case, other).keys


def test_a_member_tied_to_it_finds_nothing_from_then_on(world: World) -> None:
    case, body, other = held(world)
    her = make_member(world.db, body)
    tying.tie_to_body(world.db, declared(her), other.id, name_secret=SECRET)
    assert find_case(world.db, reader_of(her), case.id)

    correct(world, case, body, other)

    assert find_case(world.db, reader_of(her), case.id) is None


def test_an_adviser_who_is_kept_away_gets_no_further_word_and_no_mail(world: World) -> None:
    case, body = accepted(world)
    other = next(one for one in world.bodies if one is not body)
    other.name = NAME
    make_version(world.db, NOW)
    desk, actor = desk_of(world, body), world.actor(body)
    asking = opinions.Asking(other.id, "What now?", [], "en")
    opinions.ask_opinion(world.db, case, asking, world.keys(case, body), desk, actor, NOW)
    made(world, case, body, agency(NAME))
    world.db.flush()
    before, one = mails(world, other), world.db.scalars(select(Opinion)).one()

    with pytest.raises(opinions.AdviceOver):
        opinions.write_opinion(world.db, one, "And?", desk, language="en", actor=actor, now=NOW)

    world.db.flush()
    assert mails(world, other) == before
