"""Two persons and a reason: who may, to whom, until when, and what the worker makes of it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import delete, select

from grievance.casework.case import closing, reading, reasons, releasing, working
from grievance.casework.case.reading import OpenedCase
from grievance.casework.case.refusing import NothingToRefuse, refuse_release
from grievance.casework.case.releasing import (
    AskedOtherwise,
    CannotRelease,
    NobodySecond,
    SecondAgrees,
    Wanted,
)
from grievance.casework.case.retaining import delete_case
from grievance.casework.directory.version import make_version
from grievance.casework.referral import asking, consenting, holding, questions, referring
from grievance.casework.report import replying, returning
from grievance.rules.terms import (
    CaseState,
    ClosingKind,
    DeclineReason,
    DocumentKind,
    GrantKind,
    OrganizationKind,
    Outcome,
    ReleaseRefusal,
    Role,
    Urgency,
)
from grievance.store.cases import Case, CaseExclusion
from grievance.store.clocks import clocks_of
from grievance.store.directory import Organization
from grievance.store.documents import Document, Grant, organization_grants
from grievance.store.events import Event, events_of_case
from grievance.store.outbox import Notice
from grievance.store.queue import Filters, count_cases, find_case
from grievance.store.referrals import ConsentQuestion, consents_of
from grievance.store.releases import (
    Release,
    ReleaseRequest,
    has_two_persons,
    releases_of,
)
from tests.casework.world import World, accepted, refer
from tests.factories import NOW, MemberKit, leave, make_member

Held = tuple[Case, Organization, MemberKit]
WHY = "Kanaryo locked in, phone off since Friday"
LATER = NOW + timedelta(hours=2)


def press(
    world: World, case: Case, body: Organization, to: Organization, *,
    kit: MemberKit | None = None, reason: str = WHY, at=NOW,
) -> None:  # fmt: skip
    """One person's press at her desk."""
    kit = kit or world.kits[body]
    opened = reading.opened_keys(world.db, case, kit.desk)
    try:
        releasing.release(world.db, case, Wanted(to.id, reason), kit.desk, opened, kit.actor, at)
    finally:
        world.db.flush()


def asks(world: World, case: Case, body: Organization, to: Organization, **more: object) -> None:
    with pytest.raises(SecondAgrees):
        press(world, case, body, to, **more)  # type: ignore[arg-type]


def reads(world: World, case: Case, body: Organization) -> OpenedCase | None:
    return reading.open_case(world.db, case, world.kits[body].desk, world.actor(body), NOW)


def reasons_of(world: World, case: Case, body: Organization, kit: MemberKit | None = None) -> list:
    kit = kit or world.kits[body]
    found = reasons.read_reasons(world.db, case, kit.desk, kit.actor, NOW)
    return [one.words["text"] for one in found]


@pytest.fixture
def held(world: World) -> Held:
    """A danger case that a desk of two holds; beside it a partner she never heard of."""
    case, holder = accepted(world, last=False)
    case.urgency = Urgency.U0
    return case, holder, make_member(world.db, holder)


@pytest.fixture
def waits(world: World) -> Held:
    """A danger case that another is asked about; the overseeing desk has a key by her consent."""
    case = world.file(world.answers("chosen", [world.bodies[0]], last=True))
    case.urgency = Urgency.U0
    return case, world.root, make_member(world.db, world.root)


def other(world: World, *but: Organization) -> Organization:
    return next(body for body in world.bodies if body not in but)


def released(world: World, held: Held, reason: str = WHY) -> Organization:
    """Another desk that two let read it; the second may write a reason too."""
    case, holder, second = held
    to = other(world, holder)
    asks(world, case, holder, to)
    press(world, case, holder, to, kit=second, reason=reason)
    return to


# The two


def test_the_key_that_waits_for_ones_own_desk_is_released_by_two(world: World, waits: Held) -> None:
    case, root, second = waits
    asks(world, case, root, root)
    asks(world, case, root, root, at=LATER)  # the same person is no second
    assert world.keys(case, root).keys == {}
    assert reads(world, case, root) is None

    press(world, case, root, root, kit=second, at=LATER)

    opened = reads(world, case, root)
    assert opened is not None
    assert opened.answers is not None
    assert opened.answers.story == "Kanaryo"
    assert case.accepted_at is None  # nobody holds it by this: the one who is asked still is
    assert len(world.asked(case)) == 1


