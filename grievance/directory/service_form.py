"""The form of one service: what it helps with, for whom, in which languages, and where."""

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import Field, StringField

from grievance.casework.directory.form import ServiceEntry
from grievance.directory.entry_form import (
    by_country,
    countries_in,
    in_kept_order,
    not_a_country,
    say,
)
from grievance.directory.entry_labels import country_names
from grievance.directory.service_areas import AreasField, levels
from grievance.rules.bodies import ALL, ANY
from grievance.rules.hsds.values import language_code
from grievance.rules.languages import NATIVE_NAMES, ours
from grievance.rules.terms import Language, ServiceNeed
from grievance.web.choices import AGES, ORIGINS, SECTORS, SEXES, spoken, words
from grievance.web.forms import Choice, Filled, Line, Many, ServiceForm, options
from grievance.web.locale import gettext, language_name
from grievance.web.locale import lazy as _


class ServiceFactsForm(ServiceForm):
    """One service. Names by language (``name_fil``) are added below."""

    revision = StringField()
    name = Line(_("Name of the service"), validators=[Filled(_("Write the name."))])
    needs = Many(_("Helps with"), choices=options(words(ServiceNeed)))
    groups = Many(
        _("Problems it takes"), description=_("None ticked: all that go with the help above")
    )
    areas = AreasField(_("Where it is given"))
    communities = Many(_("For people from"))
    communities_also = Line(_("Other countries"), description=_("With commas between"))
    languages = Many(_("Languages"))
    languages_also = Line(
        _("Other languages"), description=_("English names or tags, with commas between")
    )
    sectors = Many(_("For work"), choices=options([(ALL, _("every kind of work")), *SECTORS]))
    age_bands = Many(_("Ages"), description=_("None ticked: everyone"), choices=options(AGES))
    sexes = Many(_("For"), description=_("None ticked: everyone"), choices=options(SEXES))
    free = Choice(
        _("Free of charge"),
        choices=options([("yes", _("Yes")), ("no", _("No")), ("unknown", _("Not known"))]),
    )

    @property
    def names(self) -> list[Field]:
        """Each language's name."""
        return [self[f"name_{tag}"] for tag in Language]

    @property
    def levels(self) -> list[tuple[str, str]]:
        """How far an area may reach."""
        return levels()

    @property
    def suggested(self) -> list[str]:
        """What the fields for a country suggest."""
        return country_names()

    def offer(self, groups: Sequence[tuple[str, str]], kept: ServiceEntry | None) -> None:
        """The choices, with what is kept already."""
        known = dict(groups)
        others = [one for one in (kept.groups if kept else ()) if one not in known]
        self.groups.choices = options([*known.items(), *((one, one) for one in others)])
        codes = {*ORIGINS, *(kept.communities if kept else ())} - {ANY}
        everybody = options([(ANY, gettext("everybody"))])
        self.communities.choices = everybody + by_country(codes)
        ours_ = dict(spoken())
        more = [tag for tag in (kept.languages if kept else ()) if tag not in ours_]
        named = [(tag, language_name(tag)) for tag in more]
        self.languages.choices = options([*ours_.items(), *named])

    def take(self, kept: ServiceEntry | None) -> ServiceEntry | None:
        """What the form says; None where a field has an error."""
        good = self.validate()
        for field in (self.needs, self.communities, self.languages, self.sectors):
            also = self[f"{field.name}_also"].data if f"{field.name}_also" in self else ""
            if not field.data and not also and not field.errors:
                say(field, gettext("%(field)s: choose one at least.", field=field.label.text))
        facts = ServiceEntry(
            id=kept.id if kept else "",
            name=self.name.data or "",
            names=self._names(kept),
            needs=self._chosen("needs", kept),
            groups=self._chosen("groups", kept),
            areas=self.areas.data,
            communities=self._chosen("communities", kept, self._countries()),
            languages=self._chosen("languages", kept, self._tags()),
            sectors=self._chosen("sectors", kept),
            age_bands=self._chosen("age_bands", kept),
            sexes=self._chosen("sexes", kept),
            free={"yes": True, "no": False}.get(self.free.data or ""),
        )
        return facts if good and not self.errors else None

    def _names(self, kept: ServiceEntry | None) -> dict[str, str]:
        typed = {str(tag): (self[f"name_{tag}"].data or "").strip() for tag in Language}
        others = {t: text for t, text in (kept.names if kept else {}).items() if t not in typed}
        return others | {tag: text for tag, text in typed.items() if text}

    def _chosen(
        self, name: str, kept: ServiceEntry | None, also: Iterable[str] = ()
    ) -> tuple[str, ...]:
        before = getattr(kept, name) if kept else ()
        return in_kept_order([*(self[name].data or ()), *also], before)

    def _countries(self) -> list[str]:
        codes, unknown = countries_in(self.communities_also.data or "")
        if unknown:
            say(self.communities_also, not_a_country(unknown))
        return codes

    def _tags(self) -> list[str]:
        """Tags of the languages named beside the boxes."""
        said = [one.strip() for one in (self.languages_also.data or "").split(",") if one.strip()]
        tags = {one: _tag(one) for one in said}
        if unknown := [one for one, tag in tags.items() if not tag]:
            words_ = gettext("“%(said)s” is no language that we know.", said=", ".join(unknown))
            say(self.languages_also, words_)
        return [tag for tag in tags.values() if tag]


for _one in Language:
    setattr(ServiceFactsForm, f"name_{_one}", Line(NATIVE_NAMES[_one]))


def filled(kept: ServiceEntry, revision: str) -> ServiceFactsForm:
    """The form as the service stands."""
    data: dict[str, Any] = {"revision": revision, "name": kept.name, "areas": kept.areas}
    names = ("needs", "groups", "communities", "languages", "sectors", "age_bands", "sexes")
    data |= {name: list(getattr(kept, name)) for name in names}
    data["free"] = {True: "yes", False: "no", None: "unknown"}[kept.free]
    data |= {f"name_{tag}": text for tag, text in kept.names.items()}
    return ServiceFactsForm(formdata=None, data=data)


def fresh() -> ServiceFactsForm:
    """The form of a new service."""
    return ServiceFactsForm(formdata=None, data={"sectors": [ALL]})


def _tag(said: str) -> str | None:
    """A language of ours, else a plain tag that CLDR knows."""
    code = language_code(said) or said.lower()
    known = ours(code)
    if known:
        return str(known)
    return code if language_name(code) != code and len(code) <= 12 else None
