"""How an export is written: cells that no spreadsheet takes for a formula, and the data package."""

import re
from collections.abc import Mapping
from typing import Final

from grievance.rules.hsds.rows import Values
from grievance.rules.hsds.tables import DAYS, EMAILS, FILLED, MOMENTS, NUMBERS, TABLES, TIMES

VERSION: Final = "3.1"
PROFILE: Final = "https://github.com/openreferral/specification"
# Phone numbers and coordinates begin with + and -; they are no formula.
_NUMBER: Final = re.compile(r"[+-][\d\s().,/;x-]*", re.IGNORECASE)
_FORMULA: Final = ("=", "@", "+", "-", "\t", "\r")


def cells(table: str, uid: str, values: Values, fields: list[str]) -> list[str]:
    """One row of a CSV file. The import takes the sign before a formula off again."""
    full: Mapping[str, object] = {**FILLED.get(table, {}), **values, "id": uid}
    return [_cell(full.get(name, "")) for name in fields]


def _cell(value: object) -> str:
    text = str(value)
    if isinstance(value, str) and text.startswith(_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def data_package(fields: Mapping[str, list[str]]) -> dict[str, object]:
    """The description of a folder of CSV files (Frictionless ``tabular-data-package``)."""
    return {
        "name": "human_services_data",
        "title": "Organizations that help migrant workers",
        "profile": "tabular-data-package",
        "version": VERSION,
        "resources": [_resource(table, names) for table, names in fields.items()],
    }


def _resource(table: str, names: list[str]) -> dict[str, object]:
    return {
        "name": table,
        "path": TABLES[table].file,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "profile": "tabular-data-resource",
        "schema": {
            "primaryKey": "id",
            "fields": [{"name": name, "type": _type(name)} for name in names],
        },
    }


def _type(name: str) -> str:
    if name in NUMBERS:
        return "number"
    types = ((DAYS, "date"), (TIMES, "time"), (MOMENTS, "datetime"), (EMAILS, "string"))
    return next((word for names, word in types if name in names), "string")


def page(contents_size: int) -> dict[str, object]:
    """What a page says of itself where one page holds all."""
    return {
        "total_items": contents_size, "total_pages": 1, "page_number": 1, "size": contents_size,
        "first_page": True, "last_page": True, "empty": contents_size == 0,
    }  # fmt: skip
