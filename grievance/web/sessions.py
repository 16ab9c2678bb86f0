"""Sessions: a cookie of 32 random bytes, and a row that the cookie alone can open.

Worker and staff have a cookie each, told apart by path. A first GET sets the cookie and writes no
row. What a session knows lies sealed in its row (design.md 4).
"""

import base64
import json
import logging
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from flask import Flask, Request, Response, g, request, session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session
from werkzeug.datastructures import CallbackDict

from grievance.casework.report.drafting import still_open
from grievance.sealing import CannotOpen, open_document, seal_document
from grievance.sealing.bindings import session_binding
from grievance.sealing.keys import CookieKeys, cookie_keys, new_cookie
from grievance.store.accounts import SessionRow
from grievance.store.base import insert_into
from grievance.store.engine import AWAY
from grievance.web import access
from grievance.web.cookies import STAFF, WORKER, cookie_bytes, cookie_name, cookie_text
from grievance.web.open_data import is_open_data
from grievance.web.service import EXTENSION, Service, now

log = logging.getLogger("grievance.web")
HOLE: Final = "0" * 43  # where a token goes in a page that is made once
IDLE: Final = timedelta(minutes=60)
_TOUCH: Final = timedelta(minutes=5)


class Visit(CallbackDict[str, Any], SessionMixin):
    """What one browser's session knows; changes are kept by ``web.database.commit``."""

    def __init__(self, kind: str, cookie: bytes, *, fresh: bool) -> None:
        super().__init__(None, lambda _: self._changed())
        self.kind, self.fresh = kind, fresh
        self.cookie, self.derived = cookie, cookie_keys(cookie)
        self.stored = self.written = self.ended = self.renewed = False
        self.modified = False
        self.trouble: Exception | None = None
        self.user_id: UUID | None = None
        self.last_used: Any = None
        self._gone: list[bytes] = []

    @property
    def csrf_token(self) -> str:
        """The token of this session's forms, 43 letters; a hole while a page is made once."""
        return HOLE if g.get("cutting") else self.derived.csrf_token

    def renew(self) -> None:
        """New bytes: at sign-in, after the second factor, when a code opens."""
        if self.stored:
            self._gone.append(self.derived.row_id)
        self.cookie = new_cookie()
        self.derived = cookie_keys(self.cookie)
        self.stored, self.renewed = False, True
        self._changed()

    def end(self) -> None:
        """Forget everything: the row goes, and the cookie with it."""
        self.clear()
        self.ended = True
        self._gone.append(self.derived.row_id)
        self._changed()

    def lock(self, db: Session) -> None:
        """Read the row again inside the write transaction, so that no newer state is lost."""
        if not self.stored and not self.fresh:
            _claim(db, self)  # so that a first press that came twice waits for the other
        row = db.scalar(_row(self.derived, self.kind).with_for_update())
        if self.stored or row is not None:
            self.load(row)

    def load(self, row: SessionRow | None) -> None:
        """Take what a row holds; one that is gone, idle or does not open leaves nothing."""
        self.clear()
        self.stored = False
        if row is not None and row.last_used_at >= now() - IDLE:
            self.update(_open(row, self.derived, self.kind))
            self.stored, self.user_id, self.last_used = True, row.user_id, row.last_used_at
        self.modified = False

    def write(self, db: Session) -> None:
        """Put what changed into the row, in the caller's transaction."""
        if self._gone:
            db.execute(delete(SessionRow).where(SessionRow.id_hash.in_(self._gone)))
            self._gone = []
        if self.modified and not self.ended:
            _upsert(db, self)
            _keep_draft(db, self)
            self.stored = True
        self.modified, self.written = False, True

    def _changed(self) -> None:
        self.modified = True


