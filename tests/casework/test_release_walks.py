"""Any order of asking, agreeing, coming back, saying stop, consenting and lapsing: who can read."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from grievance.casework.case import reading, releasing
from grievance.casework.case.releasing import AskedOtherwise, CannotRelease, SecondAgrees, Wanted
from grievance.casework.referral import consenting
from grievance.casework.report import replying
from grievance.rules.terms import Urgency
from grievance.store.directory import Organization
from grievance.store.documents import organization_grants
from grievance.store.queue import find_case
from grievance.store.referrals import standing_consent
from tests.casework.world import World, accepted
from tests.factories import NOW, MemberKit, make_member

MOVES = ("ask", "agree", "reply", "stop", "yes", "day", "calm", "danger")


class Walk:
    """A danger case at a desk of two, and what a reader of the rules expects of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.case, self.holder = accepted(world, last=False)
        self.case.urgency = Urgency.U0
        self.first, self.second = world.kits[self.holder], make_member(world.db, self.holder)
        self.others = [one for one in world.bodies if one is not self.holder]
        self.now: datetime = NOW
        self.asked: tuple[Organization, MemberKit, datetime] | None = None
        self.released: set[Organization] = set()
        self.refused: set[Organization] = set()
        self.agreed: set[Organization] = set()

    def press(self, kit: MemberKit, to: Organization) -> None:
        opened = reading.opened_keys(self.world.db, self.case, kit.desk)
        stands = self.stands()
        may = self.may(to)
        before = self.world.db.begin_nested()  # what is refused changes nothing, as on the page
        try:
            wanted = Wanted(to.id, "why")
            releasing.release(
                self.world.db, self.case, wanted, kit.desk, opened, kit.actor, self.now
            )
            assert may
            assert stands
            assert (stands[0], stands[1] is not kit) == (to, True)
            self.released.add(to)
            self.asked = None
        except SecondAgrees:
            self.asked = stands or (to, kit, self.now)
            assert may or stands
        except CannotRelease:
            before.rollback()
            assert not may
        except AskedOtherwise:
            before.rollback()
            assert stands
            assert stands[0] is not to

    def may(self, to: Organization) -> bool:
        free = to not in self.refused | self.agreed | self.released
        return free and self.case.urgency == Urgency.U0

    def stands(self) -> tuple[Organization, MemberKit, datetime] | None:
        if self.asked is None or self.case.urgency != Urgency.U0:
            return None
        return self.asked if self.asked[2] > self.now - timedelta(hours=24) else None

    def move(self, name: str, to: Organization) -> None:
        db, her = self.world.db, self.world.her(self.case)
        if name == "ask":
            self.press(self.first, to)
        elif name == "agree":
            self.press(self.second, to)
        elif name == "reply":
            replying.reply(db, self.case, "please", her, language="en", now=self.now)
            self.asked = None
        elif name == "stop" and to in self.released | self.agreed:
            consenting.withdraw(db, self.case, to.id, her, self.now)
            self.released -= {to}
            self.agreed -= {to}
            self.refused |= {to}
            self.asked = None
        elif name == "yes":
            choice = consenting.Choice(to.id, consenting.ConsentScope.ALL, "en")
            routed = self.world.route(self.world.answers("chosen", [to], last=False))
            consenting.consent(db, self.case, choice, her, routed, self.now)
            self.agreed |= {to}
            self.asked = None
        elif name == "day":
            self.now += timedelta(hours=25)
            releasing.lapse_releases(db, self.now)
            self.asked = None
        elif name in {"calm", "danger"}:
            self.case.urgency = Urgency.U1 if name == "calm" else Urgency.U0
        db.flush()

    def check(self) -> None:
        db = self.world.db
        for body in self.others:
            reads = body in self.released
            assert reading.holds(db, self.case, body.id) == reads
            assert bool(self.world.keys(self.case, body).keys) == reads
            grants = organization_grants(db, self.case.id, body.id, released_only=False)
            kept = reads or body in self.agreed or (self.asked and self.asked[0] is body)
            assert bool(grants) == bool(kept)
            assert (standing_consent(db, self.case.id, body.id) is not None) == (
                body in self.agreed
            )
            if reads:
                assert find_case(db, self.world.kits[body].reader(), self.case.id) is not None
        assert set(self.world.keys(self.case, self.holder).keys) == set(range(self.case.epoch + 1))


@settings(max_examples=25)
@given(moves=st.lists(st.tuples(st.sampled_from(MOVES), st.integers(0, 1)), max_size=14))
def test_who_reads_is_who_two_released_it_to_and_she_did_not_stop(
    world: World, moves: list[tuple[str, int]]
) -> None:
    with world.db.begin_nested() as kept:
        walk = Walk(world)
        first = dict(world.kits)
        for name, which in moves:
            walk.move(name, walk.others[which])
            walk.check()
        world.kits = first
        kept.rollback()
    world.db.expire_all()
