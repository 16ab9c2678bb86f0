"""A member who is tied to a respondent finds nothing of its cases; others go on."""

from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from grievance.casework.case import closing, exporting, working
from grievance.casework.directory.version import make_version
from grievance.casework.notices.notifying import notify_organization
from grievance.casework.respondents import merging, naming, tying
from grievance.cli.checkup import findings
from grievance.rules.respondents import Details
from grievance.rules.terms import NoticeKind, RespondentKind, Role, StaffTieReason
from grievance.store import counting
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import Organization
from grievance.store.events import Actor, trail_of
from grievance.store.matching import several_elsewhere
from grievance.store.outbox import Notice
from grievance.store.queue import Filters, count_cases, find_case, find_cases
from grievance.store.respondents import marks_of
from grievance.store.staff_ties import CaseTie, StaffTie
from tests.casework.test_respondents import AGENCY, SECRET, agency, another, keeper, made
from tests.casework.world import World, accepted
from tests.factories import NOW, MemberKit, make_member, make_organization


@pytest.fixture
def colleague(world: World) -> dict[Organization, MemberKit]:
    """A second organizer at each desk: the one who comes to be tied."""
    found = {body: make_member(world.db, body) for body in world.bodies}
    make_version(world.db, NOW)
    return found


def found_by(world: World, kit: MemberKit, *scope: Organization) -> set[object]:
    """Every case that any list, count, export or trail tells this member of."""
    reader, db = kit.reader(*scope), world.db
    every = {case.id for case in find_cases(db, reader, Filters(state="all"), 100)}
    number, _oldest = count_cases(db, reader, Filters(state="all"))
    period = exporting.Period(NOW.date(), NOW.date(), ZoneInfo("UTC"))
    assert number == len(every) == counting.total(db, reader)
    assert set(exporting.cases_inside(db, reader, period)) == every
    pages = {one for one in db.scalars(select(Case.id)) if find_case(db, reader, one)}
    assert pages == every
    events = trail_of(
        db, kit.organization_id, desks={kit.organization_id}, user_id=kit.user_id,
        before=None, limit=500,
    )  # fmt: skip
    assert {e.case_id for e in events if e.case_id} <= every
    return every


def declared(kit: MemberKit, actor: Actor | None = None) -> tying.Declared:
    reason = StaffTieReason.FAMILY
    return tying.Declared(kit.user_id, kit.organization_id, reason, actor or kit.actor, NOW)


Colleagues = dict[Organization, MemberKit]


def test_a_tie_to_a_record_hides_its_cases_from_her_alone(
    world: World, colleague: Colleagues
) -> None:
    case, body = accepted(world)
    other = another(world, body)
    one = made(world, case, body, agency("Golden Star"))
    her = colleague[body]
    working.assign(world.db, case, her.user_id, world.actor(body), NOW)
    assert found_by(world, her) == {case.id, other.id}

    tying.tie_to_record(world.db, declared(her, world.actor(body)), one.id, world.kits[body].desk)

    assert found_by(world, her) == {other.id}
    assert found_by(world, world.kits[body]) == {case.id, other.id}
    assert case.assignee_id is None
    with pytest.raises(working.NotAllowed):
        working.assign(world.db, case, her.user_id, world.actor(body), NOW)


def test_a_case_that_comes_to_be_about_it_later_is_hidden_too(
    world: World, colleague: Colleagues
) -> None:
    case, body = accepted(world)
    other = another(world, body)
    person = Details(RespondentKind.HOUSEHOLD_MEMBER, ("Mrs Chan",))
    one = made(world, case, body, person)
    her = colleague[body]
    tying.tie_to_record(world.db, declared(her, world.actor(body)), one.id, world.kits[body].desk)

    naming.link(world.db, other, one.id, keeper(world, body))

    assert found_by(world, her) == set()


def test_a_report_that_names_a_tied_agency_is_hidden_from_its_first_hour(
    world: World, colleague: Colleagues
) -> None:
    case, body = accepted(world)
    one = made(world, case, body, agency("Golden Star"))
    her = colleague[body]
    tying.tie_to_record(world.db, declared(her, world.actor(body)), one.id, world.kits[body].desk)
    answers = world.answers("chosen", [body], last=True)
    answers.respondent_kind = [str(AGENCY)]
    answers.respondent_names = {str(AGENCY): "GOLDEN STAR employment agency"}
    mails = len(notices_to(world, her))

    new = world.file(answers)

    assert found_by(world, her) == set()
    assert new.id in found_by(world, world.kits[body])
    assert len(notices_to(world, her)) == mails


