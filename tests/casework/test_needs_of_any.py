"""Whatever people do with a report of several needs: one owner, one asked for each need, and not a
key, an act in the trail or a word for anybody she did not agree to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from grievance.casework.case import reading
from grievance.casework.directory.version import make_version
from grievance.casework.referral import asking, consenting, holding, onward, referring
from grievance.casework.referral.chains import chains_of, owner_of, turns_of
from grievance.rules.lifecycle import ASKED, HOLDING
from grievance.rules.needs import lines_served
from grievance.rules.terms import ConsentScope, ConsentVia, DeclineReason, ReferralKind
from grievance.rules.turns import OWNER, taken
from grievance.store.cases import Case
from grievance.store.directory import Organization
from grievance.store.events import events_of_verb, trail_of
from grievance.store.referrals import consents_of, referrals_of
from tests.casework.world import World
from tests.factories import NOW

PARTNERS = 5
EACH = settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),  # each example files a report: shrinking takes long
)
NEEDS = st.lists(
    st.sampled_from([["WCL"], ["SHE"], ["WCL", "SHE"], ["COU"]]),
    min_size=PARTNERS, max_size=PARTNERS,
)  # fmt: skip
CHOSEN = st.lists(st.integers(0, PARTNERS - 1), unique=True, min_size=1)
REFUSED = (
    referring.NotAsked, referring.CannotMove, onward.CannotReferThere, onward.AskHerFirst,
    consenting.NotOffered,
)  # fmt: skip
Act = Callable[[World, Case, Organization], object]


@pytest.fixture(scope="module")
def acts() -> dict[str, Act]:
    """What may happen, by the one it happens to."""
    return {
        "accept": lambda w, c, b: referring.accept(w.db, c, b.id, w.actor(b), NOW),
        "decline": lambda w, c, b: asking.decline(
            w.db, c, b.id, DeclineReason.OTHER, w.actor(b), NOW
        ),
        "give back": lambda w, c, b: holding.give_back(
            w.db, c, "full", w.keys(c, b), w.desk(b), w.actor(b), NOW
        ),
        "take back": lambda w, c, b: _takes_back(w, c, b),
        "agree": lambda w, c, b: _agrees(w, c, b),
        "share": lambda w, c, b: _refers(w, c, b, ReferralKind.SHARE),
        "hand over": lambda w, c, b: _refers(w, c, b, ReferralKind.HAND_OVER),
        "expire": lambda w, c, b: asking.expire_due(w.db, NOW + timedelta(days=20)),
    }


WALKS = st.lists(
    st.tuples(
        st.sampled_from(
            ["accept", "accept", "accept", "decline", "give back", "take back", "agree", "share",
             "hand over", "expire"]
        ),
        st.integers(0, PARTNERS),
    ),
    max_size=9,
)  # fmt: skip


def _takes_back(world: World, case: Case, body: Organization) -> None:
    standing = {c.organization_id for c in consents_of(world.db, case.id) if not c.withdrawn_at}
    if body.id in standing:
        consenting.withdraw(world.db, case, body.id, world.her(case), NOW)


def _agrees(world: World, case: Case, body: Organization) -> None:
    her = world.her(case)
    routed = world.route(consenting.read_answers(world.db, case.id, her))
    choice = consenting.Choice(body.id, ConsentScope.ALL, "en")
    consenting.consent(world.db, case, choice, her, routed, NOW)


def _refers(world: World, case: Case, to: Organization, kind: ReferralKind) -> None:
    by = next((one for one in world.bodies if one.id == owner_of(case)), None)
    if by is not None:
        given = onward.Onward(to.id, "for her", ConsentVia.VOICE, "en", kind)
        onward.refer_on(
            world.db, case, given, world.keys(case, by), world.desk(by), world.actor(by), NOW
        )


@contextmanager
def report(
    world: World, needs: list[list[str]], chosen: list[int], *, ruled_out: int | None = None
) -> Iterator[Case]:
    """A report of two needs in a directory like this; everything is as before afterwards."""
    before = world.db.begin_nested()
    try:
        world.issue = "LIV01"
        for body, given_needs in zip(world.bodies, needs, strict=True):
            body.services[0].needs = given_needs
        world.db.flush()
        make_version(world.db, NOW)
        recipients = [world.bodies[n] for n in chosen if n != ruled_out]
        answers = world.answers("chosen", recipients, last=True)
        if ruled_out is not None:
            answers.rule_out = [str(world.bodies[ruled_out].id)]
        case = world.file(answers)
        world.db.flush()
        yield case
    finally:
        before.rollback()
        world.db.expire_all()


@pytest.fixture
def world(db: Session) -> World:
    """A root and five partners, whose services each example says."""
    made = World.make(db, partners=PARTNERS)
    made.root.services[0].needs = ["INF"]
    db.flush()
    return made


@EACH
@given(needs=NEEDS, chosen=CHOSEN, walk=WALKS, ruled_out=st.none() | st.integers(0, PARTNERS - 1))
def test_whatever_happens_one_owns_it_and_one_is_asked_for_each_need(
    world: World,
    acts: dict[str, Act],
    needs: list[list[str]],
    chosen: list[int],
    walk: list[tuple[str, int]],
    ruled_out: int | None,
) -> None:
    with report(world, needs, chosen, ruled_out=ruled_out) as case:
        _holds(world, case, ruled_out)
        for name, number in walk:
            body = [*world.bodies, world.root][number]
            inner = world.db.begin_nested()
            try:
                acts[name](world, case, body)
                world.db.flush()
                inner.commit()
            except REFUSED:
                inner.rollback()
            _holds(world, case, ruled_out)


def _holds(world: World, case: Case, ruled_out: int | None) -> None:
    db, rows = world.db, referrals_of(world.db, case.id)
    asked = [row for row in rows if row.state in ASKED]
    held = [row for row in rows if row.state in HOLDING]
    for some in (asked, held):
        assert len({row.organization_id for row in some}) == len(some)
        chains = [chain for row in some for chain in chains_of(row)]
        assert len(set(chains)) == len(chains)
    owners = [row.organization_id for row in held if OWNER in chains_of(row)]
    assert owners == [] or owners == [case.owner_id]
    standing = {c.organization_id for c in consents_of(db, case.id) if c.withdrawn_at is None}
    assert world.granted(case) <= standing
    said_yes = {r.organization_id for r in rows if r.answered_at and r.state != "declined"}
    heard = {r.organization_id for r in rows if r.sent_at} | {world.root.id}  # it oversees
    kept_away = world.bodies[ruled_out].id if ruled_out is not None else None
    for body in (*world.bodies, world.root):
        reads = bool(world.keys(case, body).keys)
        assert not reads or body.id in standing & said_yes
        assert not reading.holds(db, case, body.id) or body.id in standing & said_yes
        told = [e for e in trail_of(db, body.id, before=None, limit=99) if e.case_id == case.id]
        acted = body.id in heard and body.id != kept_away
        assert not told or acted or all(e.actor == "staff" for e in told), [e.verb for e in told]
        if body.id == kept_away:
            assert not [r for r in rows if r.organization_id == body.id]
            assert not told


@EACH
@given(needs=NEEDS, chosen=CHOSEN, yes=st.lists(st.booleans(), min_size=8, max_size=8))
def test_each_need_ends_with_somebody_or_it_is_said_that_it_has_nobody(
    world: World, needs: list[list[str]], chosen: list[int], yes: list[bool]
) -> None:
    with report(world, needs, chosen) as case:
        answers = iter(yes)
        while asked := [r for r in referrals_of(world.db, case.id) if r.state in ASKED]:
            body = next(
                one for one in (*world.bodies, world.root) if one.id == asked[0].organization_id
            )
            if next(answers, True):
                referring.accept(world.db, case, body.id, world.actor(body), NOW)
            else:
                reason = DeclineReason.OTHER
                asking.decline(world.db, case, body.id, reason, world.actor(body), NOW)
            world.db.flush()
        rows = referrals_of(world.db, case.id)
        served = taken(turns_of(rows), owner_of(case))
        said = {
            n for e in events_of_verb(world.db, case.id, "need_unmet") for n in e.details["needs"]
        }
        found = world.route(world.answers("chosen", [], last=True)).route
        named = {
            line for n in chosen for line in lines_served(found, str(world.bodies[n].id))
        }  # fmt: skip

        assert case.owner_id is not None
        assert OWNER in served or case.asked_all
        asked_for = {need for row in rows for need in row.needs}
        assert asked_for <= {str(line) for line in named}
        for need in asked_for - served:
            assert need in said or case.asked_all
