"""Finds and opens the files of an HSDS import; what cannot be read is named, the rest goes on."""

import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from grievance.rules.hsds.nested import flatten, guess_table
from grievance.rules.hsds.older import Reader, is_known, order_of, tables_of
from grievance.rules.hsds.rows import Raw
from grievance.rules.hsds.text_files import FileProblem, csv_rows, encoding_of, json_items

Tell = Callable[[str, str], None]
_JSON = {".json", ".ndjson", ".jsonl"}
_NOT_DATA = {"datapackage.json"}
_PIECE = 64_000
_LINES = {".ndjson", ".jsonl"}


class Files:
    """The files of an import. ``whole``: whether they hold all of their source, as far as told."""

    def __init__(self, place: Path, encoding: str | None, tell: Tell) -> None:
        self.encoding, self.tell, self.whole = encoding, tell, True
        self.paths = self._find(place)
        self.size = sum(path.stat().st_size for path in self.paths)

    def _find(self, place: Path) -> list[Path]:
        found = [place] if place.is_file() else sorted(place.iterdir())
        kinds = _JSON | {".csv"}
        data = [p for p in found if p.suffix.lower() in kinds and p.name not in _NOT_DATA]
        known = [p for p in data if p.suffix.lower() in _JSON or is_known(p.stem.lower())]
        for path in data:
            if path not in known:
                self.tell(path.name, "is no table of HSDS: left out")
        if not known:
            raise click.ClickException(
                f"{place} holds no file of HSDS: CSV files named as its tables, or JSON."
            )
        self._name_missing(place, known)
        return sorted(known, key=_order)

    def _name_missing(self, place: Path, known: list[Path]) -> None:
        """What a data package lists and does not hold."""
        package = place / "datapackage.json"
        if not package.is_file():
            return
        try:
            listed = json.loads(package.read_text("utf-8-sig"))["resources"]
            names = {Path(str(one["path"])).name for one in listed}
        except (ValueError, KeyError, TypeError, RecursionError):
            self.tell(package.name, "cannot be read; the files beside it are taken all the same")
            return
        for name in sorted(names - {path.name for path in known}):
            self.tell(package.name, f"lists {name}, which is not here")

    def rows(self, progress: Callable[[int], None]) -> Iterator[Raw]:
        """Every row of every file. ``progress`` hears how many bytes were read."""
        reader = Reader()
        for path in self.paths:
            try:
                with path.open("rb") as stream:
                    text = self._text(path, stream, progress)
                    if path.suffix.lower() == ".csv":
                        yield from self._of_csv(path, text, reader)
                    else:
                        yield from self._of_json(path, text)
            except FileProblem as problem:
                self._cut(path, str(problem))
            except UnicodeError as error:  # of UTF-16 without its mark it is no more than that
                encoding = getattr(error, "encoding", self.encoding)
                self._cut(path, f"{path.name}: from here on it is no {encoding}")
            except OSError as error:
                self._cut(path, f"{path.name}: cannot be read ({error.strerror})")

    def _cut(self, path: Path, words: str) -> None:
        """A file of which a part is lost says nothing about what is missing."""
        self.whole = False
        self.tell(path.name, f"{words}: left out")

    def _text(self, path: Path, stream: io.BufferedReader, progress: Callable[[int], None]) -> (
        io.TextIOWrapper
    ):  # fmt: skip
        start = stream.peek(4)[:4]
        encoding = self.encoding or encoding_of(start)
        lenient = path.suffix.lower() == ".csv" and encoding.startswith("utf-8")
        counted = io.BufferedReader(_Counted(stream, progress))
        errors = "surrogateescape" if lenient else "strict"
        return io.TextIOWrapper(counted, encoding=encoding, errors=errors, newline="")

    def _of_csv(self, path: Path, text: io.TextIOWrapper, reader: Reader) -> Iterator[Raw]:
        stem = path.stem.lower()
        for place, cells in csv_rows(text, path.name, self._lost):
            yield from reader.rows(stem, cells, place)

    def _lost(self, place: str, words: str) -> None:
        self.whole = self.whole and "left out" not in words
        self.tell(place, words)

    def _of_json(self, path: Path, text: io.TextIOWrapper) -> Iterator[Raw]:
        table = tables_of(path.stem.lower())
        chunks = iter(lambda: text.read(_PIECE), "")
        for place, item in json_items(chunks, path.name):
            if not isinstance(item, dict):
                self._lost(place, "is no object: left out")
            elif "__page__" in item:
                self._note_page(path.name, item["__page__"])
            else:
                yield from self._of_item(table or guess_table(item), item, place)

    def _of_item(self, table: str, item: dict[str, object], place: str) -> Iterator[Raw]:
        try:
            yield from flatten(table, item, place)
        except RecursionError:
            self._lost(place, "objects lie deeper in each other than HSDS has it: left out")

    def _note_page(self, name: str, page: dict[str, object]) -> None:
        """One page of several says nothing about what its source does not have any more."""
        pages = page.get("total_pages")
        if isinstance(pages, (int, float)) and pages > 1:
            self.whole = False
            self.tell(name, f"is one page of {pages:.0f}: nothing is called missing")


class _Counted(io.RawIOBase):
    """A stream that tells how much was read of it."""

    def __init__(self, inner: io.BufferedReader, progress: Callable[[int], None]) -> None:
        self.inner, self.progress = inner, progress

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: object) -> int:
        """As the stream itself does."""
        got = self.inner.readinto(buffer)  # type: ignore[arg-type]
        self.progress(got or 0)
        return got or 0


def _order(path: Path) -> tuple[int, str]:
    return order_of(path.stem.lower())