def notices_to(world: World, kit: MemberKit) -> list[Notice]:
    return list(world.db.scalars(select(Notice).where(Notice.user_id == kit.user_id)))


def test_a_tie_to_an_organization_hides_what_is_kept_from_it_before_and_after(
    world: World, colleague: Colleagues
) -> None:
    shelter = make_organization(world.db, name="Bethune House", parent_id=world.root.id)
    make_version(world.db, NOW)
    body = world.bodies[0]
    her = colleague[body]
    old, plain = named(world, body, "Bethune House"), named(world, body, "")
    new_of_before = found_by(world, her)
    assert {old.id, plain.id} <= new_of_before

    tying.tie_to_body(world.db, declared(her), shelter.id, name_secret=SECRET)
    new = named(world, body, "Bethun House")

    assert found_by(world, her) == {plain.id}
    assert new.id in found_by(world, world.kits[body])


def named(world: World, body: Organization, name: str) -> Case:
    answers = world.answers("chosen", [body], last=False)
    answers.respondent_kind = ["employer"]
    answers.respondent_names = {"employer": name} if name else {}
    return world.file(answers)


def test_a_listing_that_she_is_tied_to_counts_by_its_hash_where_it_is_an_agency(
    world: World, colleague: Colleagues
) -> None:
    """Who must find nothing of a case is kept for partners alone, not for listings."""
    listing = make_organization(
        world.db, name="Golden Star", partner=False, service=False, kind="agency"
    )
    make_version(world.db, NOW)
    body = world.bodies[0]
    answers = world.answers("chosen", [body], last=False)
    answers.respondent_kind = [str(AGENCY)]
    answers.respondent_names = {str(AGENCY): "Golden Star Ltd"}
    old = world.file(answers)
    her = colleague[body]
    assert old.id in found_by(world, her)

    tying.tie_to_body(world.db, declared(her), listing.id, name_secret=SECRET)

    assert found_by(world, her) == set()


def test_one_case_alone_can_be_hidden(world: World, colleague: Colleagues) -> None:
    case, body = accepted(world)
    other = another(world, body)
    her = colleague[body]

    tying.tie_to_case(world.db, declared(her), case.id)

    assert found_by(world, her) == {other.id}


def test_a_tie_is_taken_back_by_another_person_alone(world: World, colleague: Colleagues) -> None:
    case, body = accepted(world)
    her = colleague[body]
    own = declared(her)
    tie = tying.tie_to_case(world.db, own, case.id)
    with pytest.raises(tying.OwnTie):
        tying.end_tie(world.db, tie.id, own.actor, NOW)
    stranger = next(one for one in world.bodies if one is not body)
    with pytest.raises(tying.NoSuchTie):
        tying.end_tie(world.db, tie.id, world.actor(stranger), NOW)

    tying.end_tie(world.db, tie.id, world.actor(body), NOW)

    assert found_by(world, her) == {case.id}
    with pytest.raises(tying.NoSuchTie):
        tying.end_tie(world.db, tie.id, world.actor(body), NOW)


def test_a_merge_hides_the_cases_of_both_and_parting_gives_back(
    world: World, colleague: Colleagues
) -> None:
    first, body = accepted(world)
    second = another(world, body)
    one = made(world, first, body, agency("Golden Star"))
    two = made(world, second, body, agency("Kintong Bituin"))
    her, mine = colleague[body], keeper(world, body)
    tying.tie_to_record(world.db, declared(her, world.actor(body)), one.id, world.kits[body].desk)
    before = rows(world)

    merging.merge_records(world.db, two.id, one.id, mine)
    assert found_by(world, her) == set()
    merging.part_records(world.db, two.id, mine)

    assert found_by(world, her) == {second.id}
    assert rows(world) == before


def rows(world: World) -> set[tuple[object, ...]]:
    columns = (CaseTie.case_id, CaseTie.user_id, CaseTie.tie_id)
    return {tuple(row) for row in world.db.execute(select(*columns))}


