"""Any order of grants, acceptances, dismissals, joiners and portions; and two holders at once."""

import threading
from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.case import working
from grievance.casework.case.keyring import organization_privates, seal_anew
from grievance.casework.members import membership, rotating
from grievance.casework.members.rotating import NothingDue
from grievance.casework.referral import referring
from grievance.config import Settings
from grievance.sealing import CannotOpen, KeyPair
from grievance.store.accounts import membership_between
from grievance.store.cases import Case
from grievance.store.directory import Organization, OrganizationKey, key_shares_of
from grievance.store.documents import Grant
from grievance.store.engine import Database
from grievance.store.events import Event
from tests.casework.world import World
from tests.factories import NOW, MemberKit, leave, make_member

MOVES = ("report", "accept", "note", "join", "leave", "portion", "lost portion")


@dataclass
class Desk:
    """One organization, with whom it has and whom it had."""

    world: World
    body: Organization
    here: list[MemberKit]
    gone: list[dict[int, bytes]] = field(default_factory=list)  # every key they could have copied
    cases: list[Case] = field(default_factory=list)

    def privates(self, kit: MemberKit) -> dict[int, bytes]:
        return organization_privates(
            self.world.db, user_id=kit.user_id, user_private=kit.private_key,
            organization_id=self.body.id,
        )  # fmt: skip

    def move(self, name: str, which: int) -> None:
        kit = self.here[which % len(self.here)]
        case = self.cases[which % len(self.cases)] if self.cases else None
        if name == "report":
            self.world.pair = KeyPair.generate()
            self.cases.append(self.world.file(self.world.answers("chosen", [self.body], False)))
        elif name == "accept" and case is not None and case.accepted_at is None:
            referring.accept(self.world.db, case, self.body.id, kit.actor, NOW)
        elif name == "note" and case is not None and case.accepted_at is not None:
            self.world.kits[self.body] = kit
            opened = self.world.keys(case, self.body)
            working.note(self.world.db, case, "note", opened, actor=kit.actor, now=NOW)
        elif name == "join":
            self.join(kit)
        elif name == "leave" and len(self.here) > 1:
            self.leave(kit)
        elif name == "portion":
            self.portion(kit)
        elif name == "lost portion":
            with self.world.db.begin_nested() as kept:
                self.portion(kit)
                kept.rollback()
        self.world.db.flush()

    def join(self, by: MemberKit) -> None:
        newcomer = make_member(self.world.db, self.body, confirmed=False)
        seat = membership_between(self.world.db, newcomer.user_id, self.body.id)
        assert seat
        confirmer = membership.Confirmer(by.user_id, self.privates(by))
        mark = membership.fingerprint(newcomer.fingerprint_key)
        membership.confirm(self.world.db, seat, confirmer, compared=mark, actor=by.actor, now=NOW)
        self.here.append(newcomer)

    def leave(self, kit: MemberKit) -> None:
        self.gone.append(self.privates(kit))
        leave(self.world.db, kit)
        self.here.remove(kit)
        assert not key_shares_of(self.world.db, kit.user_id, self.body.id)

    def portion(self, kit: MemberKit) -> None:
        try:
            rotating.rotate(self.world.db, kit.desk, kit.actor, NOW, portion=2)
        except NothingDue:
            assert not rotating.standing(self.world.db, self.body.id).due

    def grants(self) -> list[Grant]:
        query = select(Grant).where(Grant.organization_id == self.body.id)
        return list(self.world.db.scalars(query))


def opens(db: Session, grant: Grant, privates: dict[int, bytes]) -> bool:
    """Whether one of these keys opens a grant, whatever version its row names."""
    to = OrganizationKey(
        organization_id=grant.organization_id, version=99, public_key=KeyPair.generate().public
    )
    private = privates.get(grant.key_version)
    if private is None:
        return False
    copy = Grant(
        case_id=grant.case_id, kind=grant.kind, epoch=grant.epoch, sealed=grant.sealed,
        organization_id=grant.organization_id, key_version=grant.key_version,
    )  # fmt: skip
    try:
        seal_anew(copy, private, to)
    except CannotOpen:
        return False
    return True


@settings(max_examples=25)
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(MOVES), st.integers(0, 5)), min_size=4, max_size=16
    )
)  # fmt: skip
def test_whatever_happens_members_open_every_grant_and_who_left_none_that_is_new(
    world: World, moves: list[tuple[str, int]]
) -> None:
    body = world.bodies[0]
    with world.db.begin_nested() as kept:
        desk = Desk(world, body, [world.kits[body], make_member(world.db, body)])
        first = world.kits[body]
        for name, which in [("report", 0), *moves]:
            desk.move(name, which)

            for member in desk.here:
                privates = desk.privates(member)
                assert all(opens(world.db, grant, privates) for grant in desk.grants())
            stands = rotating.standing(world.db, body.id)
            if not stands.due and not stands.under_way:
                for privates in desk.gone:
                    assert not any(opens(world.db, grant, privates) for grant in desk.grants())
        world.kits[body] = first
        kept.rollback()
    world.db.expire_all()


def test_two_holders_at_once_make_one_new_key_and_lose_nothing(
    db: Session, database: Database, settings: Settings
) -> None:
    world = World.make(db)
    body = world.bodies[0]
    kits = [world.kits[body], make_member(db, body)]
    for _ in range(9):
        world.pair = KeyPair.generate()
        world.file(world.answers("chosen", [body], last=False))
    leave(db, make_member(db, body))
    db.commit()
    start, failed = threading.Barrier(len(kits)), []

    def work(kit: MemberKit) -> None:
        own = Database(settings.database_url) if _is_server(database) else database
        start.wait()
        try:
            _to_the_end(own, kit)
        except Exception as error:  # a thread's own error would pass unseen
            failed.append(error)
        if own is not database:
            own.close()

    threads = [threading.Thread(target=work, args=(kit,)) for kit in kits]
    for one in threads:
        one.start()
    for one in threads:
        one.join()

    assert failed == []
    done = list(db.scalars(select(Event.verb).where(Event.verb.like("rotation%"))))
    assert (done.count("rotation_begun"), done.count("rotation_finished")) == (1, 1)
    desk = Desk(world, body, kits)
    assert {grant.key_version for grant in desk.grants()} == {2}
    assert all(opens(db, g, desk.privates(kit)) for kit in kits for g in desk.grants())


def _to_the_end(database: Database, kit: MemberKit) -> None:
    while True:
        with database.writer() as own:
            try:
                rotating.rotate(own, kit.desk, kit.actor, NOW, portion=2)
            except NothingDue:
                return
            own.commit()


def _is_server(database: Database) -> bool:
    return database.engine.dialect.name == "postgresql"


def test_a_case_that_somebody_works_on_keeps_its_key_until_the_next_portion(
    db: Session, database: Database
) -> None:
    world = World.make(db)
    body = world.bodies[0]
    kit = world.kits[body]
    case = world.file(world.answers("chosen", [body], last=False))
    leave(db, make_member(db, body))
    db.commit()
    if not _is_server(database):
        return  # one writer at a time: nobody works on it this moment
    db.get_one(Case, case.id, with_for_update=True, populate_existing=True)
    with database.writer() as other:
        done = rotating.rotate(other, kit.desk, kit.actor, NOW)
        other.commit()
    assert (done.sealed, done.left, done.finished) == (0, 1, False)
    db.commit()

    assert rotating.rotate(db, kit.desk, kit.actor, NOW).finished
