"""A dump of the database beside the taxonomy tells none of the 18 sealed codes."""

from typing import Any

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from grievance.store.base import Base
from grievance.store.cases import Case
from grievance.store.taxonomy import taxonomy
from tests.casework.world import World

ALWAYS_DIFFER = {"id", "case_id", "number", "lookup_id", "public_key", "sealed", "consent_id",
                 "sealed_document_id", "reason_document_id"}  # fmt: skip
TABLES = [table for table in Base.metadata.sorted_tables if "case_id" in table.columns]


def dump(db: Session, case: Case) -> dict[str, list[Any]]:
    """Every readable value of a case in every table, but for ids, random bytes and envelopes."""
    db.flush()
    found = {"cases": [_plain(case)]}
    for table in TABLES:
        rows = db.execute(select(table).where(table.c.case_id == case.id)).mappings()
        found[table.name] = sorted(
            [{k: v for k, v in row.items() if k not in ALWAYS_DIFFER} for row in rows], key=str
        )
    return found


def _plain(case: Case) -> dict[str, Any]:
    columns = inspect(Case).columns
    return {c.key: getattr(case, c.key) for c in columns if c.key not in ALWAYS_DIFFER}


def test_a_sealed_code_leaves_the_same_rows_as_its_group(db: Session) -> None:
    world = World.make(db, partners=2)
    issues = taxonomy(db).issues
    sealed = [code for code, issue in issues.items() if issue.sealed]
    assert len(sealed) == 18
    for code in sealed:
        dumps = []
        for ticked in (code, issues[code].group):
            answers = world.answers("chosen", world.bodies, last=True)
            answers.issues = [ticked]
            dumps.append(dump(db, world.file(answers)))

        assert dumps[0] == dumps[1], code


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
