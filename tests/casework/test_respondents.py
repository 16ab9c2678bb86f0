"""Whom a case is about: sealed records of one desk, what follows from a name, merging and undo."""

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from grievance.casework.case.retaining import delete_case
from grievance.casework.case.working import NotAllowed
from grievance.casework.directory.version import make_version
from grievance.casework.members import rotating
from grievance.casework.members.seats import share_key
from grievance.casework.referral.referring import accept
from grievance.casework.respondents import merging, naming
from grievance.casework.respondents.naming import Keeper
from grievance.casework.respondents.register import (
    Entry,
    entries,
    follow_rotation,
    links_to,
    open_register,
)
from grievance.rules.respondents import Details
from grievance.rules.terms import ReferralState, RespondentKind, Withdrawal
from grievance.sealing import KeyPair
from grievance.store.accounts import User
from grievance.store.cases import Case, CaseExclusion
from grievance.store.directory import (
    Organization,
    OrganizationKey,
    OrganizationKeyShare,
    current_key,
)
from grievance.store.events import Event, trail_of
from grievance.store.queue import find_case
from grievance.store.referrals import referrals_of
from grievance.store.respondents import (
    DeskMark,
    Respondent,
    RespondentDigest,
    RespondentLink,
    register_keys,
    register_keys_left,
)
from tests.casework.world import World, accepted, refer, state_of
from tests.factories import NOW, make_organization

SECRET = b"n" * 32  # as the world files with
AGENCY = RespondentKind.AGENCY_DESTINATION


def keeper(world: World, body: Organization) -> Keeper:
    return Keeper(world.kits[body].desk, SECRET, world.actor(body), NOW)


def known(world: World, body: Organization) -> dict[object, Entry]:
    return dict(entries(world.db, open_register(world.db, keeper(world, body).desk)))


def agency(*names: str, licences: tuple[str, ...] = ()) -> Details:
    return Details(AGENCY, names, licences=licences)


def made(world: World, case: Case, body: Organization, details: Details) -> Respondent:
    before = set(world.db.scalars(select(Respondent.id)))
    naming.make(world.db, case, details, keeper(world, body))
    [one] = set(world.db.scalars(select(Respondent.id))) - before
    return world.db.get_one(Respondent, one)


def another(world: World, body: Organization) -> Case:
    """A further case that the same desk holds."""
    case = world.file(world.answers("chosen", [body], last=True))
    accept(world.db, case, body.id, world.actor(body), NOW)
    world.db.flush()
    return case


def sees(world: World, case: Case, body: Organization) -> bool:
    return find_case(world.db, world.kits[body].reader(), case.id) is not None


def test_a_record_opens_to_its_desk_alone_and_nothing_of_it_stands_readable(world: World) -> None:
    case, body = accepted(world)

    one = made(world, case, body, agency("Golden Star", "金星僱傭", licences=("EA-5567",)))

    entry = known(world, body)[one.id]
    assert entry.details.names == ("Golden Star", "金星僱傭")
    assert [link.case_id for link in links(world, body, one)] == [case.id]
    other = next(o for o in world.bodies if o is not body)
    assert known(world, other) == {}
    raw = b"".join([one.sealed, *world.db.scalars(select(RespondentLink.sealed))])
    assert b"Golden" not in raw
    assert case.id.bytes not in raw
    details = [str(e.details) for e in world.db.scalars(select(Event))]
    assert not [d for d in details if "Golden" in d or str(one.id) in d]


def links(world: World, body: Organization, one: Respondent) -> list:
    return links_to(world.db, open_register(world.db, keeper(world, body).desk), [one.id])


