"""The keywords of JSON Schema that the schemas of HSDS use; each fault with its path."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

SCHEMAS = Path(__file__).parents[1] / "data" / "hsds" / "3.1" / "schema"
_TYPES = {"string": str, "number": (int, float), "array": list, "object": dict}
_KNOWN = {
    "name", "path", "title", "description", "datapackage_metadata", "datapackage_type", "example",
    "core", "constraints", "type", "format", "enum", "properties", "required", "tabular_required",
    "items", "$ref", "deprecated",
}  # fmt: skip


@cache
def schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    return found


def faults(name: str, value: object) -> list[str]:
    """What of a value does not fit the schema of this name."""
    return list(_faults(schema(name), value, name))


def _faults(rule: dict[str, Any], value: Any, where: str) -> Iterator[str]:
    assert rule.keys() <= _KNOWN, rule.keys() - _KNOWN
    if "$ref" in rule:
        yield from _faults(schema(rule["$ref"].removesuffix(".json")), value, where)
    kind = rule.get("type")
    if kind and (isinstance(value, bool) or not isinstance(value, _TYPES[kind])):
        yield f"{where}: {value!r} is no {kind}"
        return
    if value not in rule.get("enum", [value]):
        yield f"{where}: {value!r} is none of {rule['enum']}"
    if "format" in rule and not _has_format(rule["format"], value):
        yield f"{where}: {value!r} is no {rule['format']}"
    if isinstance(value, dict):
        yield from _faults_inside(rule, value, where)
    for number, one in enumerate(value if isinstance(value, list) else []):
        yield from _faults(rule["items"], one, f"{where}[{number}]")


def _faults_inside(rule: dict[str, Any], value: dict[str, Any], where: str) -> Iterator[str]:
    yield from (f"{where}: no {one}" for one in rule.get("required", ()) if one not in value)
    for name, inner in rule.get("properties", {}).items():
        if name in value:
            yield from _faults(inner, value[name], f"{where}.{name}")


def _has_format(name: str, value: str) -> bool:
    try:
        if name == "uuid":
            return str(UUID(value)) == value
        if name == "date-time":
            return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False
    patterns = {"uri": r"[A-Za-z][A-Za-z0-9+.-]*:\S+", "email": r"\S+@\S+"}
    return re.fullmatch(patterns[name], value) is not None