def test_a_holder_makes_a_key_for_another_and_it_opens_after_the_second_press(
    world: World, held: Held
) -> None:
    case, holder, second = held
    to = other(world, holder)
    asks(world, case, holder, to)
    assert find_case(world.db, world.kits[to].reader(), case.id) is None
    assert world.keys(case, to).keys == {}

    press(world, case, holder, to, kit=second)

    assert find_case(world.db, world.kits[to].reader(), case.id) is not None
    assert set(world.keys(case, to).keys) == {0}
    assert reads(world, case, to) is not None
    assert case.owner_id == holder.id
    assert to.id not in {one.organization_id for one in consents_of(world.db, case.id)}


def test_an_administrator_is_no_second_and_a_desk_beside_neither(world: World, held: Held) -> None:
    case, holder, _ = held
    to = other(world, holder)
    beside = other(world, holder, to)
    administrator = make_member(world.db, holder, roles=(Role.ADMINISTRATOR,))
    asks(world, case, holder, to)

    for body, kit in ((holder, administrator), (beside, None), (world.root, None)):
        with pytest.raises(CannotRelease):
            press(world, case, body, to, kit=kit)
    assert releases_of(world.db, case.id) == []


def test_where_the_desk_has_one_member_a_coordinator_above_agrees_and_reads_the_reason_alone(
    world: World,
) -> None:
    case, holder = accepted(world, last=False)
    case.urgency = Urgency.U0
    to = other(world, holder)
    chief = make_member(world.db, world.root, roles=(Role.COORDINATOR,))
    asks(world, case, holder, to)
    world.db.flush()
    told = select(Notice).where(Notice.user_id == chief.user_id)
    assert world.db.scalars(told).all()
    assert reasons_of(world, case, world.root, chief) == [WHY]
    assert world.keys(case, world.root).keys == {}

    press(world, case, world.root, to, kit=chief, reason="")

    assert reads(world, case, to) is not None
    assert world.keys(case, world.root).keys == {}
    assert events(world, "release_reason_opened") == [world.root.id]


def events(world: World, verb: str) -> list[UUID | None]:
    world.db.flush()
    rows = world.db.scalars(select(Event).where(Event.verb == verb)).all()
    return [row.organization_id for row in rows]


def test_where_nobody_could_be_the_second_it_does_not_exist(world: World) -> None:
    case, holder = accepted(world, last=False)
    case.urgency = Urgency.U0

    with pytest.raises(NobodySecond):
        press(world, case, holder, other(world, holder))

    assert not world.granted(case) - {holder.id}
    assert world.db.get(ReleaseRequest, case.id) is None


def test_what_one_asked_for_who_left_since_is_not_asked_any_more(world: World, held: Held) -> None:
    case, holder, second = held
    third = make_member(world.db, holder)
    to = other(world, holder)
    asks(world, case, holder, to, kit=second)
    leave(world.db, second)

    asks(world, case, holder, to, kit=third)
    press(world, case, holder, to)

    [done] = releases_of(world.db, case.id)
    assert (done.by_user_id, done.second_user_id) == (third.user_id, world.kits[holder].user_id)


def test_a_second_who_wants_another_organization_is_no_second(world: World, held: Held) -> None:
    case, holder, second = held
    to = other(world, holder)
    asks(world, case, holder, to)

    with pytest.raises(AskedOtherwise):
        press(world, case, holder, other(world, holder, to), kit=second)


def test_both_are_named_in_the_trail_of_everybody_concerned_and_nowhere_before(
    world: World, held: Held
) -> None:
    case, holder, second = held
    to = other(world, holder)
    asks(world, case, holder, to)
    assert events(world, "release_proposed") == [holder.id]
    press(world, case, holder, to, kit=second)

    assert set(events(world, "case_released")) == {holder.id, to.id}
    [details] = {
        tuple(sorted(row.details.items()))
        for row in world.db.scalars(select(Event).where(Event.verb == "case_released"))
    }
    first = world.kits[holder].user_id
    assert dict(details) == {"to": str(to.id), "first": str(first), "second": str(second.user_id)}


