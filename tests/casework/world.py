"""A small network with keys and one worker, for tests of what may happen to a case."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.casework.case import reading
from grievance.casework.directory.listing import load_reference
from grievance.casework.directory.version import make_version
from grievance.casework.referral import consenting, onward, referring
from grievance.casework.report.answers import Answers
from grievance.casework.report.drafting import CodeCopy
from grievance.casework.report.reporting import Filing, file_report, prepare
from grievance.casework.routes.routing import Routed, route_answers
from grievance.rules.lifecycle import ASKED, HOLDING
from grievance.rules.terms import ConsentVia, Role
from grievance.sealing.keys import KeyPair
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.documents import Grant
from grievance.store.events import Actor
from grievance.store.referrals import Referral, referrals_of
from grievance.store.taxonomy import taxonomy
from tests import factories
from tests.factories import NOW, MemberKit, make_member, make_organization, make_root

STAFF = (Role.ORGANIZER,)


@dataclass
class World:
    """A root with partners that have keys, and one worker."""

    db: Session
    root: Organization
    bodies: list[Organization]
    kits: dict[Organization, MemberKit]
    pair: KeyPair = field(default_factory=KeyPair.generate)
    now: datetime = NOW
    issue: str = "WAG01"  # U3
    pairs: dict[UUID, KeyPair] = field(default_factory=dict)  # of each case's worker

    @classmethod
    def make(cls, db: Session, partners: int = 3) -> "World":
        load_reference(db, NOW)
        root = make_root(db)
        bodies = [make_organization(db, parent_id=root.id) for _ in range(partners)]
        kits = {body: make_member(db, body, roles=STAFF) for body in (root, *bodies)}
        make_version(db, NOW)
        db.flush()
        return cls(db, root, bodies, kits)

    def answers(self, sharing: str, chosen: list[Organization], last: bool) -> Answers:
        return Answers(
            issues=[self.issue], story="Kanaryo", country="HK", sharing=sharing,
            recipients=[str(one.id) for one in chosen],
            if_nobody=str(self.root.id) if last else None,
        )  # fmt: skip

    def route(self, answers: Answers) -> Routed:
        known = taxonomy(self.db)
        return route_answers(self.db, answers, known, today=NOW.date(), confirm_months=12)

    def file(self, answers: Answers) -> Case:
        copy = CodeCopy(uuid4().bytes * 2, self.pair.public)
        filing = Filing(uuid4(), copy, "en", self.now, b"n" * 32)
        self.pairs[filing.case_id] = self.pair
        made = prepare(self.db, answers, taxonomy(self.db), self.route(answers), filing)
        return file_report(self.db, made, now=self.now)

    def her(self, case: Case) -> consenting.Hers:
        pair = self.pairs[case.id]
        return consenting.hers(self.db, case.id, pair.private, pair.public)

    def forget_key(self, body: Organization) -> None:
        """No member of the tests' own stands in for a holder any more."""
        factories._PRIVATES.pop(body.id, None)

    def actor(self, body: Organization) -> Actor:
        return self.kits[body].actor

    def desk(self, body: Organization) -> reading.DeskKeys:
        return self.kits[body].desk

    def keys(self, case: Case, body: Organization) -> reading.OpenedCase:
        return reading.opened_keys(self.db, case, self.desk(body))

    def opens(self, case: Case) -> list[set[int]]:
        """The epochs that each partner's members can open, then the root's."""
        return [set(self.keys(case, body).keys) for body in (*self.bodies, self.root)]

    def asked(self, case: Case) -> list[Organization]:
        """Who is asked or holds it, in the order in which they stand on the case's page."""
        rows = [r for r in referrals_of(self.db, case.id) if r.state in ASKED | HOLDING]
        known = {body.id: body for body in (*self.bodies, self.root)}
        return [known[one.organization_id] for one in rows]

    def granted(self, case: Case) -> set[object]:
        query = select(Grant.organization_id).where(
            Grant.case_id == case.id, Grant.organization_id.is_not(None)
        )
        return set(self.db.scalars(query))


def accepted(world: World, *more: Organization, last: bool = True) -> tuple[Case, Organization]:
    """A case that the first one asked has accepted."""
    case = world.file(world.answers("chosen", [world.bodies[0], *more], last))
    [holder] = world.asked(case)
    referring.accept(world.db, case, holder.id, world.actor(holder), NOW)
    world.db.flush()
    return case, holder


def refer(world: World, case: Case, holder: Organization, to: Organization, via=ConsentVia.VOICE):
    given = onward.Onward(to.id, "nearer to her", via, "en")
    opened, desk = world.keys(case, holder), world.desk(holder)
    return onward.refer_on(world.db, case, given, opened, desk, world.actor(holder), NOW)


def state_of(world: World, case: Case, body: Organization) -> list[str]:
    query = select(Referral.state).where(
        Referral.case_id == case.id, Referral.organization_id == body.id
    )
    return list(world.db.scalars(query))
