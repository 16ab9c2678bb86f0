"""Writes HSDS files, runs the commands on them, and reads what was stored."""

import re
from pathlib import Path
from typing import Any
from uuid import UUID

from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.cli import main
from grievance.store.hsds import HsdsRecord

A, B, C = (str(UUID(int=number)) for number in (1, 2, 3))


def run(*words: object) -> Result:
    """``grievance directory`` with these words."""
    result = CliRunner().invoke(main, ["directory", *map(str, words)])
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(
        result.exception
    )
    return result


def take(place: Path, *more: str, source: str = "county") -> Result:
    """An import of a file or folder."""
    return run("import", place, "--format", "hsds", "--source", source, *more)


def numbers(result: Result) -> dict[str, int]:
    """The counts at the end of an import."""
    found = re.findall(r"^(added|changed|unchanged|missing|left out): (\d+)$", result.output, re.M)
    return {what: int(number) for what, number in found}


def folder(tmp_path: Path, **files: str | bytes) -> Path:
    """A folder that holds these CSV files."""
    for name, content in files.items():
        raw = content if isinstance(content, bytes) else content.encode()
        (tmp_path / f"{name}.csv").write_bytes(raw)
    return tmp_path


def records(db: Session, table: str) -> dict[str, dict[str, Any]]:
    """What is stored of a table, by the ids of its source."""
    rows = db.scalars(select(HsdsRecord).where(HsdsRecord.of_table == table)).all()
    found = {one.record_id: one.content for one in rows}
    db.rollback()
    return found
