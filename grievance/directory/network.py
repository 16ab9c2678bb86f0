"""The list of entries at the desk: the network as a tree, what is outside it, and a search."""

from dataclasses import dataclass
from typing import Any

from flask import request, url_for
from sqlalchemy.orm import Session

from grievance.directory.entry_labels import KINDS
from grievance.directory.listing import named
from grievance.rules.text import clean
from grievance.store.entries import (
    Listed,
    apart_page,
    countries_of_entries,
    found_page,
    network_page,
)
from grievance.web.forms import LONGEST_LINE
from grievance.web.ids import place_of

_SHOWN = 50
_DEEPEST = 6  # steps to the right that a phone has room for


@dataclass(frozen=True)
class Shown:
    """One line of the list."""

    listed: Listed
    step: int
    kind: Any
    needs: list[str]


def page(db: Session) -> dict[str, Any]:
    """What the address asks for: ``q``, ``country``, ``apart``, and from which line on."""
    words = clean(request.args.get("q", "")).strip()[:LONGEST_LINE]
    country = clean(request.args.get("country", ""))[:2].upper()
    apart, skip = request.args.get("apart") == "1", place_of(request.args.get("from", ""))
    if words or country:
        found = found_page(db, words, country, skip=skip, most=_SHOWN + 1)
    elif apart:
        found = apart_page(db, skip=skip, most=_SHOWN + 1)
    else:
        found = network_page(db, skip=skip, most=_SHOWN + 1)
    asked: dict[str, Any] = {
        "q": words or None, "country": country or None, "apart": "1" if apart else None,
    }  # fmt: skip
    following = url_for("directory.desk", **(asked | {"from": skip + _SHOWN}))
    return {
        "lines": [_shown(one) for one in found[:_SHOWN]],
        "asked": asked,
        "searched": bool(words or country),
        "following": following if len(found) > _SHOWN else None,
        "countries": named(countries_of_entries(db)),
    }


def _shown(one: Listed) -> Shown:
    needs = sorted({need for service in one.body.services for need in service.needs})
    return Shown(one, min(one.depth, _DEEPEST), KINDS.get(one.body.kind, one.body.kind), needs)
