"""The tables of HSDS 3.1: their files and fields, and which one lies inside which in JSON."""

from dataclasses import dataclass
from functools import cache
from typing import Final

# A line at the margin is a table and its file; below it stand its fields in the order of the file.
_TABLES: Final = """
organization organizations.csv
  id name alternate_name description email website tax_status tax_id year_incorporated
  legal_status logo uri parent_organization_id
program programs.csv
  id organization_id name alternate_name description
taxonomy taxonomies.csv
  id name description uri version
taxonomy_term taxonomy_terms.csv
  id code name description parent_id taxonomy language taxonomy_id term_uri
unit units.csv
  id name scheme identifier uri
location locations.csv
  id location_type url organization_id name alternate_name description transportation latitude
  longitude external_identifier external_identifier_type
service services.csv
  id organization_id program_id name alternate_name description url email status
  interpretation_services application_process fees_description wait_time fees accreditations
  eligibility_description minimum_age maximum_age assured_date assurer_email licenses alert
  last_modified
service_at_location service_at_location.csv
  id service_id location_id description
organization_identifier organization_identifiers.csv
  id organization_id identifier_scheme identifier_type identifier
contact contacts.csv
  id organization_id service_id service_at_location_id location_id name title department email
phone phones.csv
  id location_id service_id organization_id contact_id service_at_location_id number extension
  type description
address addresses.csv
  id location_id attention address_1 address_2 city region state_province postal_code country
  address_type
accessibility accessibility.csv
  id location_id description details url
schedule schedules.csv
  id service_id location_id service_at_location_id valid_from valid_to dtstart timezone until
  count wkst freq interval byday byweekno bymonthday byyearday description opens_at closes_at
  schedule_link attending_type notes
service_area service_areas.csv
  id service_id service_at_location_id name description extent extent_type uri
language languages.csv
  id service_id location_id phone_id name code note
cost_option cost_options.csv
  id service_id valid_from valid_to option currency amount amount_description
required_document required_documents.csv
  id service_id document uri
funding funding.csv
  id organization_id service_id source
service_capacity service_capacity.csv
  id service_id unit_id available maximum description updated
url url.csv
  id label url organization_id service_id
attribute attributes.csv
  id link_id taxonomy_term_id link_type link_entity value label
metadata metadata.csv
  id resource_id resource_type last_action_date last_action_type field_name previous_value
  replacement_value updated_by
meta_table_description meta_table_descriptions.csv
  id name language character_set
"""
_LISTS: Final = {
    "organization": "funding contacts:contact phones:phone locations:location programs:program "
    "organization_identifiers:organization_identifier additional_websites:url services:service",
    "service": "additional_urls:url phones:phone schedules:schedule service_areas:service_area "
    "service_at_locations:service_at_location languages:language funding "
    "cost_options:cost_option required_documents:required_document contacts:contact "
    "capacities:service_capacity",
    "location": "languages:language addresses:address contacts:contact accessibility "
    "phones:phone schedules:schedule",
    "service_at_location": "service_areas:service_area contacts:contact phones:phone "
    "schedules:schedule",
    "contact": "phones:phone",
    "phone": "languages:language",
}
_OBJECTS: Final = {
    "service": {"organization": "organization_id", "program": "program_id"},
    "service_at_location": {"location": "location_id"},
    "attribute": {"taxonomy_term": "taxonomy_term_id"},
    "taxonomy_term": {"taxonomy_detail": "taxonomy_id"},
    "service_capacity": {"unit": "unit_id"},
}
_NO_ATTRIBUTES: Final = {"attribute", "metadata", "taxonomy", "taxonomy_term"}
NUMBERS: Final = frozenset(
    {
        "year_incorporated", "latitude", "longitude", "minimum_age", "maximum_age", "extension",
        "timezone", "count", "interval", "amount", "available", "maximum",
    }
)  # fmt: skip
ADDRESSES: Final = frozenset({"website", "term_uri", "uri", "url", "schedule_link"})
EMAILS: Final = frozenset({"email", "assurer_email"})
DAYS: Final = frozenset(
    {"assured_date", "valid_from", "valid_to", "dtstart", "until", "last_action_date"}
)
TIMES: Final = frozenset({"opens_at", "closes_at"})
MOMENTS: Final = frozenset({"last_modified", "updated"})
WORDS: Final[dict[tuple[str, str], tuple[str, ...]]] = {
    ("service", "status"): ("active", "inactive", "defunct", "temporarily closed"),
    ("location", "location_type"): ("physical", "postal", "virtual"),
    ("address", "address_type"): ("physical", "postal", "virtual"),
    ("schedule", "wkst"): ("MO", "TU", "WE", "TH", "FR", "SA", "SU"),
    ("schedule", "freq"): ("WEEKLY", "MONTHLY"),
}
# What the schema asks for and files leave out: written at export, taken as nothing at import.
FILLED: Final[dict[str, dict[str, str]]] = {
    "organization": {"name": "", "description": ""},
    "program": {"name": "", "description": ""},
    "taxonomy": {"name": "", "description": ""},
    "taxonomy_term": {"name": "", "description": ""},
    "unit": {"name": ""},
    "location": {"location_type": "physical"},
    "service": {"name": "", "status": "active"},
    "organization_identifier": {"identifier_type": "", "identifier": ""},
    "address": {
        "address_1": "", "city": "", "state_province": "-", "postal_code": "-", "country": "",
        "address_type": "physical",
    },
    "metadata": dict.fromkeys(
        ("last_action_date", "last_action_type", "field_name", "previous_value",
         "replacement_value", "updated_by"), "",
    ),
}  # fmt: skip
# Without these a row says nothing; nothing can be written in their place.
NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "phone": ("number",),
    "url": ("url",),
    "service_capacity": ("available", "updated", "unit_id"),
    "attribute": ("link_id", "taxonomy_term_id"),
    "metadata": ("resource_id",),
}
_NO_HANGING: Final = {"taxonomy_term_id", "taxonomy_id", "unit_id", "parent_id",
                      "parent_organization_id"}  # fmt: skip
