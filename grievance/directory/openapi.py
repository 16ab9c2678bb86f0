"""The description of the public data for programs (OpenAPI 3.1), made from what is answered."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

_SAYS: Final[dict[str, tuple[str, str]]] = {
    "page": ("integer", "Number of the page, from 1."),
    "per_page": ("integer", "Items a page, 100 at most."),
    "format": ("string", "json, or ndjson for all items, one a line, without pages."),
    "search": ("string", "Words that all stand in names or descriptions."),
    "taxonomy_id": ("string", "Only what has a term of this taxonomy."),
    "taxonomy_term_id": ("string", "Only what has this term."),
    "organization_id": ("string", "Only services of this organization."),
    "minimal": ("boolean", "Ids only."),
    "full": ("boolean", "With all that is nested."),
    "full_service": ("boolean", "Organizations with their services."),
}
_ONE: Final = ("/organizations/{id}", "/services/{id}")


def description(
    version: str, public_url: str, lists: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    """The document. ``lists``: each address and its parameters."""
    paths: dict[str, Any] = {"/": {"get": _get("What this is.", ())}}
    for path, names in lists.items():
        paths[path] = {"get": _get(f"A page of {path[1:]}.", names)}
    for path in _ONE:
        key = {"name": "id", "in": "path", "required": True,
               "schema": {"type": "string", "format": "uuid"}}  # fmt: skip
        paths[path] = {"parameters": [key], "get": _get("One of them.", ())}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Organizations that help migrant workers", "version": version},
        "servers": [{"url": f"{public_url.rstrip('/')}/hsds"}],
        "paths": paths,
    }


def _get(summary: str, names: Sequence[str]) -> dict[str, Any]:
    return {
        "summary": summary,
        "parameters": [_parameter(name) for name in names],
        "responses": {
            "200": {"description": "JSON.", "content": {"application/json": {}}},
            "400": {"description": "A parameter that is not understood, in words."},
        },
    }


def _parameter(name: str) -> dict[str, Any]:
    kind, words = _SAYS[name]
    return {"name": name, "in": "query", "required": False, "description": words,
            "schema": {"type": kind}}  # fmt: skip
