"""Who is named on a desk's record and joins the network later, or ties itself to one that is named,
is not asked about the case by that desk: not with her word, not in danger, not for advice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from grievance.casework.case import releasing
from grievance.casework.directory.ties import declare_tie
from grievance.casework.directory.version import load_directory, make_version
from grievance.casework.referral import holding, onward, opinions, paper
from grievance.casework.referral.conflicting import conflicts_by
from grievance.casework.referral.eligible import cannot_be_asked
from grievance.casework.referral.paper_bodies import NeverOnPaper
from grievance.casework.report.answers import Answers
from grievance.casework.respondents.register import details_about
from grievance.casework.routes import correcting
from grievance.rules.terms import (
    ConsentVia,
    OrganizationKind,
    PassedOver,
    ReferralState,
    RespondentKind,
    TieReason,
    Urgency,
)
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.events import OPERATOR
from grievance.store.opinions import opinions_of_case
from grievance.store.referrals import ConsentQuestion, referrals_of
from tests.casework.test_paper import TODAY, WANTED
from tests.casework.test_respondents import agency, made, sees
from tests.casework.world import World, accepted, refer
from tests.factories import NOW, make_member, make_organization

NAME = "Golden Star Placement"
LATER = NOW + timedelta(hours=2)
Named = tuple[Case, Organization, Organization]


def joins(world: World, case: Case, holder: Organization, other: Organization) -> None:
    """It was a listing when the desk named it."""
    other.name, other.partner = NAME, False
    make_version(world.db, NOW)
    made(world, case, holder, agency(NAME))
    other.partner = True
    make_version(world.db, NOW)


def ties_itself(world: World, case: Case, holder: Organization, other: Organization) -> None:
    """It says later that it is tied to the one that the desk named."""
    listed = make_organization(world.db, name=NAME, partner=False, service=False)
    make_version(world.db, NOW)
    made(world, case, holder, agency(NAME))
    declare_tie(world.db, other.id, listed.id, TieReason.SAME_OWNER, actor=OPERATOR, now=NOW)


@pytest.fixture(params=[joins, ties_itself])
def named(request: pytest.FixtureRequest, world: World) -> Named:
    """A case in danger, who holds it, and who came to be in conflict by the holder's record."""
    case, holder = accepted(world, last=False)
    case.urgency = Urgency.U0
    other = next(one for one in world.bodies if one is not holder)
    come: Callable[..., None] = request.param
    come(world, case, holder, other)
    world.db.flush()
    assert sees(world, case, holder)
    return case, holder, other


@pytest.mark.parametrize("via", [ConsentVia.VOICE, None])
def test_it_is_not_referred_to(world: World, named: Named, via: ConsentVia | None) -> None:
    case, holder, other = named

    with pytest.raises(onward.CannotReferThere):
        refer(world, case, holder, other, via)

    assert other.id not in world.granted(case)
    assert all(row.organization_id != other.id for row in referrals_of(world.db, case.id))
    assert not world.db.scalars(select(ConsentQuestion)).all()
    free = next(one for one in world.bodies if one not in {holder, other})
    assert refer(world, case, holder, free)


@pytest.mark.parametrize("come", [joins, ties_itself])
@pytest.mark.parametrize("act", ["given back", "corrected"])
def test_it_is_asked_no_more_where_it_waits_in_line(
    world: World, come: Callable[..., None], act: str
) -> None:
    case, holder = accepted(world, *world.bodies[1:3], last=False)
    row, after = (r for r in referrals_of(world.db, case.id) if r.organization_id != holder.id)
    other = world.db.get_one(Organization, row.organization_id)
    come(world, case, holder, other)
    opened, desk, actor = world.keys(case, holder), world.desk(holder), world.actor(holder)
    assert (row.state, after.state) == (ReferralState.WAITING, ReferralState.WAITING)

    if act == "given back":
        holding.give_back(world.db, case, "full", opened, desk, actor, NOW)
    else:
        facts = correcting.facts_of(case)
        correcting.correct_facts(
            world.db, case, replace(facts, nationality="ID"), opened, desk, seen=facts.version,
            confirm_months=12, actor=actor, now=NOW,
        )  # fmt: skip
    world.db.flush()

    # Who owns the case after it was given back may have no key to the words it follows from.
    why = PassedOver.CONFLICT if act == "corrected" else None
    assert (row.state, row.reason) == (ReferralState.PASSED_OVER, why)
    assert other.id not in world.granted(case)
    assert cannot_be_asked(world.db, case, other.id, TODAY) == PassedOver.CONFLICT
    assert after.state == (ReferralState.SENT if act == "given back" else ReferralState.WAITING)