PLACES: Final = frozenset({"location", "address", "accessibility"})


@dataclass(frozen=True)
class Table:
    """One table: what its file is called, its fields, keys to other tables, and what nests."""

    name: str
    file: str
    columns: tuple[str, ...]
    keys: dict[str, str]  # field -> table it points to ("" where another field names it)
    lists: dict[str, str]  # property in JSON -> table of its rows
    objects: dict[str, str]  # property in JSON -> own key field


def _read() -> dict[str, Table]:
    rows: list[list[str]] = []
    for line in _TABLES.strip().splitlines():
        if line.startswith(" "):
            rows[-1] += line.split()
        else:
            rows.append(line.split())
    names = {row[0] for row in rows}
    return {row[0]: _table(names, row[0], row[1], tuple(row[2:])) for row in rows}


def _table(names: set[str], name: str, file: str, columns: tuple[str, ...]) -> Table:
    keys = {c: _target(names, c) for c in columns if _target(names, c) is not None}
    lists = dict(_pair(one) for one in _LISTS.get(name, "").split())
    if name not in _NO_ATTRIBUTES:
        lists["attributes"] = "attribute"
    if name != "metadata":
        lists["metadata"] = "metadata"
    known = {column: table for column, table in keys.items() if table is not None}
    return Table(name, file, columns, known, lists, _OBJECTS.get(name, {}))


def _pair(text: str) -> tuple[str, str]:
    name, _, table = text.partition(":")
    return name, table or name


def _target(names: set[str], column: str) -> str | None:
    special = {
        "parent_organization_id": "organization", "parent_id": "taxonomy_term",
        "link_id": "", "resource_id": "",
    }  # fmt: skip
    if column in special:
        return special[column]
    stem = column.removesuffix("_id")
    return stem if stem != column and stem in names else None


TABLES: Final[dict[str, Table]] = _read()
# Rows that several others may name with one id: each keeps its own copy.
COPIED: Final = frozenset(TABLES) - {
    "organization", "program", "taxonomy", "taxonomy_term", "unit", "location", "service",
    "service_at_location", "meta_table_description",
}  # fmt: skip
_NAMED_BY: Final = {"attribute": ("link_id", "link_entity"),
                    "metadata": ("resource_id", "resource_type")}  # fmt: skip


def key_to(child: str, parent: str) -> str:
    """The field of a child's row that names the parent it lies in."""
    return _NAMED_BY[child][0] if child in _NAMED_BY else f"{parent}_id"


def entity_field(table: str) -> str | None:
    """The field that says which table an attribute or metadata row belongs to."""
    return _NAMED_BY[table][1] if table in _NAMED_BY else None


@cache
def hanging_keys(table: str) -> tuple[str, ...]:
    """The fields that name what a row of this table belongs to: no terms, no row above its own."""
    return tuple(one for one in TABLES[table].keys if one not in _NO_HANGING)


@cache
def parents_of(table: str) -> frozenset[str]:
    """Tables in whose JSON rows of this one are listed."""
    return frozenset(one.name for one in TABLES.values() if table in one.lists.values())


@cache
def holders_of(table: str) -> frozenset[str]:
    """Tables whose JSON holds one row of this one as an object."""
    pairs = ((one.name, key) for one in TABLES.values() for key in one.objects.values())
    return frozenset(name for name, key in pairs if TABLES[name].keys[key] == table) - {
        "service" if table == "organization" else ""
    }
