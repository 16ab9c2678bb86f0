"""Whatever is done with records, ties and cases, nobody finds what must be kept from her.

A model beside the service keeps who may not see what, in plain sets; after each step every list,
count, export, trail and page of every member is compared with it.
"""

from dataclasses import dataclass, field
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from grievance.casework.directory.version import make_version
from grievance.casework.referral import referring
from grievance.casework.respondents import merging, naming, tying
from grievance.rules.lifecycle import ASKED
from grievance.rules.respondents import Details
from grievance.rules.terms import RespondentKind
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.outbox import Notice
from grievance.store.referrals import referrals_of
from grievance.store.staff_ties import CaseTie
from tests.casework.test_respondents import AGENCY, agency, keeper, made
from tests.casework.test_staff_ties import declared, found_by
from tests.casework.world import World
from tests.factories import MemberKit, make_member

NAMES = ("Golden Star", "Kintong Bituin", "Mrs Chan")
ACTS = ("report", "name", "link", "unlink", "merge", "part", "tie", "tie_case", "end")


@dataclass
class Walk:
    """One desk with two members; the second comes to be tied."""

    world: World
    body: Organization
    her: MemberKit
    cases: list[Case] = field(default_factory=list)
    records: list[UUID] = field(default_factory=list)
    links: set[tuple[UUID, UUID]] = field(default_factory=set)  # record, case
    tops: dict[UUID, UUID] = field(default_factory=dict)
    ties: dict[UUID, tuple[str, UUID]] = field(default_factory=dict)

    def hidden(self) -> set[UUID]:
        """The cases that she must not find, by what was done."""
        found = {one for kind, one in self.ties.values() if kind == "case"}
        for kind, one in self.ties.values():
            if kind == "record":
                top = self.top(one)
                found |= {case for record, case in self.links if self.top(record) == top}
        return found

    def top(self, record: UUID) -> UUID:
        while record in self.tops:
            record = self.tops[record]
        return record

    def step(self, act: str, first: int, second: int) -> None:
        """Do it as the colleague who is tied to nobody."""
        world, mine = self.world, keeper(self.world, self.body)
        record = self.records[first % len(self.records)] if self.records else None
        case = self.cases[second % len(self.cases)]
        if act == "report":
            self.report()
        elif act == "name":
            kind = RespondentKind.HOUSEHOLD_MEMBER if first % 2 else AGENCY
            number = f"{len(self.records)}000"  # the same words twice are one press
            details = Details(kind, (NAMES[first % 3],), licences=(number,))
            one = made(world, case, self.body, details)
            self.records.append(one.id)
            self.links.add((one.id, case.id))
        elif record is None:
            return
        else:
            self.with_record(act, record, case, mine)

    def with_record(self, act: str, record: UUID, case: Case, mine: naming.Keeper) -> None:
        db, own = self.world.db, self.world.actor(self.body)
        top = self.top(record)
        if act == "link" and not any(self.top(r) == top for r, c in self.links if c == case.id):
            naming.link(db, case, top, mine)
            self.links.add((top, case.id))
        elif act == "unlink" and any(self.top(r) == top for r, c in self.links if c == case.id):
            naming.unlink(db, case, top, mine)
            self.links -= {(r, c) for r, c in self.links if self.top(r) == top and c == case.id}
        elif act == "merge" and (into := self.top(self.records[0])) != top:
            merging.merge_records(db, top, into, mine)
            self.tops[top] = into
        elif act == "part" and record in self.tops:
            merging.part_records(db, record, mine)
            del self.tops[record]
        elif act == "tie":
            tie = tying.tie_to_record(db, declared(self.her, own), top, mine.desk)
            self.ties[tie.id] = ("record", top)
        elif act == "tie_case":
            tie = tying.tie_to_case(db, declared(self.her, own), case.id)
            self.ties[tie.id] = ("case", case.id)
        elif act == "end" and self.ties:
            tying.end_tie(db, tie_id := next(iter(self.ties)), own, mine.now)
            del self.ties[tie_id]

    def report(self) -> Case:
        """A report that this desk accepts; it names nobody."""
        world = self.world
        case = world.file(world.answers("chosen", [self.body], last=False))
        referring.accept(world.db, case, self.body.id, world.actor(self.body), world.now)
        world.db.flush()
        self.cases.append(case)
        return case


STEPS = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 5), st.integers(0, 3)), min_size=3, max_size=9
)


@settings(max_examples=8)
@given(STEPS)
def test_a_tied_member_finds_exactly_what_is_not_about_hers(
    world: World, steps: list[tuple[str, int, int]]
) -> None:
    inside = world.db.begin_nested()
    body = world.bodies[0]
    walk = Walk(world, body, make_member(world.db, body))
    walk.report()
    walk.report()

    for act, first, second in steps:
        walk.step(act, first, second)
        world.db.flush()
        hidden, every = walk.hidden(), {case.id for case in walk.cases}
        seen, colleague = found_by(world, walk.her), found_by(world, world.kits[body])
        assert colleague >= every
        assert not seen & hidden
        # By a hash it may be more; without one of these names it is exactly this.
        by_hash = set(world.db.scalars(select(CaseTie.case_id)))
        assert every - seen == hidden | (by_hash & every)
        assert {one.assignee_id for one in walk.cases if one.id in hidden} <= {None}
    inside.rollback()
    world.db.expire_all()


@settings(max_examples=5)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=4))
def test_a_desk_that_is_named_finds_nothing_and_gets_no_key(world: World, whom: list[int]) -> None:
    """Whichever partners a holder names, in whatever order: no list, trail, notice, open question
    or waiting key of theirs is left."""
    inside = world.db.begin_nested()
    words = ("Bethune House", "Sampaguita Circle", "Bayanihan Desk")
    for one, name in zip(world.bodies, words, strict=True):
        one.name = name
    make_version(world.db, world.now)
    case = world.file(world.answers("chosen", world.bodies, last=True))
    [holder] = world.asked(case)
    referring.accept(world.db, case, holder.id, world.actor(holder), world.now)
    before, told = world.granted(case), list(world.db.scalars(select(Notice.id)))
    named: set[UUID] = set()
    for place, number in enumerate(whom):
        licences = (f"{place}000",)  # the same words twice are one press
        if number == len(world.bodies):
            details = agency("Nobody We Know", licences=licences)
            naming.make(world.db, case, details, keeper(world, holder))
            continue
        body = world.bodies[number]
        named |= {body.id, world.root.id}  # its parent too
        details = agency(body.name, licences=licences)
        if naming.make(world.db, case, details, keeper(world, holder)):
            break

    for body in (*world.bodies, world.root):
        if body.id in named:
            assert case.id not in found_by(world, world.kits[body])
            assert body.id not in world.granted(case)
            left = [r for r in referrals_of(world.db, case.id) if r.organization_id == body.id]
            assert not [r for r in left if r.state in {*ASKED, "waiting", "accepted"}]
    assert world.granted(case) <= before
    new = world.db.scalars(select(Notice).where(Notice.id.not_in(told))).all()
    assert not [one for one in new if one.organization_id in named]
    inside.rollback()
    world.db.expire_all()