# To whom, and when


def refused(world: World, case: Case, holder: Organization, to: Organization) -> None:
    with pytest.raises(CannotRelease):
        press(world, case, holder, to)
    assert to.id not in world.granted(case) or to is holder
    opened = world.keys(case, holder)
    targets = releasing.targets(world.db, case, holder.id, opened, NOW)
    assert to.id not in {one for one, _name, _country in targets}


@pytest.mark.parametrize("urgency", ["U1", "U2", "U3", "U4"])
def test_only_in_danger(world: World, held: Held, urgency: str) -> None:
    case, holder, _ = held
    case.urgency = urgency

    refused(world, case, holder, other(world, holder))


def test_never_a_closed_case(world: World, held: Held) -> None:
    case, holder, _ = held
    case.state = CaseState.CLOSED

    refused(world, case, holder, other(world, holder))


@pytest.mark.parametrize("kind", ["consulate", "government", "agency"])
def test_never_an_office_or_an_agency(world: World, held: Held, kind: str) -> None:
    case, holder, _ = held
    to = other(world, holder)
    to.kind = OrganizationKind(kind)
    world.db.flush()

    refused(world, case, holder, to)


def test_never_one_that_is_kept_away(world: World, held: Held) -> None:
    case, holder, _ = held
    to = other(world, holder)
    world.db.add(CaseExclusion(case_id=case.id, organization_id=to.id))
    world.db.flush()

    refused(world, case, holder, to)


def test_never_one_she_ruled_out_or_named_though_it_joined_later(world: World) -> None:
    """By her own answers, in the session that reads them: no list that stands readable knows it."""
    holder, named, ruled = world.bodies
    named.name = "Kabayan Sunrise House"
    world.db.flush()
    make_version(world.db, NOW)
    answers = replace(
        world.answers("chosen", [holder], last=False),
        rule_out=[str(ruled.id)],
        respondent_kind=["employer"],
        respondent_names={"employer": named.name},
    )
    case = world.file(answers)
    referring.accept(world.db, case, holder.id, world.actor(holder), NOW)
    case.urgency = Urgency.U0
    make_member(world.db, holder)
    for row in world.db.scalars(select(CaseExclusion)).all():
        world.db.delete(row)
    world.db.flush()

    for to in (named, ruled):
        with pytest.raises(CannotRelease):
            press(world, case, holder, to)


def test_never_one_she_sent_away_or_said_no_to(world: World, held: Held) -> None:
    case, holder, _ = held
    sent_away, said_no = (one for one in world.bodies if one is not holder)
    refer(world, case, holder, sent_away)
    consenting.withdraw(world.db, case, sent_away.id, world.her(case), NOW)
    refer(world, case, holder, said_no, None)
    [question] = world.db.scalars(
        select(ConsentQuestion).where(ConsentQuestion.organization_id == said_no.id)
    ).all()
    returning.answer_question(world.db, case, question, False, NOW)
    world.db.flush()

    for to in (sent_away, said_no):
        refused(world, case, holder, to)


def test_nor_by_a_desk_above_that_she_sent_away(world: World) -> None:
    case, holder = accepted(world, last=True)
    case.urgency = Urgency.U0
    make_member(world.db, world.root, roles=(Role.COORDINATOR,))
    consenting.withdraw(world.db, case, world.root.id, world.her(case), NOW)
    world.db.flush()

    with pytest.raises(NobodySecond):
        press(world, case, holder, other(world, holder))


def test_one_she_agreed_to_is_asked_by_her_word(world: World, held: Held) -> None:
    case, holder, _ = held
    to = other(world, holder)
    refer(world, case, holder, to)

    with pytest.raises(CannotRelease):
        press(world, case, holder, to)


def test_who_reads_by_a_release_passes_it_on_to_nobody(world: World, held: Held) -> None:
    case, holder, _ = held
    to = released(world, held)
    make_member(world.db, to)

    with pytest.raises(CannotRelease):
        press(world, case, to, other(world, holder, to))


