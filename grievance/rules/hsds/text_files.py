"""Reads the files: CSV with the faults of real ones, and JSON piece by piece.

Nothing is held but the row that is read: a file may be of any length.
"""

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

_LONGEST_CELL: Final = 2_000_000
_LONGEST_ITEM: Final = 20_000_000
_FAR: Final = 64_000
_HALF_READ: Final = re.compile("[\udc80-\udcff]")  # bytes that are no UTF-8
Report = Callable[[str, str], None]  # place, words


class FileProblem(Exception):
    """The rest of a file cannot be read; the message says from where on, and why."""


def encoding_of(start: bytes) -> str:
    """The encoding that a file's first bytes tell; UTF-8 where they tell none."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    return "utf-8-sig"


def csv_rows(
    lines: Iterable[str], name: str, report: Report
) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row of a CSV file with its place. A row with a fault is named and left out.

    ``lines`` are decoded with ``surrogateescape``, so that one letter in another encoding costs its
    row and not the file. Raises FileProblem where no further row can be read.
    """
    csv.field_size_limit(_LONGEST_CELL)
    source = iter(lines)
    first = next((line for line in source if line.strip()), "")
    # Not strict, a quote that is never closed would swallow all rows after it without a word.
    reader = csv.reader(source, delimiter=_delimiter(first), strict=True)
    header = _header(next(csv.reader([first], delimiter=_delimiter(first)), []), name, report)
    begin = 2
    try:
        for cells in reader:
            place, begin = f"{name}, row {begin}", reader.line_num + 2
            if any(cells):
                row = _row(header, cells, place, report)
                if row is not None:
                    yield place, row
    except csv.Error as error:
        raise FileProblem(f"{name}, row {begin}: from here on it is no CSV ({error})") from None


def _delimiter(first: str) -> str:
    return max(",;\t|", key=first.count)


def _header(cells: list[str], name: str, report: Report) -> list[str]:
    """Names as the standard writes them; one that stands twice counts once."""
    found: list[str] = []
    for number, cell in enumerate(cells, 1):
        one = cell.strip().strip('"').casefold().replace(" ", "_")
        if one and one in found:
            report(f"{name}, row 1", f'the column "{one}" stands twice: the first counts')
            one = f"{one} {number}"
        found.append(one)
    return found


def _row(header: list[str], cells: list[str], place: str, report: Report) -> dict[str, str] | None:
    if any(not cell.isascii() and _HALF_READ.search(cell) for cell in cells):
        report(place, "is not UTF-8: left out (save the file as UTF-8, or name its --encoding)")
        return None
    if any(cell.strip() for cell in cells[len(header) :]):
        report(place, f"has {len(cells)} cells and the first row {len(header)}: the rest left out")
    if any(cell.strip() for name, cell in zip(header, cells, strict=False) if not name):
        report(place, "a cell stands under no heading: left out")
    pairs = zip(header, cells, strict=False)
    return {name: cell for name, cell in pairs if name and " " not in name}


def json_items(chunks: Iterable[str], name: str) -> Iterator[tuple[str, object]]:
    """Each item of a JSON file with its place: of a page's ``contents``, of a list, one object,
    or one object a line. The item ``__page__`` is what a page says of itself.

    Raises FileProblem where no further item can be read.
    """
    text = _Text(iter(chunks))
    number = 0
    try:
        while (sign := text.peek()) != "":
            found = text.array() if sign == "[" else text.page()
            for item in found:
                number += not _is_page(item)
                yield f"{name}, item {number}", item
    except (ValueError, RecursionError) as error:
        words = "lies too deep" if isinstance(error, RecursionError) else str(error)[:200]
        at = f"{name}, item {number + 1}"
        raise FileProblem(f"{at}: from here on it cannot be read ({words})") from None


def _is_page(item: object) -> bool:
    return isinstance(item, dict) and "__page__" in item


class _Text:
    """A text that comes in pieces, read from the front."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self.chunks, self.buffer, self.at, self.ended = chunks, "", 0, False
        self.decoder = json.JSONDecoder(parse_constant=_refuse)

    def peek(self) -> str:
        """The next sign that is no blank; nothing at the end."""
        while True:
            while self.at < len(self.buffer) and self.buffer[self.at] in " \t\r\n\ufeff":
                self.at += 1
            if self.at < len(self.buffer):
                return self.buffer[self.at]
            if not self._more():
                return ""

    def take(self, sign: str) -> None:
        """Go past one sign that must come now."""
        if self.peek() != sign:
            raise ValueError(f'"{sign}" is missing')
        self.at += 1

    def value(self) -> object:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                found, end = self.decoder.raw_decode(self.buffer, self.at)
                if end < len(self.buffer) or self.ended:
                    self.at = end
                    return found
            except json.JSONDecodeError as error:
                if self.ended:
                    raise ValueError(error.msg) from None
            if len(self.buffer) - self.at > _LONGEST_ITEM:
                raise ValueError("one item is longer than 20 MB")
            self._more(double=True)

    def array(self) -> Iterator[object]:
        """Each value of a list."""
        self.take("[")
        while self.peek() != "]":
            yield self.value()
            if self.peek() != "]":
                self.take(",")
        self.take("]")

    def page(self) -> Iterator[object]:
        """The ``contents`` of a page one by one; an object without them is the one item."""
        self.take("{")
        kept: dict[str, object] = {}
        is_page = False
        while self.peek() != "}":
            member = self.value()
            self.take(":")
            if member == "contents" and self.peek() == "[":
                is_page = True
                yield from self.array()
            else:
                kept[str(member)] = self.value()
            if self.peek() != "}":
                self.take(",")
        self.take("}")
        yield {"__page__": kept} if is_page else kept

    def _more(self, *, double: bool = False) -> bool:
        """Read on; what was read before is let go."""
        wanted = max(_FAR, len(self.buffer) - self.at) if double else 1
        parts, got = [self.buffer[self.at :]], 0
        while got < wanted:
            piece = next(self.chunks, None)
            if piece is None:
                self.ended = True
                break
            parts.append(piece)
            got += len(piece)
        self.buffer, self.at = "".join(parts), 0
        return got > 0


def _refuse(word: str) -> object:
    raise ValueError(f"{word} is no number of JSON")
