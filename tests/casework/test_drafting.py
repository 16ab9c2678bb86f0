"""A draft opens for its session's key or its code, and for nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from grievance.casework.report import drafting
from grievance.casework.report.answers import Answers
from grievance.casework.report.drafting import CodeCopy, DraftKeys, DraftState
from grievance.sealing import CannotOpen
from grievance.sealing.keys import LEAST_COST, CodeKeys, code_keys
from grievance.store.cases import Draft, StoppedDraft
from tests.factories import NOW

PEPPER = b"p" * 48
Kept = tuple[DraftKeys, CodeKeys]


def _state(story: str) -> DraftState:
    return DraftState(Answers(issues=["WAG01"], story=story), {"story": 2}, short=True)


@pytest.fixture
def kept(db: Session) -> Kept:
    """A draft with its stopped copy."""
    keys = drafting.new_draft()
    derived = code_keys(keys.code or "", PEPPER, LEAST_COST)
    copy = CodeCopy(derived.lookup_id, derived.pair.public)
    drafting.save(db, keys, _state("first"), copy=copy, now=NOW)
    db.flush()
    return keys, derived


def test_a_draft_comes_back_as_it_was(db: Session, kept: Kept) -> None:
    assert drafting.load(db, kept[0]) == _state("first")


def test_the_row_holds_no_word_that_can_be_read(db: Session, kept: Kept) -> None:
    rows = [*db.scalars(select(Draft.sealed)), *db.scalars(select(StoppedDraft.sealed))]
    assert len(rows) == 2
    for sealed in rows:
        assert b"first" not in sealed
        assert b"WAG01" not in sealed


def test_another_sessions_key_does_not_open_it(db: Session, kept: Kept) -> None:
    keys = kept[0]
    wrong = DraftKeys(keys.draft_id, keys.case_id, drafting.new_draft().key, None)
    with pytest.raises(CannotOpen):
        drafting.load(db, wrong)


def test_the_code_opens_the_stopped_copy(db: Session, kept: Kept) -> None:
    keys, derived = kept
    found = drafting.reopen(db, derived.lookup_id, derived.pair.private)
    assert found == (keys.case_id, _state("first"))


def test_a_wrong_key_or_code_opens_nothing(db: Session, kept: Kept) -> None:
    other = code_keys(drafting.new_draft().code or "", PEPPER, LEAST_COST)
    assert drafting.reopen(db, kept[1].lookup_id, other.pair.private) is None
    assert drafting.reopen(db, other.lookup_id, other.pair.private) is None


def test_a_later_step_needs_only_the_public_key(db: Session, kept: Kept) -> None:
    keys, derived = kept
    copy = CodeCopy(derived.lookup_id, derived.pair.public)
    drafting.save(db, keys, _state("second"), copy=copy, now=NOW + timedelta(days=1))
    found = drafting.reopen(db, derived.lookup_id, derived.pair.private)
    assert found is not None
    assert found[1].answers.story == "second"


def test_times_are_no_finer_than_they_must_be(db: Session, kept: Kept) -> None:
    assert db.scalars(select(Draft.updated_at)).one() == NOW.replace(minute=0)
    assert db.scalars(select(StoppedDraft.updated_at)).one() == NOW.replace(minute=0)


@pytest.mark.parametrize(
    ("forget", "left"),
    [
        (lambda db, keys: drafting.drop_stopped_copy(db, keys.case_id), (1, 0)),
        (lambda db, keys: drafting.drop_session_copy(db, keys.draft_id), (0, 1)),
    ],
)
def test_closing_and_sending_forget_one_copy_each(
    db: Session, kept: Kept, forget: Callable[[Session, DraftKeys], None], left: tuple[int, int]
) -> None:
    forget(db, kept[0])
    count = [db.scalar(select(func.count()).select_from(t)) for t in (Draft, StoppedDraft)]
    assert tuple(count) == left


def test_answers_of_another_release_are_passed_over() -> None:
    raw = Answers(story="words").to_json() | {"no_longer_asked": 1}
    assert Answers.from_json(raw) == Answers(story="words")