class SealedSessions(SessionInterface):
    """Flask's way in and out of a session."""

    def open_session(self, app: Flask, request: Request) -> Visit:
        """The session of this request's cookie, or a fresh one."""
        kind = STAFF if request.path.startswith("/desk") else WORKER
        service: Service = app.extensions[EXTENSION]
        cookie = cookie_bytes(request.cookies.get(cookie_name(kind, service.settings.secure), ""))
        if cookie is None or is_open_data(request.path):
            return Visit(kind, new_cookie(), fresh=True)
        visit = Visit(kind, cookie, fresh=False)
        try:
            with app.app_context(), service.database.reader() as db:
                visit.load(db.scalar(_row(visit.derived, kind)))
        except AWAY as error:
            visit.trouble = error  # the guard raises it, where a page can be made of it
        return visit

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Set, renew or take away the cookie; note last use, at most every five minutes."""
        if not isinstance(session, Visit):
            raise TypeError("sessions here are Visits")
        if session.modified and app.testing:
            raise RuntimeError("a session was changed and not committed")
        if is_open_data(request.path):
            return  # public data is the same for everybody and tells nobody apart
        service: Service = app.extensions[EXTENSION]
        name, secure = cookie_name(session.kind, service.settings.secure), service.settings.secure
        if session.ended:
            response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="Lax")
        elif request.endpoint == "static":
            pass  # a stylesheet is nobody's visit
        elif session.fresh or session.renewed:
            value = cookie_text(session.cookie)
            response.set_cookie(name, value, path="/", secure=secure, httponly=True, samesite="Lax")
        elif session.stored and not session.written and _is_old(session, service):
            _touch(service, session)


def visit() -> Visit:
    """This request's session."""
    return session  # type: ignore[return-value]


def pack(raw: bytes) -> str:
    """Bytes as text for a session's JSON."""
    return base64.b64encode(raw).decode()


def unpack(text: str) -> bytes:
    """Bytes from a session's JSON."""
    return base64.b64decode(text)


def _row(keys: CookieKeys, kind: str) -> Any:
    return select(SessionRow).where(SessionRow.id_hash == keys.row_id, SessionRow.kind == kind)


def _open(row: SessionRow, keys: CookieKeys, kind: str) -> dict[str, Any]:
    try:
        plain = open_document(keys.seal_key, row.sealed, session_binding(keys.row_id, kind))
    except CannotOpen:
        return {}
    found: dict[str, Any] = json.loads(plain)
    return found


def _upsert(db: Session, visit: Visit) -> None:
    values = _values(visit) | {"user_id": visit.user_id}
    statement = _insert(db, visit, values)
    db.execute(statement.on_conflict_do_update(index_elements=["id_hash"], set_=values))


def _keep_draft(db: Session, visit: Visit) -> None:
    """A draft lives as long as the session that alone can open it."""
    if "draft_id" in visit:
        still_open(db, UUID(visit["draft_id"]), now())


def _claim(db: Session, visit: Visit) -> None:
    db.execute(_insert(db, visit, _values(visit)).on_conflict_do_nothing())


def _values(visit: Visit) -> dict[str, Any]:
    plain = json.dumps(dict(visit)).encode()
    info = session_binding(visit.derived.row_id, visit.kind)
    return {
        "sealed": seal_document(visit.derived.seal_key, plain, info),
        "last_used_at": now().replace(second=0, microsecond=0),
    }


def _insert(db: Session, visit: Visit, values: dict[str, Any]) -> Any:
    row = insert_into(db, SessionRow)
    return row.values(id_hash=visit.derived.row_id, kind=visit.kind, **values)


def _is_old(visit: Visit, service: Service) -> bool:
    return visit.last_used is not None and service.clock() - visit.last_used >= _TOUCH


def _touch(service: Service, visit: Visit) -> None:
    writes = access.may_write(request.method, request.endpoint)
    if writes and (held := g.pop("db", None)) is not None:
        held.close()  # a view that kept nothing still holds the writer: let it go
    minute = service.clock().replace(second=0, microsecond=0)
    row = update(SessionRow).where(SessionRow.id_hash == visit.derived.row_id)
    try:
        with service.database.writer() as db:
            db.execute(row.values(last_used_at=minute))
            _keep_draft(db, visit)
            db.commit()
    except AWAY as error:  # her page is ready: it must not be lost for this
        log.warning("last use was not noted: %s", error)