def test_a_desk_that_was_not_asked_and_has_no_key_releases_nothing_to_itself(
    world: World, held: Held
) -> None:
    case, _, _ = held
    make_member(world.db, world.root)

    with pytest.raises(CannotRelease):
        press(world, case, world.root, world.root)


def test_all_is_looked_at_anew_at_the_second_press(world: World, held: Held) -> None:
    case, holder, second = held
    to = other(world, holder)
    asks(world, case, holder, to)
    world.db.add(CaseExclusion(case_id=case.id, organization_id=to.id))
    world.db.flush()

    with pytest.raises(CannotRelease):
        press(world, case, holder, to, kit=second)
    assert world.keys(case, to).keys == {}


# Until when


def test_it_lapses_after_a_day_and_leaves_no_key_and_no_reason(world: World, held: Held) -> None:
    case, holder, second = held
    to = other(world, holder)
    asks(world, case, holder, to)
    late = NOW + timedelta(hours=24)
    assert releasing.lapse_releases(world.db, late - timedelta(seconds=1)) == 0

    assert releasing.lapse_releases(world.db, late) == 1
    assert releasing.lapse_releases(world.db, late) == 0

    assert to.id not in world.granted(case)
    assert left_of_it(world, case) == (None, [], [])
    asks(world, case, holder, to, kit=second, at=late)  # a first word again, not a second


def left_of_it(world: World, case: Case) -> tuple[object, list, list]:
    reasons_left = select(Document.id).where(Document.kind == "release_reason")
    keys = select(Grant.id).where(Grant.kind == GrantKind.RELEASE)
    asked = world.db.get(ReleaseRequest, case.id)
    return asked, list(world.db.scalars(reasons_left)), list(world.db.scalars(keys))


def test_a_second_press_after_a_day_is_a_first_one_though_no_clock_ran(
    world: World, held: Held
) -> None:
    case, holder, second = held
    to = other(world, holder)
    asks(world, case, holder, to)

    asks(world, case, holder, to, kit=second, at=NOW + timedelta(hours=25))

    assert world.keys(case, to).keys == {}


@pytest.mark.parametrize("act", ["reply", "contact", "withdraw", "no", "consent"])
def test_whatever_she_does_by_her_code_ends_what_was_asked_for(
    world: World, held: Held, act: str
) -> None:
    """She can be asked; also where she sends the same words again."""
    case, holder, second = held
    to, third = (one for one in world.bodies if one is not holder)
    refer(world, case, holder, third, None)
    replying.reply(world.db, case, "please", world.her(case), language="en", now=NOW)
    world.db.flush()
    asks(world, case, holder, to)
    comes_back(world, case, holder, third, act)
    world.db.flush()

    assert left_of_it(world, case) == (None, [], [])
    assert to.id not in world.granted(case)
    if act != "withdraw":
        asks(world, case, holder, to, kit=second)


def comes_back(
    world: World, case: Case, holder: Organization, third: Organization, act: str
) -> None:
    her = world.her(case)
    if act == "reply":
        replying.reply(world.db, case, "please", her, language="en", now=NOW)
    elif act == "contact":
        replying.change_contact(world.db, case, {"channel": "none"}, her, now=NOW)
    elif act == "withdraw":
        consenting.withdraw(world.db, case, holder.id, her, NOW)
    elif act == "consent":
        choice = consenting.Choice(third.id, consenting.ConsentScope.ALL, "en")
        routed = world.route(world.answers("chosen", [third], last=False))
        consenting.consent(world.db, case, choice, her, routed, NOW)
    else:
        [question] = world.db.scalars(select(ConsentQuestion)).all()
        returning.answer_question(world.db, case, question, False, NOW)


def test_her_yes_to_that_organization_keeps_the_key_it_gives(world: World, held: Held) -> None:
    case, holder, _ = held
    to = other(world, holder)
    asks(world, case, holder, to)
    refer(world, case, holder, to)  # by voice, meanwhile
    referring.accept(world.db, case, to.id, world.actor(to), NOW)
    world.db.flush()

    assert world.db.get(ReleaseRequest, case.id) is None
    assert set(world.keys(case, to).keys) == {0}


