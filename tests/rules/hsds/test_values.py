"""Values and rows of files: read alike twice, never guessed, never a crash."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grievance.rules.hsds.bodies import is_shelter, kind_of
from grievance.rules.hsds.nested import Builder, flatten
from grievance.rules.hsds.rows import Raw, normal_row, uid_of
from grievance.rules.hsds.tables import TABLES
from grievance.rules.hsds.text_files import FileProblem, csv_rows, json_items
from grievance.rules.hsds.values import plain, read_value
from grievance.rules.hsds.written import cells
from grievance.rules.terms import OrganizationKind
from tests.support.json_schema import schema

pytestmark = pytest.mark.plain
COLUMNS = [(table.name, column) for table in TABLES.values() for column in table.columns]


def _read(table: str, column: str, value: object) -> tuple[object, list[str]]:
    said: list[str] = []
    return read_value(table, column, value, said.append), said


@pytest.mark.parametrize(
    ("column", "given", "wanted"),
    [
        ("valid_from", "January 01, 0001", "0001-01-01"),
        ("valid_from", "12/24/15", "2015-12-24"),
        ("valid_from", "12/24/2015", "2015-12-24"),
        ("valid_from", "01/02/2015", None),
        ("opens_at", "9am", "09:00"),
        ("opens_at", "4:00 PM", "16:00"),
        ("opens_at", "12 a.m.", "00:00"),
        ("opens_at", "09:00-05:00", "09:00-05:00"),
        ("opens_at", "25:00", None),
        ("opens_at", "noon", None),
        ("timezone", "NaN", None),
        ("timezone", "8.0", 8),
    ],
)
def test_days_times_and_numbers_of_real_files(column: str, given: str, wanted: object) -> None:
    value, said = _read("schedule", column, given)

    assert value == wanted
    assert bool(said) == (wanted is None)


@given(st.sampled_from(COLUMNS), st.one_of(st.text(), st.integers(), st.floats(), st.booleans()))
def test_what_was_read_is_read_alike_again(where: tuple[str, str], value: object) -> None:
    once, _ = _read(*where, value)
    written = once if once is None else cells(where[0], "x", {where[1]: once}, [where[1]])[0]
    twice, said = _read(*where, written)

    if where[1] != "id":
        assert twice == once
        assert [words for words in said if "left out" in words] == []


@given(st.text(alphabet="<>/&;abp#x1! \"'=", max_size=60))
def test_text_without_markup_stays_as_it_is(text: str) -> None:
    once = plain(text)

    assert plain(once) == once
    assert "<script" not in once


@given(st.lists(st.binary(max_size=80), max_size=30))
def test_any_bytes_as_csv_end_in_rows_and_words(lines: list[bytes]) -> None:
    text = b"\n".join(lines).decode("utf-8", "surrogateescape").splitlines(keepends=True)
    rows, said = _until_the_end(csv_rows(text, "x.csv", lambda place, words: None))

    assert said.startswith("x.csv, row")
    assert all("\udc80" not in str(cells) for _, cells in rows)


def _until_the_end(read: Iterator[Any]) -> tuple[list[Any], str]:
    """What could be read, and what was said where the rest could not be."""
    found: list[Any] = []
    try:
        found.extend(read)
    except FileProblem as problem:
        return found, str(problem)
    return found, "x.csv, row none"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=5), st.integers(1, 9))
def test_a_list_is_read_the_same_whatever_the_pieces(items: list[Any], size: int) -> None:
    text = json.dumps(items, ensure_ascii=False)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]

    assert [one for _, one in json_items(pieces, "x")] == items


@given(st.text(max_size=40), st.integers(1, 9))
def test_any_text_as_json_ends_in_items_or_words(text: str, size: int) -> None:
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    _, said = _until_the_end(json_items(pieces, "x.csv, row"))

    assert said.startswith("x.csv, row")


NAMES = sorted({name for table in TABLES.values() for name in (*table.lists, *table.objects)})
NESTED = st.recursive(
    st.dictionaries(st.sampled_from(["id", "name", "number", "url"]), st.text(max_size=5)),
    lambda inner: st.dictionaries(st.sampled_from(NAMES), inner | st.lists(inner, max_size=2)),
    max_leaves=8,
)


@given(st.sampled_from(sorted(TABLES)), NESTED)
def test_any_object_becomes_rows(table: str, item: dict[str, Any]) -> None:
    for raw in flatten(table, item, "x"):
        row = normal_row(raw, "source")
        if row is not None:
            assert row.uid == uid_of("source", row.table, str(row.uid))


def test_what_nests_comes_out_as_it_went_in() -> None:
    item = {"id": "00000000-0000-0000-0000-000000000001", "name": "A", "description": "",
            "phones": [{"id": "00000000-0000-0000-0000-000000000002", "number": "1"}]}  # fmt: skip
    rows = [normal_row(raw, "s") for raw in flatten("organization", item, "x")]
    bag = {(row.table, row.uid): row.values for row in rows if row}

    assert Builder(bag).build("organization", rows[0].uid) == item  # type: ignore[union-attr]


def test_every_field_is_that_of_the_standard() -> None:
    for table in TABLES.values():
        plain_fields = {
            name for name, one in schema(table.name)["properties"].items() if "type" in one
            if one["type"] in {"string", "number"}
        }  # fmt: skip
        nested = set(schema(table.name)["properties"]) - plain_fields

        assert plain_fields <= set(table.columns)
        assert nested <= {*table.lists, *table.objects}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Consulate General of the Philippines", "consulate"),
        ("駐港印尼領事館", "consulate"),
        ("Happy Maid Employment Agency", "agency"),
        ("Royal Police", "police"),
        ("Ministry of Labour", "government"),
        ("Domestic Workers Union", "other"),
        ("Migrant labour support services", "other"),
    ],
)
def test_a_body_is_known_by_its_name(name: str, kind: str) -> None:
    assert kind_of([name], shelter=False) == OrganizationKind(kind)


@pytest.mark.parametrize(
    "name",
    [
        "Bethune House Migrant Women's Refuge",
        "Safe Harbor",
        "庇護中心",
        "Rumah Aman",
        "Mga Kanlungan",
    ],
)
def test_a_shelter_is_known_by_its_name(name: str) -> None:
    assert is_shelter([name])


def test_who_refers_to_shelters_is_none() -> None:
    assert not is_shelter(["Advice centre"], ["We refer people to shelters and to lawyers."])


def test_a_row_without_an_id_gets_the_same_one_each_time() -> None:
    raw = Raw("phone", {"number": "1", "organization_id": "7"}, "x")

    assert normal_row(raw, "a") == normal_row(raw, "a")
    assert normal_row(raw, "a") != normal_row(raw, "b")
