"""The lists we ship can be trusted: they parse, say where they come from and promise nothing."""

import csv
import io
from collections import Counter
from datetime import date
from importlib import resources
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from grievance.casework.directory.form import Entry, read_form
from grievance.rules.regions import REGIONS
from grievance.rules.terms import OFFICIAL_KINDS, ServiceNeed, Urgency
from grievance.web.extract import extract_danger, extract_taxonomy

pytestmark = pytest.mark.plain

_SEED = resources.files("grievance.store") / "seed"


def _text(name: str) -> str:
    return (_SEED / name).read_text("utf-8")


@pytest.fixture(scope="module")
def issues() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(_text("taxonomy.csv"))))


@pytest.fixture(scope="module")
def numbers() -> list[dict[str, Any]]:
    """As a common YAML reader sees them, so that an unquoted NO or 016 would show."""
    rows: list[dict[str, Any]] = yaml.safe_load(_text("danger.yaml"))["numbers"]
    return rows


@pytest.fixture(scope="module")
def listings() -> list[Entry]:
    rows = read_form(_text("listings.yaml"))
    assert [row.problems for row in rows if row.problems] == []
    return [row.entry for row in rows if row.entry]


def test_the_taxonomy_has_its_111_codes_in_15_groups(issues: list[dict[str, str]]) -> None:
    codes = [row["code"] for row in issues]
    assert len(codes) == len(set(codes)) == 111
    assert len({row["group"] for row in issues}) == 15
    assert all(row["code"].startswith(row["group"]) for row in issues)


def test_a_group_has_one_name_and_a_label_stands_for_one_code(
    issues: list[dict[str, str]],
) -> None:
    assert len({(row["group"], row["group_label"]) for row in issues}) == 15
    assert [label for label, n in Counter(r["label_en"] for r in issues).items() if n > 1] == []


def test_every_code_says_how_urgent_it_is_and_what_help_it_needs(
    issues: list[dict[str, str]],
) -> None:
    for row in issues:
        assert row["default_urgency"] in set(Urgency), row["code"]
        assert set(row["service_needs"].split()) <= set(ServiceNeed), row["code"]
        assert row["service_needs"], row["code"]


def test_eighteen_codes_stay_sealed(issues: list[dict[str, str]]) -> None:
    """Of these the server may read the group only: they would tell a thief too much."""
    assert Counter(row["readable"] for row in issues) == {"code": 93, "group": 18}


def test_a_number_to_call_has_a_source_and_the_day_it_was_checked(
    numbers: list[dict[str, Any]],
) -> None:
    for row in numbers:
        assert urlsplit(row["source"]).scheme in {"http", "https"}, row
        assert date(2026, 1, 1) <= date.fromisoformat(row["checked"]), row
        assert row["what"], row


def test_no_number_stands_twice_in_a_country(numbers: list[dict[str, Any]]) -> None:
    dialled = Counter((row["country"], row["number"].replace(" ", "")) for row in numbers)
    assert [pair for pair, n in dialled.items() if n > 1] == []


def test_codes_and_numbers_are_text_to_every_reader(numbers: list[dict[str, Any]]) -> None:
    """An unquoted ``NO`` is false, and an unquoted 016 is fourteen, to a common YAML reader."""
    for row in numbers:
        assert isinstance(row["country"], str), row
        assert len(row["country"]) == 2, row
        assert isinstance(row["number"], str), row
        assert set(row["number"]) <= set("0123456789 -"), row
        assert all(isinstance(tag, str) for tag in row.get("languages", [])), row


def test_a_country_begins_with_whom_to_call_in_danger(numbers: list[dict[str, Any]]) -> None:
    first = {row["country"]: row["what"] for row in reversed(numbers)}
    assert {c for c, what in first.items() if not what.startswith("Police")} == set()


def test_what_is_said_of_a_number_is_short(numbers: list[dict[str, Any]]) -> None:
    said = [row.get(key, "") for row in numbers for key in ("what", "note", "hours")]
    sentences = [sentence for text in said for sentence in text.split(". ")]
    assert max(len(sentence.split()) for sentence in sentences) <= 20


def test_nobody_listed_has_agreed_to_anything(listings: list[Entry]) -> None:
    assert len(listings) == 102
    assert [entry.id for entry in listings if entry.partner or entry.confirmed_on] == []
    assert [entry.id for entry in listings if not entry.sources] == []


def test_offices_of_states_are_listed_as_such(listings: list[Entry]) -> None:
    official = {entry.id for entry in listings if entry.kind in OFFICIAL_KINDS}
    assert official == {
        "hk-police", "hk-ld-fdh", "hk-immd", "hk-eoc", "ph-mwo-hk", "id-kjri-hk",
    }  # fmt: skip


def test_a_listing_says_in_a_sentence_what_it_does(listings: list[Entry]) -> None:
    for entry in listings:
        said = entry.description["en"]
        assert said[0].isupper(), entry.id
        assert said.endswith("."), entry.id
        assert max(len(part.split()) for part in said.split(". ")) <= 20, entry.id


def test_a_region_is_one_that_routing_knows(listings: list[Entry]) -> None:
    named = {area.region for e in listings for s in e.services for area in s.areas if area.region}
    assert named <= set(REGIONS)


def test_every_word_of_the_lists_reaches_the_translators(
    issues: list[dict[str, str]], numbers: list[dict[str, Any]]
) -> None:
    with (_SEED / "taxonomy.csv").open("rb") as file:
        found = {message for _, _, message, _ in extract_taxonomy(file, (), (), {})}
    assert found == {r["label_en"] for r in issues} | {r["group_label"] for r in issues}
    with (_SEED / "danger.yaml").open("rb") as file:
        found = {message for _, _, message, _ in extract_danger(file, (), (), {})}
    assert found == {r[k] for r in numbers for k in ("what", "note", "hours") if k in r}
