"""The form of an entry: names and words by language, kind, country, sources, its place above."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from wtforms import BooleanField, Field, StringField

from grievance.casework.directory.editing import EntryFacts
from grievance.casework.directory.history import texts
from grievance.directory.entry_labels import KINDS, country_names, read_country
from grievance.rules.email import is_email
from grievance.rules.languages import NATIVE_NAMES
from grievance.rules.terms import Language, OrganizationKind
from grievance.web.choices import ORIGINS
from grievance.web.forms import Choice, Filled, Line, Many, ServiceForm, Words, options
from grievance.web.locale import country_name, gettext
from grievance.web.locale import lazy as _

_LONGEST_SAID = 2000
_MOST_LINES = 100
MEANWHILE: Final = _(
    "Somebody changed this after you opened it. What you wrote is still here, and what is kept now "
    "stands beside it. Press again to write yours over it."
)
STREET: Final = _(
    "This looks like a street address. A shelter’s address is not kept: whoever reads this "
    "directory could find the women in it. Please take it out."
)


class EntryForm(ServiceForm):
    """One entry. Fields by language (``name_fil``, ``says_fil``) are added below."""

    revision = StringField()
    name = Line(_("Name"), validators=[Filled(_("Write the name."))])
    aliases = Words(
        _("Other names"),
        description=_(
            "One on each line: short names, initials, its name in other scripts. A complaint that "
            "uses one never reaches this organization."
        ),
    )
    kind = Choice(_("Kind"), choices=options(KINDS.items()))
    below = Line(
        _("Below"), description=_("The organization above it: its name, or its short name")
    )
    country = Line(_("Country"), description=_("The country it works from"))
    website = Line(_("Website"), description=_("For example https://example.org"))
    led_by_migrants = BooleanField(_("Led by migrants"))
    origin_of = Many(_("Stands for people from"))
    origin_also = Line(_("Other countries it stands for"), description=_("With commas between"))
    sources = Words(
        _("Sources"),
        description=_(
            "Where this is known from, one on each line: address, day, what it says. For example "
            "https://example.org/about 2026-11-01 what it does"
        ),
    )
    accept_at_once = BooleanField(_("Takes what fits its services without a press"))
    notify_email = Line(_("Address for notices"), description=_("Shown only to who may change it"))

    @property
    def by_language(self) -> list[tuple[Field, Field]]:
        """Each language's name and description."""
        return [(self[f"name_{tag}"], self[f"says_{tag}"]) for tag in Language]

    @property
    def suggested(self) -> list[str]:
        """What the fields for a country suggest."""
        return country_names()

    def offer(self, kept: EntryFacts | None) -> None:
        """The choices, with what is kept already."""
        codes = {*ORIGINS, *(kept.origin_of if kept else ())}
        self.origin_of.choices = by_country(codes)

    def take(self, kept: EntryFacts | None) -> EntryFacts | None:
        """What the form says; None where a field has an error. What has no field stays as kept."""
        good = self.validate()
        country = self._country()
        also, unknown = countries_in(self.origin_also.data or "")
        if unknown:
            say(self.origin_also, not_a_country(unknown))
        if not self.kind.data:
            say(self.kind, gettext("Choose one."))
        facts = EntryFacts(
            name=self.name.data or "",
            names=self._texts("name", kept.names if kept else {}),
            aliases=self._aliases(),
            description=self._texts("says", kept.description if kept else {}),
            kind=self.kind.data or OrganizationKind.OTHER,
            country=country,
            website=self._website(),
            led_by_migrants=bool(self.led_by_migrants.data),
            origin_of=in_kept_order([*(self.origin_of.data or ()), *also],
                                    kept.origin_of if kept else ()),
            sources=self._sources(kept.sources if kept else ()),
            accept_at_once=bool(self.accept_at_once.data),
            notify_email=self._email(),
        )  # fmt: skip
        return facts if good and not self.errors else None

    def _texts(self, prefix: str, kept: Mapping[str, str]) -> dict[str, str]:
        """Texts by language; of languages that have no field, what is kept."""
        typed = {str(tag): (self[f"{prefix}_{tag}"].data or "").strip() for tag in Language}
        others = {tag: text for tag, text in kept.items() if tag not in typed}
        return others | {tag: text for tag, text in typed.items() if text}

    def _country(self) -> str:
        code = read_country(self.country.data or "")
        if code is None:
            say(self.country, gettext("Write a country by its name, or its two letters (HK)."))
        return code or ""

    def _aliases(self) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(lines_of(self.aliases)))
        if any(len(one) > Line.longest for one in found):
            say(self.aliases, gettext("One of these names is too long."))
        return found

    def _website(self) -> str | None:
        text = self.website.data or ""
        if text and not is_address(text):
            say(self.website, gettext("Write an address as https://example.org."))
        return text or None

    def _email(self) -> str | None:
        text = self.notify_email.data or ""
        if text and not is_email(text):
            say(self.notify_email, gettext("This is no e-mail address."))
        return text or None

    def _sources(self, kept: Iterable[Mapping[str, str]]) -> tuple[dict[str, str], ...]:
        """Each line's address, day and words; other facts of a source that stays are kept."""
        known = {source_line(one): dict(one) for one in kept}
        by_url = {one.get("url", ""): dict(one) for one in kept}
        return tuple(known.get(one) or self._source(one, by_url) for one in lines_of(self.sources))

    def _source(self, line: str, by_url: Mapping[str, dict[str, str]]) -> dict[str, str]:
        url, _space, rest = line.partition(" ")
        if not is_address(url):
            words = gettext("Begin each source with an address as https://example.org.")
            if words not in self.sources.errors:
                say(self.sources, words)
            return {}
        day, _space, says = rest.strip().partition(" ")
        if not _is_day(day):
            day, says = "", rest
        others = {k: v for k, v in by_url.get(url, {}).items() if k not in ("url", "date", "says")}
        told = {"url": url, "date": day, "says": says.strip()}
        return {name: text for name, text in told.items() if text} | others