def test_she_says_stop_and_they_find_nothing_and_get_it_never_again(
    world: World, held: Held
) -> None:
    case, holder, _ = held
    to = released(world, held)

    consenting.withdraw(world.db, case, to.id, world.her(case), NOW)
    world.db.flush()

    assert organization_grants(world.db, case.id, to.id, released_only=False) == []
    assert find_case(world.db, world.kits[to].reader(), case.id) is None
    assert set(world.keys(case, holder).keys) == {0, 1}
    assert to.id in events(world, "consent_withdrawn")
    refused(world, case, holder, to)


def test_what_she_writes_after_it_opens_for_them_too(world: World, held: Held) -> None:
    case, holder, _ = held
    to = released(world, held)
    third = other(world, holder, to)
    refer(world, case, holder, third)
    consenting.withdraw(world.db, case, third.id, world.her(case), NOW)  # starts an epoch
    replying.reply(world.db, case, "safe now", world.her(case), language="en", now=NOW)
    world.db.flush()

    opened = reads(world, case, to)

    assert opened is not None
    assert [one.words["text"] for one in opened.messages] == ["safe now"]


def test_an_asked_desk_that_says_no_after_all_reads_no_more(world: World) -> None:
    body = world.bodies[0]
    case = world.file(world.answers("chosen", [body], last=True))
    case.urgency = Urgency.U0
    second, root = make_member(world.db, body), world.kits[world.root]
    questions.ask(world.db, case, "Safe?", root.desk, language="en", actor=root.actor, now=NOW)
    asks(world, case, body, body)
    press(world, case, body, body, kit=second)
    assert reads(world, case, body) is not None
    assert world.keys(case, body).question_keys

    asking.decline(
        world.db, case, body.id, DeclineReason.CONFLICT_OF_INTEREST, world.actor(body), NOW
    )
    world.db.flush()

    assert reads(world, case, body) is None
    assert body.id not in world.granted(case)


@pytest.mark.parametrize("closes", [True, False])
def test_given_back_or_closed_nothing_stays_asked_for(
    world: World, held: Held, closes: bool
) -> None:
    case, holder, _ = held
    asks(world, case, holder, other(world, holder))
    opened, actor = world.keys(case, holder), world.actor(holder)
    if closes:
        case.urgency = Urgency.U1  # one person closes it
        ending = closing.Closing(Outcome.SETTLED, ClosingKind.RESOLVED, None, None, "")
        closing.close(world.db, case, ending, opened, actor, NOW)
    else:
        holding.give_back(world.db, case, "full", opened, world.desk(holder), actor, NOW)
    world.db.flush()

    assert left_of_it(world, case) == (None, [], [])


# What is told


def test_she_reads_who_when_and_why_and_the_second_persons_words_too(
    world: World, held: Held
) -> None:
    case, holder, _ = held
    to = released(world, held, "I called her sister")

    private = world.pairs[case.id].private
    hers = [one.words["text"] for one in reasons.reasons_for_worker(world.db, case, private)]

    assert hers == [WHY, "I called her sister"]
    assert reasons_of(world, case, to) == hers
    assert reasons_of(world, case, holder) == hers
    assert reasons_of(world, case, world.root) == []


def test_the_reason_lies_under_a_key_of_its_own_and_disturbs_no_other_reading(
    world: World, held: Held
) -> None:
    """Its number is that of an epoch of the words, under which it would not open."""
    case, holder, _ = held
    asks(world, case, holder, other(world, holder))

    opened = reads(world, case, holder)

    assert opened is not None
    assert opened.reasons == []
    [row] = world.db.scalars(select(Document).where(Document.kind == "release_reason")).all()
    assert (row.key, row.epoch) == (GrantKind.RELEASE, 0)


