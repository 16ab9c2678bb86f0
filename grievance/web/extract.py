"""Finds the sentences of the seed lists, so that translators meet them among all others.

``pybabel extract -F translations/babel.cfg`` calls these two. What they find is read by workers:
the names of the problems, and what is said of each number to call.
"""

import csv
import io
from collections.abc import Iterator
from typing import IO, Any

import yaml

Found = tuple[int, None, str, list[str]]
_SAID = ("what", "note", "hours")


def extract_taxonomy(
    fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[Found]:
    """Each group and each problem once, with its code as a note to the translator."""
    seen: set[str] = set()
    rows = csv.DictReader(io.StringIO(fileobj.read().decode("utf-8-sig")))
    for line, row in enumerate(rows, start=2):
        told = (
            (row["group_label"], f"Problem group {row['group']}"),
            (row["label_en"], f"Problem {row['code']}, in: {row['group_label']}"),
        )
        for label, note in told:
            if label not in seen:
                seen.add(label)
                yield line, None, label, [note]


def extract_danger(
    fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any
) -> Iterator[Found]:
    """What each number is for, its note and its hours, once each."""
    seen: set[str] = set()
    document = yaml.compose(fileobj.read().decode("utf-8"), Loader=yaml.SafeLoader)
    for number in _value(document, "numbers").value:
        country = _value(number, "country").value
        for key, value in number.value:
            if key.value in _SAID and value.value not in seen:
                seen.add(value.value)
                line = value.start_mark.line + 1
                yield line, None, value.value, [f"Numbers to call in danger, first for {country}"]


def _value(mapping: Any, name: str) -> Any:
    return next(value for key, value in mapping.value if key.value == name)
