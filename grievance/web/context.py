"""What every template may use: language, names, drawings, labels. No queries, no rules."""

from functools import cache
from typing import Any

from flask import Flask, current_app, g, request, url_for
from markupsafe import Markup

from grievance.rules.languages import direction
from grievance.web import locale
from grievance.web.headers import worker_css
from grievance.web.labels import label
from grievance.web.places import static_file
from grievance.web.service import settings
from grievance.web.sessions import visit


@cache
def drawing(name: str) -> Markup:
    """A drawing, written into the page."""
    return Markup(static_file(f"drawings/{name}.svg").strip())  # noqa: S704 -- our own file


def english(message: str, **values: Any) -> str:
    """The English of a sentence on safety, consent, danger or the code."""
    return message % values if values else message


def both(message: str, **values: Any) -> Markup:
    """A sentence in the reader's language; its English beneath until a speaker has reviewed it."""
    said = Markup("{}").format(locale.gettext(message, **values))
    if locale.is_reviewed(locale.language()):
        return said
    beneath = Markup('<small class="english" lang="en" dir="ltr">{}</small>')
    return said + beneath.format(english(message, **values))


def switch_url(tag: str) -> str:
    """The same page in another language."""
    if request.view_args and "lang" in request.view_args and request.endpoint:
        return url_for(request.endpoint, **(request.view_args | {"lang": tag}))
    return url_for("intake.start", lang=tag)


def _page() -> dict[str, Any]:
    language = locale.language()
    return {
        "language": language,
        "direction": direction(language),
        "reviewed": locale.is_reviewed(language),
        "picker": locale.picker,
        "service_name": settings().service_name,
        "csrf_token": lambda: visit().csrf_token,
        "worker_css": lambda: Markup(worker_css()),  # noqa: S704 -- our own file
        "desk": g.get("desk"),
    }


def _lang(endpoint: str, values: dict[str, Any]) -> None:
    """Links keep the reader's language without being told."""
    if "lang" not in values and current_app.url_map.is_endpoint_expecting(endpoint, "lang"):
        values["lang"] = locale.language()


def _take_lang(endpoint: str | None, values: dict[str, Any] | None) -> None:
    if values and "lang" in values:
        g.language = values["lang"]


def init_app(app: Flask) -> None:
    """Put everything where templates find it."""
    app.context_processor(_page)
    app.url_defaults(_lang)
    app.url_value_preprocessor(_take_lang)
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        locale.gettext, locale.plain_ngettext, newstyle=True
    )
    app.jinja_env.globals.update(
        drawing=drawing,
        both=both,
        label=label,
        country_name=locale.country_name,
        language_name=locale.language_name,
        day=locale.day,
        minute=locale.iso_minute,
        age=locale.age,
        switch_url=switch_url,
    )
