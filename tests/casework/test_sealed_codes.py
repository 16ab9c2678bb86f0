"""A dump of the database beside the taxonomy tells none of the 18 sealed codes."""

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from grievance.casework.directory.listing import load_reference
from grievance.casework.report import drafting
from grievance.casework.report.answers import Answers
from grievance.sealing.keys import KeyPair
from grievance.store.base import Base
from grievance.store.cases import Case, Draft, StoppedDraft
from grievance.store.taxonomy import taxonomy
from tests.casework.world import World
from tests.factories import NOW

ALWAYS_DIFFER = {"id", "case_id", "number", "lookup_id", "public_key", "sealed", "consent_id",
                 "sealed_document_id", "reason_document_id"}  # fmt: skip
TABLES = [table for table in Base.metadata.sorted_tables if "case_id" in table.columns]


PAIR = KeyPair.generate()


def dump(db: Session, case: Case) -> dict[str, list[Any]]:
    """Every readable value of a case in every table; of random bytes and envelopes the length."""
    db.flush()
    found = {"cases": [_plain(case)]}
    for table in TABLES:
        rows = db.execute(select(table).where(table.c.case_id == case.id)).mappings()
        found[table.name] = sorted((_shown(dict(row)) for row in rows), key=str)
    return found


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    lengths = {f"length of {k}": len(v) for k, v in row.items() if isinstance(v, bytes)}
    return {k: v for k, v in row.items() if k not in ALWAYS_DIFFER} | lengths


def _plain(case: Case) -> dict[str, Any]:
    return _shown({column.key: getattr(case, column.key) for column in inspect(Case).columns})


@pytest.mark.parametrize(
    ("sharing", "typed"), [("chosen", ""), ("chosen", "Kanaryo " * 99), ("nobody", "Kanaryo")]
)
def test_a_sealed_code_leaves_the_same_rows_as_its_group(
    db: Session, sharing: str, typed: str
) -> None:
    world = World.make(db, partners=2)
    sealed = _sealed_by_group(db)
    assert sum(map(len, sealed.values())) == 18
    for group, codes in sealed.items():
        ways = [[group], *([c] for c in codes), *([group, c] for c in codes), [group, *codes]]
        dumps = []
        for ticked in ways:
            answers = world.answers(sharing, world.bodies if sharing == "chosen" else [], last=True)
            answers.issues, answers.story = ticked, typed
            dumps.append(dump(db, world.file(answers)))

        assert dumps == [dumps[0]] * len(ways), group
        assert all("length of sealed" in row for row in dumps[0]["documents"])


def test_a_draft_crosses_no_step_by_a_code(db: Session) -> None:
    """Where her words end just below a step, one more code must not reach the next."""
    for words in range(0, 640, 8):
        lengths = {_draft_lengths(db, ticked, words) for ticked in (["DOC"], ["DOC", "DOC04"])}

        assert len(lengths) == 1, words


def test_all_codes_take_the_same_room(db: Session) -> None:
    load_reference(db, NOW)
    issues = taxonomy(db).issues
    every = [*{issue.group: None for issue in issues.values()}, *issues]
    ticked = [[], *([one] for one in every), *(every[:n] for n in range(len(every) + 1))]
    raw = [Answers(issues=some).to_json() for some in ticked]

    assert len({len(json.dumps(one, separators=(",", ":"))) for one in raw}) == 1


def _draft_lengths(db: Session, ticked: list[str], words: int) -> tuple[int, ...]:
    keys, copy = drafting.new_draft(), drafting.CodeCopy(uuid4().bytes * 2, PAIR.public)
    state = drafting.DraftState(Answers(issues=ticked, story="w" * words))
    drafting.save(db, keys, state, copy=copy, now=NOW)
    kept, stopped = db.get(Draft, keys.draft_id), db.get(StoppedDraft, copy.lookup_id)
    assert kept is not None
    assert stopped is not None
    return len(kept.sealed), len(stopped.sealed)


def _sealed_by_group(db: Session) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, issue in taxonomy(db).issues.items():
        if issue.sealed:
            found.setdefault(issue.group, []).append(code)
    return found


@pytest.mark.parametrize("sharing", ["nobody", "chosen"])
def test_with_nobody_yet_only_country_and_hour_stand(db: Session, sharing: str) -> None:
    world = World.make(db, partners=1)
    answers = world.answers(sharing, world.bodies if sharing == "chosen" else [], last=False)
    answers.nationality, answers.when = "PH", "week"

    case = world.file(answers)
    text = str(dump(db, case))

    assert ("WAG01" in text) == (sharing == "chosen")
    assert ("'PH'" in text) == (sharing == "chosen")
    assert case.country == "HK"