def test_a_company_is_hashed_and_a_person_or_household_never(world: World) -> None:
    case, body = accepted(world)
    employer, household = RespondentKind.EMPLOYER, RespondentKind.HOUSEHOLD_MEMBER
    for details in (
        Details(employer, ("Chan Tai Man",), licences=("A123456",)),
        Details(household, ("Mrs Chan",), company=True),
    ):
        made(world, case, body, details)
    assert world.db.scalars(select(RespondentDigest)).all() == []

    made(world, case, body, Details(employer, ("Chan Trading Ltd",), company=True))
    made(world, case, body, agency("Golden Star", licences=("EA 5567", "12")))

    hashed = world.db.scalars(select(RespondentDigest.digest)).all()
    assert len(hashed) == 3  # two names and one number; "12" is too short
    marks = world.db.scalars(select(DeskMark.digest).where(DeskMark.case_id == case.id)).all()
    assert set(marks) == set(hashed)


@pytest.fixture
def named(world: World) -> World:
    """Partners with names that tell something, in a region below the root: a body's parent is in
    conflict with it."""
    region = make_organization(world.db, name="Rehiyon", parent_id=world.root.id, service=False)
    words = ("Bethune House", "Sampaguita Circle", "Bayanihan Desk")
    for body, name in zip(world.bodies, words, strict=True):
        body.name, body.parent_id = name, region.id
    make_version(world.db, NOW)
    world.db.flush()
    return world


def test_a_name_that_means_a_partner_takes_the_case_from_it_at_once(named: World) -> None:
    case, body = accepted(named, named.bodies[1])
    [waiting] = [r for r in referrals_of(named.db, case.id) if r.state == ReferralState.WAITING][:1]
    loser = named.db.get_one(Organization, waiting.organization_id)
    before = named.granted(case)
    assert loser.id in before

    left = naming.make(named.db, case, agency(loser.name), keeper(named, body))

    assert not left
    assert (waiting.state, waiting.reason) == (ReferralState.WITHDRAWN, Withdrawal.CONFLICT)
    assert named.granted(case) == before - {loser.id}  # and nobody got a key by it
    assert not sees(named, case, loser)
    assert sees(named, case, body)


def test_one_that_is_asked_finds_nothing_any_more_and_hears_no_reason(named: World) -> None:
    case, body = accepted(named)
    other = next(one for one in named.bodies if one is not body)
    refer(named, case, body, other)
    assert state_of(named, case, other) == [ReferralState.SENT]
    assert sees(named, case, other)

    naming.make(named.db, case, agency(other.name), keeper(named, body))

    assert state_of(named, case, other) == [ReferralState.WITHDRAWN]
    assert not sees(named, case, other)
    theirs = trail_of(named.db, other.id, desks={other.id}, before=None, limit=50)
    assert [e for e in theirs if e.case_id == case.id] == []


def test_a_holder_that_is_named_itself_loses_the_case_to_the_overseeing_desk(named: World) -> None:
    case, body = accepted(named)
    before = named.granted(case)

    left = naming.make(named.db, case, agency(body.name), keeper(named, body))

    assert left
    assert case.owner_id == named.root.id
    assert not sees(named, case, body)
    assert named.granted(case) == before - {body.id}
    assert state_of(named, case, body) == [ReferralState.WITHDRAWN]
    assert named.asked(case) == [named.root]  # she had agreed to it, if nobody answers


def test_an_overseeing_desk_that_is_named_does_not_oversee(named: World) -> None:
    case, body = accepted(named, last=False)
    assert case.overseer_id == named.root.id
    named.root.name = "Lakambini Secretariat"
    make_version(named.db, NOW)

    naming.make(named.db, case, agency("Lakambini Secretariat"), keeper(named, body))

    assert case.overseer_id is None
    assert named.db.get(CaseExclusion, (case.id, named.root.id)) is not None


