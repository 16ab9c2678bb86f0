"""Rows of HSDS 1.1 and 3.0 and of Ohana, told in the words of 3.1.

One function a file; what 3.1 has no field for stays under its own name.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from grievance.rules.hsds.rows import Raw
from grievance.rules.hsds.tables import TABLES

Cells = dict[str, str]
_WEEKDAYS: Final = {
    word: day
    for day, words in {
        "MO": "monday mon 1", "TU": "tuesday tue tues 2", "WE": "wednesday wed 3",
        "TH": "thursday thu thur thurs 4", "FR": "friday fri 5", "SA": "saturday sat 6",
        "SU": "sunday sun 7 0",
    }.items()
    for word in words.split()
}  # fmt: skip
_OTHER_NAMES: Final = {
    "organization": {"url": "website"},
    "service": {"website": "url", "eligibility": "eligibility_description"},
    "location": {"website": "url"},
    "phone": {"number_type": "type"},
    "contact": {},
}
# Addresses of people who sign in to the program a file comes from: nobody else's to have.
_NEVER_KEPT: Final = frozenset({"admin_emails"})


class Reader:
    """Turns the rows of one folder's files into rows of 3.1, remembering where services lie."""

    def __init__(self) -> None:
        self._organization_of: dict[str, str] = {}  # Ohana's services name a location alone

    def rows(self, stem: str, cells: Cells, place: str) -> Iterator[Raw]:
        """What one row of the file of this name says. Raises KeyError for a file we do not know."""
        if stem in _BY_FILE:
            yield from _BY_FILE[stem](self, _without(cells), place)
            return
        yield Raw(_TABLE_OF[stem], _named(_TABLE_OF[stem], _without(cells)), place)

    def _location(self, cells: Cells, place: str) -> Iterator[Raw]:
        here, parent = cells.get("id", ""), {"location_id": cells.get("id", "")}
        if "organization_id" in cells and here:
            self._organization_of[here] = cells["organization_id"]
        languages, features = cells.pop("languages", ""), cells.pop("accessibility", "")
        if "virtual" in cells:
            virtual = cells.pop("virtual").casefold() in {"true", "t", "1", "yes"}
            cells["location_type"] = "virtual" if virtual else "physical"
        yield Raw("location", _named("location", cells), place)
        yield from _each("language", "name", languages, parent, place)
        yield from _each("accessibility", "description", features, parent, place)

    def _service(self, cells: Cells, place: str) -> Iterator[Raw]:
        here = {"service_id": cells.get("id", "")}
        location = cells.pop("location_id", "")
        if not cells.get("organization_id") and location:
            cells["organization_id"] = self._organization_of.get(location, "")
        parts = {name: cells.pop(name, "") for name in _PARTS_OF_A_SERVICE}
        terms = cells.pop("taxonomy_ids", "")
        yield Raw("service", _named("service", cells), place)
        if location:
            yield Raw("service_at_location", {**here, "location_id": location}, place)
        for name, (table, column) in _PARTS_OF_A_SERVICE.items():
            yield from _each(table, column, parts[name], here, place)
        for term in _split(terms):
            yield _attribute({"service_id": here["service_id"], "taxonomy_id": term}, place)

    def _organization(self, cells: Cells, place: str) -> Iterator[Raw]:
        parent = {"organization_id": cells.get("id", "")}
        funding = cells.pop("funding_sources", "")
        founded = cells.pop("date_incorporated", "")
        if founded:
            cells["year_incorporated"] = founded[-4:] if founded[-4:].isdigit() else founded[:4]
        yield Raw("organization", _named("organization", cells), place)
        yield from _each("funding", "source", funding, parent, place)


_PARTS_OF_A_SERVICE: Final = {
    "languages": ("language", "name"),
    "service_areas": ("service_area", "name"),
    "funding_sources": ("funding", "source"),
    "required_documents": ("required_document", "document"),
}


def _phone(self: Reader, cells: Cells, place: str) -> Iterator[Raw]:
    notes = [cells.get("description", ""), cells.pop("department", ""),
             cells.pop("vanity_number", "")]  # fmt: skip
    prefix, extension = cells.pop("country_prefix", ""), cells.get("extension", "")
    if prefix and not cells.get("number", "").startswith("+"):
        cells["number"] = f"+{prefix.lstrip('+')} {cells.get('number', '')}"
    if extension and not (extension.isascii() and extension.isdigit()):
        notes.append(f"ext. {cells.pop('extension')}")
    elif extension.startswith("0") and len(extension) > 1:
        notes.append(f"ext. {extension}")  # a number would lose its first digit
    cells["description"] = " · ".join(one for one in notes if one)
    languages = cells.pop("language", "")
    yield Raw("phone", _named("phone", cells), place)
    if cells.get("id"):
        yield from _each("language", "name", languages, {"phone_id": cells["id"]}, place)


def _taxonomy(self: Reader, cells: Cells, place: str) -> Iterator[Raw]:
    term = cells.pop("taxonomy_id", "")
    given = cells.get("id") or term
    words = {"id": given, "code": term or given, "name": cells.get("name", ""),
             "parent_id": cells.get("parent_id", ""),
             "taxonomy": cells.get("vocabulary", "")}  # fmt: skip
    yield Raw("taxonomy_term", words, place)


def _attribute_row(self: Reader, cells: Cells, place: str) -> Iterator[Raw]:
    yield _attribute(cells, place)


