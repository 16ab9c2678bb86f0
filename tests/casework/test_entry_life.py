"""A listing becomes a partner by its own yes; an entry that closes loses no worker's case."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.case.reading import OpenedCase, holds
from grievance.casework.directory import life
from grievance.casework.directory.entries import set_paused, set_room
from grievance.casework.directory.leaving import leave_cases
from grievance.casework.directory.listing import import_directory, load_reference
from grievance.casework.directory.ties import declare_tie
from grievance.casework.directory.version import load_directory, make_version
from grievance.casework.members.inviting import AlreadyMember, Invited, NoDeskThere, invite
from grievance.casework.referral import questions, referring
from grievance.casework.referral.holding import set_service
from grievance.casework.report.answers import Answers
from grievance.casework.routes.routing import route_answers
from grievance.rules.entry_life import TERMS_VERSION
from grievance.rules.terms import (
    OrganizationKind,
    ReferralState,
    Role,
    TieReason,
    Urgency,
)
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization, ancestors, subtree
from grievance.store.entry_life import Held, held_by
from grievance.store.events import OPERATOR, Actor, Event
from grievance.store.listings import listed_in
from grievance.store.questions import questions_of
from grievance.store.queue import Reader, find_case
from grievance.store.taxonomy import taxonomy
from tests.casework.test_releasing import asks, press
from tests.casework.world import World, accepted
from tests.casework.world import state_of as referral_states
from tests.factories import NOW, TODAY, make_member, make_organization, make_root

FIRST = life.FirstMember("first@example.org", "Ana", Role.COORDINATOR, "en", notify=False)
BY = Actor("staff", UUID(int=7))  # type: ignore[arg-type]


def listing(db: Session, **given: object) -> Organization:
    return make_organization(db, partner=False, confirmed_on=None, **given)


def invited(db: Session, body: Organization, first: life.FirstMember = FIRST) -> Invited:
    return life.invite_entry(db, body.id, first, actor=BY, now=NOW)


def routable(db: Session, body: Organization) -> bool:
    found = load_directory(db).bodies.get(str(body.id))
    return found is not None and found.partner


def verbs(db: Session, body: Organization) -> list[str]:
    query = select(Event.verb).where(Event.organization_id == body.id)
    return list(db.scalars(query.order_by(Event.at, Event.id)))


def test_a_listing_is_invited_then_says_yes_itself_and_only_then_may_be_asked(db: Session) -> None:
    root = make_root(db)
    body = listing(db, listed_from="somewhere")  # it hangs below nobody yet

    made = invited(db, body)

    assert made.code
    assert (body.parent_id, body.listed_from, body.invited_on) == (root.id, None, TODAY)
    assert not routable(db, body)

    life.accept_terms(db, body.id, Actor("staff", made.user.id, body.id), NOW)  # type: ignore[arg-type]

    assert routable(db, body)
    assert (body.terms_version, body.terms_on, body.terms_by) == (
        TERMS_VERSION, TODAY, made.user.id,
    )  # fmt: skip
    assert body.confirmed_on == TODAY
    assert sorted(verbs(db, body)) == ["entry_invited", "terms_accepted", "user_invited"]


def test_whoever_was_not_invited_accepts_nothing_and_has_no_desk(db: Session) -> None:
    make_root(db)
    body = listing(db)

    with pytest.raises(life.NotNow):
        life.accept_terms(db, body.id, BY, NOW)
    with pytest.raises(NoDeskThere):
        invite(db, email="a@example.org", name="A", roles=[Role.ORGANIZER],
               organization_id=body.id, actor=BY, now=NOW)  # fmt: skip


@pytest.mark.parametrize("kind", ["consulate", "government", "police", "agency"])
def test_official_bodies_and_agencies_are_never_invited(db: Session, kind: str) -> None:
    make_root(db)
    body = listing(db, kind=OrganizationKind(kind))

    with pytest.raises(life.NotNow):
        invited(db, body)


def test_a_lost_invitation_is_given_again_and_one_in_office_is_not_asked_twice(
    db: Session,
) -> None:
    root = make_root(db)
    body = listing(db, parent_id=root.id)
    first, again = invited(db, body), invited(db, body)

    assert first.code != again.code
    assert verbs(db, body).count("user_invited") == 2
    again.membership.state = "activated"
    db.flush()
    with pytest.raises(AlreadyMember):
        invited(db, body)


def test_the_terms_are_accepted_once_a_version(db: Session) -> None:
    body = make_organization(db, parent_id=make_root(db).id)
    life.accept_terms(db, body.id, BY, NOW)

    with pytest.raises(life.NotNow):
        life.accept_terms(db, body.id, BY, NOW)


def test_a_closed_entry_is_in_no_list_and_no_route_and_opens_again(db: Session) -> None:
    root = make_root(db)
    body = make_organization(db, parent_id=root.id)
    make_member(db, body)

    life.close_entry(db, body.id, BY, NOW)

    assert not routable(db, body)
    assert body not in listed_in(db, "HK")
    with pytest.raises(life.NotNow):
        life.close_entry(db, body.id, BY, NOW)

    life.reopen_entry(db, body.id, BY, NOW)

    assert routable(db, body)
    assert verbs(db, body).count("entry_reopened") == 1


def test_the_root_is_not_closed(db: Session) -> None:
    root = make_root(db)

    with pytest.raises(life.NotNow):
        life.close_entry(db, root.id, BY, NOW)


def test_a_closed_network_looks_after_nobody_and_what_hangs_below_hangs_one_higher(
    db: Session,
) -> None:
    root = make_root(db)
    middle = make_organization(db, parent_id=root.id)
    below = make_organization(db, parent_id=middle.id)

    life.close_entry(db, middle.id, BY, NOW)

    directory = load_directory(db)
    assert directory.bodies[str(below.id)].parent == str(root.id)
    assert directory.ancestors(str(below.id)) == [str(root.id)]
    assert subtree(db, middle.id) == {middle.id}
    assert below.id in subtree(db, root.id)
    assert ancestors(db, below.id) == {root.id}


def test_an_older_form_takes_neither_the_yes_nor_the_closing_back(db: Session) -> None:
    load_reference(db, NOW)
    root = make_root(db, slug="root")
    body = listing(db, slug="desk", parent_id=root.id, service=False)
    form = "directory: 1\norganizations:\n  - {id: desk, name: Desk, kind: union, country: HK}\n"
    invited(db, body)
    life.accept_terms(db, body.id, BY, NOW)

    import_directory(db, form, actor=OPERATOR, now=NOW)
    assert body.partner

    life.close_entry(db, body.id, BY, NOW)
    import_directory(db, form, actor=OPERATOR, now=NOW)
    again = import_directory(db, form, actor=OPERATOR, now=NOW)
    assert not body.active
    assert again.rows[0][2] == "unchanged"


def test_room_and_pause_stand_in_the_trail_and_the_picture(db: Session) -> None:
    body = make_organization(db, parent_id=make_root(db).id)
    make_version(db, NOW)

    set_room(db, body.id, 3, duty_rota=True, actor=BY, now=NOW)
    set_room(db, body.id, 3, duty_rota=True, actor=BY, now=NOW)
    set_paused(db, body.id, True, BY, NOW, until=TODAY)
    set_paused(db, body.id, True, BY, NOW, until=TODAY + timedelta(days=1))

    seen = load_directory(db).bodies[str(body.id)]
    assert (seen.capacity, seen.paused, body.duty_rota) == (3, True, True)
    assert sorted(verbs(db, body)) == ["entry_paused", "entry_paused", "entry_room_set"]
    set_paused(db, body.id, False, BY, NOW)
    assert body.paused_until is None


# What becomes of cases.


def close(world: World, body: Organization) -> None:
    life.close_entry(world.db, body.id, BY, NOW)
    while leave_cases(world.db, NOW, limit=1):
        pass
    assert leave_cases(world.db, NOW) == 0


def test_what_was_asked_counts_as_declined_and_the_next_one_is_asked(world: World) -> None:
    first, second, _ = world.bodies
    case = world.file(world.answers("chosen", [first, second], True))
    [asked] = world.asked(case)
    other = second if asked is first else first

    close(world, asked)

    assert world.asked(case) == [other]
    assert referral_states(world, case, asked) == [ReferralState.DECLINED]
    assert not world.keys(case, asked).keys


def test_what_it_holds_is_given_back_to_the_next_she_agreed_to(world: World) -> None:
    case, holder = accepted(world, world.bodies[1], last=True)
    [other] = {world.bodies[0], world.bodies[1]} - {holder}

    close(world, holder)

    assert world.asked(case) == [other]
    assert case.owner_id == world.root.id
    assert not world.keys(case, holder).keys
    assert "case_given_back" in verbs(world.db, holder)


def test_with_her_word_the_overseeing_desk_is_asked_and_can_read_after_it_accepts(
    world: World,
) -> None:
    case, holder = accepted(world, last=True)

    close(world, holder)

    assert world.asked(case) == [world.root]
    referring.accept(world.db, case, world.root.id, world.actor(world.root), NOW)
    assert set(world.keys(case, world.root).keys) == {0}


def test_without_her_word_nobody_reads_it_and_her_page_says_that_nobody_has_it(
    world: World,
) -> None:
    case, holder = accepted(world, last=False)

    close(world, holder)

    assert world.asked(case) == []
    assert world.opens(case) == [set()] * 4
    assert case.asked_all
    assert case.owner_id == world.root.id
    assert world.her(case).keys  # by her code, still


def test_a_case_whose_service_has_ended_is_not_left_behind(world: World) -> None:
    case, holder = accepted(world, last=True)
    set_service(world.db, case, holder.id, ReferralState.COMPLETED, world.actor(holder), NOW)

    close(world, holder)

    assert case.owner_id == world.root.id
    assert world.asked(case) == [world.root]


def three_floors(db: Session) -> tuple[World, Organization, Organization]:
    """Root, a network below it that helps nobody itself, and one that is first for every report."""
    world = World.make(db, partners=0)
    middle = make_organization(db, parent_id=world.root.id, service=False)
    low = make_organization(db, parent_id=middle.id, led_by_migrants=True)
    world.bodies += [middle, low]
    world.kits |= {one: make_member(db, one) for one in (middle, low)}
    make_version(db, NOW)
    return world, middle, low


def test_a_network_that_oversees_hands_its_cases_to_the_next_desk_above(db: Session) -> None:
    world, middle, low = three_floors(db)
    case = world.file(world.answers("chosen", [low], False))
    assert case.owner_id == case.overseer_id == middle.id

    close(world, middle)

    assert case.owner_id == case.overseer_id == world.root.id
    assert world.asked(case) == [low]
    assert "case_moved_up" in verbs(db, middle)


def test_a_desk_that_must_find_nothing_of_a_case_does_not_get_it(db: Session) -> None:
    world, middle, low = three_floors(db)
    case = world.file(world.answers("chosen", [low], False))
    db.add(CaseExclusion(case_id=case.id, organization_id=world.root.id))
    db.flush()

    close(world, middle)

    assert case.owner_id is None


def test_what_is_counted_is_only_what_the_reader_may_know_of(world: World) -> None:
    case, holder = accepted(world, last=False)
    reader = Reader(world.root.id, BY.user_id, frozenset({holder.id}), NOW)  # type: ignore[arg-type]
    assert held_by(world.db, reader, holder.id) == Held(1, 1)

    world.db.add(CaseExclusion(case_id=case.id, organization_id=world.root.id))
    world.db.flush()

    assert held_by(world.db, reader, holder.id) == Held(0, 0)


def test_closed_cases_stay_until_she_writes_again(world: World) -> None:
    case, holder = accepted(world, last=True)
    case.state = "closed"
    world.db.flush()
    close(world, holder)
    assert case.owner_id == holder.id
    assert set(world.keys(case, holder).keys) == {0}

    case.state = "reopened"
    world.db.flush()

    assert leave_cases(world.db, NOW) == 1
    assert world.asked(case) == [world.root]


def test_what_is_opened_again_in_time_keeps_its_cases(world: World) -> None:
    case, holder = accepted(world, last=True)
    life.close_entry(world.db, holder.id, BY, NOW)
    life.reopen_entry(world.db, holder.id, BY, NOW)

    assert leave_cases(world.db, NOW) == 0
    assert case.owner_id == holder.id


def test_her_page_and_the_next_desk_hear_of_it_without_a_word_of_why(world: World) -> None:
    case, holder = accepted(world, last=True)
    before = len(world.db.scalars(select(Case)).all())

    close(world, holder)

    events = world.db.scalars(select(Event).where(Event.verb == "entry_closed")).all()
    assert [one.details for one in events] == [{}]  # how many cases is for those who may know
    assert len(world.db.scalars(select(Case)).all()) == before
    assert OpenedCase({}, {}) == world.keys(case, holder)


def test_what_a_closed_desk_asked_her_is_asked_no_more(db: Session) -> None:
    world, middle, low = three_floors(db)
    case = world.file(world.answers("chosen", [low], False))
    kit = world.kits[middle]
    questions.ask(db, case, "May I call?", kit.desk, language="en", actor=kit.actor, now=NOW)

    close(world, middle)

    [question] = questions_of(db, case.id)
    assert not question.is_open
    assert world.keys(case, middle).question_keys == {}


def test_a_closed_desk_reads_by_a_release_no_more(world: World) -> None:
    case, holder = accepted(world, last=False)
    case.urgency = Urgency.U0
    second, to = make_member(world.db, holder), next(b for b in world.bodies if b is not holder)
    asks(world, case, holder, to)
    press(world, case, holder, to, kit=second)
    assert holds(world.db, case, to.id)

    close(world, to)

    assert not holds(world.db, case, to.id)
    assert to.id not in world.granted(case)
    assert find_case(world.db, world.kits[to].reader(), case.id) is None


def test_who_was_below_a_closed_body_or_is_tied_to_it_is_not_asked_about_it(db: Session) -> None:
    load_reference(db, NOW)
    root = make_root(db, service=False)
    bad = make_organization(db, name="Golden Bridge Mission", parent_id=root.id)
    below = make_organization(db, name="Kowloon Chapter", parent_id=bad.id)
    tied = make_organization(db, name="Union House", parent_id=root.id)
    for one in (root, bad, below, tied):
        make_member(db, one)
    declare_tie(db, tied.id, bad.id, TieReason("family"), actor=BY, now=NOW)
    life.close_entry(db, bad.id, BY, NOW)

    answers = Answers(issues=["WAG01"], country="HK", respondent_kind=["employer"],
                      respondent_names={"employer": "Golden Bridge Mission"})  # fmt: skip
    found = route_answers(db, answers, taxonomy(db), today=TODAY, confirm_months=12)

    assert not {str(bad.id), str(below.id), str(tied.id)} & found.route.named
