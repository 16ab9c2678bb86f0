"""A sheet of rows beside the database: a file's rows, once each, before any of them is taken.

It lies in a nameless temporary file of SQLite that goes with the program; memory stays flat.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from uuid import UUID

from grievance.rules.hsds.rows import Row, read_uid

_TABLE = """
CREATE TABLE sheet (
  of_table TEXT, uid TEXT, record_id TEXT, content TEXT, place TEXT,
  PRIMARY KEY (of_table, uid)
) WITHOUT ROWID
"""
_MARKS = "CREATE TABLE marks (word TEXT, uid TEXT, also TEXT, PRIMARY KEY (word, uid, also))"
_CACHE_KB = 16_000
_AS_JSON = json.JSONEncoder(ensure_ascii=False).encode


class Sheet:
    """Rows by table and id; ``marks`` are sets of ids, kept the same way."""

    def __init__(self) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.execute(f"PRAGMA cache_size=-{_CACHE_KB}")
        self._db.execute("PRAGMA synchronous=OFF")
        self._db.execute("PRAGMA journal_mode=OFF")
        self._db.execute(_TABLE)
        self._db.execute(_MARKS)
        self._db.execute("BEGIN")
        self._words: set[str] = set()  # of the sets that are not empty

    def __enter__(self) -> "Sheet":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        self._db.close()

    def get(self, table: str, uid: UUID) -> Row | None:
        """The row of this id, if it is there."""
        found = self._db.execute(
            "SELECT record_id, content, place FROM sheet WHERE of_table = ? AND uid = ?",
            (table, str(uid)),
        ).fetchone()
        return Row(table, uid, found[0], json.loads(found[1]), found[2]) if found else None

    def has(self, table: str, uid: UUID) -> bool:
        """Whether there is a row of this id."""
        query = "SELECT 1 FROM sheet WHERE of_table = ? AND uid = ?"
        return self._db.execute(query, (table, str(uid))).fetchone() is not None

    def lacking(self, rows: Iterable[tuple[str, UUID]]) -> list[tuple[str, UUID]]:
        """Which of these rows, by table and id, are not there. Asks once for each table."""
        asked: dict[str, dict[str, UUID]] = {}
        for table, uid in rows:
            asked.setdefault(table, {})[str(uid)] = uid
        query = (
            "SELECT uid FROM sheet WHERE of_table = ? AND uid IN (SELECT value FROM json_each(?))"
        )
        for table, uids in asked.items():
            for (uid,) in self._db.execute(query, (table, json.dumps(list(uids)))):
                del uids[uid]
        return [(table, uid) for table, uids in asked.items() for uid in uids.values()]

    def add(self, row: Row) -> bool:
        """Keep a row if there is none of its id yet; whether it was kept."""
        return self._write("INSERT OR IGNORE INTO sheet VALUES (?, ?, ?, ?, ?)", row) > 0

    def put(self, row: Row) -> None:
        """Keep a row, in place of an earlier one of its id."""
        self._write("INSERT OR REPLACE INTO sheet VALUES (?, ?, ?, ?, ?)", row)

    def _write(self, query: str, row: Row) -> int:
        content = _AS_JSON(row.values)
        values = (row.table, str(row.uid), row.record_id, content, row.place)
        return self._db.execute(query, values).rowcount

    def drop(self, table: str, uid: UUID) -> None:
        """Forget a row."""
        self._db.execute("DELETE FROM sheet WHERE of_table = ? AND uid = ?", (table, str(uid)))

    def count(self, table: str | None = None) -> int:
        """How many rows there are, of one table or of all."""
        where, given = ("WHERE of_table = ?", (table,)) if table else ("", ())
        found = self._db.execute(f"SELECT count(*) FROM sheet {where}", given)  # noqa: S608 -- fixed
        return int(found.fetchone()[0])

    def tables(self) -> list[str]:
        """The tables that have rows."""
        return [one for (one,) in self._db.execute("SELECT DISTINCT of_table FROM sheet")]

    def pages(self, table: str, size: int = 500) -> Iterator[list[Row]]:
        """The rows of a table by id, some at a time."""
        last = ""
        while True:
            rows = self._db.execute(
                "SELECT uid, record_id, content, place FROM sheet "
                "WHERE of_table = ? AND uid > ? ORDER BY uid LIMIT ?",
                (table, last, size),
            ).fetchall()
            if not rows:
                return
            contents = json.loads(f"[{','.join(row[2] for row in rows)}]")  # once for all
            yield [
                Row(table, read_uid(uid), record_id, values, place)
                for (uid, record_id, _, place), values in zip(rows, contents, strict=True)
            ]
            last = rows[-1][0]

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table by id; those that were read may be changed or dropped meanwhile."""
        for page in self.pages(table):
            yield from page

    def mark(self, word: str, uid: UUID | str, also: UUID | str = "") -> bool:
        """Put an id into the set of this word (with a second one); whether it was new."""
        self._words.add(word)
        return (
            self._db.execute(
                "INSERT OR IGNORE INTO marks VALUES (?, ?, ?)", (word, str(uid), str(also))
            ).rowcount
            > 0
        )

    def is_marked(self, word: str, uid: UUID | str) -> bool:
        """Whether an id is in the set of this word."""
        if word not in self._words:
            return False
        query = "SELECT 1 FROM marks WHERE word = ? AND uid = ? LIMIT 1"
        return self._db.execute(query, (word, str(uid))).fetchone() is not None

    def marked(self, word: str) -> Iterator[tuple[str, str]]:
        """Every pair of a set. What is read is read before anything else is asked."""
        query = "SELECT uid, also FROM marks WHERE word = ? ORDER BY uid, also"
        yield from self._db.execute(query, (word,)).fetchall()

    def marked_with(self, word: str, uid: UUID | str) -> list[str]:
        """The second ids that stand beside this one."""
        query = "SELECT also FROM marks WHERE word = ? AND uid = ? ORDER BY also"
        return [one for (one,) in self._db.execute(query, (word, str(uid)))]
