"""Writes HSDS files, runs the commands on them, and reads what was stored."""

import csv
import json
import re
from pathlib import Path
from typing import Any
from uuid import UUID

from click.testing import CliRunner, Result
from sqlalchemy import select
from sqlalchemy.orm import Session

from grievance.cli import main
from grievance.rules.hsds.tables import TABLES
from grievance.store.hsds import HsdsRecord
from tests.support.json_schema import faults, schema

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


def faults_of(out: Path) -> list[str]:
    """What of an export does not fit the schemas of the standard."""
    table_of = {one.file.removesuffix(".csv"): one.name for one in TABLES.values()}
    found = []
    for path in sorted(out.glob("*.json")):
        if path.name != "datapackage.json":
            page = json.loads(path.read_text("utf-8"))
            assert page["total_items"] == page["size"] == len(page["contents"])
            for one in page["contents"]:
                found += faults(table_of[path.stem], one)
    for path in sorted(out.glob("*.csv")):
        found += _faults_of_csv(table_of[path.stem], path)
    return found


def _faults_of_csv(table: str, path: Path) -> list[str]:
    shape = schema(table)
    numbers = {name for name, one in shape["properties"].items() if one.get("type") == "number"}
    needed = {*shape["required"], *shape.get("tabular_required", ())} - {"unit", "description"}
    found, seen = [], set()
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            item = {n: float(v) if n in numbers else v for n, v in row.items() if v}
            flat = {"unit": {"id": A, "name": ""}, "description": ""} if table else {}
            missing = [name for name in needed if name not in row]
            blank = dict.fromkeys(shape["required"], "") if table != "service_capacity" else flat
            found += faults(table, {**blank, **item}) + missing
            found += [f"{row['id']} twice"] * (row["id"] in seen)
            seen.add(row["id"])
    return found
