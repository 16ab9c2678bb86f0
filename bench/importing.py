"""HSDS files of 10,000 organizations with services, places, phones and languages: in, and out."""

import csv
import os
import random
import resource
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

from bench.figures import Rows, row

ORGANIZATIONS = 10_000
SERVICES = 3


def imports(folder: Path, organizations: int = ORGANIZATIONS) -> Rows:
    """Seconds of each command, and the most memory that one of them took."""
    files, out = folder / "hsds", folder / "out"
    files.mkdir()
    count = write(files, organizations)
    where = os.environ | {
        "GRIEVANCE_DATABASE_URL": f"sqlite:///{folder / 'import.sqlite'}",
        "GRIEVANCE_PEPPER": "p" * 64, "GRIEVANCE_NAME_SECRET": "n" * 64,
    }  # fmt: skip
    fill = "from grievance.store import engine, migrate; import os; "
    fill += "migrate.upgrade(engine.make_engine(os.environ['GRIEVANCE_DATABASE_URL']))"
    subprocess.run([sys.executable, "-c", fill], env=where, check=True)  # noqa: S603 -- our own
    name = f"{organizations:,} organizations ({count:,} rows)"
    taken = _seconds(where, "import", str(files), "--format", "hsds", "--source", "county")
    given = _seconds(where, "export", "--format", "hsds-csv", str(out))
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return [
        row(f"import of {name}", taken, "s", limit=60),
        row(f"export of {name}", given, "s"),
        row("most memory of import or export", most, "MB", limit=200),
    ]


def _seconds(where: dict[str, str], *words: str) -> float:
    began = time.perf_counter()
    command = [sys.executable, "-m", "grievance.cli", "directory", *words]
    done = subprocess.run(command, env=where, capture_output=True, check=False)  # noqa: S603
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-500:])
    return time.perf_counter() - began


def write(folder: Path, organizations: int) -> int:
    """A folder of CSV files, the same each time; how many rows."""
    tables = _Tables(folder)
    for number in range(organizations):
        body = tables.add("organizations", name=f"Group {number} for workers",
                          description="Helps people with pay and papers.")  # fmt: skip
        for one in range(SERVICES):
            service = tables.add(
                "services", organization_id=body, name=f"Help {one}", status="active"
            )
            place = tables.add("locations", organization_id=body, location_type="physical")
            tables.add("service_at_locations", service_id=service, location_id=place)
            tables.add("phones", service_id=service, number=f"+852 2{number:05}{one}1")
            tables.add("languages", service_id=service, code="en", name="English")
    return tables.close()


class _Tables:
    """CSV files that grow row by row."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.chance, self.count = folder, random.Random(1), 0  # noqa: S311
        self.open: dict[str, tuple[csv.DictWriter, object]] = {}  # type: ignore[type-arg]

    def add(self, table: str, **values: str) -> str:
        """One row; its id."""
        one = {"id": str(UUID(int=self.chance.getrandbits(128), version=4)), **values}
        if table not in self.open:
            file = (self.folder / f"{table}.csv").open("w", newline="", encoding="utf-8")
            self.open[table] = csv.DictWriter(file, list(one)), file
            self.open[table][0].writeheader()
        self.open[table][0].writerow(one)
        self.count += 1
        return one["id"]

    def close(self) -> int:
        """How many rows were written."""
        for _, file in self.open.values():
            file.close()  # type: ignore[attr-defined]
        return self.count
