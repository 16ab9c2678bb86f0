"""Writes an export as CSV: UTF-8 with a mark that spreadsheet programs look for."""

import csv
import io
from collections.abc import Iterator, Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from grievance.casework.case.exporting import COLUMNS, rows

CHUNK = 200
_MARK = "\ufeff"


def csv_lines(db: Session, cases: Sequence[UUID], zone: ZoneInfo) -> Iterator[bytes]:
    """The file in pieces of at most ``CHUNK`` rows; one header line, one line a case."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(_MARK)
    writer.writerow(COLUMNS)
    for number, row in enumerate(rows(db, cases, zone), 1):
        writer.writerow(row)
        if number % CHUNK == 0:
            yield _take(buffer)
    yield _take(buffer)


def _take(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