for _tag in Language:
    setattr(EntryForm, f"name_{_tag}", Line(NATIVE_NAMES[_tag]))
    setattr(EntryForm, f"says_{_tag}", Words(NATIVE_NAMES[_tag], longest=_LONGEST_SAID))


def filled(kept: EntryFacts, *, revision: str, below: str) -> EntryForm:
    """The form as the entry stands."""
    data: dict[str, Any] = {
        "revision": revision,
        "name": kept.name,
        "aliases": "\n".join(kept.aliases),
        "kind": kept.kind,
        "below": below,
        "country": country_name(kept.country),
        "website": kept.website,
        "led_by_migrants": kept.led_by_migrants,
        "origin_of": list(kept.origin_of),
        "sources": "\n".join(source_line(one) for one in kept.sources),
        "accept_at_once": kept.accept_at_once,
        "notify_email": kept.notify_email,
    }
    data |= {f"name_{tag}": text for tag, text in kept.names.items()}
    data |= {f"says_{tag}": text for tag, text in kept.description.items()}
    return EntryForm(formdata=None, data=data)


def fresh(own_country: str) -> EntryForm:
    """The form of a new entry."""
    data = {"country": country_name(own_country), "kind": OrganizationKind.OTHER}
    return EntryForm(formdata=None, data=data)


def differing(kept: object, typed: object, names: Iterable[str]) -> dict[str, list[str]]:
    """The fields in which a form differs from what is kept, with what is kept."""
    now = {name: texts(getattr(kept, name)) for name in names}
    return {name: said for name, said in now.items() if said != texts(getattr(typed, name))}


def say(field: Field, words: str) -> None:
    """An error beside a field."""
    field.errors = [*field.errors, words]


def lines_of(field: Field) -> list[str]:
    """The lines of a text that are not blank; too many are an error."""
    found = [line.strip() for line in (field.data or "").splitlines() if line.strip()]
    if len(found) > _MOST_LINES:
        say(field, gettext("At most %(number)s lines.", number=_MOST_LINES))
    return found


def source_line(source: Mapping[str, str]) -> str:
    """A source on one line."""
    told = " ".join(source.get(name, "") for name in ("url", "date", "says"))
    return " ".join(told.split())


def by_country(codes: Iterable[str]) -> list[Any]:
    """Boxes for countries, by name."""
    named = sorted(((code, country_name(code)) for code in codes), key=lambda pair: pair[1])
    return options(named)


def countries_in(text: str) -> tuple[list[str], list[str]]:
    """Countries named in a line with commas: their letters, and what is no country."""
    said_ = [one.strip() for one in text.replace(";", ",").replace("、", ",").split(",")]
    read = [(one, read_country(one)) for one in said_ if one]
    return [code for _one, code in read if code], [one for one, code in read if not code]


def not_a_country(unknown: Iterable[str]) -> str:
    """What is said of words that are no country."""
    return gettext("“%(said)s” is no country that we know.", said=", ".join(unknown))


def in_kept_order(chosen: Iterable[str], kept: Iterable[str]) -> tuple[str, ...]:
    """What was chosen, once each; what was there before stays in its order, so that a form that
    changes nothing changes nothing."""
    found, before = list(dict.fromkeys(chosen)), list(kept)
    return tuple([one for one in before if one in found] + [o for o in found if o not in before])


def is_address(text: str) -> bool:
    """Whether a text is an address of the web, without blanks."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and " " not in text


def _is_day(text: str) -> bool:
    return text[:4].isdigit() and text.replace("-", "").isdigit() and len(text) in (4, 7, 10)


def parent_named(
    found: Iterable[tuple[UUID, str]], within: frozenset[UUID]
) -> tuple[UUID | None, list[str]]:
    """Of entries with this name those that one may use: the one, or the short names of several."""
    fitting = [(one, slug) for one, slug in found if one in within]
    if len(fitting) == 1:
        return fitting[0][0], []
    return None, [slug for _one, slug in fitting]
