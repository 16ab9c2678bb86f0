"""Writes an export as CSV: UTF-8 with a mark that spreadsheet programs look for."""

import csv
import io
from collections.abc import Iterator

from sqlalchemy.orm import Session

from grievance.casework.exporting import COLUMNS, Period, rows
from grievance.store.queue import Reader

_MARK = "\ufeff"
_CHUNK = 200


def csv_lines(db: Session, reader: Reader, period: Period) -> Iterator[bytes]:
    """The file in pieces; one header line, one line a case."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(_MARK)
    writer.writerow(COLUMNS)
    for number, row in enumerate(rows(db, reader, period), 1):
        writer.writerow(row)
        if number % _CHUNK == 0:
            yield _take(buffer)
    yield _take(buffer)


def _take(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()
