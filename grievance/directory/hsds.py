"""The public directory as HSDS 3.1, for programs: what the page for workers shows, no more.

No official body, police or agency; no contact but public ones, no address or area. No cookie.
"""

import json
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from grievance.casework.hsds.own import (
    TAXONOMY,
    TERMS,
    body_values,
    listing_rows,
    service_rows,
    word_rows,
)
from grievance.directory.asked import SHARED, Asked, NotUnderstood, read
from grievance.directory.openapi import description
from grievance.rules.calendar_words import kept
from grievance.rules.hsds.nested import Builder
from grievance.rules.hsds.tables import FILLED
from grievance.rules.hsds.written import PROFILE, VERSION
from grievance.store import listings
from grievance.store.directory import Organization, Service
from grievance.store.engine import Database
from grievance.web.database import read_db
from grievance.web.open_data import HEADERS, answer, refusal
from grievance.web.service import service as running
from grievance.web.service import settings

bp = Blueprint("hsds", __name__, url_prefix="/hsds")
_STREAMED: Final = 200  # rows a query while all are streamed
_BODIES: Final = (*SHARED, "search", "taxonomy_id", "taxonomy_term_id", "full", "full_service")
_SERVICES: Final = (*SHARED, "search", "taxonomy_id", "taxonomy_term_id", "organization_id",
                    "minimal", "full")  # fmt: skip
_NEED_OF: Final = {str(uid): need for need, uid in TERMS.items()}
Made = dict[str, Any]
Page = Callable[[Session, int, int], list[Made]]


@bp.errorhandler(NotUnderstood)
def not_understood(error: NotUnderstood) -> Response:
    """400, with what to write instead."""
    return refusal(400, str(error))


@bp.get("/")
def start() -> Response:
    """Which standard this is, and where it is described."""
    where = f"{settings().public_url.rstrip('/')}/hsds/openapi.json"
    return answer({"version": VERSION, "profile": PROFILE, "openapi_url": where})


@bp.get("/openapi.json")
def openapi() -> Response:
    """What can be asked, in OpenAPI 3.1."""
    lists = {"/organizations": _BODIES, "/services": _SERVICES, "/taxonomies": SHARED,
             "/taxonomy_terms": (*SHARED, "taxonomy_id")}  # fmt: skip
    return answer(description(VERSION, settings().public_url, lists))


@bp.get("/organizations")
def organizations() -> Response:
    """Organizations of the public page, by id."""
    asked = read(request.args.to_dict(flat=False), _BODIES)
    with read_db() as db:
        only = _bodies_asked(db, asked)
        total = listings.count_listed(db) if only is None else len(only)

    def page(db: Session, skip: int, most: int) -> list[Made]:
        some = only if only is None else only[skip : skip + most]
        at = skip if only is None else 0
        rows = listings.listed_page(db, only=some, skip=at, most=most)
        return [_body(db, one, full=asked.full) for one in rows]

    return _answered(asked, total, page)


@bp.get("/organizations/<uuid:uid>")
def organization(uid: UUID) -> Response:
    """One organization with its services."""
    read(request.args.to_dict(flat=False), ("full_service", "full"))
    with read_db() as db:
        found = listings.listed(db, uid)
        return answer(_body(db, found, full=True)) if found else refusal(404)


@bp.get("/services")
def services() -> Response:
    """Services of organizations of the public page, by id."""
    asked = read(request.args.to_dict(flat=False), _SERVICES)
    with read_db() as db:
        only = _services_asked(db, asked)
        total = listings.count_listed_services(db) if only is None else len(only)

    def page(db: Session, skip: int, most: int) -> list[Made]:
        some = only if only is None else only[skip : skip + most]
        at = skip if only is None else 0
        rows = listings.listed_services_page(db, only=some, skip=at, most=most)
        return [{"id": str(one.id)} if asked.minimal else _service(one) for one in rows]

    return _answered(asked, total, page)


@bp.get("/services/<uuid:uid>")
def service(uid: UUID) -> Response:
    """One service with its organization."""
    read(request.args.to_dict(flat=False), ())
    with read_db() as db:
        found = listings.listed_service(db, uid)
        return answer(_service(found)) if found else refusal(404)


