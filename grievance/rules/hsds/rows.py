"""One row in normal form: its table, its id as a UUID, its values, keys as UUIDs."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final
from uuid import UUID, uuid5

from grievance.rules.hsds.tables import (
    COPIED,
    FILLED,
    NEEDED,
    TABLES,
    Table,
    entity_field,
    hanging_keys,
)
from grievance.rules.hsds.values import Value, language_code, read_value
from grievance.rules.terms import Visibility
from grievance.rules.text import clean, is_blank

_SPACE: Final = UUID("3d0a8d0e-7a5b-4c57-9f0e-1c6b1d5a2f31")  # of ids that we make; never changed
Values = dict[str, Value]
_LONGEST_ID: Final = 300
_LONGEST_NAME: Final = 100  # letters of a field nobody knows
_ONLY_IN = {"id"}


@dataclass(frozen=True)
class Raw:
    """A row as a file has it, under the names of 3.1. ``only_adds``: part of a row elsewhere."""

    table: str
    values: Mapping[str, object]
    place: str  # the file and row, for people
    only_adds: bool = False


@dataclass(frozen=True)
class Row:
    """A row as we keep it. ``keys`` are the fields that point to other rows."""

    table: str
    uid: UUID
    record_id: str
    values: Values
    place: str
    only_adds: bool = False
    problems: tuple[str, ...] = field(default=(), compare=False)

    @cached_property
    def links(self) -> tuple[tuple[str, UUID], ...]:
        """What this row points to: table and id, each once."""
        return tuple(dict.fromkeys(links_of(self.table, self.values)))


def links_of(table: str, values: Values) -> Iterable[tuple[str, UUID]]:
    """What a row of these values points to."""
    return _links(table, values, TABLES[table].keys)


def _links(table: str, values: Values, columns: Iterable[str]) -> Iterator[tuple[str, UUID]]:
    for column in columns:
        if column in values:
            named = TABLES[table].keys[column] or values.get(entity_field(table) or "")
            yield str(named or ""), read_uid(str(values[column]))


def hangs_on(row: Row) -> Iterable[tuple[str, UUID]]:
    """What this row belongs to: table and id."""
    return _links(row.table, row.values, hanging_keys(row.table))


def known_fields(table: str, values: Mapping[str, Value]) -> Values:
    """The values whose fields the standard has, and that it is not for everybody, where it says
    so: in a word of ours, since theirs may say more."""
    kept = {name: one for name, one in values.items() if name in TABLES[table].columns}
    if not is_public(values):
        word = values["visibility"]
        kept["visibility"] = word if word in set(Visibility) else str(Visibility.COORDINATOR)
    return kept


def is_public(values: Mapping[str, Value]) -> bool:
    """Whether anybody may read a row. The standard has no field for it; files have ours."""
    word = str(values.get("visibility", Visibility.PUBLIC))
    return word.strip().casefold() == Visibility.PUBLIC


@lru_cache(maxsize=32_768)
def read_uid(text: str) -> UUID:
    """The UUID of a text; a row's id is read once for all rows near it that name it. Raises
    ValueError."""
    return UUID(text)


def made_id(*parts: str) -> UUID:
    """An id that follows from these parts, the same each time."""
    return uuid5(_SPACE, "\x1f".join(parts))


def uid_of(source: str, table: str, given: str) -> UUID:
    """The UUID of a row by what its source calls it: itself where it is one."""
    try:
        return read_uid(given)
    except ValueError:
        return made_id(source, table, given)


def normal_row(raw: Raw, source: str) -> Row | None:
    """The row, with what is wrong in it; None where nothing is left that says anything."""
    table = TABLES[raw.table]
    problems: list[str] = []
    values = _values(table, raw.values, problems)
    given = _given_id(raw.values, problems)
    for column, target in table.keys.items():
        if column in values:
            named = target or str(values.get(entity_field(raw.table) or "", ""))
            values[column] = str(uid_of(source, named, str(values[column])))
    if not values and not given:
        return None
    _complete(raw, values, problems)
    uid = uid_of(source, raw.table, given) if given else _blank_id(source, raw.table, values)
    kept = given or str(uid)
    return Row(raw.table, uid, kept, values, raw.place, raw.only_adds, tuple(problems))


def _values(table: Table, given: Mapping[str, object], problems: list[str]) -> Values:
    filled = FILLED.get(table.name, {})
    kept: Values = {}
    for name, one in given.items():
        column = _column(name)
        if not column or column in _ONLY_IN or one is None or one == "":
            continue
        value = read_value(table.name, column, one, _heard(column, problems))
        is_filler = value == "-" and filled.get(column) == "-"
        if value is not None and not is_filler:
            kept[column] = value
    return kept


@lru_cache(maxsize=1024)
def _column(name: str) -> str:
    return clean(name).strip()[:_LONGEST_NAME]


def _heard(column: str, problems: list[str]) -> Callable[[str], None]:
    return lambda words: problems.append(f"{column}: {words}")


def _given_id(values: Mapping[str, object], problems: list[str]) -> str:
    given = clean(str(values.get("id") or "")).strip()
    if len(given) > _LONGEST_ID:
        problems.append("id: longer than 300 letters: another was made")
        return ""
    return given


def _complete(raw: Raw, values: Values, problems: list[str]) -> None:
    """What the schema has a word for is filled now; what nothing can stand for is named."""
    if raw.only_adds:
        return
    fillers = {c: word for c, word in FILLED.get(raw.table, {}).items() if word not in {"", "-"}}
    for column in fillers.keys() - values.keys():
        values[column] = fillers[column]
    code = language_code(str(values.get("name", ""))) if raw.table == "language" else None
    if code:
        values.setdefault("code", code)
    for column in NEEDED.get(raw.table, ()):
        if column not in values:
            problems.append(f"{column}: is missing, so the row is left out")
    if raw.table in {"organization", "service"} and "name" not in values:
        problems.append("name: is missing; kept, but not listed")


def is_left_out(row: Row) -> bool:
    """Whether a row lacks what it cannot be without."""
    return not row.only_adds and any(c not in row.values for c in NEEDED.get(row.table, ()))


def _blank_id(source: str, table: str, values: Values) -> UUID:
    return made_id(source, table, "no id", json.dumps(values, sort_keys=True, ensure_ascii=False))


def put_together(kept: Row, new: Row) -> tuple[Row, list[str]] | None:
    """Two rows of one id as one, and what of it was said differently.

    None where they belong to different rows and each needs its own copy (``copied``).
    """
    keys = TABLES[kept.table].keys
    clash = [c for c in keys if c in kept.values and c in new.values
             and kept.values[c] != new.values[c]]  # fmt: skip
    if clash and kept.table in COPIED:
        return None
    differs = [c for c in new.values if c in kept.values and kept.values[c] != new.values[c]]
    said = [f"{column}: this id stands twice, with another {column}" for column in differs]
    values = {**kept.values, **new.values}
    return Row(kept.table, kept.uid, kept.record_id, values, kept.place), said


def copied(row: Row) -> Row:
    """The row under an id of its own, made of its id and of what it belongs to."""
    keys = sorted(f"{c}={row.values[c]}" for c in TABLES[row.table].keys if c in row.values)
    uid = made_id("copy", row.table, str(row.uid), *keys)
    return Row(row.table, uid, str(uid), row.values, row.place, row.only_adds)


def is_nothing(values: Mapping[str, object]) -> bool:
    """Whether an object holds an id alone: a key, and no row."""
    said = (value for name, value in values.items() if name != "id" and value not in ([], {}))
    return all(one is None or (isinstance(one, str) and is_blank(one)) for one in said)
