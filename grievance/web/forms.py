"""The base of all forms: our own CSRF token, our own words for errors, forgiving fields."""

import hmac
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import request
from flask_wtf import FlaskForm
from wtforms import Field, Form, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.csrf.core import CSRF, CSRFTokenField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from grievance.rules import text
from grievance.rules.days import read_day
from grievance.web.locale import gettext, lazy, ngettext
from grievance.web.service import settings
from grievance.web.sessions import visit

LONGEST_WORDS = 20_000
LONGEST_LINE = 300
STALE = lazy("This page was open for too long. Your words are still here. Please press again.")
View = TypeVar("View", bound=Callable[..., Any])


class StaleToken(ValidationError):
    """The form's token is not this session's."""


class CookieToken(CSRF):
    """The token follows from the session's cookie, so nothing is stored for it."""

    def generate_csrf_token(self, csrf_token_field: CSRFTokenField) -> str:
        """The 43 letters of this session."""
        return visit().csrf_token

    def validate_csrf_token(self, form: Form, field: CSRFTokenField) -> None:
        """Refuse another session's token, or none. Raises StaleToken."""
        if not token_fits(field.data or ""):
            raise StaleToken(STALE)


class OwnWords:
    """WTForms' sentences come from our catalogs: theirs lack most of our languages."""

    gettext = staticmethod(gettext)
    ngettext = staticmethod(ngettext)


class ServiceForm(FlaskForm):
    """Every form of ours."""

    class Meta(FlaskForm.Meta):
        """Where WTForms looks for token and words."""

        csrf = True
        csrf_class = CookieToken
        csrf_field_name = "csrf_token"

        def wrap_formdata(self, form: "ServiceForm", formdata: Any) -> Any:
            """Only what the fields of a page send: every value of these is text. In a body of JSON
            or in a file's part it could be anything, also where the token belongs."""
            return request.form or None if formdata is not None and form.is_submitted() else None

        def get_translations(self, form: Form) -> Any:
            """Our catalogs."""
            return OwnWords

    @property
    def is_stale(self) -> bool:
        """Whether the token was wrong: the page comes back with her words and status 400."""
        return any(str(error) == str(STALE) for error in self.csrf_token.errors)


def status_of(form: ServiceForm) -> int:
    """400 for a form whose token was stale or whose answers need a change; 200 for a fresh one."""
    return 400 if form.errors else 200


def token_fits(token: str) -> bool:
    """Whether a token is this session's, compared in constant time."""
    return hmac.compare_digest(token.encode("utf-8", "replace"), visit().csrf_token.encode())


def origin_is_ours() -> bool:
    """Whether the browser says no other site sent this form. No Origin is fine (trap 1)."""
    origin = request.headers.get("Origin", "")
    if origin in {"", "null"}:
        return True
    try:
        theirs = urlsplit(origin).netloc
    except ValueError:
        return False  # no browser writes such an address
    return theirs in {urlsplit(settings().public_url).netloc, request.host}


def keeps_form(view: View) -> View:
    """Mark a view that shows its form again, filled, when the token is stale."""
    view.keeps_form = True  # type: ignore[attr-defined]
    return view


class Words(TextAreaField):
    """Free text: cleaned; blank when nothing of it can be seen; a line break is one letter."""

    def __init__(self, label: Any = None, *, longest: int = LONGEST_WORDS, **rest: Any) -> None:
        super().__init__(label, **rest)
        self.longest = longest

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take what was typed."""
        self.data = _typed(valuelist)

    def pre_validate(self, form: Form) -> None:
        """Say by how much a text is too long."""
        over = len(self.data or "") - self.longest
        if over > 0:
            raise StopValidation(
                ngettext(
                    "This text is %(num)s letter too long.",
                    "This text is %(num)s letters too long.",
                    over,
                )
            )


class Line(StringField):
    """One line of text, with the same care."""

    longest = LONGEST_LINE

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Take what was typed, on one line."""
        self.data = " ".join(_typed(valuelist).split("\n")).strip()

    def pre_validate(self, form: Form) -> None:
        """Say that a line is too long."""
        if len(self.data or "") > self.longest:
            raise StopValidation(gettext("This is too long. Please write less."))


class Day(Line):
    """A day as 2026-11-25, or nothing unless it is ``needed``; other orders are asked again, never
    guessed. ``day`` is the day, after validation."""

    day: date | None = None

    def __init__(
        self, label: Any = None, *, earliest: date = date(1950, 1, 1),
        latest: date = date(2150, 1, 1), needed: bool = False, **rest: Any,
    ) -> None:  # fmt: skip
        super().__init__(label, **rest)
        self.earliest, self.latest, self.needed = earliest, latest, needed

    def pre_validate(self, form: Form) -> None:
        """Read the day; a finger slips in the year."""
        if not self.data and not self.needed:
            return
        try:
            self.day = read_day(self.data or "")
        except ValueError:
            raise StopValidation(gettext("Write a day as 2026-11-25.")) from None
        if not self.earliest <= self.day <= self.latest:
            raise StopValidation(gettext("This year cannot be right."))


class Choice(RadioField):
    """One of a few; none is ticked at first; no answer is None."""

    def __init__(self, label: Any = None, **rest: Any) -> None:
        super().__init__(label, validate_choice=False, coerce=str, **rest)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """The first value sent; an empty one is no answer."""
        self.data = (valuelist[0] if valuelist else None) or None

    def pre_validate(self, form: Form) -> None:
        """Refuse a value that was not offered."""
        if self.data and self.data not in {choice.value for choice in self.choices or ()}:
            self.data = None
            raise StopValidation(gettext("Please choose again."))


class Many(SelectMultipleField):
    """Any number of boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any = None, **rest: Any) -> None:
        super().__init__(label, validate_choice=False, coerce=str, **rest)

    def process_data(self, value: Any) -> None:
        """Nothing given is an empty list: pages ask what is in it, also after an empty form."""
        self.data = list(value or ())

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """Every value once, in the order sent."""
        self.data = [value for value in dict.fromkeys(valuelist) if value]

    def pre_validate(self, form: Form) -> None:
        """Refuse values that were not offered, and keep the rest."""
        known = {choice.value for choice in self.choices or ()}
        kept = [value for value in self.data or () if value in known]
        if len(kept) < len(self.data or ()):
            self.data = kept
            raise StopValidation(gettext("Please choose again."))


def options(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Choices from (value, label) pairs."""
    return [SelectChoice(value, label) for value, label in pairs]


class Filled:
    """A validator: something that can be seen must be there."""

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Form, field: Field) -> None:
        """Raises StopValidation with the given words."""
        if text.is_blank(str(field.data or "")):
            raise StopValidation(str(self.message))


def _typed(values: Sequence[Any]) -> str:
    typed = text.clean(str(values[0])) if values else ""
    return "" if text.is_blank(typed) else typed
