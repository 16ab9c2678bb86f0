"""Where everything meets: the application, its parts and its doors."""

import os

from flask import Flask, Request
from werkzeug.routing import BaseConverter, ValidationError

from grievance.accounts.own.views import bp as own
from grievance.accounts.views import bp as accounts
from grievance.config import Settings
from grievance.directory import contacts, life, ties
from grievance.directory.entry import bp as entry
from grievance.directory.hsds import bp as hsds
from grievance.directory.views import bp as directory
from grievance.exports.views import bp as exports
from grievance.intake.views import bp as intake
from grievance.mycase.views import bp as mycase
from grievance.rules.terms import Language
from grievance.store.accounts import has_session
from grievance.store.engine import Database
from grievance.triage.door import bp as triage
from grievance.triage.respondents import bp as respondents
from grievance.triage.staff_ties import bp as staff_ties
from grievance.web import context, database, errors, headers, health, logs, pages, staff
from grievance.web.cookies import WORKER, cookie_name
from grievance.web.locale import offered
from grievance.web.places import folder
from grievance.web.quick import QuickPages
from grievance.web.service import Service
from grievance.web.sessions import SealedSessions

LONGEST_FORM = 256 * 1024


class OfferedLanguage(BaseConverter):
    """A language tag in an address: an offered one, in its one spelling."""

    regex = "[A-Za-z]{2,3}(-[A-Za-z]{4})?"

    def to_python(self, value: str) -> Language:
        """Take only what is offered; the 404 page sends other spellings on."""
        if value not in offered():
            raise ValidationError
        return Language(value)


class InMemoryRequest(Request):
    """No byte of a form goes to the disk: Werkzeug would spool large parts to a file."""

    max_form_memory_size = LONGEST_FORM
    max_form_parts = 400


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings (those of the environment when none are given)."""
    return furnish(build(), settings or Settings.load(os.environ))


def build() -> Flask:
    """Every door with its pages; no settings and no database yet."""
    app = Flask("grievance", template_folder=str(folder("templates")))
    _configure(app)
    for part in (logs, database, staff, headers, pages, errors, context):
        part.init_app(app)
    entries = (entry, life.bp, contacts.bp, ties.bp)
    staff_doors = (accounts, own, triage, respondents, staff_ties, exports, *entries)
    for door in (health.bp, intake, mycase, directory, hsds, *staff_doors):
        app.register_blueprint(door)
    return app


def furnish(app: Flask, settings: Settings) -> Flask:
    """Give it settings and a database; others than before, where it had some (as tests do)."""
    app.__dict__.pop("wsgi_app", None)  # what an earlier call put around it
    service = Service(settings, Database(settings.database_url))
    service.quick = QuickPages(
        app.wsgi_app,
        cookie_name(WORKER, settings.secure),
        secure=settings.secure,
        has_row=lambda row_id: has_session(service.database.engine, row_id),
    )
    app.wsgi_app = service.quick  # type: ignore[method-assign]
    service.register(app)
    if settings.trusted_proxies:
        _behind_proxies(app, settings.trusted_proxies)
    return app


def _configure(app: Flask) -> None:
    app.session_interface = SealedSessions()
    app.request_class = InMemoryRequest
    app.url_map.converters["lang"] = OfferedLanguage
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.config["MAX_CONTENT_LENGTH"] = LONGEST_FORM


def _behind_proxies(app: Flask, count: int) -> None:
    from werkzeug.middleware.proxy_fix import ProxyFix

    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
