"""Reads the list of problems (CSV) and says what is wrong in it, each with its line."""

import csv
import io
from collections.abc import Iterator

from grievance.rules.terms import ServiceNeed, Urgency
from grievance.rules.text import clean, is_blank

_COLUMNS = (
    "code", "group", "group_label", "label_en", "service_needs", "default_urgency", "readable",
    "ilo_indicators", "htcds_methods_of_control", "htcds_type_of_exploitation",
)  # fmt: skip
_NEEDED = ("code", "group", "group_label", "label_en", "service_needs")


class TaxonomyError(Exception):
    """The list cannot be taken; the message has a line for each problem."""


def read_taxonomy(text: str) -> list[dict[str, str]]:
    """Every row, checked. All or nothing: half a list would hide problems from workers."""
    reader = csv.DictReader(io.StringIO(clean(text.removeprefix("\ufeff"))), restval="")
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise TaxonomyError(f"The first line has no column: {', '.join(missing)}.")
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as error:
        raise TaxonomyError(f"Line {reader.line_num}: {error}.") from None
    said = [f"Line {line}: {problem}" for line, row in rows for problem in _problems(row)]
    codes = [row["code"] for _, row in rows]
    said += [
        f'The code "{one}" stands twice.' for one in sorted(set(codes)) if codes.count(one) > 1
    ]
    if said or not rows:
        raise TaxonomyError("\n".join(said) or "There is no problem in this list.")
    return [row for _, row in rows]


def _problems(row: dict[str, str]) -> Iterator[str]:
    for name in _NEEDED:
        if is_blank(row[name]):
            yield f"{name} is missing."
    for need in set(row["service_needs"].split()) - set(ServiceNeed):
        yield f'service_needs: "{need}" is not one of: {", ".join(ServiceNeed)}.'
    if row["default_urgency"] not in set(Urgency):
        yield f"default_urgency is not one of: {', '.join(Urgency)}."
    if row["readable"] not in {"code", "group"}:
        yield "readable is neither code nor group."
    if None in row:
        yield "has more cells than there are columns."