def test_two_records_are_read_as_one_and_apart_again_as_they_were(world: World) -> None:
    first, body = accepted(world)
    second = another(world, body)
    one = made(world, first, body, agency("Golden Star", licences=("EA5567",)))
    two = made(world, second, body, agency("Kintong Bituin"))
    before = known(world, body), pictures(world)

    merging.merge_records(world.db, two.id, one.id, keeper(world, body))

    entry = known(world, body)[one.id]
    assert two.id not in known(world, body)
    assert entry.details.names == ("Golden Star", "Kintong Bituin")
    both = set(world.db.scalars(select(RespondentDigest.digest)))
    for case in (first, second):
        marks = world.db.scalars(select(DeskMark.digest).where(DeskMark.case_id == case.id))
        assert set(marks) == both

    merging.part_records(world.db, two.id, keeper(world, body))

    assert (known(world, body), pictures(world)) == before


def pictures(world: World) -> list[object]:
    """Everything that stands readable of records."""
    return [
        {tuple(row) for row in world.db.execute(select(*table.__table__.columns))}
        for table in (Respondent, RespondentDigest, RespondentLink, DeskMark)
    ]


def test_each_merge_and_each_undo_is_one_event(world: World) -> None:
    case, body = accepted(world)
    one, two = (made(world, case, body, agency(name)) for name in ("Golden Star", "Silver Moon"))

    merging.merge_records(world.db, two.id, one.id, keeper(world, body))
    merging.part_records(world.db, two.id, keeper(world, body))

    wanted = Event.verb.in_(["respondents_merged", "respondents_parted"])
    events = world.db.scalars(select(Event).where(wanted)).all()
    told = {"record": str(two.id), "into": str(one.id)}
    assert sorted(e.verb for e in events) == ["respondents_merged", "respondents_parted"]
    assert [e.details for e in events] == [told, told]


def test_what_cannot_be_merged_says_so_and_changes_nothing(world: World) -> None:
    case, body = accepted(world)
    one, two, three = (
        made(world, case, body, agency(name))
        for name in ("Golden Star", "Silver Moon", "Rising Sun")
    )
    mine = keeper(world, body)
    other = next(o for o in world.bodies if o is not body)
    merging.merge_records(world.db, two.id, one.id, mine)
    for record, into, why in (
        (one.id, one.id, merging.SameRecord),
        (two.id, three.id, merging.AlreadyMerged),
        (three.id, two.id, merging.AlreadyMerged),
        (one.id, uuid4(), naming.NoSuchRecord),
    ):
        with pytest.raises(why):
            merging.merge_records(world.db, record, into, mine)
    with pytest.raises(naming.NoSuchRecord):
        merging.merge_records(world.db, three.id, one.id, keeper(world, other))
    with pytest.raises(merging.NotMerged):
        merging.part_records(world.db, three.id, mine)
    with pytest.raises(naming.NoSuchRecord):
        merging.part_records(world.db, two.id, keeper(world, other))

    assert two.merged_into_id == one.id
    assert one.merged_into_id is three.merged_into_id is None


def test_names_that_mean_a_partner_only_together_keep_its_cases_away(named: World) -> None:
    """What a merge means is worked out for every case that either record is about."""
    first, body = accepted(named)
    other = next(one for one in named.bodies if one is not body)
    second = another(named, body)
    plain = made(named, second, body, agency("Kintong Bituin"))
    telling = made(named, first, body, agency(other.name))
    assert kept_away(named, second, other) is None

    merging.merge_records(named.db, plain.id, telling.id, keeper(named, body))

    assert kept_away(named, second, other) is not None


def kept_away(world: World, case: Case, body: Organization) -> CaseExclusion | None:
    return world.db.get(CaseExclusion, (case.id, body.id))


def test_what_a_case_is_not_about_is_taken_off_with_its_hashes(world: World) -> None:
    case, body = accepted(world)
    one = made(world, case, body, agency("Golden Star"))

    naming.unlink(world.db, case, one.id, keeper(world, body))

    assert links(world, body, one) == []
    assert world.db.scalars(select(DeskMark)).all() == []
    with pytest.raises(naming.NoSuchRecord):
        naming.unlink(world.db, case, one.id, keeper(world, body))