@pytest.mark.parametrize("act", ["given back", "corrected"])
def test_where_it_oversees_the_nearest_above_does(world: World, act: str) -> None:
    region = make_organization(world.db, parent_id=world.root.id)
    make_member(world.db, region)
    make_version(world.db, NOW)
    case, holder = accepted(world, last=False)
    case.overseer_id = region.id
    ties_itself(world, case, holder, region)
    opened, desk, actor = world.keys(case, holder), world.desk(holder), world.actor(holder)

    if act == "corrected":
        facts = correcting.facts_of(case)
        correcting.correct_facts(
            world.db, case, replace(facts, nationality="ID"), opened, desk, seen=facts.version,
            confirm_months=12, actor=actor, now=NOW,
        )  # fmt: skip
    holding.give_back(world.db, case, "full", opened, desk, actor, NOW)
    world.db.flush()

    assert case.owner_id == case.overseer_id == world.root.id
    assert cannot_be_asked(world.db, case, region.id, TODAY) == PassedOver.CONFLICT


def test_it_reads_nothing_by_two_persons(world: World, named: Named) -> None:
    case, holder, other = named
    make_member(world.db, holder)
    wanted = releasing.Wanted(other.id, "locked in")
    opened, desk, actor = world.keys(case, holder), world.desk(holder), world.actor(holder)

    with pytest.raises(releasing.CannotRelease):
        releasing.release(world.db, case, wanted, desk, opened, actor, LATER)

    assert other.id not in world.granted(case)
    free = next(one for one in world.bodies if one not in {holder, other})
    with pytest.raises(releasing.SecondAgrees):
        releasing.release(
            world.db, case, releasing.Wanted(free.id, "locked in"), desk, opened, actor, LATER
        )


def test_it_is_not_asked_for_advice(world: World, named: Named) -> None:
    case, holder, other = named
    opened, desk, actor = world.keys(case, holder), world.desk(holder), world.actor(holder)
    asking = opinions.Asking(other.id, "What now?", [], "en")

    offered = {row[0] for row in opinions.advisers(world.db, case, opened.keys, desk, TODAY)}

    assert other.id not in offered
    assert {one.id for one in world.bodies} - {holder.id, other.id} <= offered
    with pytest.raises(opinions.CannotAdvise):
        opinions.ask_opinion(world.db, case, asking, opened, desk, actor, NOW)


def test_it_is_asked_nothing_further_where_advice_had_begun(world: World) -> None:
    case, holder = accepted(world)
    other = next(one for one in world.bodies if one is not holder)
    desk, actor = world.desk(holder), world.actor(holder)
    asking = opinions.Asking(other.id, "What now?", [], "en")
    opinions.ask_opinion(world.db, case, asking, world.keys(case, holder), desk, actor, NOW)
    [one] = opinions_of_case(world.db, case.id, holder.id)
    opinions.write_opinion(world.db, one, "And then?", desk, language="en", actor=actor, now=NOW)

    ties_itself(world, case, holder, other)

    with pytest.raises(opinions.AdviceOver):
        opinions.write_opinion(
            world.db, one, "She said that", desk, language="en", actor=actor, now=NOW
        )


def test_a_tied_body_gets_no_paper(world: World) -> None:
    case, holder = accepted(world)
    other = make_organization(world.db, name="Lotus Rest", partner=False, service=False)
    ties_itself(world, case, holder, other)
    records = tuple(details_about(world.db, world.desk(holder), case.id))
    wanted = paper.Wanted(**{**vars(WANTED), "listing_id": other.id, "records": records})

    with pytest.raises(NeverOnPaper):
        paper.make_form(
            world.db, case, wanted, world.keys(case, holder), today=TODAY,
            actor=world.actor(holder), now=NOW,
        )  # fmt: skip


def test_who_reads_from_a_later_word_on_keeps_offices_away_all_the_same(world: World) -> None:
    case, _ = accepted(world)
    office = make_organization(world.db, kind=OrganizationKind.CONSULATE, partner=False)
    make_version(world.db, NOW)
    case.respondent_kinds = [RespondentKind.CONSULATE]
    later = Answers(channel="chat", contact="new number")

    away = conflicts_by(case, later, [], load_directory(world.db))

    assert str(office.id) in away
