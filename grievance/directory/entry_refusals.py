"""Why a change of an entry or service was not taken, in words beside the field."""

from typing import Any, Final

from grievance.casework.directory import editing
from grievance.directory.entry_form import MEANWHILE, STREET, EntryForm, say
from grievance.directory.service_form import ServiceFactsForm
from grievance.web.locale import gettext
from grievance.web.locale import lazy as _

_SAID: Final[dict[type[editing.Refusal], tuple[str, Any]]] = {
    editing.ChangedMeanwhile: ("revision", MEANWHILE),
    editing.OwnAncestor: (
        "below", _("This lies below the entry itself: it would be its own ancestor."),
    ),
    editing.BelowAnOffice: (
        "kind", _("Nobody but offices and agencies hangs below an office or agency."),
    ),
    editing.PartnersAreNoOffices: (
        "kind", _("An official body or agency is never a partner."),
    ),
    editing.OfficeStaysOffice: ("kind", _("Ask the organization above yours to change this.")),
}  # fmt: skip
_FIELDS: Final = {"name": "name", "names": "name", "aliases": "aliases"}
_FIRST_SAID: Final = "says_en"


def say_why(form: EntryForm | ServiceFactsForm, refusal: editing.Refusal) -> None:
    """Put the reason of a refusal beside its field."""
    if isinstance(refusal, editing.StreetOfAShelter):
        _say_streets(form, refusal.fields)
        return
    name, words = _SAID[type(refusal)]
    say(form[name], str(words))


def _say_streets(form: EntryForm | ServiceFactsForm, told: list[str]) -> None:
    """Beside the words that tell a street, where this form holds them."""
    of_service = any(one.startswith("service ") for one in told)
    if isinstance(form, ServiceFactsForm):
        words = str(STREET) if of_service else gettext(
            "The words of this organization hold a street address. Take it out before you name a "
            "place to sleep: a shelter’s address is not kept."
        )  # fmt: skip
        say(form.name if of_service else form.needs, words)
        return
    names = {_FIELDS.get(one, _FIRST_SAID) for one in told if not one.startswith("service ")}
    for name in sorted(names):
        say(form[name], str(STREET))
    if of_service:
        say(form.kind, gettext("A service holds a street address. Take it out of there first."))