def test_it_waits_in_the_list_of_who_may_be_the_second(world: World, held: Held) -> None:
    case, holder, second = held
    to = other(world, holder)
    asks(world, case, holder, to)

    def waiting(body: Organization, kit: MemberKit | None = None) -> int:
        who = (kit or world.kits[body]).reader()
        return count_cases(world.db, who, Filters(referral="closing"))[0]

    assert (waiting(holder, second), waiting(holder), waiting(to)) == (1, 0, 0)


def test_a_deleted_case_takes_its_releases_along(world: World, held: Held) -> None:
    case, _, _ = held
    released(world, held)

    delete_case(world.db, case.id)

    assert world.db.scalars(select(Release)).all() == []


def test_two_persons_are_counted_by_person_and_by_role(world: World) -> None:
    assert has_two_persons(world.db)
    for body in (*world.bodies, world.root):
        leave(world.db, world.kits[body], lose_key=True)
        world.forget_key(body)
    assert not has_two_persons(world.db)
    make_member(world.db, world.root, roles=(Role.COORDINATOR, Role.ORGANIZER))
    make_member(world.db, world.root, roles=(Role.ADMINISTRATOR,))
    assert not has_two_persons(world.db)

    make_member(world.db, world.bodies[0])

    assert has_two_persons(world.db)


def test_who_reads_by_a_release_keeps_no_promise_of_the_owner(world: World, held: Held) -> None:
    case, _, _ = held
    to = released(world, held)
    opened, actor = world.keys(case, to), world.actor(to)

    working.note(world.db, case, "Looked at it", opened, actor=actor, now=LATER)
    working.message(world.db, case, "Hello", opened, language="en", actor=actor, now=LATER)

    assert [one.kind for one in clocks_of(world.db, [case.id])] == ["first_answer"]
    assert not case.worked_on


# The second person says no


def test_a_no_is_one_event_without_words_and_who_asked_is_told(
    world: World, held: tuple[Case, Organization, MemberKit]
) -> None:
    case, holder, second = held
    to = other(world, holder)
    asks(world, case, holder, to)
    world.db.execute(delete(Notice))
    actor = replace(world.actor(holder), user_id=second.user_id)

    refuse_release(world.db, case, ReleaseRefusal.NO_DANGER, actor, LATER)
    world.db.flush()

    assert world.db.get(ReleaseRequest, case.id) is None
    [event] = world.db.scalars(select(Event).where(Event.verb == "release_refused"))
    assert event.details == {"to": str(to.id), "reason": "no_danger"}
    assert (event.organization_id, event.user_id) == (holder.id, second.user_id)
    [notice] = world.db.scalars(select(Notice))
    assert notice.user_id == world.kits[holder].user_id
    assert (notice.kind, notice.urgent) == ("item_waits", True)
    kept = select(Document).where(Document.kind == DocumentKind.RELEASE_REASON)
    assert world.db.scalars(kept).all() == []
    assert organization_grants(world.db, case.id, to.id, released_only=False) == []
    with pytest.raises(NothingToRefuse):
        refuse_release(world.db, case, ReleaseRefusal.NO_DANGER, actor, LATER)


def test_a_coordinator_above_says_no_and_the_desk_that_asked_reads_it(world: World) -> None:
    case, holder = accepted(world, last=False)
    case.urgency = Urgency.U0
    chief = make_member(world.db, world.root, roles=(Role.COORDINATOR,))
    asks(world, case, holder, other(world, holder))
    actor = replace(world.actor(world.root), user_id=chief.user_id)

    refuse_release(world.db, case, ReleaseRefusal.ASK_HER, actor, LATER)
    world.db.flush()

    [event] = events_of_case(world.db, case.id, frozenset({holder.id}))[:1]
    assert (event.verb, event.organization_id) == ("release_refused", holder.id)


def test_who_is_no_second_refuses_nothing(
    world: World, held: tuple[Case, Organization, MemberKit]
) -> None:
    case, holder, _ = held
    asks(world, case, holder, other(world, holder))

    for one in (holder, world.root, other(world, holder)):
        with pytest.raises(NothingToRefuse):
            refuse_release(world.db, case, ReleaseRefusal.UNCLEAR, world.actor(one), LATER)

    assert world.db.get(ReleaseRequest, case.id) is not None