def _attribute(cells: Mapping[str, str], place: str) -> Raw:
    for table in ("service", "organization", "location", "service_at_location"):
        if cells.get(f"{table}_id"):
            link = {"link_entity": table, "link_id": cells[f"{table}_id"]}
            term = cells.get("taxonomy_term_id") or cells.get("taxonomy_id", "")
            words = {"id": cells.get("id", ""), **link, "taxonomy_term_id": term,
                     "value": cells.get("taxonomy_detail", "")}  # fmt: skip
            return Raw("attribute", words, place)
    return Raw("attribute", dict(cells), place)


def _address_of(kind: str) -> "Translator":
    def translate(self: Reader, cells: Cells, place: str) -> Iterator[Raw]:
        # Ohana's two files count their ids alike, so the kind is a part of the id.
        given = cells.get("id", "")
        values = {"address_type": kind, **_named("address", cells)}
        values["id"] = f"{kind} {given}" if given.isdigit() else given
        yield Raw("address", values, place)

    return translate


def _plain_address(self: Reader, cells: Cells, place: str) -> Iterator[Raw]:
    kind = cells.get("address_type") or "physical"
    yield from _address_of(kind)(self, cells, place)


def _regular(self: Reader, cells: Cells, place: str) -> Iterator[Raw]:
    word = cells.pop("weekday", "").strip().casefold()
    cells |= {"freq": "WEEKLY", "byday": _WEEKDAYS.get(word, word)}
    yield Raw("schedule", _apart("week", cells), place)


def _holiday(self: Reader, cells: Cells, place: str) -> Iterator[Raw]:
    cells["valid_from"], cells["valid_to"] = cells.pop("start_date", ""), cells.pop("end_date", "")
    if cells.pop("closed", "").casefold() in {"true", "t", "1", "yes"}:
        cells["notes"] = "Closed"
    yield Raw("schedule", _apart("holiday", cells), place)


def _apart(kind: str, cells: Cells) -> Cells:
    """Two files become one table: an id that only counts gets its kind before it."""
    given = cells.get("id", "")
    return {**cells, "id": f"{kind} {given}" if given.isdigit() else given}


def _language(self: Reader, cells: Cells, place: str) -> Iterator[Raw]:
    if "language" in cells:
        cells["name"] = cells.pop("language")
    yield Raw("language", cells, place)


def _accessibility(self: Reader, cells: Cells, place: str) -> Iterator[Raw]:
    if "accessibility" in cells:
        cells["description"] = cells.pop("accessibility")
    yield Raw("accessibility", cells, place)


def _eligibility(self: Reader, cells: Cells, place: str) -> Iterator[Raw]:
    words = {"id": cells.get("service_id", ""), "eligibility_description": cells["eligibility"]}
    yield Raw("service", words, place, only_adds=True)


def _contact(self: Reader, cells: Cells, place: str) -> Iterator[Raw]:
    number = cells.pop("phone_number", "")
    yield Raw("contact", cells, place)
    if number and cells.get("id"):
        yield Raw("phone", {"contact_id": cells["id"], "number": number}, place)


def _each(
    table: str, column: str, cell: str, parent: Mapping[str, str], place: str
) -> Iterator[Raw]:
    """One row for each word of a cell that holds a list."""
    for word in _split(cell):
        yield Raw(table, {**parent, column: word}, place)


def _split(cell: str) -> list[str]:
    return list(dict.fromkeys(one.strip() for one in cell.split(",") if one.strip()))


def _named(table: str, cells: Cells) -> Cells:
    names = _OTHER_NAMES.get(table, {})
    return {names[c] if c in names and not cells.get(names[c]) else c: v for c, v in cells.items()}


def _without(cells: Cells) -> Cells:
    return {name: value for name, value in cells.items() if name not in _NEVER_KEPT}


Translator = Callable[[Reader, Cells, str], Iterator[Raw]]
_BY_FILE: Final[dict[str, Translator]] = {
    "locations": Reader._location,
    "services": Reader._service,
    "organizations": Reader._organization,
    "phones": _phone,
    "taxonomy": _taxonomy,
    "contacts": _contact,
    "addresses": _plain_address,
    "physical_addresses": _address_of("physical"),
    "postal_addresses": _address_of("postal"),
    "mail_addresses": _address_of("postal"),
    "regular_schedules": _regular,
    "holiday_schedules": _holiday,
    "languages": _language,
    "accessibility_for_disabilities": _accessibility,
    "eligibility": _eligibility,
    "services_taxonomy": _attribute_row,
    "service_taxonomy": _attribute_row,
    "service_attributes": _attribute_row,
    "other_attributes": _attribute_row,
}
_TABLE_OF: Final = {
    **{one.file.removesuffix(".csv"): one.name for one in TABLES.values()},
    **{name: name for name in TABLES if name != "taxonomy"},
    "services_at_location": "service_at_location",
    "service_at_locations": "service_at_location",
    "service_capacities": "service_capacity",
    "urls": "url",
    "meta_table_description": "meta_table_description",
}
# Organizations, then what services and places hang on, then the rest.
_FIRST: Final = (
    "organizations", "programs", "taxonomies", "taxonomy", "taxonomy_terms", "units", "locations",
    "services", "service_at_location", "services_at_location",
)  # fmt: skip


def is_known(stem: str) -> bool:
    """Whether a file of this name (without ``.csv``) holds a table."""
    return stem in _BY_FILE or stem in _TABLE_OF


def order_of(stem: str) -> tuple[int, str]:
    """Where in the order of reading a file comes."""
    return (_FIRST.index(stem) if stem in _FIRST else len(_FIRST)), stem


def tables_of(stem: str) -> str:
    """The table that a JSON file of this name holds, if its name tells (``service_list``)."""
    for name in sorted(TABLES, key=len, reverse=True):
        if stem.startswith((name, TABLES[name].file.removesuffix(".csv"))):
            return name
    return "taxonomy" if stem.startswith("taxonom") else ""
