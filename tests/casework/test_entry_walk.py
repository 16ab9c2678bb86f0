"""An entry that people do things with in any order, while days pass: only a partner is asked."""

from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from grievance.casework.directory import life
from grievance.casework.directory.entries import confirm_entry, set_paused
from grievance.casework.directory.version import load_directory, make_version
from grievance.rules.entry_life import acts, state_of
from grievance.rules.route import Terms
from grievance.rules.routing import lapsed
from grievance.rules.terms import EntryAct, LifeState, Role
from grievance.store.engine import Database
from grievance.store.events import Actor
from tests.factories import NOW, make_member, make_organization, make_root

BY = Actor("staff", UUID(int=7))  # type: ignore[arg-type]


class Walk(RuleBasedStateMachine):
    """What the rules allow works, what they forbid is refused."""

    database: ClassVar[Database]

    def __init__(self) -> None:
        super().__init__()
        self.db = self.database.writer()
        root = make_root(self.db)
        self.body = make_organization(self.db, partner=False, confirmed_on=None, parent_id=root.id)
        self.now, self.number = NOW, 0

    def teardown(self) -> None:
        self.db.rollback()
        self.db.close()

    def tried(self, act: EntryAct, do: Callable[[], object], *, own: bool) -> None:
        may = act in acts(life.facts_of(self.db, self.body), own=own, above=not own)
        done = True
        try:
            do()
        except life.NotNow:
            done = False

        assert done == may

    @rule()
    def invite(self) -> None:
        self.number += 1
        address = f"p{self.number}@example.org"
        first = life.FirstMember(address, "P", Role.COORDINATOR, "en", notify=False)
        one = self.body.id
        self.tried(
            EntryAct.INVITE,
            lambda: life.invite_entry(self.db, one, first, actor=BY, now=self.now),
            own=False,
        )

    @rule()
    def accept(self) -> None:
        do = life.accept_terms
        self.tried(EntryAct.ACCEPT, lambda: do(self.db, self.body.id, BY, self.now), own=True)

    @rule()
    def close(self) -> None:
        do = life.close_entry
        self.tried(EntryAct.CLOSE, lambda: do(self.db, self.body.id, BY, self.now), own=True)

    @rule()
    def reopen(self) -> None:
        do = life.reopen_entry
        self.tried(EntryAct.REOPEN, lambda: do(self.db, self.body.id, BY, self.now), own=False)

    @precondition(lambda self: self.body.has_desk and self.body.active)
    @rule()
    def somebody_comes(self) -> None:
        self.number += 1
        make_member(self.db, self.body, email=f"m{self.number}@example.org", now=self.now)

    @rule(paused=st.booleans())
    def pause(self, paused: bool) -> None:
        set_paused(self.db, self.body.id, paused, BY, self.now)

    @rule()
    def confirm(self) -> None:
        confirm_entry(self.db, self.body.id, BY, self.now)

    @rule(days=st.integers(1, 300))
    def days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def only_a_partner_is_asked(self) -> None:
        make_version(self.db, self.now)
        terms = Terms(self.now.date(), 12)
        state = state_of(life.facts_of(self.db, self.body), terms)
        seen = load_directory(self.db).bodies.get(str(self.body.id))
        open_to = seen is not None and seen.partner and seen.has_keys and not seen.paused
        fresh = seen is not None and not lapsed(seen.confirmed_on, terms)

        assert (state == LifeState.PARTNER) == (open_to and fresh)
        assert seen is not None  # what is closed too: a worker may complain about it by its name
        assert state != LifeState.CLOSED or not (seen.partner or seen.has_keys or seen.services)
        assert not self.body.partner or self.body.terms_on is not None


def test_a_life_in_any_order(database: Database) -> None:
    walk = type("Life", (Walk,), {"database": database})

    run_state_machine_as_test(
        walk,
        settings=settings(
            max_examples=20, stateful_step_count=15, deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )  # fmt: skip