def test_a_record_that_she_is_tied_to_is_no_record_to_her(
    world: World, colleague: Colleagues
) -> None:
    case, body = accepted(world)
    one = made(world, case, body, agency("Golden Star"))
    her = colleague[body]
    tying.tie_to_record(world.db, declared(her, world.actor(body)), one.id, world.kits[body].desk)
    hers = naming.Keeper(her.desk, SECRET, her.actor, NOW)

    with pytest.raises(naming.NoSuchRecord):
        naming.change(world.db, one.id, agency("X"), hers)
    with pytest.raises(naming.NoSuchRecord):
        tying.tie_to_record(world.db, declared(her), one.id, her.desk)


def test_the_same_tie_twice_is_one(world: World, colleague: Colleagues) -> None:
    case, body = accepted(world)
    one = made(world, case, body, agency("Golden Star"))
    asked = declared(colleague[body], world.actor(body))

    for _ in range(2):
        tying.tie_to_record(world.db, asked, one.id, world.kits[body].desk)

    assert len(world.db.scalars(select(StaffTie)).all()) == 1


def test_who_is_tied_is_no_second_person_and_nobody_waits_for_her(
    world: World, colleague: Colleagues
) -> None:
    case, body = accepted(world)
    her = colleague[body]
    assert closing.closers(world.db, case) == {her.user_id, world.kits[body].user_id}

    tying.tie_to_case(world.db, declared(her), case.id)

    assert closing.closers(world.db, case) == {world.kits[body].user_id}


def test_where_everybody_of_a_desk_is_tied_somebody_above_is_told_and_doctor_says_so(
    world: World,
) -> None:
    above = make_member(world.db, world.root, roles=(Role.COORDINATOR,))
    case, body = accepted(world)
    only = world.kits[body]
    assert not notices_to(world, above)
    mails = len(notices_to(world, only))

    tying.tie_to_case(world.db, declared(only), case.id)

    assert [n.kind for n in notices_to(world, above)] == [NoticeKind.ITEM_WAITS]
    told = notify_organization(world.db, body.id, NoticeKind.ITEM_WAITS, now=NOW, about=case)
    assert told == 1
    assert len(notices_to(world, only)) == mails
    said = [one for one in findings(world.db, NOW, 12) if "nobody of their desk may see" in one]
    assert [f"{body.name} (1)" in one for one in said] == [True]
    assert case.id in found_by(world, above, body)


def test_somebody_above_is_told_too_where_a_name_ties_the_last_who_sees_it(world: World) -> None:
    above = make_member(world.db, world.root, roles=(Role.COORDINATOR,))
    case, body = accepted(world)
    known = make_organization(world.db, name="Kintong Bituin", parent_id=world.bodies[1].id)
    make_version(world.db, NOW)
    only = world.kits[body]
    tying.tie_to_body(world.db, declared(only), known.id, name_secret=SECRET)
    assert not notices_to(world, above)

    made(world, case, body, agency("Kintong Bituin"))

    assert found_by(world, only) == set()
    assert [n.kind for n in notices_to(world, above)] == [NoticeKind.ITEM_WAITS]


def test_several_elsewhere_is_told_at_five_and_never_of_what_is_kept_away(
    world: World, colleague: Colleagues
) -> None:
    mine, other = world.bodies[:2]
    answers = world.answers("chosen", [mine], last=False)
    answers.respondent_kind = [str(AGENCY)]
    answers.respondent_names = {str(AGENCY): "Golden Star"}
    here = world.file(answers)
    reader, elsewhere = world.kits[mine].reader(), []
    for sharing in ("nobody", "chosen", "chosen", "chosen", "chosen"):
        more = world.answers(sharing, [other] if sharing == "chosen" else [], last=False)
        more.respondent_kind, more.respondent_names = [str(AGENCY)], answers.respondent_names
        elsewhere.append(world.file(more))
    hashed = marks_of(world.db, here.id)
    assert not several_elsewhere(world.db, reader, hashed)

    more = world.answers("chosen", [other], last=False)
    more.respondent_kind, more.respondent_names = [str(AGENCY)], answers.respondent_names
    last = world.file(more)
    assert several_elsewhere(world.db, reader, hashed)

    world.db.add(CaseExclusion(case_id=last.id, organization_id=mine.id))
    world.db.flush()
    assert not several_elsewhere(world.db, reader, hashed)