@bp.get("/taxonomies")
def taxonomies() -> Response:
    """The one list of words that services are filed under."""
    return _words("taxonomy", SHARED)


@bp.get("/taxonomy_terms")
def taxonomy_terms() -> Response:
    """The needs."""
    return _words("taxonomy_term", (*SHARED, "taxonomy_id"))


def _words(table: str, allowed: Sequence[str]) -> Response:
    asked = read(request.args.to_dict(flat=False), allowed)
    builder = Builder(word_rows())
    made = [builder.build(name, uid) for name, uid in builder.bag if name == table]
    needs = [one for one in made if table == "taxonomy" or one.get("taxonomy") == "casework-need"]
    if asked.taxonomy_id and asked.taxonomy_id != str(TAXONOMY):
        needs = []
    return _answered(asked, len(needs), lambda db, skip, most: needs[skip : skip + most])


def _body(db: Session, row: Organization, *, full: bool) -> Made:
    if not full:
        return {"id": str(row.id), **FILLED["organization"], **body_values(row)}
    parent = listings.listed(db, row.parent_id) if row.parent_id else None
    rows = listing_rows(row, parent=parent.id if parent else None, full=False)
    active = {one.id for one in row.services if one.active}
    shown = {
        (table, uid): values for (table, uid), values in rows.items()
        if table != "service" or uid in active
    }  # fmt: skip
    return Builder(word_rows() | shown).build("organization", row.id)


def _service(row: Service) -> Made:
    body = row.organization
    its_own = service_rows(row, body, kept(body.calendar))
    rows = {("organization", body.id): body_values(body), **dict(its_own)}
    return Builder(word_rows() | rows).build("service", row.id)


def _answered(asked: Asked, total: int, page: Page) -> Response:
    if asked.ndjson:
        lines = _lines(running().database, total, page)
        stream = Response(lines, mimetype="application/x-ndjson")
        stream.headers.update({**HEADERS, "Cache-Control": "public, max-age=600"})
        return stream
    with read_db() as db:
        found = page(db, (asked.page - 1) * asked.per_page, asked.per_page)
    pages = -(-total // asked.per_page)
    return answer(
        {
            "total_items": total, "total_pages": pages, "page_number": asked.page,
            "size": len(found), "first_page": asked.page == 1,
            "last_page": asked.page >= pages, "empty": not found, "contents": found,
        }
    )  # fmt: skip


def _lines(database: Database, total: int, page: Page) -> Iterator[str]:
    """One object a line; each query has a short read of its own, and none needs the request."""
    for skip in range(0, total, _STREAMED):
        with database.reader() as db:
            found = page(db, skip, _STREAMED)
        yield "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in found)


def _bodies_asked(db: Session, asked: Asked) -> list[UUID] | None:
    """The organizations that are asked for; None for all."""
    only: set[UUID] | None = None
    if asked.search:
        only = {uid for uid, words in listings.words_of_listed(db) if _fits(asked.search, words)}
    if asked.taxonomy_id or asked.taxonomy_term_id:
        facts = listings.facts_of_listed_services(db)
        having = {body for _, body, _, needs in facts if _has_term(asked, needs)}
        only = having if only is None else only & having
    return None if only is None else sorted(only)


def _services_asked(db: Session, asked: Asked) -> list[UUID] | None:
    if not (asked.search or asked.taxonomy_id or asked.taxonomy_term_id or asked.organization_id):
        return None
    return sorted(
        uid
        for uid, body, words, needs in listings.facts_of_listed_services(db)
        if _fits(asked.search, words)
        and _has_term(asked, needs)
        and asked.organization_id in (None, body)
    )


def _has_term(asked: Asked, needs: Sequence[str]) -> bool:
    if asked.taxonomy_id and (asked.taxonomy_id != str(TAXONOMY) or not needs):
        return False
    return not asked.taxonomy_term_id or _NEED_OF.get(asked.taxonomy_term_id) in needs


def _fits(search: str, words: str) -> bool:
    """Every word of the search stands somewhere in the text, whatever the case."""
    text = _folded(words)
    return all(word in text for word in _folded(search).split())


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
