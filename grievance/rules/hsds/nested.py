"""Nested JSON into rows, and rows into nested JSON."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from grievance.rules.hsds.rows import Raw, Values, is_nothing, made_id
from grievance.rules.hsds.tables import FILLED, TABLES, entity_field, key_to, parents_of

_DEEPEST: Final = 12
Bag = Mapping[tuple[str, UUID], Values]  # rows by table and id, without their ``id``


def guess_table(item: Mapping[str, object]) -> str:
    """What an object without a telling file name is."""
    if "location_id" in item or "location" in item:
        return "service_at_location"
    if "status" in item or "organization" in item or "service_at_locations" in item:
        return "service"
    if "taxonomy_detail" in item or "term_uri" in item or "taxonomy" in item:
        return "taxonomy_term"
    if "location_type" in item:
        return "location"
    return "organization"


def flatten(
    table: str, item: Mapping[str, object], place: str, key: Mapping[str, object] | None = None,
    depth: int = 0,
) -> Iterator[Raw]:  # fmt: skip
    """Every row of an object, the outer ones first, with keys in place of nesting.

    Raises RecursionError where objects lie deeper in each other than the standard has it.
    """
    if depth > _DEEPEST:
        raise RecursionError
    shape = TABLES[table]
    nested = set(shape.lists) | set(shape.objects)
    own = {name: value for name, value in item.items() if name not in nested}
    own |= {name: odd for name in nested if (odd := _odd(item.get(name)))}  # is named, and lost
    own["id"] = item.get("id") or _made_id(table, item)
    for name, column in shape.objects.items():
        one = item.get(name)
        if isinstance(one, dict) and one.get("id"):
            own.setdefault(column, one["id"])
    yield Raw(table, {**own, **(key or {})}, place)
    for child, inner, link in _inside(table, item, own["id"]):
        yield from flatten(child, inner, place, link, depth + 1)


def _inside(
    table: str, item: Mapping[str, object], given: object
) -> Iterator[tuple[str, dict[str, object], dict[str, object]]]:
    """Each object inside: its table, itself, and its key to the outer one."""
    shape = TABLES[table]
    for name, column in shape.objects.items():
        one = item.get(name)
        if isinstance(one, dict) and not is_nothing(one):
            yield shape.keys[column], one, {}
    for name, child in shape.lists.items():
        found = item.get(name)
        for one in found if isinstance(found, list) else [found]:
            if isinstance(one, dict):
                yield child, one, _link(child, table, given)


def _odd(found: object) -> list[object]:
    """What stands where objects should."""
    several = found if isinstance(found, list) else [found]
    return [one for one in several if one is not None and not isinstance(one, dict)]


def _made_id(table: str, item: Mapping[str, object]) -> str:
    return str(made_id("item", table, json.dumps(item, sort_keys=True, ensure_ascii=False)))


def _link(child: str, parent: str, given: object) -> dict[str, object]:
    field = entity_field(child)
    return {key_to(child, parent): given, **({field: parent} if field else {})}


class Builder:
    """Makes nested objects out of a bag of rows. What nesting says, no key repeats."""

    def __init__(self, bag: Bag) -> None:
        self.bag = bag
        self.children: dict[tuple[str, UUID, str], list[UUID]] = {}
        for (table, uid), values in bag.items():
            for parent, target in _parents(table, values):
                self.children.setdefault((parent, target, table), []).append(uid)

    def build(self, table: str, uid: UUID, *, inside: str = "") -> dict[str, object]:
        """One object with all that lies inside it. ``inside``: the table it is nested in."""
        shape, values = TABLES[table], self.bag[table, uid]
        made: dict[str, object] = {"id": str(uid), **FILLED.get(table, {}), **values}
        for column in self._said_by_nesting(table, values):
            made.pop(column, None)
        for name, column in shape.objects.items():
            target = shape.keys[column]
            if name == inside or column not in values:
                continue
            key = target, UUID(str(values[column]))
            if key in self.bag:
                made.pop(column, None)
                made[name] = self._object(*key, inside=table)
            elif target == "unit":  # the schema wants one; an id alone is read as a key again
                made[name] = {"id": made.pop(column), **FILLED["unit"]}
        for name, child in shape.lists.items():
            if found := self.children.get((table, uid, child)):
                made[name] = [self.build(child, one, inside=table) for one in sorted(found)]
        return made

    def _object(self, table: str, uid: UUID, *, inside: str) -> dict[str, object]:
        """A service names its organization without everything that lies inside that."""
        if table == "organization":
            values = {**FILLED[table], **self.bag[table, uid]}
            return {"id": str(uid), **values}
        return self.build(table, uid, inside=inside)

    def _said_by_nesting(self, table: str, values: Values) -> Iterable[str]:
        for parent, target in _parents(table, values):
            if (parent, target) in self.bag:
                yield key_to(table, parent)
                if field := entity_field(table):
                    yield field


def _parents(table: str, values: Values) -> Iterator[tuple[str, UUID]]:
    """The rows in whose lists a row stands."""
    field = entity_field(table)
    for parent in parents_of(table):
        column = key_to(table, parent)
        if column in values and (field is None or values.get(field) == parent):
            yield parent, UUID(str(values[column]))
