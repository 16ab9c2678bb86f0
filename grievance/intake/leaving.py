"""Leaving: forget this session's draft, and where a worker goes."""

import logging

from flask import request
from sqlalchemy.orm import Session

from grievance.casework.report.drafting import drop_session_copy
from grievance.intake import draft
from grievance.rules.languages import ours
from grievance.rules.terms import Language
from grievance.store.engine import AWAY
from grievance.web import database
from grievance.web.sessions import visit

log = logging.getLogger("grievance.web")

# Weather services of the countries themselves: plain, big, and without recent items.
_WEATHER = {
    Language.FIL: "https://www.pagasa.dost.gov.ph/",
    Language.ID: "https://www.bmkg.go.id/",
    Language.ZH_HANT: "https://www.hko.gov.hk/tc/",
    Language.ZH_HANS: "https://www.hko.gov.hk/sc/",
    Language.TH: "https://www.tmd.go.th/",
    Language.ES: "https://worldweather.wmo.int/es/home.html",
    Language.FR: "https://worldweather.wmo.int/fr/home.html",
    Language.AR: "https://worldweather.wmo.int/ar/home.html",
}
_WORLD = "https://worldweather.wmo.int/en/home.html"


def destination(tag: str) -> str:
    """A neutral page for readers of a language."""
    found = ours(tag)
    return _WEATHER.get(found, _WORLD) if found else _WORLD


def is_prefetch() -> bool:
    """Whether a browser only looks ahead: that must not end anything."""
    headers = ("Sec-Purpose", "Purpose", "X-Moz", "X-Purpose")
    said = " ".join(request.headers.get(name, "") for name in headers).lower()
    return "prefetch" in said or "prerender" in said or "preview" in said


def forget(db: Session) -> None:
    """Forget the draft of this session and the case opened in it; a stopped copy stays."""
    held = draft.keys()
    if held is not None:
        drop_session_copy(db, held.draft_id)
    visit().clear()


def end_everything() -> None:
    """End the session. She must be able to leave even while the database is away."""
    try:
        forget(database.db())
        visit().end()
        database.commit()
    except AWAY as error:
        log.error("a session could not be ended: %s", type(error).__name__)
        visit().end()
        visit().modified = False  # the cookie goes; the row ends by itself after 60 minutes