def test_a_case_is_about_a_record_once(world: World) -> None:
    case, body = accepted(world)
    one = made(world, case, body, agency("Golden Star"))
    two = made(world, case, body, agency("Silver Moon"))
    merging.merge_records(world.db, two.id, one.id, keeper(world, body))

    with pytest.raises(naming.LinkedAlready):
        naming.link(world.db, case, one.id, keeper(world, body))


def test_the_same_press_twice_makes_one_record(world: World) -> None:
    case, body = accepted(world)
    made(world, case, body, agency("Golden Star"))

    with pytest.raises(naming.LinkedAlready):
        naming.make(world.db, case, agency("Golden Star"), keeper(world, body))


def test_only_the_holder_names_and_only_its_own_records(world: World) -> None:
    case, body = accepted(world)
    other = next(o for o in world.bodies if o is not body)
    one = made(world, case, body, agency("Golden Star"))
    with pytest.raises(NotAllowed):
        naming.make(world.db, case, agency("Silver Moon"), keeper(world, other))
    with pytest.raises(NotAllowed):
        naming.link(world.db, case, one.id, keeper(world, other))
    with pytest.raises(naming.NoSuchRecord):
        naming.change(world.db, one.id, agency("Silver Moon"), keeper(world, other))


def test_records_follow_to_a_new_key_of_the_organization(world: World) -> None:
    """Where the old key is not deleted yet, the next act seals the records to the new one."""
    case, body = accepted(world)
    one = made(world, case, body, agency("Golden Star"))
    kit, old = world.kits[body], current_key(world.db, body.id)
    assert old is not None
    new, pair = next_version(world, body, old)
    share_key(world.db, new, pair.private, world.db.get_one(User, kit.user_id), NOW)

    naming.change(world.db, one.id, agency("Golden Star", "Silver Moon"), keeper(world, body))

    assert [k.key_version for k in register_keys(world.db, body.id)] == [2]
    assert register_keys_left(world.db, body.id, {1}) == 0
    assert known(world, body)[one.id].details.names == ("Golden Star", "Silver Moon")


def test_a_rotation_takes_the_records_along_and_cannot_lose_them(world: World) -> None:
    case, body = accepted(world)
    one = made(world, case, body, agency("Golden Star"))
    old = current_key(world.db, body.id)
    assert old is not None
    inside = world.db.begin_nested()
    world.db.query(OrganizationKeyShare).filter_by(key_id=old.id).delete()
    world.db.delete(old)
    with pytest.raises(IntegrityError):
        world.db.flush()
    inside.rollback()

    new, pair = next_version(world, body, old)
    privates = dict(world.kits[body].organization_privates)
    follow_rotation(world.db, body.id, privates, NOW)

    assert [k.key_version for k in register_keys(world.db, body.id)] == [new.version]
    share_key(world.db, new, pair.private, world.db.get_one(User, world.kits[body].user_id), NOW)
    assert known(world, body)[one.id].name == "Golden Star"


def test_after_a_member_left_the_whole_rotation_keeps_the_records(world: World) -> None:
    case, body = accepted(world)
    one = made(world, case, body, agency("Golden Star"))
    body.rotation_due = True
    mine = keeper(world, body)

    while not rotating.rotate(world.db, mine.desk, mine.actor, NOW).finished:
        pass

    assert [k.key_version for k in register_keys(world.db, body.id)] == [2]
    assert known(world, body)[one.id].name == "Golden Star"


def next_version(
    world: World, body: Organization, old: OrganizationKey
) -> tuple[OrganizationKey, KeyPair]:
    old.current, pair = False, KeyPair.generate()
    new = OrganizationKey(
        id=uuid4(), organization_id=body.id, version=2, public_key=pair.public, made_at=NOW
    )
    world.db.add(new)
    world.db.flush()
    return new, pair


def test_a_case_that_is_deleted_takes_its_hashes_with_it(world: World) -> None:
    case, body = accepted(world)
    made(world, case, body, agency("Golden Star"))

    delete_case(world.db, case.id)

    assert world.db.scalars(select(DeskMark)).all() == []
